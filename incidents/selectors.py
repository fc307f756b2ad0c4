"""Every question about incidents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from ninja import Schema

from customers.models import Activity
from customers.search import words
from customers.selectors import customers_visible
from incidents.models import LIVING, Entry, Incident, IssuedLetter, Leaf, Measure, Photo, Submission
from incidents.priority import PRIORITY, place, prioritised
from incidents.steps.prevention import whys
from office.clock import JST
from office.errors import Refused
from office.keys import Key
from office.roles import Role
from office.viewer import Viewer

ALTERNATIVES = "alternatives"  # the sort of leaf that two people keep to themselves
ACCOMPANY = ":accompany:"  # as incidents.agenda names what it asks of a companion


def incidents_visible(viewer: Viewer) -> QuerySet[Incident]:
    """The incidents this viewer may open: their team's, their own, those of whom they stand in for; or all. And those
    about which they are asked, as long as they are."""
    if viewer.sees_all:
        return Incident.objects.all()
    people = viewer.acts_for
    mine = Q(owner__in=people) | Q(deputy__in=people) | Q(liaison__in=people) | Q(told_to__in=people)
    if teams := _teams(viewer):
        mine |= Q(team__in=teams)
    mine |= Q(number__in=_asked(viewer).values("number"))
    return Incident.objects.filter(mine)


def _asked(viewer: Viewer) -> QuerySet[Activity]:
    """What was asked of this very person in an incident of others: an opinion, to come along or to go to a visit, to go
    on the deadline day; and what waits for the decision of those they stand in for."""
    asked = Q(kind__in=(Activity.Kind.PERSONAL, Activity.Kind.DAY, Activity.Kind.VISIT)) | Q(source__contains=ACCOMPANY)
    mine = asked & Q(who=viewer.user)
    if viewer.stands_in_for:
        mine |= Q(kind=Activity.Kind.APPROVAL, who__in=viewer.stands_in_for)
    return Activity.objects.open().filter(mine)


def is_visible(viewer: Viewer, incident: Incident) -> bool:
    """The same answer as `incidents_visible`, for a row that was read already: no statement where the row itself tells,
    which is where somebody works on their own."""
    people = {incident.owner_id, incident.deputy_id, incident.liaison_id, incident.told_to_id}
    if viewer.sees_all or viewer.acts_for & people or incident.team_id in _teams(viewer):
        return True
    return incidents_visible(viewer).filter(pk=incident.pk).exists()


def _teams(viewer: Viewer) -> set[int]:
    """Whose work a person of a team sees: the team's, and that of those they stand in for."""
    if not viewer.roles & {Role.REP, Role.TECHNICIAN, Role.MANAGER}:
        return set()
    return {*viewer.teams, *(user.team_id for user in viewer.stands_in_for if user.team_id)}


def incident_get(viewer: Viewer, number: str) -> Incident:
    """One visible incident with its people; Refused not_found, the same for a foreign and a never-used number."""
    rows = incidents_visible(viewer).filter(number=number)
    found = rows.select_related("customer", "owner__boss", "deputy", "liaison", "created_by", "told_to").first()
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return found


def measure_get(viewer: Viewer, number: str, place: int) -> Measure:
    """One measure of an incident, the newest of its place that this viewer may read; Refused not_found, the same for a
    foreign one and one that never was."""
    rows = measures_visible(viewer).filter(incident__number=number, place=place)
    found = rows.order_by("submission").last()
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return found


def done_before(viewer: Viewer, number: str, key: str) -> bool:
    """Whether this person has sent this very command already: a double tap, after which they may see no more."""
    return bool(key) and Entry.objects.filter(incident__number=number, key=key, actor=viewer.user).exists()


def siblings(viewer: Viewer, incident: Incident) -> QuerySet[Incident]:
    """The other incidents of the same customer that go on and that this viewer may see."""
    return incidents_visible(viewer).filter(customer=incident.customer_id, state__in=LIVING).exclude(pk=incident.pk)


def leaves_readable(viewer: Viewer, incident: Incident) -> list[Leaf]:
    """What this viewer may read in the file of a visible incident, oldest first: the one door to leaves (law 8).

    A confidential leaf is for its writer and its readers; who only sees the incident does not learn that it exists.
    Alternatives that wait for a boss who is away are also for whoever stands in for that boss, as long as both hold.
    """
    mine = Exists(Leaf.readers.through.objects.filter(leaf=OuterRef("pk"), user=viewer.user))
    theirs = Q(Q(confidential=False) | mine)
    if viewer.stands_in_for:
        theirs |= Q(sort=ALTERNATIVES, state="open", who__in=viewer.stands_in_for)
    rows = Leaf.objects.filter(theirs, incident=incident)
    return list(rows.select_related("by", "who").order_by("at", "pk"))


def photos_of(viewer: Viewer, number: str) -> QuerySet[Photo]:
    """The recorded photos of a visible incident, the oldest first, without their bytes; else Refused not_found."""
    rows = Photo.objects.filter(incident=incident_get(viewer, number), leaf__isnull=False).order_by("pk")
    return rows.select_related("file", "by").defer("file__data")


def photo_get(viewer: Viewer, number: str, pk: int) -> Photo:
    """A recorded photo of a visible incident, with its files; else Refused not_found."""
    mine = incidents_visible(viewer).filter(number=number).values("pk")
    found = Photo.objects.filter(incident__in=mine, pk=pk, leaf__isnull=False).select_related("file", "small").first()
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return found


def measures_visible(viewer: Viewer) -> QuerySet[Measure]:
    """The measures this viewer may read: those of their incidents, those they carry out (billing opens no incidents,
    and its work leads here); raised without an incident also those of their customers, and what they raised."""
    of_incidents = Q(incident__in=incidents_visible(viewer)) | Q(owner__in=viewer.acts_for)
    own = Q(by=viewer.user) | Q(customer__in=customers_visible(viewer))
    rows = Measure.objects.filter(of_incidents | (Q(incident=None) & own))
    return rows.select_related("incident__customer", "customer", "owner", "by")


def whys_of(incident: Incident) -> list[str]:
    """The chain of whys of the newest prevention paper of a visible incident, the deepest last (feature 54)."""
    rows = Submission.objects.filter(incident=incident, step="prevention").order_by("-submission")
    text = rows.values_list("text", flat=True).first()
    return whys(json.loads(text)) if text else []


def final_dates_of(numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the customers of these incidents said of the final date in force, by number; one statement at most."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    rows = Leaf.objects.filter(incident__number__in=wanted, sort="final_date", ended_at__isnull=True)
    return {number: json.loads(text) for number, text in rows.values_list("incident__number", "text")}


def heads_of(day: date) -> dict[str, list[Any]]:
    """Number to [seq, hash] of the last entry of each incident that moved on a day in Japan."""
    start = datetime.combine(day, time(), JST)
    rows = Entry.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by("incident", "seq")
    return {number: [seq, hash_] for number, seq, hash_ in rows.values_list("incident__number", "seq", "hash")}


def letters_of(day: date) -> dict[str, str]:
    """Number to SHA-256 of each letter put in print on a day in Japan."""
    start = datetime.combine(day, time(), JST)
    rows = IssuedLetter.objects.filter(issued_at__gte=start, issued_at__lt=start + timedelta(days=1))
    return dict(rows.order_by("pk").values_list("number", "file__sha256"))


PAGE = 25
MOST_COUNTED = 1000


class Filters(Schema):
    """What the list shows; every value stands in the URL."""

    q: str = ""
    state: str = ""
    kind: str = ""
    severity: str = ""
    owner: Key | None = None
    order: Literal["", "priority"] = ""  # the newest first, or those that go on as they are best looked at
    before: str = ""  # keyset: where the page before ended, as `Page.older` says it


@dataclass(frozen=True)
class Page:
    """Some incidents; where the next page starts; how many there are, capped."""

    rows: Sequence[Incident]
    older: str
    count: int  # MOST_COUNTED + 1 means "more than"


CHASED = Q(chased_at__isnull=False)  # the customer had to ask again, and nobody has called yet
WAITS, OPENED = "waits", "opened"  # whether the page before ended among those whose customer waits, or after them


FLAGS = {  # what is shown beside a row, of what is known of the incident
    "final_date": KT("case__known__final_date"),
    "paused_until": KT("case__known__pause__ends"),
    "suspension": KT("case__known__risks__suspension__leaf"),
}


def listed(viewer: Viewer, filters: Filters) -> Page:
    """A page of the viewer's incidents: whose customer had to ask again first, the longest waiting at the top (practice
    2-03), then the newest. Two statements, however many there are (keyset, capped count). Refused invalid for a page
    that does not exist. By priority: see incidents.priority, two statements too."""
    if filters.order == PRIORITY:
        return _by_priority(viewer, filters)
    wanted = _filtered(incidents_visible(viewer), filters)
    count = wanted.order_by()[: MOST_COUNTED + 1].values("pk").count()
    chosen = Q(pk__in=_waiting(wanted, filters.before)) | Q(pk__in=_others(wanted, filters.before))
    rows = Incident.objects.filter(chosen).select_related("customer", "owner").defer("case", "pins", "search")
    found = sorted(rows.annotate(**FLAGS).order_by(), key=_rank)
    return Page(found[:PAGE], _place(found[PAGE - 1]) if len(found) > PAGE else "", count)


def _by_priority(viewer: Viewer, filters: Filters) -> Page:
    wanted = _filtered(incidents_visible(viewer), filters)
    count = wanted.filter(state__in=LIVING).order_by()[: MOST_COUNTED + 1].values("pk").count()
    start = place(filters.before)
    rows = prioritised(wanted, viewer.at).select_related("customer", "owner").defer("case", "pins", "search")
    found = list(rows.annotate(**FLAGS)[start : start + PAGE + 1])
    return Page(found[:PAGE], str(start + PAGE) if len(found) > PAGE else "", count)


def _waiting(wanted: QuerySet[Incident], before: str) -> QuerySet[Incident, Any]:
    """The next page of those whose customer waits; none once a page has gone past them."""
    sort, at, last = _cursor(before)
    if sort == OPENED:
        return wanted.none()
    after = Q(chased_at__gt=at) | Q(chased_at=at, id__gt=last) if at else Q()
    return wanted.filter(CHASED, after).order_by("chased_at", "id").values("pk")[: PAGE + 1]


def _others(wanted: QuerySet[Incident], before: str) -> QuerySet[Incident, Any]:
    """The next page of all others, the newest first."""
    sort, at, last = _cursor(before)
    older = Q(opened_at__lt=at) | Q(opened_at=at, id__lt=last) if sort == OPENED else Q()
    return wanted.filter(~CHASED, older).order_by("-opened_at", "-id").values("pk")[: PAGE + 1]


def _rank(row: Incident) -> tuple[bool, float, int]:
    if row.chased_at:
        return False, row.chased_at.timestamp(), row.pk
    return True, -row.opened_at.timestamp(), -row.pk


def _place(last: Incident) -> str:
    """Where the next page starts, as it stands in an address."""
    if last.chased_at:
        return f"{WAITS},{last.chased_at.isoformat()},{last.pk}"
    return f"{last.opened_at.isoformat()},{last.pk}"


def _cursor(before: str) -> tuple[str, datetime | None, int]:
    """The part of the list, the moment and the id a page starts after."""
    if not before:
        return "", None, 0
    *sort, text, pk = before.split(",") if "," in before else ("", "")
    try:
        return (WAITS if sort == [WAITS] else OPENED), datetime.fromisoformat(text), int(pk)
    except ValueError:
        raise Refused("invalid", "This page of the list does not exist.") from None


def _filtered(rows: QuerySet[Incident], filters: Filters) -> QuerySet[Incident]:
    exact = {"kind": filters.kind, "severity": filters.severity, "owner": filters.owner}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.state == "living":
        rows = rows.filter(state__in=LIVING)
    elif filters.state:
        rows = rows.filter(state=filters.state)
    for word in words(filters.q):
        rows = rows.filter(search__contains=word)
    return rows
