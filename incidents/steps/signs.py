"""What the displeasure came from, looked for in our own log (practices 4-01, 4-06, 4-08)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper

Cause = Literal[
    "broken_promise", "late", "rude", "unreachable", "order_forgotten", "disloyal", "pushy", "message_lost",
]  # fmt: skip
Pattern = Literal["daily", "one_slip", "unknown"]


class Signs(StepPaper):
    """Daily build-up or one big slip; which causes; what our own record shows; what they said."""

    pattern: Pattern = "unknown"
    causes: list[Cause] = Field(default_factory=list)
    evidence: str = ""
    words: str = ""  # the customer's own


def facts(paper: Signs, setting: Setting) -> Facts:
    """Which causes."""
    return {"pattern": paper.pattern, "causes": sorted(set(paper.causes)), "evidence_stated": bool(paper.evidence)}


def example(setting: Setting) -> dict[str, Any]:
    """Small slips over months."""
    return {
        "pattern": "daily",
        "causes": ["broken_promise", "unreachable"],
        "evidence": "この半年で、期日を過ぎたご返事が3件、折返しが翌日になった電話が4件",
        "words": "もう来なくていい",
    }


KIND = Kind(Signs, facts, example)
