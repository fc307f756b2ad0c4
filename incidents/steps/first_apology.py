"""A word with the customer: the first apology, late thanks, regret, an explanation, an answer; no cause needed yet."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, future


class FirstApology(StepPaper):
    """Whom we reached, how, what we said and what they said."""

    how: Literal["phone", "call_in"] = "phone"
    to: list[int] = Field(default_factory=list)  # contacts
    words: str = ""  # the customer's own
    said: str = ""  # ours, spoken: a note of the call, which no letter reads (practice 2-16)
    promise_what: str = Field("", max_length=300)
    promise_by: Annotated[datetime | None, AfterValidator(aware)] = None


def facts(paper: FirstApology, setting: Setting) -> Facts:
    """How it was made, to whom."""
    setting.check(contacts=paper.to, field="to")
    future(paper.promise_by, setting, "promise_by")
    return {"how": paper.how, "to": paper.to}


def ended(paper: FirstApology, setting: Setting) -> None:
    """A promise made on the telephone goes into the ledger."""
    setting.promise(paper.promise_what, paper.promise_by, to=paper.to)


def example(setting: Setting) -> dict[str, Any]:
    """A call to the first contact."""
    return {"how": "phone", "to": list(setting.contacts)[:1], "words": "事情が分かり次第、知らせてほしい"}


KIND = Kind(FirstApology, facts, example, ended, contact=True)
