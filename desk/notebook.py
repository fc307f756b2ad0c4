"""手帳: one's appointments, visits, final dates and collection dates, on a page, in one's own calendar, and by mail in
the morning (practices 1-07: write the days of collection into the notebook; 1-15: a final date stands in it too)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext, gettext_noop, override
from icalendar import Calendar, Event

from billing.models import Instalment
from billing.selectors.collections import Collection, collections_of
from customers.models import Activity, Appointment
from customers.selectors import activities_for, activities_in_calendar, day_span
from desk.today import end_of_day
from office.clock import JST, local_day
from office.models import Notebook, User
from office.selectors import business_calendar
from office.services import Message, outbox_put
from office.templatetags.makoto import sama, yen
from office.viewer import viewer_for

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)  # what a calendar gets
A_VISIT = timedelta(hours=1)  # how long a visit of an incident is shown: only its beginning is arranged
SUBJECT = gettext_noop("Today, %(day)s: %(visits)s appointments, %(payments)s payments to come in")


def appointments_of(user_id: int, since: datetime, until: datetime) -> list[Appointment]:
    """Return a person's appointments that lie in this span, by time; one statement."""
    rows = Appointment.objects.filter(who=user_id, starts__lt=until, ends__gt=since)
    return list(rows.select_related("customer").order_by("starts", "pk"))


def dated_of(user_id: int, since: datetime, until: datetime) -> list[Activity]:
    """Return a person's arranged visits, held days and final dates of incidents in this span; one statement."""
    return activities_in_calendar(Activity.objects.filter(who=user_id), since, until)


def calendar_of(user: User, at: datetime) -> bytes:
    """Return a person's calendar (RFC 5545), a month back and a year ahead: appointments and arranged visits at their
    times, collection dates, held days and final dates as whole days. Words are in their language."""
    today = local_day(at)
    with override(user.language):
        calendar = Calendar()
        calendar.add("prodid", "-//Makoto//JA")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", gettext("Makoto: my notebook"))
        for row in appointments_of(user.pk, at - BEHIND, at + AHEAD):
            calendar.add_component(_appointment(row, at))
        for work in dated_of(user.pk, at - BEHIND, at + AHEAD):
            calendar.add_component(_dated(work, at))
        for one in collections_of(user.pk, today - BEHIND, today + AHEAD):
            calendar.add_component(_collection(one, at))
        return bytes(calendar.to_ical())


def mornings_sweep(*, at: datetime) -> int:
    """Write the mail of the morning for whoever wants one, once each business day from the opening on; return how many.
    Run again it finds nothing to do."""
    hours, today = business_calendar(), local_day(at)
    if not hours.is_business_day(today) or not hours.opening_of(today) <= at < hours.closing_of(today):
        return 0
    rows = Notebook.objects.filter(morning=True, user__is_active=True, told_on__lt=today).values_list("pk", flat=True)
    return sum(_told(pk, today, at) for pk in list(rows))


@transaction.atomic
def _told(pk: int, today: date, at: datetime) -> bool:
    row = Notebook.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if row.told_on >= today:
        return False
    row.told_on = today
    row.save(update_fields=["told_on"])
    outbox_put([_mail(row.user, today, at)], at=at)
    return True


def _mail(user: User, today: date, at: datetime) -> Message:
    booked, dated = appointments_of(user.pk, *day_span(today)), dated_of(user.pk, *day_span(today))
    money = collections_of(user.pk, today, today)
    work = activities_for(viewer_for(user, at)).open().filter(due__lt=end_of_day(at))
    with override(user.language):
        lines = [
            gettext("Appointments"), *(_line_of(row) for row in booked), *(_line_of_work(row) for row in dated), "",
            gettext("Payments to come in today"), *(_line_of_money(one) for one in money), "",
            gettext("Work due by today: %(count)s") % {"count": work.exclude(kind=Activity.Kind.VISIT).count()},
        ]  # fmt: skip
        facts = {"day": f"{today:%m/%d}", "visits": len(booked) + len(dated), "payments": len(money)}
        return Message(
            key=f"morning:{user.pk}:{today}", to=user.pk, subject=gettext(SUBJECT) % facts,
            body="\n".join(lines), try_at=at,
        )  # fmt: skip


def _line_of(row: Appointment) -> str:
    firm = f"　{sama(row.customer.called)}" if row.customer else ""
    return f"・{row.starts.astimezone(JST):%H:%M}　{row.title}{firm}　{row.place}".rstrip()


def _line_of_work(row: Activity) -> str:
    hour = f"{row.starts.astimezone(JST):%H:%M}　" if row.kind == Activity.Kind.VISIT and row.starts else ""
    return f"・{hour}{_named(row)}"


def _line_of_money(one: Collection) -> str:
    return f"・{sama(one.customer.called)}　{yen(one.yen)}　{one.invoice}　{part_of(one)}".rstrip()


def part_of(one: Collection) -> str:
    """Which part of the invoice it is, translated; "" for the whole."""
    return str(Instalment.Kind(one.part).label) if one.part else ""


def _appointment(row: Appointment, at: datetime) -> Event:
    event = _event(
        f"appointment-{row.pk}", f"{row.title}　{sama(row.customer.called)}" if row.customer else row.title, at
    )
    event.add("dtstart", row.starts.astimezone(JST))
    event.add("dtend", row.ends.astimezone(JST))
    if row.place:
        event.add("location", row.place)
    return event


def _named(row: Activity) -> str:
    """What it is and the company: a lock screen may show no more."""
    return f"{row.get_kind_display()}　{sama(row.customer.called)}" if row.customer else row.get_kind_display()


def _dated(row: Activity, at: datetime) -> Event:
    """A visit at its time; the day of a final date as a whole day, held for whoever goes and free for the others."""
    event = _event(f"activity-{row.pk}", _named(row), at)
    if row.kind == Activity.Kind.VISIT and row.starts:
        event.add("dtstart", row.starts.astimezone(JST))
        event.add("dtend", row.starts.astimezone(JST) + A_VISIT)
        return event
    day = local_day(row.moment or at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "OPAQUE" if row.kind == Activity.Kind.DAY else "TRANSPARENT")
    return event


def _collection(one: Collection, at: datetime) -> Event:
    words = gettext("Payment day: %(customer)s %(yen)s") % {"customer": sama(one.customer.called), "yen": yen(one.yen)}
    event = _event(f"payment-{one.instalment}", words, at)
    event.add("dtstart", one.due_on)
    event.add("dtend", one.due_on + timedelta(days=1))
    event.add("description", f"{one.invoice}　{part_of(one)}".rstrip())
    event.add("transp", "TRANSPARENT")  # nobody is busy because money comes in
    return event


def _event(uid: str, summary: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@makoto")
    event.add("dtstamp", at)
    event.add("summary", summary)
    return event
