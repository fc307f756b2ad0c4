"""The rail of an incident as it is drawn: its steps in order, those side by side that wait for the same one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from incidents.engine.playbook import Step
from incidents.steprail import Rung
from incidents.timeline import Record
from incidents.words import RUNGS, STATES

ENDING = ("open", "submit", "approve", "approve_with_remark", "agreed_by_mouth", "skip")  # what ends a step
WAITS = gettext_noop("Waits")  # short: ten steps stand in a row on the desk


@dataclass(frozen=True)
class Place:
    """A step on the rail, with its looks; `after` is what a locked one waits for."""

    rung: Rung
    label: str
    look: str
    icon: str
    level: str
    tag_icon: str
    state: str
    after: str
    ended: datetime | None = None


@dataclass(frozen=True)
class Fork:
    """Steps side by side, or a single one."""

    places: list[Place]
    parallel: bool


def forks(steps: Mapping[str, Step], rungs: Sequence[Rung], found: Record) -> Iterator[Fork]:
    """Steps that wait for the same step stand side by side, with what is declared between them."""
    at = 0
    while at < len(rungs):
        rung, after = rungs[at], steps[rungs[at].name].after
        last = max((n for n, other in enumerate(rungs) if after and steps[other.name].after == after), default=at)
        last = last if rung.parallel else at
        yield Fork([_place(other, found) for other in rungs[at : last + 1]], parallel=last > at)
        at = last + 1


def _place(rung: Rung, found: Record) -> Place:
    look, icon = RUNGS[rung.state]
    level, tag_icon, words = STATES[rung.state]
    words = WAITS if rung.state == "waiting" else words  # the line above says for what
    after = "・".join(gettext(label) for label in rung.after)
    over = rung.state in ("done", "remark", "skipped")
    ended = next((m.at for m in found.about(rung.name) if m.command in ENDING), None) if over else None
    return Place(rung, gettext(rung.label), look, icon, level, tag_icon, gettext(words), after, ended)
