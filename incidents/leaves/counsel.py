"""Advice of the boss, and another view beside it (practice 4-12): neither needs an answer."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from incidents.leaves.base import Sort, known_of, leaf_write, sealed
from incidents.models import Leaf
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.keys import KEYS


class Advice(StepPaper):
    """What the boss would do; why, and what it should bring, if they wish."""

    text: str = Field(min_length=1, max_length=4000)
    reason: str = Field("", max_length=2000)
    effect: str = Field("", max_length=2000)


class Dissent(StepPaper):
    """Another view, or what worries one; `advice` is the leaf beside which it stands, if beside one."""

    text: str = Field(min_length=1, max_length=4000)
    advice: int | None = None


def advise(paper: Advice, setting: Setting) -> dict[str, Any]:
    """Keep the advice; who gave it hears how the visit went."""
    leaf = leaf_write(setting, "advice", paper)
    advisers = sorted({*known_of(setting).get("advisers", ()), setting.actor.pk})
    return {**sealed(leaf), "known": {"advisers": advisers}}


def dissent(paper: Dissent, setting: Setting) -> dict[str, Any]:
    """Keep the other view beside the advice, or by itself."""
    beside = Leaf.objects.filter(incident=setting.incident, sort="advice", pk=paper.advice or 0)
    if paper.advice is not None and not (paper.advice in KEYS and beside.exists()):
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return sealed(leaf_write(setting, "dissent", paper))


def advise_example(setting: Setting) -> dict[str, Any]:
    """Advice with its reason."""
    return {
        "text": "先に私から専務様へお電話します",
        "reason": "決裁者に直接お詫びするため", "effect": "訪問の前にお気持ちを伺える",
    }  # fmt: skip


def dissent_example(setting: Setting) -> dict[str, Any]:
    """Another view, by itself."""
    return {"text": "早朝の訪問はご負担になる懸念があります。お電話でご都合を伺ってからの訪問を考えています"}


ADVICE = Sort(Advice, lambda paper: str(paper.text))
DISSENT = Sort(Dissent, lambda paper: str(paper.text))
