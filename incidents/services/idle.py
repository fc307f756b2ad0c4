"""Never leave it lying (practice 4-04): an incident on which nothing has moved is told to its owner, then the boss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext, override

from customers.models import Activity, Call, Promise
from customers.services import ActivityRow
from incidents.agenda import path
from incidents.engine.pause import KNOWN_AS
from incidents.engine.translation import _
from incidents.leaves.base import day_text
from incidents.models import Entry, Incident, Measure, Paper, State
from incidents.policy import IDLE
from incidents.services.found import Found, bring
from incidents.steps.opening import known_of, stands_still
from office.clock import local_day
from office.models import User
from office.selectors import business_calendar, policy

PREFIX = "idle:"
LABEL = _("Nothing has moved for days")
MOVES = (State.UNTRIAGED, State.OPEN)  # in aftercare nothing moves for weeks, and rightly so


def idle_sweep(*, at: datetime) -> int:
    """Tell the owner on the first business day of the house rule without a move, on the later ones the boss, too.

    Returns how many rows were opened; they end by themselves as soon as something moves. A move is an entry by a
    person, a call, a draft, a promise or a measure that ended; the clock's own are none. Where a visit is arranged for
    a later day, or the clock stands still, nobody is asked.
    """
    steps = policy(IDLE, at)
    days = steps if isinstance(steps, tuple) else (steps,)
    found = [
        row
        for incident, moved in _lying(business_calendar().add_days(at, -days[0]), at)
        for row in _told(incident, moved, days, at)
    ]
    return bring(PREFIX, found, at)


def _lying(limit: datetime, at: datetime) -> Iterator[tuple[Incident, datetime]]:
    """Incidents on which nobody has moved anything since a moment, with the last move."""
    entries = Entry.objects.filter(incident=OuterRef("pk"), actor__isnull=False, at__gt=limit)
    ahead = Activity.objects.open().filter(number=OuterRef("number"), kind=Activity.Kind.VISIT, starts__gt=at)
    rows = Incident.objects.filter(state__in=MOVES, opened_at__lte=limit).exclude(Exists(entries) | Exists(ahead))
    incidents = [row for row in rows.select_related("owner__boss") if not stands_still(row)]
    moved = _moved(incidents)
    return ((row, moved[row.pk]) for row in incidents if moved[row.pk] <= limit)


def _moved(incidents: list[Incident]) -> dict[int, datetime]:
    """When each was last moved by somebody; six statements at most."""
    numbers = {incident.number: incident.pk for incident in incidents}
    found = {incident.pk: incident.opened_at for incident in incidents}
    theirs = {"incident__in": incidents}
    _later(found, _last(Entry.objects.filter(**theirs, actor__isnull=False), "incident", "at"))
    _later(found, _last(Paper.objects.filter(**theirs), "incident", "at"))
    _later(found, _last(Measure.objects.filter(**theirs, done_at__isnull=False), "incident", "done_at"))
    promises = Promise.objects.filter(number__in=numbers, ended_at__isnull=False)
    _later(found, ((numbers[number], ended) for number, ended in _last(promises, "number", "ended_at")))
    _later(found, ((incident.pk, over) for incident in incidents if (over := _went_on(incident))))
    calls = Call.objects.filter(customer__in={incident.customer_id for incident in incidents})
    for source, called in calls.filter(source__startswith="incident:").values_list("source", "at"):
        if pk := numbers.get(source.split(":")[1]):
            _later(found, [(pk, called)])
    return found


def _went_on(incident: Incident) -> datetime | None:
    """When its clock has gone on by itself."""
    over = (known_of(incident).get(KNOWN_AS) or {}).get("over")
    return datetime.fromisoformat(over) if over else None


def _last(rows: QuerySet[Any], by: str, moment: str) -> Iterable[tuple[Any, datetime]]:
    found: Iterable[tuple[Any, datetime]] = rows.order_by().values_list(by).annotate(last=Max(moment))
    return found


def _later(found: dict[int, datetime], moves: Iterable[tuple[int, datetime]]) -> None:
    for pk, moved in moves:
        found[pk] = max(found[pk], moved)


def _told(incident: Incident, moved: datetime, days: tuple[int, ...], at: datetime) -> Iterator[Found]:
    since = local_day(moved)
    idle = business_calendar().business_days_between(since, local_day(at))
    boss = incident.owner.boss
    yield Found(_row(incident, incident.owner, since, at))
    if boss and boss.is_active and len(days) > 1 and idle >= days[1]:
        yield Found(_row(incident, boss, since, at))


def _row(incident: Incident, who: User, since: date, at: datetime) -> ActivityRow:
    with override(who.language):
        detail = gettext("No entry, call or draft since %(day)s. What is the next step?") % {"day": day_text(since)}
    return ActivityRow(
        source=f"{PREFIX}{incident.number}:{since:%Y%m%d}:{who.pk}", kind=Activity.Kind.NOTICE, label=LABEL,
        detail=detail, customer_id=incident.customer_id, number=incident.number, who_id=who.pk,
        due=business_calendar().add_days(at, 0), link=path(incident), urgent=incident.severity == "A",
    )  # fmt: skip
