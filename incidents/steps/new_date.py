"""A new delivery date, agreed with the customer (practices 0-19, 2-05, 4-29)."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper, end_of_day, future

WHAT = "納品"


class NewDate(StepPaper):
    """The date, whether the customer has agreed, and with whom it was settled."""

    delivers_on: date | None = None
    agreed: bool = False
    to: list[int] = Field(default_factory=list)
    what: str = Field("", max_length=200)
    words: str = ""  # the customer's own


def facts(paper: NewDate, setting: Setting) -> Facts:
    """The date and whether it is agreed."""
    setting.check(contacts=paper.to, field="to")
    if paper.delivers_on is not None:
        future(end_of_day(paper.delivers_on), setting, "delivers_on")
    day = paper.delivers_on.isoformat() if paper.delivers_on else None
    return {"delivers_on": day, "agreed": paper.agreed, "to": paper.to}


def ended(paper: NewDate, setting: Setting) -> None:
    """The date is a promise: agreed, or provisional until the customer has agreed."""
    if paper.delivers_on is not None:
        what = f"{paper.what or WHAT}({paper.delivers_on.month}/{paper.delivers_on.day})"
        setting.promise(what, end_of_day(paper.delivers_on), to=paper.to, kind="time", agreed=paper.agreed)


def example(setting: Setting) -> dict[str, Any]:
    """A week from now, agreed."""
    return {"delivers_on": setting.day(5).isoformat(), "agreed": True, "to": list(setting.contacts)[:1]}


KIND = Kind(NewDate, facts, example, ended, contact=True)
