"""Nobody has answered yet whether they come along to a visit (practice 2-29).

Of each request the clock knows its alarms from the moment it was put (`incidents.leaves.accompaniment`): at the first
whoever was asked is reminded, at the last the next one up and the owner are told. They fall silent with the answer, and
when the visit is moved, has been reached or has begun.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from incidents.engine.case import FRESH, NOTHING, Case, Event

KNOWN_AS = "accompany"  # in what is known of an incident: leaf to {who, above, round, starts, answer, goes, alarms, …}
UNANSWERED = "unanswered"  # the event of the clock


def waiting(case: Case) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Leaf and request of those whose answer is waited for."""
    visit = case.steps.get("visit", FRESH)
    if visit.state != "open" or visit.data.get("under_way") == "arrived":
        return
    for leaf, ask in case.known.get(KNOWN_AS, NOTHING).items():
        same = (ask["round"], ask["starts"]) == (visit.round, visit.data.get("starts"))
        if ask["answer"] == "asked" and same and not ask.get("begun"):
            yield leaf, ask


def alarms(case: Case) -> Iterator[datetime]:
    """Of each request the alarm that rings next."""
    for _leaf, ask in waiting(case):
        if left := ask.get("alarms", ())[told(ask) :]:
            yield datetime.fromisoformat(left[0])


def told(ask: Mapping[str, Any]) -> int:
    """How many of its alarms have been told."""
    return int(ask.get("level", 0))


def told_above(ask: Mapping[str, Any]) -> bool:
    """Whether the last of its alarms has been told."""
    return 0 < told(ask) == len(ask["alarms"])


def rung(case: Case, at: datetime) -> Iterator[Event]:
    """The alarms that have passed by `at`; those that slept until the visit began tell nobody any more."""
    now: dict[str, Any] = {}
    for leaf, ask in waiting(case):
        passed = sum(datetime.fromisoformat(alarm) <= at for alarm in ask.get("alarms", ()))
        if passed > told(ask):
            begun = datetime.fromisoformat(ask["starts"]) <= at
            now[leaf] = {**ask, "begun": True} if begun else {**ask, "level": passed}
    if now:
        yield Event(UNANSWERED, "", at, {"known": {**case.known, KNOWN_AS: {**case.known[KNOWN_AS], **now}}})
