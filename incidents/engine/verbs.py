"""What can be done to a step: from which states, by whom, and what it sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from incidents.engine.case import NOTHING, Case, Progress
from incidents.engine.playbook import MANAGER, Step
from incidents.engine.rules import Rules
from office.errors import Refused

KNOWN = "known"  # the fact of a command that is about the incident as a whole, not about its step


class Command(NamedTuple):
    """What a person asks for. `parts` are the parts the actor plays in this incident now; `facts` is what guards read
    and what the entry keeps: enums, yen, dates, ids."""

    name: str
    actor: int
    parts: frozenset[str]
    step: str = ""
    submission: int = 0
    facts: Mapping[str, Any] = NOTHING


class Move(NamedTuple):
    """A command in its place: everything a verb may look at."""

    step: Step
    now: Progress
    command: Command
    at: datetime
    case: Case
    rules: Rules

    @property
    def part(self) -> str:
        """The part this signature strikes: one signature, one part, and the highest the signer plays, so that what
        is left can be signed lower down."""
        for part in reversed(self.now.asks or self.now.unconfirmed):
            if part in self.command.parts:
                return part
        return ""

    @property
    def signs(self) -> bool:
        """Four eyes: who did the work does not sign it, and one person strikes one part only."""
        return bool(self.part) and self.command.actor not in (self.now.doer, *self.now.signed)


@dataclass(frozen=True)
class Verb:
    """A thing that can be done to a step: from which states, by whom, and what it sets."""

    states: tuple[str, ...]
    may: Callable[[Move], bool]
    sets: Callable[[Move], dict[str, Any]]
    when: Callable[[Move], bool] = lambda move: True


def _is_doer(move: Move) -> bool:
    return move.step.by in move.command.parts


def _is_manager(move: Move) -> bool:
    return MANAGER in move.command.parts


def _start(move: Move) -> dict[str, Any]:
    text = move.command.facts.get(move.step.arranges) if move.step.arranges else None
    if text is None:
        return {"started": True}
    moment = datetime.fromisoformat(text)
    alarms = move.rules.alarms(move.step.name, moment, move.case.severity)
    return {"started": True, "due": moment, "alarms": alarms, "level": 0, "data": dict(move.command.facts)}


def _is_going(move: Move) -> bool:
    goes = move.command.actor in move.now.data.get("attendees", ())
    return goes or bool({move.step.by, "companion"} & move.command.parts)


def _arranged(move: Move) -> bool:
    return bool(move.step.arranges) and move.now.started and move.step.arranges in move.now.data


def _going(move: Move) -> set[int]:
    return {*move.now.data.get("attendees", ()), *move.case.companions}


def _prepared(move: Move) -> None:
    """Practice 4-19: who goes alone has read the brief before; on the way or at the door it is one tap."""
    if len(_going(move)) < 2 and move.command.actor not in move.now.data.get("read", ()):
        raise Refused("incomplete", "You go alone: please read the brief of the visit first.")


def _leave(move: Move) -> dict[str, Any]:
    """Practice 4-05: where two go, nobody leaves alone. Who has arrived all the same is taken down."""
    if len(_going(move)) < 2 and (move.now.data.get("two") or move.case.known.get("two_go")):
        raise Refused("incomplete", "Two of us go to this customer. Please ask somebody to come along first.")
    _prepared(move)
    return {"data": {**move.now.data, "under_way": "on_the_way"}}


def _read_brief(move: Move) -> dict[str, Any]:
    return {"data": {**move.now.data, "read": [*move.now.data.get("read", ()), move.command.actor]}}


def _late(move: Move) -> dict[str, Any]:
    """The customer has been told: no arrival is missed before the new time."""
    moment = datetime.fromisoformat(move.now.data[move.step.arranges])
    expected = max(moment, move.at) + timedelta(minutes=int(move.command.facts.get("minutes", 0)))
    data = {**move.now.data, "under_way": "told_late", "expected": expected.isoformat()}
    return {"alarms": move.rules.alarms(move.step.name, expected, move.case.severity), "level": 0, "data": data}


def _arrive(move: Move) -> dict[str, Any]:
    """Nobody is missed any more; the result is still to be recorded."""
    _prepared(move)
    data = {**move.now.data, "under_way": "arrived", "arrived_at": move.at.isoformat()}
    return {"alarms": (), "level": 0, "data": data}


def _submit(move: Move) -> dict[str, Any]:
    return {
        "state": "submitted", "submission": move.now.submission + 1, "doer": move.command.actor, "signed": (),
        "level": 0, "remark": False, "sent_back": False, "unconfirmed": (),
        "data": {name: fact for name, fact in move.command.facts.items() if name != KNOWN},
    }  # fmt: skip


def _sign(move: Move, *, remark: bool = False) -> dict[str, Any]:
    asks = tuple(p for p in move.now.asks if p != move.part)
    return {
        "asks": asks, "signed": (*move.now.signed, move.command.actor), "remark": remark or move.now.remark,
    }  # fmt: skip


def _confirm(move: Move) -> dict[str, Any]:
    left = tuple(p for p in move.now.unconfirmed if p != move.part)
    quiet = {} if left else {"due": None, "alarms": (), "level": 0}
    return {"unconfirmed": left, "signed": (*move.now.signed, move.command.actor), **quiet}


# a signature belongs to its submission: what is taken back, opened again or skipped bears none
TAKEN_BACK = {"state": "waiting", "asks": (), "signed": (), "level": 0}
OPENED_AGAIN = {"state": "waiting", "doer": 0, "signed": (), "unconfirmed": (), "due": None, "alarms": (), "level": 0}

VERBS: Mapping[str, Verb] = {
    "start": Verb(("open",), _is_doer, _start, lambda m: not m.now.started or bool(m.step.arranges)),
    "submit": Verb(("open",), _is_doer, _submit),
    "approve": Verb(("submitted",), lambda m: m.signs, _sign),
    "approve_with_remark": Verb(("submitted",), lambda m: m.signs, lambda m: _sign(m, remark=True)),
    "send_back": Verb(("submitted",), lambda m: m.signs, lambda m: {**TAKEN_BACK, "sent_back": True}),
    "take_back": Verb(("submitted",), lambda m: m.command.actor == m.now.doer, lambda m: TAKEN_BACK),
    "agreed_by_mouth": Verb(
        ("submitted",), lambda m: m.command.actor == m.now.doer,
        lambda m: {"asks": (), "unconfirmed": m.now.asks}, lambda m: m.step.by_mouth,
    ),
    "confirm": Verb(("done",), lambda m: m.signs, _confirm, lambda m: bool(m.now.unconfirmed)),
    "skip": Verb(
        ("waiting", "open"), _is_manager,
        lambda m: {
            "state": "skipped", "doer": m.command.actor, "signed": (), "due": None, "alarms": (), "level": 0,
        },
    ),
    "reopen": Verb(("done", "skipped"), _is_manager, lambda m: OPENED_AGAIN),
    "read_brief": Verb(
        ("open",), _is_going, _read_brief,
        lambda m: _arranged(m) and m.command.actor not in m.now.data.get("read", ()),
    ),
    "on_the_way": Verb(
        ("open",), _is_going, _leave, lambda m: _arranged(m) and "under_way" not in m.now.data,
    ),
    "told_late": Verb(
        ("open",), _is_going, _late, lambda m: _arranged(m) and m.now.data.get("under_way") != "arrived",
    ),
    "arrived": Verb(
        ("open",), _is_going, _arrive, lambda m: _arranged(m) and m.now.data.get("under_way") != "arrived",
    ),
}  # fmt: skip
