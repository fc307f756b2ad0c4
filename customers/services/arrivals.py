"""Around the start of a visit: we have arrived, or the customer knows that we come later (practice 4-02)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.models import Activity, Appointment
from office.clock import local_day
from office.errors import Refused
from office.models import User

ARRIVAL = "arrival:"  # begins the source of what tells somebody that no arrival is recorded
NO_VISIT = gettext_noop("Nobody is waiting for us there: it is in the house.")
ANOTHER_DAY = gettext_noop("The visit is on another day. On its day the arrival can be recorded.")
ARRIVED = gettext_noop("The arrival is recorded already.")
SHORTEST, LONGEST = 5, 240


@transaction.atomic
def appointment_arrive(*, pk: int, by: User, at: datetime) -> Appointment:
    """Record that we are there, and end what missed us (practice 4-02). A second tap changes nothing.

    Refused: invalid for an appointment in the house, conflict before its day.
    """
    row = _visit(pk, at)
    if row.arrived_at is None:
        row.arrived_at, row.arrived_by = at, by
        row.save(update_fields=["arrived_at", "arrived_by"])
        _nobody_is_missed(row, at)
    return row


@transaction.atomic
def appointment_late(*, pk: int, minutes: int, at: datetime) -> Appointment:
    """Record that the customer was told by how many minutes we come later; until then nobody is missed (practice 4-02).

    Refused: invalid for an appointment in the house or minutes out of range, conflict before its day or once arrived.
    """
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused("invalid", "Late by 5 minutes at least, by 240 at most.", field="minutes")
    row = _visit(pk, at)
    if row.arrived_at is not None:
        raise Refused("conflict", ARRIVED)
    row.expected = max(row.starts, at) + timedelta(minutes=minutes)
    row.save(update_fields=["expected"])
    _nobody_is_missed(row, at)
    return row


def arrival_source(row: Appointment) -> str:
    """The name under which the missing arrival at a visit is told: another time is told anew."""
    return f"{ARRIVAL}{row.pk}:{row.expected or row.starts:%Y%m%d%H%M}:"


def _visit(pk: int, at: datetime) -> Appointment:
    row = Appointment.objects.select_for_update().get(pk=pk)
    if row.kind != Appointment.Kind.VISIT:
        raise Refused("invalid", NO_VISIT)
    if local_day(row.starts) > local_day(at):
        raise Refused("conflict", ANOTHER_DAY)
    return row


def _nobody_is_missed(row: Appointment, at: datetime) -> None:
    told = Activity.objects.open().filter(source__startswith=f"{ARRIVAL}{row.pk}:")
    told.update(state=Activity.State.DONE, done_at=at)
