"""Hand-over of the replacement (practice 2-32)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper


class Replacement(StepPaper):
    """How and to whom; whether it was fitted."""

    how: Literal["handed", "posted"] = "handed"
    to: list[int] = Field(default_factory=list)
    fitted: bool = False
    words: str = ""


def facts(paper: Replacement, setting: Setting) -> Facts:
    """How, and to whom."""
    setting.check(contacts=paper.to, field="to")
    return {"how": paper.how, "to": paper.to, "fitted": paper.fitted}


def example(setting: Setting) -> dict[str, Any]:
    """Handed to the first contact, and fitted."""
    return {"how": "handed", "to": list(setting.contacts)[:1], "fitted": True}


KIND = Kind(Replacement, facts, example, contact=True)
