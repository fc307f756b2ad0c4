"""The first report: an incident is opened and the boss is told in one go."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from customers.models import Activity
from customers.services import activities_put
from incidents import store
from incidents.agenda import FAILED_AGAIN, read_notice, source
from incidents.births import Carried, FirstReport, first_turn
from incidents.models import Incident, Opened
from incidents.services.photos import carried, drawn
from office.errors import Refused
from office.viewer import Viewer


def incident_open(*, viewer: Viewer, report: FirstReport, photos: Sequence[bytes] = ()) -> tuple[Incident, bool]:
    """File a first report and tell the boss, in one go; (incident, is it new). Anybody inside may, for any customer.

    Owner is the customer's; who recorded it for another is named too. The same key makes one incident, however often
    it is sent. photos stand in it from its first entry, or nothing is written (practices 2-04, 2-09). Refused:
    not_found for a customer, invalid for a kind and for what is no photo, incomplete for a missing sentence.
    """
    if not report.key:
        raise Refused("invalid", "The request has no key.")
    if photos and (known := Incident.objects.filter(start_key=report.key).first()):
        return known, False
    pictures = drawn(photos)
    try:
        with transaction.atomic(durable=True):
            return _open(viewer, report, carried(viewer, pictures) if pictures else None)
    except IntegrityError:  # the same key in the same moment: the other one won
        return Incident.objects.get(start_key=report.key), False


def _open(viewer: Viewer, report: FirstReport, carry: Carried | None) -> tuple[Incident, bool]:
    if known := Incident.objects.filter(start_key=report.key).first():
        return known, False
    turn = first_turn(viewer, report, carry=carry)
    store.turn_over(turn)
    return turn.incident, True


@transaction.atomic
def opened(*, viewer: Viewer, incident: Incident) -> None:
    """The boss has opened the incident: the rep sees when, and the notice is done."""
    if incident.told_to_id != viewer.user.pk:
        return
    _, fresh = Opened.objects.get_or_create(incident=incident, user=viewer.user, defaults={"at": viewer.at})
    if fresh and (notice := read_notice(incident, ended_by=viewer.user)):
        activities_put([notice], at=viewer.at)


def failure_read(*, viewer: Viewer, incident: Incident) -> None:
    """Who was told that a remedy has failed again has opened the incident: the notice is done (practice 2-41)."""
    told = Activity.objects.open().filter(source=source(incident, FAILED_AGAIN), who=viewer.user)
    told.update(state=Activity.State.DONE, done_at=viewer.at, done_by=viewer.user)
