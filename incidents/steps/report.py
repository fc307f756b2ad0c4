"""First report: three fields, and the boss knows (practices 0-02, 2-26)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.engine.translation import _
from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, end_of_day, future
from office.clock import local_day
from office.errors import Refused


class Report(StepPaper):
    """What happened, and when the customer hears from us next."""

    summary: str = Field(min_length=1, max_length=4000)
    next_contact: Literal["today", "time", "none"] = "none"
    next_contact_at: Annotated[datetime | None, AfterValidator(aware)] = None
    by_mouth: bool = False  # the boss has been told by telephone: it counts and stops the clock
    customer_words: str = ""
    told_by_customer: bool = True  # the customer found it, not we
    # as the customer called it; how we treat it, the dues say
    urgency_said: Literal["", "at_once", "soon", "no_hurry"] = ""


CALL_BACK = _("Contact the customer as promised")


def next_contact(paper: Report, setting: Setting) -> datetime | None:
    """When the customer was told to hear from us; Refused when a time is missing or past."""
    if paper.next_contact == "none":
        return None
    if paper.next_contact == "time":
        if paper.next_contact_at is None:
            raise Refused("incomplete", "Enter the time promised to the customer.", field="next_contact_at")
        future(paper.next_contact_at, setting, "next_contact_at")
        return paper.next_contact_at
    closing = end_of_day(local_day(setting.at))
    if closing > setting.at:
        return closing
    return datetime.combine(local_day(setting.at), time.max, closing.tzinfo)  # after hours: until midnight


def facts(paper: Report, setting: Setting) -> Facts:
    """Whether it was told by mouth, and what was promised next."""
    return {"by_mouth": paper.by_mouth, "next_contact": paper.next_contact, "told_by_customer": paper.told_by_customer}


def ended(paper: Report, setting: Setting) -> None:
    """The next contact becomes a promise; agreed, because it was told to the customer."""
    setting.promise(CALL_BACK, next_contact(paper, setting), kind="time")


def example(setting: Setting) -> dict[str, Any]:
    """A report as a rep would send it."""
    return {
        "summary": setting.incident.summary or "10/14納品分の請求書が届いていないとのお電話",
        "next_contact": "today",
    }


KIND = Kind(Report, facts, example, ended)
