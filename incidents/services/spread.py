"""What looking at an exposed customer has shown."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.selectors import customer_get
from incidents.models import Incident, SpreadCheck
from office.errors import Refused
from office.services import journal_write
from office.viewer import Viewer


@transaction.atomic
def spread_check(*, viewer: Viewer, incident: Incident, customer: int, outcome: str) -> SpreadCheck:
    """Record that a visible customer was looked at for the cause of a visible incident; the last word counts.

    Refused not_found for a customer who is not the viewer's, invalid for the incident's own, conflict once an incident
    was opened for what was found (feature 58).
    """
    if outcome not in SpreadCheck.Outcome.values:
        raise Refused("invalid", "Say whether something was found.", field="outcome")
    found = customer_get(viewer, customer)
    if found.pk == incident.customer_id:
        raise Refused("invalid", "This is the customer of the incident itself.", field="customer")
    Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    row = SpreadCheck.objects.filter(incident=incident, customer=found).first()
    if row and row.number:
        raise Refused("conflict", "An incident has been opened for it already.")
    row = row or SpreadCheck(incident=incident, customer=found)
    row.outcome, row.by, row.at = outcome, viewer.user, viewer.at
    row.save()
    journal_write(actor=viewer.user, verb=gettext_noop("looked for the same cause elsewhere"),
                  about=f"incident {incident.number}", detail=found.name, at=viewer.at)  # fmt: skip
    return row


def spread_opened(*, viewer: Viewer, check: int, incident: Incident) -> None:
    """An incident was opened for what this viewer had found; of anybody else's, or another customer's, nothing."""
    rows = SpreadCheck.objects.filter(pk=check, by=viewer.user, customer=incident.customer_id, number="")
    rows.update(number=incident.number)
