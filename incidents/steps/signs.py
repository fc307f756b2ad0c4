"""What the displeasure came from, looked for in our own log (practices 4-01, 4-06, 4-08)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper
from incidents.traces import traces
from office.errors import Refused
from office.viewer import viewer_for

Cause = Literal[
    "broken_promise", "late", "rude", "unreachable", "order_forgotten", "disloyal", "pushy", "message_lost",
]  # fmt: skip
Pattern = Literal["daily", "one_slip", "unknown"]


MOST_FOUND = 20


class Found(StepPaper):
    """A fact of our record that was taken over, by its key; its day and what it says are filled in from the record."""

    key: str = Field(max_length=40)
    on: date | None = None
    text: str = Field("", max_length=300)


def fill_in(found: list[Found], setting: Setting) -> None:
    """Write day and sentence of each fact as the record has them; Refused invalid for what does not stand there."""
    if not found:
        return
    known = {trace.key: trace for trace in traces(viewer_for(setting.actor, setting.at), setting.incident)}
    if any(fact.key not in known for fact in found):
        raise Refused("invalid", "This does not stand in our record. Please choose from the list.", field="found")
    keys = dict.fromkeys(fact.key for fact in found)
    found[:] = [Found(key=key, on=known[key].on, text=known[key].text) for key in keys]


class Signs(StepPaper):
    """Daily build-up or one big slip; which causes; what our own record shows; what they said."""

    pattern: Pattern = "unknown"
    causes: list[Cause] = Field(default_factory=list)
    found: list[Found] = Field(default_factory=list, max_length=MOST_FOUND)
    evidence: str = ""
    words: str = ""  # the customer's own


def facts(paper: Signs, setting: Setting) -> Facts:
    """Which causes."""
    fill_in(paper.found, setting)
    stated = bool(paper.evidence or paper.found)
    return {"pattern": paper.pattern, "causes": sorted(set(paper.causes)), "evidence_stated": stated}


def example(setting: Setting) -> dict[str, Any]:
    """Small slips over months."""
    return {
        "pattern": "daily",
        "causes": ["broken_promise", "unreachable"],
        "evidence": "この半年で、期日を過ぎたご返事が3件、折返しが翌日になった電話が4件",
        "words": "もう来なくていい",
    }


KIND = Kind(Signs, facts, example)
