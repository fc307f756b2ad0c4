"""A visit has begun and no arrival is recorded (practice 4-02, アポ忘れ).

Who goes is told minutes after the start; a deputy only on a deadline day and at the first visit after a missed one (the
apology visit of an incident has alarms of its own: `ladder.visit`). Each is told once, ends by itself when an
arrival is recorded, and at the latest with its day. Nobody's position is tracked: only what people record is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import DateTimeField, Max
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, override

from customers.models import Activity, Appointment, Customer
from customers.selectors import day_span
from customers.services import ARRIVAL, ActivityRow, arrival_source
from incidents.agenda import NO_ARRIVAL, path
from incidents.leaves.final_date import FINAL_DATE, final_moment, known_of
from incidents.models import LIVING, Incident, Leaf, State, Submission
from incidents.notices import arrival_missing
from incidents.pins import pinned
from incidents.policy import VISIT_LADDER
from incidents.services.found import Found, bring
from incidents.steps.base import end_of_day
from office.clock import local_day
from office.models import User
from office.selectors import policy
from office.services import Message
from office.templatetags.makoto import clock

DAY = f"{ARRIVAL}day:"
MISSED = "missed_appointment"  # the kind of an incident that says an appointment was missed
AROUND = timedelta(minutes=30)  # a calendar's visit and the apology visit that begin so close together are one


@dataclass(frozen=True)
class Visit:
    """A visit at which somebody is missed: who goes, from when on, under which name it is told, where it is recorded.

    incident: the one whose deadline day it is, or None.
    """

    source: str
    who: User
    customer: Customer
    starts: datetime
    link: str
    title: str = ""
    incident: Incident | None = None
    appointment: int = 0


class Missed(NamedTuple):
    """A visit that was missed: when somebody waited, when it was over, which appointment (-1: an incident says so)."""

    at: datetime
    over: datetime
    appointment: int = -1


@dataclass(frozen=True)
class Past:
    """What is recorded of earlier visits: when one was last missed with each customer, and when we last were there."""

    missed: Mapping[int, list[Missed]] = field(default_factory=dict)
    met: Mapping[int, datetime] = field(default_factory=dict)

    def one_was_missed(self, visit: Visit) -> bool:
        """Whether the visit is the first after a missed one: nobody has been there in between."""
        met = self.met.get(visit.customer.pk)
        others = (one for one in self.missed.get(visit.customer.pk, ()) if one.appointment != visit.appointment)
        return any(one.over <= visit.starts and (met is None or one.at > met) for one in others)


def arrivals_sweep(*, at: datetime) -> int:
    """Tell who goes, and a deputy where it matters most; how many were told now. It may run at any time."""
    ladder = policy(VISIT_LADDER, at)
    today = ladder if isinstance(ladder, tuple) else (ladder,)
    found = [(visit, _minutes(visit, today)) for visit in (*_visits(at), *_deadline_days(at))]
    begun = [(visit, visit.starts + last <= at) for visit, (first, last) in found if visit.starts + first <= at]
    past = _past([visit for visit, later in begun if later and not visit.incident])
    told = [row for visit, later in begun for row in _told(visit, deputy=later and _matters(visit, past), at=at)]
    return bring(ARRIVAL, told, at)


def _minutes(visit: Visit, today: tuple[int, ...]) -> tuple[timedelta, timedelta]:
    """When who goes and when the deputy is told: on a deadline day as its incident has pinned it, else as of today."""
    ladder = pinned(visit.incident, VISIT_LADDER) if visit.incident else today
    return timedelta(minutes=ladder[0]), timedelta(minutes=ladder[-1])


def _matters(visit: Visit, past: Past) -> bool:
    return visit.incident is not None or past.one_was_missed(visit)


def _visits(at: datetime) -> Iterator[Visit]:
    """Today's visits of our calendars that have begun, but for the apology visits: those ring by themselves."""
    day, after = day_span(local_day(at))
    waited = Coalesce("expected", "starts", output_field=DateTimeField())
    rows = list(
        Appointment.objects.filter(kind=Appointment.Kind.VISIT, arrived_at=None, starts__gte=day, starts__lt=after)
        .alias(waited=waited)
        .filter(waited__lte=at)
        .select_related("who", "customer", "customer__owner", "customer__deputy")
    )
    if not rows:
        return
    deadline = _deadline_of({row.customer_id for row in rows if row.customer_id}, at)
    apologies = Activity.objects.filter(kind=Activity.Kind.VISIT, starts__gte=day, starts__lt=after)
    arranged = list(apologies.filter(customer__in={row.customer_id for row in rows}))
    for row in rows:
        same = (visit for visit in arranged if visit.customer_id == row.customer_id and visit.starts)
        if row.customer is None or any(row.starts - AROUND <= v.starts < row.ends for v in same if v.starts):
            continue
        yield Visit(
            source=arrival_source(row), who=row.who, customer=row.customer, starts=row.expected or row.starts,
            link=f"/customers/appointments/{row.pk}/", title=row.title, incident=deadline.get(row.customer_id or 0),
            appointment=row.pk,
        )  # fmt: skip


def _deadline_days(at: datetime) -> Iterator[Visit]:
    """Deadline days with a time of the customer's, on which no visit of ours stands: the day itself is asked for."""
    incidents = list(_on_their_day(at))
    if not incidents:
        return
    day, after = day_span(local_day(at))
    customers = {incident.customer_id for incident in incidents}
    booked = set(
        Appointment.objects.between(day, after)
        .filter(kind=Appointment.Kind.VISIT, customer__in=customers)
        .values_list("customer", "who")
    )
    arranged = set(
        Activity.objects.filter(kind=Activity.Kind.VISIT, customer__in=customers, starts__gte=day, starts__lt=after)
        .order_by()
        .values_list("customer", flat=True)
    )
    people = User.objects.in_bulk([known_of(incident)["final_goes"] for incident in incidents])
    for incident in incidents:
        known, moment = known_of(incident), final_moment(known_of(incident))
        goes = people.get(known["final_goes"])
        stands = incident.customer_id in arranged or (incident.customer_id, known["final_goes"]) in booked
        if moment is None or goes is None or stands or known.get("final_arrived") == known["final_date"]:
            continue
        if moment == end_of_day(local_day(moment)):  # no time was named, so no minute is missed
            continue
        yield Visit(
            source=f"{DAY}{incident.number}:{moment:%Y%m%d%H%M}:", who=goes, customer=incident.customer, starts=moment,
            link=f"{path(incident)}#final", incident=incident,
        )  # fmt: skip


def _on_their_day(at: datetime) -> Iterable[Incident]:
    """The living incidents whose final date is today."""
    day, after = day_span(local_day(at))
    leaves = Leaf.objects.filter(sort=FINAL_DATE, ended_at__isnull=True, due__gte=day, due__lt=after)
    return Incident.objects.filter(pk__in=leaves.values("incident"), state__in=LIVING).select_related(
        "deputy", "owner", "customer", "customer__owner", "customer__deputy"
    )


def _deadline_of(customers: set[int], at: datetime) -> dict[int, Incident]:
    """Which of these customers have a final date today, and in which incident."""
    return {incident.customer_id: incident for incident in _on_their_day(at) if incident.customer_id in customers}


def _past(visits: list[Visit]) -> Past:
    """What is recorded of the customers of these visits. A visit was missed when an incident says so, or when who
    went was told that no arrival is recorded and none has been recorded since."""
    customers = {visit.customer.pk for visit in visits}
    if not customers:
        return Past()
    missed: dict[int, list[Missed]] = {}
    said = Incident.objects.filter(kind=MISSED, customer__in=customers).exclude(state=State.VOID)
    for customer, aware_at in said.order_by().values_list("customer", "aware_at"):
        missed.setdefault(customer, []).append(Missed(aware_at, aware_at, -1))
    told = Activity.objects.filter(source__startswith=ARRIVAL, customer__in=customers)
    sources = set(told.order_by().values_list("source", flat=True))
    begun = Appointment.objects.filter(kind=Appointment.Kind.VISIT, customer__in=customers)
    for row in begun.filter(arrived_at=None, ends__lte=max(visit.starts for visit in visits)):
        if f"{arrival_source(row)}{row.who_id}" in sources and row.customer_id:
            missed.setdefault(row.customer_id, []).append(Missed(row.starts, row.ends, row.pk))
    return Past(missed, _met(customers))


def _met(customers: set[int]) -> dict[int, datetime]:
    """When somebody of us was last with each customer, as it is recorded: an arrival, or the result of a visit."""
    met: dict[int, datetime] = {}
    arrived = Appointment.objects.filter(customer__in=customers, arrived_at__isnull=False).order_by()
    visited = Submission.objects.filter(step="visit", incident__customer__in=customers).order_by()
    for pk, last in (
        *arrived.values_list("customer").annotate(last=Max("arrived_at")),
        *visited.values_list("incident__customer").annotate(last=Max("at")),
    ):
        met[pk] = max(met.get(pk, last), last)
    return met


def _told(visit: Visit, *, deputy: bool, at: datetime) -> Iterator[Found]:
    yield _found(visit, visit.who, at)
    if deputy and (other := _deputy(visit)):
        yield _found(visit, other, at)


def _deputy(visit: Visit) -> User | None:
    """Whoever is to ring the customer: the deputy, or who looks after them when it is the deputy who goes."""
    of_incident = (visit.incident.deputy, visit.incident.owner) if visit.incident else ()
    people = (*of_incident, visit.customer.deputy, visit.customer.owner)
    return next((user for user in people if user and user.is_active and user.pk != visit.who.pk), None)


def _found(visit: Visit, receiver: User, at: datetime) -> Found:
    customer = visit.customer.called
    with override(receiver.language):
        sentence = f"{clock(visit.starts)} {visit.title or gettext('Deadline day')}"
        if receiver.pk != visit.who.pk:
            sentence = arrival_missing([visit.who], visit.starts)
        subject = gettext("Please check: %(customer)s") % {"customer": customer}
        label = gettext(NO_ARRIVAL)
    source = f"{visit.source}{receiver.pk}"
    row = ActivityRow(
        source=source, kind=Activity.Kind.NOTICE, label=NO_ARRIVAL, detail=sentence, customer_id=visit.customer.pk,
        number=visit.incident.number if visit.incident else "", who_id=receiver.pk, due=visit.starts, link=visit.link,
        urgent=True,
    )  # fmt: skip
    about = f"incident {visit.incident.number}" if visit.incident else ""
    mail = Message(key=f"{source}:mail", to=receiver.pk, subject=subject, body=f"{label}\n{sentence}\n{visit.link}",
                   try_at=at, about=about)  # fmt: skip
    return Found(row, mail)
