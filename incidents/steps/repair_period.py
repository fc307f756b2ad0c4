"""Repair period: what was done, since when it runs again, what is left (practices 1-14, 1-16, 1-17, 1-25)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from customers.models.promise import SIGNED
from incidents.engine.verbs import KNOWN
from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, end_of_day, future

MOST_RESIDUALS = 10


class Residual(StepPaper):
    """One item that is left: what, and by when."""

    what: str = Field(min_length=1, max_length=250)
    due: date


class RepairPeriod(StepPaper):
    """The days the customer gave us, and how they were used."""

    starts: date | None = None
    ends: date | None = None
    done: str = ""
    running_since: Annotated[datetime | None, AfterValidator(aware)] = None
    stopped_hours: int | None = Field(None, ge=0, le=10_000)  # as agreed with the customer
    proof: str = ""  # how it was shown that it holds
    residuals: list[Residual] = Field(default_factory=list, max_length=MOST_RESIDUALS)


def facts(paper: RepairPeriod, setting: Setting) -> Facts:
    """Whether it runs again, for how long it stood, how much is left."""
    for residual in paper.residuals:
        future(end_of_day(residual.due), setting, "residuals")
    return {
        "done_stated": bool(paper.done) and paper.running_since is not None,
        "stopped_hours": paper.stopped_hours,
        "residuals": len(paper.residuals),
        **({KNOWN: {"residuals": True}} if paper.residuals else {}),
    }


def ended(paper: RepairPeriod, setting: Setting) -> None:
    """Each residual item is a promise with its date: nothing closes over an open one, the sign-off is its evidence."""
    for place, residual in enumerate(paper.residuals, start=1):
        setting.promise(f"残件: {residual.what}", end_of_day(residual.due), place=place, ends=SIGNED)


def example(setting: Setting) -> dict[str, Any]:
    """Mended, shown by eight hours of running, one item left."""
    return {
        "starts": setting.day(0).isoformat(),
        "ends": setting.day(5).isoformat(),
        "done": "駆動部の軸受2個を交換し、芯出しをやり直した",
        "running_since": setting.at.isoformat(),
        "stopped_hours": 14,
        "proof": "8時間の連続運転で振動0.8mm/s以下を、工場長様お立会いで確認",
        "residuals": [{"what": "予備の軸受1組をお届けする", "due": setting.day(5).isoformat()}],
    }


KIND = Kind(RepairPeriod, facts, example, ended)
