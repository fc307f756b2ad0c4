"""Compensation review: loss, amount, basis, decision; none is a decision too (practices 0-10, 0-11)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper

Loss = Literal["cash_flow", "stoppage", "people", "other"]


class Compensation(StepPaper):
    """What it cost the customer and what we do about it. Yen are integers."""

    losses: list[Loss] = Field(default_factory=list)
    loss: str = ""
    decision: Literal["compensate", "none", "nothing_to_compensate"] = "none"
    amount: int = Field(0, ge=0, le=1_000_000_000)
    basis: str = Field(min_length=1)
    sentence: str = Field("", max_length=200)  # what the letter says of it, when anything
    ringi: str = Field("", max_length=60)  # number of the company's own decision paper


def facts(paper: Compensation, setting: Setting) -> Facts:
    """Decision and yen: who must sign goes by them."""
    return {
        "decision": paper.decision,
        "amount": paper.amount if paper.decision == "compensate" else 0,
        "losses": list(paper.losses),
    }


def example(setting: Setting) -> dict[str, Any]:
    """Looked at, and none needed."""
    return {
        "losses": ["cash_flow"],
        "loss": "お支払い計画の組み直し",
        "decision": "none",
        "amount": 0,
        "basis": "お客様より、金銭の補償は不要とのお申し出",
    }


KIND = Kind(Compensation, facts, example)
