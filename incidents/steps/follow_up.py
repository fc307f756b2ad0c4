"""Follow-up: contact goes on for months, with the customer's reaction each time (practice 4-21)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, future
from incidents.steps.reactions import Reaction, follow, known_after


class FollowUp(StepPaper):
    """How, with whom, how they took it."""

    how: Literal["phone", "visit", "mail"] = "phone"
    to: list[int] = Field(default_factory=list)
    reaction: Reaction = "pending"
    words: str = ""
    promise_what: str = Field("", max_length=300)
    promise_by: Annotated[datetime | None, AfterValidator(aware)] = None


def facts(paper: FollowUp, setting: Setting) -> Facts:
    """How and how it was taken."""
    setting.check(contacts=paper.to, field="to")
    future(paper.promise_by, setting, "promise_by")
    known = known_after(paper, setting)
    return {"how": paper.how, "to": paper.to, "reaction": paper.reaction, **({"known": known} if known else {})}


def ended(paper: FollowUp, setting: Setting) -> None:
    """A promise made on the way goes into the ledger."""
    follow(paper, setting, paper.to)


def example(setting: Setting) -> dict[str, Any]:
    """A call that found them content."""
    return {"how": "phone", "to": list(setting.contacts)[:1], "reaction": "accepted", "words": "順調です"}


KIND = Kind(FollowUp, facts, example, ended, contact=True)
