"""Follow-up: contact goes on for months, with the customer's reaction each time (practice 4-21)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, future
from incidents.steps.reactions import Reaction, follow, known_after
from incidents.steps.together import check_going


class FollowUp(StepPaper):
    """How, with whom, how they took it; attendees: who of us went, where it was a visit."""

    how: Literal["phone", "visit", "mail"] = "phone"
    to: list[int] = Field(default_factory=list)
    reaction: Reaction = "pending"
    words: str = ""
    promise_what: str = Field("", max_length=300)
    promise_by: Annotated[datetime | None, AfterValidator(aware)] = None
    attendees: list[int] = Field(default_factory=list)


def facts(paper: FollowUp, setting: Setting) -> Facts:
    """How and how it was taken; Refused conflict for a visit of one where two of us go (practice 4-05)."""
    setting.check(contacts=paper.to, field="to")
    setting.check(people=paper.attendees)
    future(paper.promise_by, setting, "promise_by")
    if paper.how == "visit":
        check_going(paper.attendees, setting.incident, setting.at, "attendees")
    went = {"attendees": paper.attendees} if paper.attendees else {}
    known = known_after(paper, setting)
    more = {**went, **({"known": known} if known else {})}
    return {"how": paper.how, "to": paper.to, "reaction": paper.reaction, **more}


def ended(paper: FollowUp, setting: Setting) -> None:
    """A promise made on the way goes into the ledger."""
    follow(paper, setting, paper.to)


def example(setting: Setting) -> dict[str, Any]:
    """A call that found them content."""
    return {"how": "phone", "to": list(setting.contacts)[:1], "reaction": "accepted", "words": "順調です"}


KIND = Kind(FollowUp, facts, example, ended, contact=True)
