"""What stands beside a plan and a visit, read from the leaves of a page: advice, other views, opinions, company."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from incidents.beside import visit_of
from incidents.engine import Case
from incidents.engine.company import told, told_above
from incidents.leaves.rehearsal import SCENES
from incidents.models import Leaf
from incidents.moment_words import REPLIES
from office.models import User
from office.roles import APPROVERS

DIRECTORS = ("取締役", "社長", "会長", "専務", "常務", "役員", "代表")  # as printed on the card


@dataclass(frozen=True)
class Sheet:
    """A leaf with what is written on it."""

    leaf: Leaf
    data: dict[str, Any]
    beside: list[Sheet] = field(default_factory=list)
    others: str = ""  # who reads a private one beside the reader


@dataclass(frozen=True)
class Company:
    """Who was asked to come along, and what they answered."""

    leaf: Leaf
    data: dict[str, Any]
    answer: str = ""
    reply: Leaf | None = None
    reason: str = ""
    slots: list[datetime] = field(default_factory=list)
    reminded: bool = False  # no answer within the house rule
    above: int = 0  # the next one up, once they were told of it; they may answer, too


@dataclass(frozen=True)
class Card:
    """One card of the rehearsal."""

    title: str
    answer: str
    who: str


@dataclass(frozen=True)
class Counsel:
    """All of it, for one reader."""

    advice: list[Sheet]  # each with the other views beside it
    views: list[Sheet]  # other views by themselves
    questions: list[Sheet]  # asked in private, by or of this reader, each with its answers
    outside: list[Sheet]  # outside views asked in the open, each with its answers
    shared: list[Sheet]  # opinions that everybody may read
    cards: list[Card]
    company: list[Company]

    @property
    def any(self) -> bool:
        """Whether something stands beside the plan."""
        return bool(self.advice or self.views or self.shared or self.outside)


def counsel(leaves: Iterable[Leaf], case: Case, me: int) -> Counsel:
    """Sort the leaves that `me` may read; no statement."""
    by_sort: dict[str, list[Sheet]] = {}
    for leaf in leaves:
        by_sort.setdefault(leaf.sort, []).append(Sheet(leaf, json.loads(leaf.text)))
    views, answers = by_sort.get("dissent", []), by_sort.get("answer", [])
    advice = [
        Sheet(one.leaf, one.data, [view for view in views if view.data["advice"] == one.leaf.pk])
        for one in by_sort.get("advice", [])
    ]
    questions = [
        Sheet(
            one.leaf,
            one.data,
            [answer for answer in answers if answer.data["opinion"] == one.leaf.pk],
            _others(one, me),
        )
        for one in by_sort.get("opinion", [])
    ]
    return Counsel(
        advice=advice,
        views=[view for view in views if view.data["advice"] is None],
        questions=[question for question in questions if question.leaf.confidential],
        outside=(outside := [question for question in questions if not question.leaf.confidential]),
        shared=[
            answer
            for answer in answers
            if not answer.leaf.confidential and answer.data["opinion"] not in {one.leaf.pk for one in outside}
        ],
        cards=[card for sheet in by_sort.get("rehearsal", [])[-1:] for card in _cards(sheet.data)],
        company=list(_company(by_sort, case)),
    )


def _others(question: Sheet, me: int) -> str:
    asked = zip(question.data["who"], question.data["names"], strict=True)
    asker = [question.leaf.by.called] if question.leaf.by_id != me else []
    return "、".join([*asker, *(name for pk, name in asked if pk != me)])


def _cards(data: dict[str, Any]) -> Iterable[Card]:
    for card, who in zip(data["cards"], data["names"], strict=True):
        yield Card(card["title"] or gettext(SCENES[card["scene"]]), card["answer"], who)


def _company(by_sort: dict[str, list[Sheet]], case: Case) -> Iterable[Company]:
    """Those asked for the visit of this round."""
    replies = {sheet.data["request"]: sheet for sheet in by_sort.get("reply", [])}
    for asked in by_sort.get("accompany", []):
        ask = case.known.get("accompany", {}).get(str(asked.leaf.pk), {})
        if ask.get("round") != visit_of(case).round or ask["answer"] == "replaced":
            continue
        reply = replies.get(asked.leaf.pk)
        if reply is None:
            above = ask.get("above", 0) if told_above(ask) else 0
            yield Company(asked.leaf, asked.data, reminded=told(ask) > 0, above=above)
            continue
        slots = [datetime.fromisoformat(slot) for slot in reply.data["slots"]]
        words = gettext(REPLIES[reply.data["answer"]])
        yield Company(asked.leaf, asked.data, words, reply.leaf, reply.data["reason"], slots)


def rank_missing(meets: Iterable[Any], going: Iterable[User], *, grave: bool) -> bool:
    """Practices 1-22, 4-20: somebody who decides is met, or it is grave, and nobody of manager rank goes. A hint."""
    high = any(contact.decides or any(rank in contact.rank for rank in DIRECTORS) for contact in meets)
    return (high or grave) and not any(APPROVERS & set(user.roles) for user in going)
