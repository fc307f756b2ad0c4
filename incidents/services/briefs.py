"""訪問前の確認 comes by mail on the working day before a visit and in its morning: once each, to everybody who goes."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import gettext, override

from customers.models import Activity
from incidents.agenda import path
from incidents.beside import visit_of
from incidents.engine.codec import case_from_json
from incidents.models import Incident
from incidents.services.receivers import ABOUT
from incidents.words import when
from office.clock import JST, local_day
from office.models import User
from office.selectors import business_calendar, people
from office.services import Message, outbox_put

EVENING, MORNING = time(16), time(7, 30)
FARTHEST = timedelta(days=14)  # the longest holiday that may lie between the day before and the visit


def briefs(*, at: datetime) -> int:
    """Write the mails that are due by `at`; a second look writes none. Returns for how many visits."""
    ahead = Activity.objects.open().filter(kind=Activity.Kind.VISIT, starts__gt=at, starts__lt=at + FARTHEST)
    numbers = {row.number: row.starts for row in ahead if row.number and row.starts and _which(row.starts, at)}
    incidents = Incident.objects.filter(number__in=numbers).select_related("customer")
    directory = people() if numbers else None
    found: list[Message] = []
    for incident in incidents:
        case = case_from_json(incident.case)
        visit = visit_of(case)
        if directory is None or "starts" not in visit.data:
            continue
        going = {incident.owner_id, *visit.data.get("attendees", ()), *case.companions}
        users = [user for pk in sorted(going) if (user := directory.get(pk))]
        starts = datetime.fromisoformat(visit.data["starts"])
        found += [_mail(incident, user, starts, at) for user in users]
    outbox_put(found, at=at)
    return len(numbers)


def _which(starts: datetime, at: datetime) -> str:
    """Which of the two it is time for; empty when neither is."""
    now, day = at.astimezone(JST), local_day(starts)
    if now.date() == day:
        return "morning" if now.time() >= MORNING else ""
    before = day - timedelta(days=1)
    while not business_calendar().is_business_day(before):
        before -= timedelta(days=1)
    return "evening" if now.date() == before and now.time() >= EVENING else ""


def _mail(incident: Incident, user: User, starts: datetime, at: datetime) -> Message:
    with override(user.language):
        facts = {"when": when(starts, at), "customer": incident.customer.called, "number": incident.number}
        subject = gettext("The visit of %(when)s: %(customer)s") % facts
        body = gettext("The brief of the visit (%(number)s), before you go:") % facts
    key = f"incident:{incident.number}:brief:{starts:%Y%m%d%H%M}:{_which(starts, at)}:{user.pk}"
    return Message(
        key=key, to=user.pk, subject=subject, body=f"{body}\n\n{path(incident, 'visit')}",
        about=f"{ABOUT}{incident.number}", try_at=at,
    )  # fmt: skip
