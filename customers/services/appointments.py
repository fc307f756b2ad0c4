"""Making, moving and importing appointments."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.ics import Event, read_events
from customers.models import Appointment, Customer
from customers.models.appointment import AppointmentQuerySet
from customers.naming import Names
from customers.services.customers import OVERTAKEN
from customers.text import clean, required
from office.errors import Refused
from office.models import User
from office.services import journal_write

ENDS_BEFORE = gettext_noop("It must end after it starts.")
NO_COMPANION = gettext_noop("Choose a colleague other than yourself who goes along to a customer.")
NO_CUSTOMER = gettext_noop("A visit needs a customer.")
OF_ITS_TIME = ("checked_at", "checked_by", "expected", "arrived_at", "arrived_by")  # what another time makes void
WRITTEN = ("kind", "title", "starts", "ends", "place", "customer", "attendees", *OF_ITS_TIME, "version")


Check = Callable[[int, Collection[int], datetime], None]
_checks: list[Check] = []


def visits_checked_by(check: Check) -> None:
    """Tell who refuses a visit: asked for the customer, who of us goes, and when it is. A later call replaces it.

    Incidents are an app above this one, which must not be imported here: it says at start how it is asked.
    """
    _checks[:] = [check]


@dataclass(frozen=True, kw_only=True)
class AppointmentData:
    """What is typed about an appointment. A customer makes it a visit; companion: a colleague who goes along and has it
    in their own calendar."""

    title: str
    starts: datetime
    ends: datetime
    kind: str = Appointment.Kind.INTERNAL
    customer_id: int | None = None
    place: str = ""
    purpose: str = ""
    attendees: str = ""
    companion_id: int | None = None


@dataclass(frozen=True)
class ImportedCalendar:
    """What an import of a calendar did. past: events that had ended and were left out. unsure: those that speak of a
    customer, but it cannot be told of which: somebody has to choose."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    past: int = 0
    unsure: Sequence[Appointment] = ()


@transaction.atomic
def appointment_make(*, who: User, data: AppointmentData, by: User, at: datetime, key: str = "") -> Appointment:
    """Make an appointment, and the same for who goes along; the same key makes one.

    Refused conflict where one alone does not go.
    """
    if key and (known := Appointment.objects.filter(key=key).first()):
        return known
    row = Appointment(who=who, made_by=by, made_at=at, key=key or None)
    _fill(row, data)
    companion = _companion(row, data)
    _check(row, companion, at)
    row.save()
    if companion:
        _along(Appointment(who=companion, made_by=by, made_at=at), data)
    return row


@transaction.atomic
def appointment_change(*, pk: int, version: int, data: AppointmentData, by: User, at: datetime) -> Appointment:
    """Change an appointment as it stood at `version`; Refused conflict when it was changed meanwhile.

    Another time or customer must be confirmed again; who goes along is moved along. Refused conflict where one alone
    does not go.
    """
    row = Appointment.objects.select_for_update().get(pk=pk)
    if row.version != version:
        raise Refused("conflict", OVERTAKEN)
    before = (row.starts, row.ends, row.customer_id)
    beside = _beside(row)
    _fill(row, data)
    companion = _companion(row, data)
    if (row.starts, row.ends, row.customer_id) != before:
        _moved(row)
        _check(row, companion, at)
        journal_write(actor=by, verb=gettext_noop("Appointment moved"), about=_about(row), detail=row.title, at=at)
    row.version += 1
    row.save()
    if companion:
        new = Appointment(who=companion, made_by=by, made_at=at)
        _along(beside.filter(who=companion).first() or new, data)
    return row


@transaction.atomic
def appointment_check(*, pk: int, by: User, at: datetime) -> Appointment:
    """Purpose and attendees were confirmed with the customer; both must stand there."""
    row = Appointment.objects.select_for_update().get(pk=pk)
    if not row.purpose.strip() or not row.attendees.strip():
        raise Refused("incomplete", "Write the purpose and who is expected first.", field="purpose")
    if row.checked_at is None:
        row.checked_at, row.checked_by = at, by
        row.save(update_fields=["checked_at", "checked_by"])
    return row


@transaction.atomic
def appointment_brief(*, pk: int, version: int, purpose: str, attendees: str) -> Appointment:
    """What the visit is for and whom it meets, written by whoever asked the customer; the time is left alone."""
    row = Appointment.objects.select_for_update().get(pk=pk)
    if row.version != version:
        raise Refused("conflict", OVERTAKEN)
    row.purpose = clean(purpose, field="purpose", limit=2000, lines=True)
    row.attendees = clean(attendees, field="attendees", limit=1000, lines=True)
    row.version += 1
    row.save(update_fields=["purpose", "attendees", "version"])
    return row


@transaction.atomic
def appointment_delete(*, pk: int, by: User, at: datetime) -> None:
    """Take an appointment out of the calendar; deleting it again changes nothing."""
    row = Appointment.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    journal_write(actor=by, verb=gettext_noop("Appointment deleted"), about=_about(row), detail=row.title, at=at)
    row.delete()


@transaction.atomic
def appointments_import(*, data: bytes, who: User, by: User, at: datetime) -> ImportedCalendar:
    """Take over the coming events of an .ics file: in whole or not at all, never doubled.

    Refused with a sentence for a file that is no calendar or too large. An event is a visit when exactly one customer's
    name stands in its title or place; a customer chosen by hand stays. One that names several, or one by a shortened
    name, is reported, so that a visit does not pass by those who look after the customer (practice 1-21).
    """
    events = read_events(data, at)
    User.objects.select_for_update().get(pk=who.pk)  # the same file twice in one moment: one after the other
    rows = {row.uid: row for row in Appointment.objects.select_for_update().filter(who=who).exclude(uid="")}
    names = _names()
    unsure: list[Appointment] = []
    made: list[Appointment] = []
    changed: list[Appointment] = []
    gone = [rows.pop(event.uid).pk for event in events if event.cancelled and event.uid in rows]
    living = [event for event in events if not event.cancelled]
    for event in living:
        row = rows.get(event.uid) or Appointment(who=who, uid=event.uid, made_by=by, made_at=at)
        if _take_over(row, event, names):
            (changed if row.pk else made).append(row)
        if row.customer_id is None and _speaks_of_one(row, names):
            unsure.append(row)
    Appointment.objects.bulk_create(made, batch_size=200)
    Appointment.objects.bulk_update(changed, WRITTEN, batch_size=200)
    Appointment.objects.filter(pk__in=gone).delete()
    unchanged = len(living) - len(made) - len(changed)
    journal_write(actor=by, verb=gettext_noop("Calendar imported"), about=f"person {who.pk}", at=at,
                  detail=f"{len(made)} + {len(changed)} - {len(gone)}")  # fmt: skip
    return ImportedCalendar(len(made), len(changed), unchanged, len(gone), events.past, unsure)


def _fill(row: Appointment, data: AppointmentData) -> None:
    if data.ends <= data.starts:
        raise Refused("invalid", ENDS_BEFORE, field="ends")
    if data.kind == Appointment.Kind.VISIT and data.customer_id is None:
        raise Refused("incomplete", NO_CUSTOMER, field="customer")
    row.title = required(data.title, field="title", limit=200)
    row.kind = Appointment.Kind.VISIT if data.customer_id else Appointment.Kind.INTERNAL
    row.customer_id, row.starts, row.ends = data.customer_id, data.starts, data.ends
    row.place = clean(data.place, field="place", limit=200)
    row.purpose = clean(data.purpose, field="purpose", limit=2000, lines=True)
    row.attendees = clean(data.attendees, field="attendees", limit=1000, lines=True)


def _companion(row: Appointment, data: AppointmentData) -> User | None:
    """Who goes along, to a customer only; Refused invalid for who does not work here, or goes anyway."""
    if data.companion_id is None:
        return None
    found = User.objects.active().filter(pk=data.companion_id).exclude(pk=row.who_id).first()
    if found is None or row.customer_id is None:
        raise Refused("invalid", NO_COMPANION, field="companion")
    return found


def _beside(row: Appointment) -> AppointmentQuerySet:
    """The visits of colleagues to the same customer at the same time."""
    found = Appointment.objects.between(row.starts, row.ends).filter(customer=row.customer_id, customer__isnull=False)
    return found.exclude(who=row.who_id)


def _check(row: Appointment, companion: User | None, at: datetime) -> None:
    """Whether those who go may; of what is over nothing is asked."""
    if row.customer_id is None or row.ends <= at or not _checks:
        return
    going = [row.who_id, *([companion.pk] if companion else _beside(row).values_list("who", flat=True))]
    _checks[0](row.customer_id, going, row.starts)


def _along(other: Appointment, data: AppointmentData) -> None:
    """The same appointment in the calendar of who goes along."""
    before = (other.starts, other.ends, other.customer_id)
    _fill(other, data)
    if other.pk and (other.starts, other.ends, other.customer_id) != before:
        _moved(other)
        other.version += 1
    other.save()


def _moved(row: Appointment) -> None:
    for name in OF_ITS_TIME:
        setattr(row, name, None)


def _take_over(row: Appointment, event: Event, names: Names) -> bool:
    """Put an event into its row; whether anything differs."""
    before = (row.title, row.starts, row.ends, row.place, row.customer_id)
    renamed = (row.title, row.place) != (event.title, event.place)
    if row.pk is None or (renamed and row.customer_id is None):
        row.customer_id = _one_of(names.in_text(f"{event.title}\n{event.place}"))
    if row.starts is not None and (row.starts, row.ends) != (event.starts, event.ends):
        _moved(row)
    row.title, row.starts, row.ends, row.place = event.title, event.starts, event.ends, event.place
    row.kind = Appointment.Kind.VISIT if row.customer_id else Appointment.Kind.INTERNAL
    row.attendees = row.attendees or event.attendees
    if (row.title, row.starts, row.ends, row.place, row.customer_id) == before:
        return False
    row.version += bool(row.pk)
    return True


def _one_of(found: Sequence[int]) -> int | None:
    return found[0] if len(found) == 1 else None


def _speaks_of_one(row: Appointment, names: Names) -> bool:
    text = f"{row.title}\n{row.place}"
    return len(names.in_text(text)) > 1 or names.shortened_in(text)


def _names() -> Names:
    """Every customer's name; one statement."""
    return Names(dict(Customer.objects.order_by().values_list("pk", "name")))


def _about(row: Appointment) -> str:
    return f"appointment {row.pk}"
