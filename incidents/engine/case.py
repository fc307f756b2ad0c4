"""What is known of one incident: a value, changed only by events that carry results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = MappingProxyType({})
ENDED = ("done", "skipped")
OVER = ("closed", "withdrawn", "void", "merged", "at_rest")  # states in which no step is due any more


class Progress(NamedTuple):
    """How far one step has come. Times are aware datetimes; people are user ids."""

    state: str = "waiting"  # waiting, open, submitted, done, skipped
    round: int = 0  # 0 is the first visit, 1 the second …
    submission: int = 0  # an approval names the one it read
    since: datetime | None = None  # first opened: the days of a series count from here
    due: datetime | None = None  # for whoever must act now: the doer while open, the approver while submitted
    alarms: tuple[datetime, ...] = ()  # when somebody is told that the due has passed, earliest first
    level: int = 0  # how many of the alarms have been told
    started: bool = False
    doer: int = 0
    asks: tuple[str, ...] = ()  # parts that must still sign
    signed: tuple[int, ...] = ()  # who has signed this submission
    unconfirmed: tuple[str, ...] = ()  # parts that agreed by word of mouth and have yet to confirm
    remark: bool = False  # approved with a remark
    sent_back: bool = False
    data: Mapping[str, Any] = NOTHING  # the facts guards read: enums, yen, dates, ids; never names or free text

    @property
    def ended(self) -> bool:
        """Done or skipped: what a later step waits for."""
        return self.state in ENDED

    @property
    def shown(self) -> str:
        """Its state as people see it: what is open has been sent back, is started, or neither; what is done may bear a
        remark of who approved it."""
        if self.state == "open":
            return "sent_back" if self.sent_back else "started" if self.started else "open"
        return "remark" if self.state == "done" and self.remark else self.state


FRESH = Progress()
_PARTS = frozenset(Progress._fields)


class Case(NamedTuple):
    """An incident as the engine sees it: its life, its pins and the progress of every step."""

    playbook: str
    version: int
    state: str  # untriaged, open, aftercare, closed, withdrawn, void, merged, at_rest
    severity: str  # A, B, C
    at: datetime  # of the last event; never goes back
    steps: Mapping[str, Progress]
    left: Mapping[str, Progress] = NOTHING  # steps of a former kind: should they come back, their numbers go on
    known: Mapping[str, Any] = NOTHING  # facts of the incident as a whole: a final date, what is sealed, what is left

    @property
    def over(self) -> bool:
        """Nothing is due any more unless somebody resumes it."""
        return self.state in OVER

    def facts(self, step: str) -> Mapping[str, Any]:
        """The facts of the last submission of a step; empty when there is none or the playbook has no such step."""
        return self.steps[step].data if step in self.steps else NOTHING

    @property
    def companions(self) -> frozenset[int]:
        """Who comes along to the visit of this round, beside those who were arranged to go."""
        round_ = self.steps.get("visit", Progress()).round
        asked = self.known.get("accompany", {}).values()
        return frozenset(ask["goes"] for ask in asked if ask.get("goes") and ask["round"] == round_)


class Event(NamedTuple):
    """What happened, with its result. `step` is empty for what befell the incident as a whole."""

    name: str
    step: str
    at: datetime
    sets: Mapping[str, Any]


def evolve(case: Case, event: Event) -> Case:
    """Apply one event. No rule, policy, calendar or person of today is needed, so history replays for ever."""
    if event.step:
        steps = {**case.steps, event.step: moved_on(case.steps.get(event.step, FRESH), event.sets)}
        return case._replace(steps=steps, at=event.at)
    sets = dict(event.sets)
    if "steps" in sets:  # a change of kind: steps of equal name keep their progress
        known = {**case.left, **case.steps}
        sets["steps"] = {name: known.pop(name, FRESH) for name in sets["steps"]}
        sets["left"] = known
    return case._replace(**sets, at=event.at)


def moved_on(now: Progress, sets: Mapping[str, Any]) -> Progress:
    """A step after an event that sets this."""
    if not _PARTS.issuperset(sets):
        raise ValueError(f"a step has no {', '.join(set(sets) - _PARTS)}")
    # half of the engine's work is this line, and `_replace` takes twice as long
    return Progress._make(map(sets.get, Progress._fields, now))


def replay(case: Case, events: Iterable[Event]) -> Case:
    """Apply events in order."""
    for event in events:
        case = evolve(case, event)
    return case
