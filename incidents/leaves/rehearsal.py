"""想定問答: the hard turns of a visit, thought through before it (practice 4-16)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from incidents.engine.translation import _
from incidents.leaves.base import Sort, leaf_write, sealed
from incidents.models import Leaf
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused

SCENES = {
    "scolded": _("A severe scolding"),
    "ended": _("Talk of ending our dealings"),
    "silent": _("No answer at all"),
    "own": "",
}


class Card(StepPaper):
    """One turn it may take: what we answer, and who speaks. title: of one's own card."""

    scene: Literal["scolded", "ended", "silent", "own"]
    title: str = Field("", max_length=120)
    answer: str = Field(min_length=1, max_length=2000)
    who: int | None = None


class Rehearsal(StepPaper):
    """All cards; the newest sheet counts."""

    cards: list[Card] = Field(min_length=1, max_length=10)


class RehearsalSheet(StepPaper):
    """The cards as they are kept: with the names of those who speak, in their order."""

    cards: list[Card]
    names: list[str]


def rehearse(paper: Rehearsal, setting: Setting) -> dict[str, Any]:
    """Keep the sheet; an earlier one is settled."""
    if any(card.scene == "own" and not card.title for card in paper.cards):
        raise Refused("invalid", "Say what your own card is about.", field="own_title")
    speakers = [setting.directory.get(card.who) for card in paper.cards]
    if any(card.who and not user for card, user in zip(paper.cards, speakers, strict=True)):
        raise Refused("invalid", "Choose people of our company.", field="cards")
    Leaf.objects.filter(incident=setting.incident, sort="rehearsal", ended_at=None).update(
        state="replaced", ended_at=setting.at
    )
    sheet = RehearsalSheet(cards=paper.cards, names=[user.called if user else "" for user in speakers])
    leaf = leaf_write(setting, "rehearsal", sheet)
    return {**sealed(leaf), "known": {"rehearsed": sorted({card.scene for card in paper.cards})}}


def rehearse_example(setting: Setting) -> dict[str, Any]:
    """The three hard turns, answered by the owner."""
    who = setting.incident.owner_id
    answers = {
        "scolded": "最後までお話を伺い、弁解せずにお詫びする",
        "ended": "その場で判断せず、ご意向を持ち帰って上司と改めて伺う",
        "silent": "お時間をいただいたお礼を述べ、書面をお渡しして辞去する",
    }
    return {"cards": [{"scene": scene, "answer": text, "who": who} for scene, text in answers.items()]}


REHEARSAL = Sort(RehearsalSheet, lambda paper: "")
