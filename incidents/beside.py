"""Who was asked for an opinion or to come along, who goes on a deadline day, who hears how it went: read off a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from incidents.engine import Case, Progress
from incidents.engine.company import KNOWN_AS, told_above

NOBODY_YET = Progress()


def visit_of(case: Case) -> Progress:
    """The visit of a case; a fresh step where its kind has none."""
    return case.steps.get("visit", NOBODY_YET)


def arranged(now: Progress) -> bool:
    """Whether a step that is arranged first has its moment and lies ahead, or is under way."""
    return now.state == "open" and now.started and "starts" in now.data


def going(now: Progress, owner: int) -> tuple[int, ...]:
    """Who is expected at an arranged visit: whom the arrangement names, or else the owner."""
    return tuple(dict.fromkeys(now.data.get("attendees", ()))) or (owner,)


def questions(case: Case) -> Mapping[str, Mapping[str, Any]]:
    """Leaf to {by, of, answers}: who asked, who has still to answer, which answers nobody else has seen."""
    found: Mapping[str, Mapping[str, Any]] = case.known.get("opinions", {})
    return found


def invitations(case: Case) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Leaf and {who, round, starts, answer, goes} of those asked to come along to the visit that lies ahead."""
    visit = visit_of(case)
    if visit.state != "open" or "starts" not in visit.data:
        return
    for leaf, ask in case.known.get(KNOWN_AS, {}).items():
        if ask["round"] == visit.round:
            yield int(leaf), ask


def untold(case: Case) -> frozenset[int]:
    """Who gave advice, an opinion or a signature, or came along, and has not read how the last visit went."""
    visit, plan = visit_of(case), case.steps.get("plan", NOBODY_YET)
    if not visit.submission:
        return frozenset()
    read = case.known.get("result_read", {}).get(str(visit.submission), ())
    return frozenset({*case.known.get("advisers", ()), *plan.signed} - {visit.doer, *read})


def parts_beside(case: Case, me: int, acts_for: frozenset[int]) -> Iterator[str]:
    """The parts somebody plays beside the steps. Only in person: an opinion, and reading how it went."""
    for question in questions(case).values():
        if me in question["of"]:
            yield "asked"
        if me == question["by"] and question["answers"]:
            yield "asker"
        if me == question["by"] and question["of"]:
            yield "asking"
    for _leaf, ask in invitations(case):
        above = {ask.get("above")} if told_above(ask) else set()
        if ask["answer"] == "asked" and acts_for & {ask["who"], *above}:
            yield "invited"
    if me in (case.known.get("final_goes"), case.known.get("final_with")):
        yield "goes"
    if me in case.companions:
        yield "companion"
    if me in untold(case):
        yield "told"
