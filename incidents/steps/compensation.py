"""Compensation review: loss, amount, basis, decision; none is a decision too (practices 0-10, 0-11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from customers.services import clerk_rows, promises_release
from incidents.engine.translation import _
from incidents.policy import COMPENSATION_DAYS
from incidents.steps.base import Facts, Kind, Setting, StepPaper, end_of_day, future
from office.roles import Role
from office.selectors import policy

Loss = Literal["cash_flow", "stoppage", "people", "other"]


How = Literal["credit", "refund", "replacement", "free_repair"]  # as customers.models.Promise.Document
WHAT = {
    "credit": "返還・訂正請求書による値引き", "refund": "ご返金", "replacement": "お取替え", "free_repair": "無償修理",
}  # fmt: skip
SHORTEST = timedelta(hours=1)  # a day that has passed while the signatures were awaited
ANEW = _("The compensation was decided anew.")


class Compensation(StepPaper):
    """What it cost the customer and what we do about it. Yen are integers."""

    losses: list[Loss] = Field(default_factory=list)
    loss: str = ""
    decision: Literal["compensate", "none", "nothing_to_compensate"] = "none"
    amount: int = Field(0, ge=0, le=1_000_000_000)
    how: How = "credit"
    by: date | None = None  # until when its document is made; the house rule's days when nobody says
    basis: str = Field(min_length=1)
    sentence: str = Field("", max_length=200)  # what the letter says of it, when anything
    ringi: str = Field("", max_length=60)  # number of the company's own decision paper


def facts(paper: Compensation, setting: Setting) -> Facts:
    """Decision and yen: who must sign goes by them."""
    if paper.by:
        future(end_of_day(paper.by), setting, "by")
    return {
        "decision": paper.decision,
        "amount": paper.amount if paper.decision == "compensate" else 0,
        "losses": list(paper.losses),
        **({"how": paper.how} if paper.decision == "compensate" else {}),
    }


def ended(paper: Compensation, setting: Setting) -> None:
    """Signed, it is a promise until its document is made (feature 50): billing has it on its list, and the incident
    does not close over it. A decision taken anew takes the place of the one before, unless its document is made."""
    number, at = setting.incident.number, setting.at
    released = promises_release(number=number, reason=gettext(ANEW), by=setting.actor, at=at, documents=True)
    setting.activities.extend(released)
    if paper.decision != "compensate":
        return
    day = paper.by or setting.day(int(policy(COMPENSATION_DAYS, at)))
    made = setting.promise(
        f"補償: {WHAT[paper.how]} {paper.amount:,}円", max(end_of_day(day), at + SHORTEST), kind="money", agreed=False,
        document=paper.how, amount=paper.amount,
    )  # fmt: skip
    if made:
        clerks = [user.pk for user in setting.directory.with_role(Role.BILLING)]
        setting.activities.extend(clerk_rows(made, clerks))


def example(setting: Setting) -> dict[str, Any]:
    """Looked at, and none needed."""
    return {
        "losses": ["cash_flow"],
        "loss": "お支払い計画の組み直し",
        "decision": "none",
        "amount": 0,
        "basis": "お客様より、金銭の補償は不要とのお申し出",
    }


KIND = Kind(Compensation, facts, example, ended)
