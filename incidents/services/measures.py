"""Measures against recurrence."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.services import activities_put
from incidents.models import Incident, Measure
from incidents.steps.prevention import measure_row
from office.errors import Refused
from office.services import journal_write
from office.viewer import Viewer


@transaction.atomic
def measure_done(*, viewer: Viewer, incident: Incident, place: int, evidence: str) -> Measure:
    """A measure has been carried out; evidence is required."""
    measure = Measure.objects.select_for_update().filter(incident=incident, place=place).order_by("submission").last()
    if measure is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if measure.done_at is not None:
        raise Refused("conflict", "This measure has been carried out already.")
    if not evidence.strip():
        raise Refused("incomplete", "Say what shows that it was done.", field="evidence")
    measure.done_at, measure.evidence = viewer.at, evidence.strip()
    measure.save(update_fields=["done_at", "evidence"])
    activities_put([measure_row(incident, measure, done_by=viewer.user)], at=viewer.at)
    journal_write(actor=viewer.user, verb=gettext_noop("carried out a measure"), about=f"incident {incident.number}",
                  detail=measure.what, at=viewer.at)  # fmt: skip
    return measure
