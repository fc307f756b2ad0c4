"""The clock of an incident stands still while it waits for what is not in our hands (feature 24).

What stands still is ours: the dues of its steps. A visit that is arranged, a final date and every promise are the
customer's and go on. Of each due the business time that was left is left again when the clock goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from incidents.engine.case import NOTHING, Case, Event, Progress
from incidents.engine.playbook import Playbook, Step
from incidents.engine.rules import Rules

PAUSE, END_PAUSE = "pause", "end_pause"  # the commands
KNOWN_AS = "pause"  # in what is known of an incident: reason, since, and ends while it lasts, over when it is over
OVER = "pause_over"  # the event of the clock
TOLD = ("report", "first_apology", "hearing")  # steps in which the boss and the customer hear of it


def pause_of(case: Case) -> Mapping[str, Any]:
    """The pause that lasts, or whose end nobody has taken up yet; empty without one."""
    found: Mapping[str, Any] = case.known.get(KNOWN_AS) or NOTHING
    return found


def ends(case: Case) -> datetime | None:
    """When the clock goes on by itself; None while it goes."""
    text = pause_of(case).get("ends")
    return datetime.fromisoformat(text) if text else None


def may_begin(case: Case) -> bool:
    """Whether the clock may be stopped: it goes, and boss and customer have heard."""
    return ends(case) is None and all(case.steps[name].ended for name in TOLD if name in case.steps)


def stopped(playbook: type[Playbook], before: Case, then: Case, at: datetime, rules: Rules) -> Iterator[Event]:
    """The dues as they are once the clock has been stopped at a moment: counted on from the end of the pause."""
    end = ends(then)
    if end is None:
        return
    for step, now, due in _ours(playbook, before):
        left = rules.calendar.minutes_between(at, due)
        yield _due(step, now, rules.calendar.add_minutes(end, left), at, before, rules)


def going_on(playbook: type[Playbook], before: Case, at: datetime, rules: Rules) -> Iterator[Event]:
    """The dues as they are when somebody lets the clock go on before the end of the pause: counted on from now."""
    end = ends(before)
    if end is None:
        return
    for step, now, due in _ours(playbook, before):
        if due >= end:  # what was asked for during the pause has its own day
            left = rules.calendar.minutes_between(end, due)
            yield _due(step, now, rules.calendar.add_minutes(at, left), at, before, rules)


def run_out(case: Case, at: datetime) -> Iterator[Event]:
    """The clock goes on by itself."""
    end = ends(case)
    if end is not None and end <= at:
        left = {name: fact for name, fact in pause_of(case).items() if name != "ends"}
        yield Event(OVER, "", at, {"known": {**case.known, KNOWN_AS: {**left, "over": at.isoformat()}}})


def taken_up(case: Case) -> dict[str, Any]:
    """What is known of a pause once somebody moves a step after its end: nothing more is asked."""
    return {KNOWN_AS: {}} if "over" in pause_of(case) else {}


def _ours(playbook: type[Playbook], case: Case) -> Iterator[tuple[Step, Progress, datetime]]:
    """The steps with a due of ours: the moment of a visit that is arranged is the customer's."""
    for name, step in playbook.steps.items():
        now = case.steps[name]
        arranged = now.started and step.arranges in now.data
        if now.due and not arranged:
            yield step, now, now.due


def _due(step: Step, now: Progress, due: datetime, at: datetime, case: Case, rules: Rules) -> Event:
    ladder = "approval" if now.state != "open" else "" if step.arranges else step.name
    return Event("shift", step.name, at, {"due": due, "alarms": rules.alarms(ladder, due, case.severity), "level": 0})
