"""What the clock finds around final dates and visits: clashes, colleagues' visits, the final stretch, arrivals, who
goes alone where two go.

Each looks at what stands in the database and brings the activities of its source to where they belong: what is new is
opened (with one mail where a colleague's visit is told), what no longer holds is ended. It may run at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext, override

from customers.models import Activity, Appointment, Promise
from customers.selectors import day_span
from customers.services import ActivityRow
from incidents.agenda import path
from incidents.contacts import last_contacts
from incidents.engine import playbook_of
from incidents.engine.codec import case_from_json
from incidents.engine.translation import _
from incidents.leaves.final_date import FINAL_DATE, final_day, final_moment, known_of
from incidents.models import LIVING, Incident, Leaf
from incidents.pins import pinned
from incidents.policy import FINAL_STRETCH, LAST_CONTACT, MOST_AHEAD
from incidents.services.alone import alone_sweep
from incidents.services.arrivals import arrivals_sweep
from incidents.services.found import Found, bring
from incidents.words import clash_sentence
from office.clock import JST, local_day
from office.models import User
from office.roles import Role
from office.selectors import business_calendar
from office.services import Message

CLASH, VISIT, STRETCH = "clash:", "visit-notice:", "final-stretch:"
CLASH_LABEL = _("Another appointment on the deadline day")
VISIT_LABEL = _("A colleague visits the customer")
STRETCH_LABEL = _("Final-stretch check")
AFTERWARDS = ("follow_up", "effect_check")  # steps that come after the final date by their nature


def deadlines(*, at: datetime) -> dict[str, int]:
    """All five; what was opened by each."""
    return {
        "visits": visits_sweep(at=at), "clashes": clashes_sweep(at=at), "stretches": final_stretch_sweep(at=at),
        "arrivals": arrivals_sweep(at=at), "alone": alone_sweep(at=at),
    }  # fmt: skip


def visits_sweep(*, at: datetime) -> int:
    """A visit booked at a customer with a living incident reaches owner and liaison at once (practice 1-21)."""
    visits = (
        Appointment.objects.coming(at)
        .filter(kind=Appointment.Kind.VISIT, checked_at=None, customer__incidents__state__in=LIVING)
        .select_related("who", "customer")
        .distinct()
    )
    at_customer: dict[int | None, list[Appointment]] = {}
    for visit in visits:
        at_customer.setdefault(visit.customer_id, []).append(visit)
    incidents = Incident.objects.filter(state__in=LIVING, customer__in=list(at_customer))
    found = [
        _visit_told(visit, incident, receiver, at)
        for incident in incidents.select_related("owner", "liaison")
        for visit in at_customer[incident.customer_id]
        for receiver in _in_charge(incident)
        if receiver.pk != visit.who_id
    ]
    return bring(VISIT, found, at)


def clashes_sweep(*, at: datetime) -> int:
    """An appointment of whoever holds the deadline day, on that day and not at that customer (practice 1-20)."""
    held = Activity.objects.open().filter(kind=Activity.Kind.DAY, starts__isnull=False).select_related("who")
    days = [(row, local_day(row.starts)) for row in held if row.starts]
    days = [(row, day) for row, day in days if day >= local_day(at)]
    if not days:
        return bring(CLASH, [], at)
    first, last = min(day for _row, day in days), max(day for _row, day in days)
    booked: dict[int, list[Appointment]] = {}
    spanned = Appointment.objects.between(day_span(first)[0], day_span(last)[1])
    for appointment in spanned.filter(who__in={row.who_id for row, _day in days}, ends__gt=at):
        booked.setdefault(appointment.who_id, []).append(appointment)
    found = [
        Found(_clash_row(row, appointment, day))
        for row, day in days
        for appointment in booked.get(row.who_id, ())
        if appointment.customer_id != row.customer_id and overlaps(appointment.starts, appointment.ends, day)
    ]
    return bring(CLASH, found, at)


def final_stretch_sweep(*, at: datetime) -> int:
    """Some business days before a final date, with something open or a contact long past (practice 1-15, 終盤の確認).

    Told once per final date. It ends when nothing is open and contact is fresh, or when the date is no longer ahead.
    How many days before, and how old a contact may be, each incident has pinned when it was opened.
    """
    horizon = business_calendar().add_days(at, MOST_AHEAD)
    leaves = Leaf.objects.filter(
        sort=FINAL_DATE, ended_at__isnull=True, due__gt=at, due__lt=day_span(local_day(horizon))[1]
    )
    rows = Incident.objects.filter(pk__in=leaves.values("incident"), state__in=LIVING)
    incidents = [row for row in rows.select_related("owner", "liaison") if _is_near(row, at)]
    promises, contacts = _promises(incidents), last_contacts(incidents)
    found = [
        Found(row)
        for incident in incidents
        for row in _stretched(incident, promises.get(incident.number, 0), contacts.get(incident.pk), at)
    ]
    return bring(STRETCH, found, at)


def _is_near(incident: Incident, at: datetime) -> bool:
    """Whether its final date has come as near as its house rule says."""
    day = final_day(known_of(incident))
    horizon = business_calendar().add_days(at, pinned(incident, FINAL_STRETCH)[0])
    return day is not None and day <= local_day(horizon)


def overlaps(starts: datetime, ends: datetime, day: date) -> bool:
    """Whether a span touches a day in Japan."""
    first, last = day_span(day)
    return starts < last and ends > first


def _in_charge(incident: Incident) -> list[User]:
    """Owner and liaison, each once."""
    people = {user.pk: user for user in (incident.owner, incident.liaison) if user}
    return list(people.values())


def _visit_told(visit: Appointment, incident: Incident, receiver: User, at: datetime) -> Found:
    day = visit.starts.astimezone(JST)
    with override(receiver.language):
        facts = {
            "who": _with_role(visit.who),
            "day": day.day,
            "customer": visit.customer.called if visit.customer else "",
        }
        sentence = gettext(
            "%(who)s visits %(customer)s on day %(day)s of the month. Shall purpose and attendees be confirmed?"
        ) % facts  # fmt: skip
        subject = gettext("Please check: %(customer)s") % facts
    source = f"{VISIT}{visit.pk}:{day:%Y%m%d%H%M}:{incident.number}:{receiver.pk}"
    link = f"/customers/appointments/{visit.pk}/"
    row = ActivityRow(
        source=source, kind=Activity.Kind.NOTICE, label=VISIT_LABEL, detail=sentence, customer_id=incident.customer_id,
        number=incident.number, who_id=receiver.pk, due=visit.starts, link=link,
    )  # fmt: skip
    mail = Message(key=f"{source}:mail", to=receiver.pk, subject=subject, body=f"{sentence}\n{link}", try_at=at,
                   about=f"incident {incident.number}")  # fmt: skip
    return Found(row, mail)


def _with_role(user: User) -> str:
    """How the house says who it is: 技術の森さん."""
    if user.has_role(Role.TECHNICIAN):
        return gettext("%(who)s of engineering") % {"who": user.called}
    return user.called


def _clash_row(held: Activity, appointment: Appointment, day: date) -> ActivityRow:
    with override(held.who.language):
        detail = clash_sentence(appointment.kind, day)
    return ActivityRow(
        source=f"{CLASH}{held.number}:{day:%Y%m%d}:{appointment.pk}:{held.who_id}", kind=Activity.Kind.NOTICE,
        label=CLASH_LABEL, detail=detail, customer_id=held.customer_id, number=held.number, who_id=held.who_id,
        due=held.starts, link=f"/customers/appointments/{appointment.pk}/",
    )  # fmt: skip


def _stretched(incident: Incident, promises: int, contact: datetime | None, at: datetime) -> Iterable[ActivityRow]:
    day = final_day(known_of(incident))
    if day is None:
        return
    left = open_steps(incident) + promises
    since = (local_day(at) - local_day(contact or incident.opened_at)).days
    if not left and since <= pinned(incident, LAST_CONTACT)[0]:
        return
    facts = {"days": business_calendar().business_days_between(local_day(at), day), "left": left, "since": since}
    for user in _in_charge(incident):
        with override(user.language):
            detail = gettext(
                "%(days)s business days to the final date, %(left)s items left, %(since)s days since the last contact. "
                "Let us make sure who goes on the deadline day."
            ) % facts  # fmt: skip
        yield ActivityRow(
            source=f"{STRETCH}{incident.number}:{day.isoformat()}:{user.pk}", kind=Activity.Kind.NOTICE,
            label=STRETCH_LABEL, detail=detail, customer_id=incident.customer_id, number=incident.number,
            who_id=user.pk, due=final_moment(known_of(incident)), link=f"{path(incident)}#final",
            urgent=incident.severity == "A",
        )  # fmt: skip


def open_steps(incident: Incident) -> int:
    """How many steps are still open, but for those that come after the final date by their nature."""
    case = case_from_json(incident.case)
    steps = playbook_of(case.playbook, case.version).steps
    return sum(not now.ended and steps[name].kind not in AFTERWARDS for name, now in case.steps.items())


def _promises(incidents: list[Incident]) -> dict[str, int]:
    numbers = Promise.objects.open().filter(number__in=[incident.number for incident in incidents])
    counted: dict[str, int] = {}
    for number in numbers.values_list("number", flat=True):
        counted[number] = counted.get(number, 0) + 1
    return counted
