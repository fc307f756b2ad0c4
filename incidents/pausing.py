"""The clock of an incident is stopped for one of a few reasons, until a day, with words (feature 24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from incidents.engine import Case
from incidents.engine.codec import moment_text
from incidents.engine.pause import KNOWN_AS, pause_of
from incidents.engine.translation import _
from incidents.leaves.base import known_of
from incidents.models import Note
from incidents.steps.base import Setting, StepPaper
from office.clock import local_day
from office.errors import Refused
from office.selectors import business_calendar

LONGEST = timedelta(days=92)
REASONS = {
    "answer": _("We wait for the customer's answer"),
    "wish": _("The customer has asked us to wait"),
    "parts": _("We wait for parts or material"),
    "maker": _("We wait for a maker or another firm"),
    "force": _("Disaster, epidemic, or another force that is not ours"),
}


class Pause(StepPaper):
    """For which reason, until when, and what exactly we wait for. Promises to the customer go on."""

    reason: Literal["answer", "wish", "parts", "maker", "force"]
    until: date
    text: str = Field(min_length=1, max_length=4000)


@dataclass(frozen=True)
class Paused:
    """A pause as a page shows it."""

    reason: str
    since: date
    until: date | None  # the day on which the clock goes on; None once it goes again
    words: str


def begun(paper: Pause, setting: Setting) -> dict[str, Any]:
    """Stop the clock until the morning of that day, or of the next one on which we work. Refused invalid for a day that
    has come already, and for one that lies too far ahead: that is no pause, it is put at rest."""
    today = local_day(setting.at)
    if paper.until <= today:
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="until")
    if paper.until - today > LONGEST:
        raise Refused("invalid", "A wait lasts three months at most. What rests longer is put at rest.", field="until")
    calendar = business_calendar()
    note = Note.objects.create(
        incident=setting.incident, kind=Note.Kind.REASON, text=paper.text, by=setting.actor, at=setting.at
    )
    row = {
        "reason": paper.reason, "since": moment_text(setting.at), "note": note.pk,
        "ends": moment_text(calendar.next_opening(calendar.opening_of(paper.until))),
    }  # fmt: skip
    return {"note": note.pk, "known": {KNOWN_AS: row}}


def ended(paper: StepPaper, setting: Setting) -> dict[str, Any]:
    """The clock goes on now; the entry says since when it stood still. Once it goes by itself, that was seen."""
    row = known_of(setting).get(KNOWN_AS) or {}
    return {"since": row["since"] if "ends" in row else "", "known": {KNOWN_AS: {}}}


def paused(case: Case, notes: Mapping[int, str]) -> Paused | None:
    """The pause that lasts, or whose end nobody has taken up, with its words; None without one."""
    row = pause_of(case)
    if not row:
        return None
    until = _day(row["ends"]) if "ends" in row else None
    return Paused(gettext(REASONS[row["reason"]]), _day(row["since"]), until, notes.get(row["note"], ""))


def reason_words(row: Mapping[str, Any]) -> str:
    """Why the clock was stopped, and until when."""
    day = _day(row["ends"])
    return f"{gettext(REASONS[row['reason']])} ({day.month}/{day.day})"


def days_between(since: str, until: datetime) -> int:
    """For how many days it has stood still."""
    return (local_day(until) - _day(since)).days


def example(setting: Setting) -> dict[str, Any]:
    """A spare part that comes in a week."""
    return {"reason": "parts", "until": setting.day(5).isoformat(), "text": "軸受の入荷が来週になる"}


def _day(text: str) -> date:
    return local_day(datetime.fromisoformat(text))
