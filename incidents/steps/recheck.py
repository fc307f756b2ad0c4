"""The replacement held against the order before it is handed over (practice 2-32)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from incidents.steps.base import Facts, Kind, Setting, StepPaper

Same = Literal["same", "differs"]


class Recheck(StepPaper):
    """What was ordered, what goes out now, and whether the two are the same; what still differs."""

    ordered: str = Field(min_length=1)
    delivered: str = Field(min_length=1)
    product: Same
    quantity: Same
    accessory: Same
    difference: str = ""


def facts(paper: Recheck, setting: Setting) -> Facts:
    """Whether each is the same, and whether a difference is left."""
    return {
        "product": paper.product, "quantity": paper.quantity, "accessory": paper.accessory,
        "open": bool(paper.difference),
    }  # fmt: skip


def example(setting: Setting) -> dict[str, Any]:
    """As ordered."""
    return {
        "ordered": "継手 FC-16A 40個、取付金具 40個", "delivered": "継手 FC-16A 40個、取付金具 40個",
        "product": "same", "quantity": "same", "accessory": "same",
    }  # fmt: skip


KIND = Kind(Recheck, facts, example)
