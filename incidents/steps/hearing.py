"""Hearing: what the customer tells us, before anybody judges (practices 2-14 to 2-17, 2-22, 2-24)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, future

SubCause = Literal["operation", "other_use", "assumption", "perception", "open"]
Share = Literal["explanation", "no_check_up", "papers", "none"]


class Hearing(StepPaper):
    """What they told us in their words; our share; what they really wish. subject: the product or matter it is about;
    said: what we said, as the phrase bank has it or otherwise (practices 2-16, 2-17)."""

    told: str = ""
    to: list[int] = Field(default_factory=list)
    sub_cause: SubCause = "open"
    our_share: Share = "explanation"
    wish: str = ""
    subject: str = Field("", max_length=60)
    said: str = ""
    promise_what: str = Field("", max_length=300)
    promise_by: Annotated[datetime | None, AfterValidator(aware)] = None


def facts(paper: Hearing, setting: Setting) -> Facts:
    """Whether they were heard, and what came of it."""
    setting.check(contacts=paper.to, field="to")
    future(paper.promise_by, setting, "promise_by")
    return {"heard": bool(paper.told), "to": paper.to, "sub_cause": paper.sub_cause, "our_share": paper.our_share}


def ended(paper: Hearing, setting: Setting) -> None:
    """What was promised goes into the ledger."""
    setting.promise(paper.promise_what, paper.promise_by, to=paper.to)


def example(setting: Setting) -> dict[str, Any]:
    """A switch that was understood otherwise."""
    return {
        "told": "始業時に一度切ってから入れ直している。説明書のこの頁の通りにした",
        "to": list(setting.contacts)[:1],
        "sub_cause": "assumption",
        "subject": "位置決めユニット",
        "our_share": "explanation",
        "wish": "現場の誰が触っても止まらないようにしたい",
    }


KIND = Kind(Hearing, facts, example, ended, contact=True)
