"""What we could do, what was offered, answered and agreed, what it cost the customer: read from the readable leaves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext

from incidents.engine.translation import _
from incidents.leaves import read_as
from incidents.leaves.alternatives import KINDS, RETURNED, Alternatives, Back
from incidents.leaves.losses import LOSS_SHEET, LOSSES, TOLD, LossSheet, Told, sheet_words
from incidents.leaves.offers import ANSWERS, PAYERS, Agreement, CounterOffer, Offered, agreed_by_us
from incidents.models import Leaf
from incidents.steps.opening import SORT
from office.clock import local_day
from office.models import User

if TYPE_CHECKING:
    from incidents.pages import Whole

# State of a set: level, icon, words of its tag.
STATES = {
    "open": ("", "hourglass", _("Waits for the boss")),
    "returned": ("sent", "corner-up-left", _("Sent back")),
    "agreed": ("", "hourglass", _("Opens after the reaction is recorded")),
    "opened": ("now", "circle-dot", _("May be offered")),
}
ANSWER_TAGS = {"accepted": ("done", "check"), "declined": ("", "circle-slash"), "counter": ("soon", "message-square")}


class Said(NamedTuple):
    """The customer's answer to an alternative, as a tag and in their words."""

    level: str
    icon: str
    text: str
    words: str


class Option(NamedTuple):
    """One alternative as it is shown; `key` is what an offer names."""

    key: str
    place: int
    what: str
    kind: str
    cost: int
    said: list[Said]


class Line(NamedTuple):
    """One loss as it is shown."""

    what: str
    much: str
    yen: int | None
    basis: str


@dataclass(frozen=True)
class Set:
    """A set of alternatives as this viewer sees it."""

    leaf: Leaf
    tag: tuple[str, str, str]
    options: list[Option]
    back: str = ""  # why it came back
    mine: bool = False
    heirs: str = ""  # who has taken the incident over since, and reads it too
    in_place: str = ""  # who stands in for the boss asked, reads it too and may answer
    answers: bool = False  # whether this viewer is asked, or stands in for who is

    @property
    def opened(self) -> bool:
        """Whether everybody reads it."""
        return self.leaf.state == "opened"


@dataclass(frozen=True)
class Bargain:
    """Everything between us and the customer about what shall be done."""

    sets: list[Set] = field(default_factory=list)  # the newest first
    counters: list[tuple[Leaf, CounterOffer]] = field(default_factory=list)
    agreements: list[tuple[Leaf, Agreement, str]] = field(default_factory=list)
    losses: list[Line] = field(default_factory=list)
    total: int = 0
    told: list[tuple[Leaf, Told]] = field(default_factory=list)

    @property
    def shown(self) -> bool:
        """Whether there is anything to show on the page of the incident."""
        return bool(self.sets or self.counters or self.agreements)

    @property
    def agreed(self) -> list[Set]:
        """The sets that open once the customer's reaction is recorded."""
        return [one for one in self.sets if one.leaf.state == "agreed"]

    @property
    def opened(self) -> list[Set]:
        """The sets that may be offered."""
        return [one for one in self.sets if one.opened]


def bargain(page: Whole) -> Bargain:
    """Read it from the leaves of a page; no statement."""
    sheet = _sheet(page)
    return Bargain(
        sets=_sets(page),
        counters=[(leaf, read_as(CounterOffer, leaf)) for leaf in page.of_sort("counter_offer")],
        agreements=[
            (leaf, paper, gettext(PAYERS[paper.payer]))
            for leaf in page.of_sort("agreement") if (paper := read_as(Agreement, leaf))
        ],
        losses=[
            Line(gettext(LOSSES[line.sort]), f"{line.quantity}{line.unit}", line.yen, line.basis)
            for line in (sheet.losses if sheet else ())
        ],
        total=sheet.total if sheet else 0,
        told=[(leaf, read_as(Told, leaf)) for leaf in page.of_sort(TOLD)],
    )  # fmt: skip


def review_begun(page: Whole) -> dict[str, Any]:
    """What a review of compensation starts from: the losses as noted, what was agreed."""
    begun: dict[str, Any] = {}
    if sheet := _sheet(page):
        begun |= {"losses": sorted({line.sort for line in sheet.losses}), "loss": sheet_words(sheet)}
    if yen := agreed_by_us(page.incident):
        texts = [paper.text for leaf in page.of_sort("agreement") if (paper := read_as(Agreement, leaf))]
        begun |= {"decision": "compensate", "amount": yen, "basis": "\n".join(texts)}
    return begun


def _sheet(page: Whole) -> LossSheet | None:
    valid = [leaf for leaf in page.of_sort(LOSS_SHEET) if leaf.ended_at is None]
    return read_as(LossSheet, valid[-1]) if valid else None


def _sets(page: Whole) -> list[Set]:
    answers: dict[str, list[Said]] = {}
    for leaf in page.of_sort("offer"):
        offer = read_as(Offered, leaf)
        said = Said(*ANSWER_TAGS[offer.answer], gettext(ANSWERS[offer.answer]), offer.words)
        answers.setdefault(offer.option, []).append(said)
    reasons = {back.leaf: back.text for leaf in page.of_sort(RETURNED) if (back := read_as(Back, leaf))}
    me = page.view.viewer.user.pk
    found = [leaf for leaf in page.of_sort(SORT) if leaf.state in STATES]
    rows = page.view.case.known.get(SORT, {})
    heirs = {
        leaf.pk: "、".join(
            page.colleagues[pk].called for pk in rows.get(str(leaf.pk), {}).get("heirs", ()) if pk in page.colleagues
        )
        for leaf in found
    }
    shown = []
    for leaf in reversed(found):
        in_place = _in_place(page, leaf)
        one = _set(leaf, answers, reasons.get(leaf.pk, ""), mine=leaf.by_id == me, heirs=heirs[leaf.pk])
        asked = leaf.state == "open" and me in (leaf.who_id, *(user.pk for user in in_place))
        shown.append(replace(one, in_place="、".join(user.called for user in in_place), answers=asked))
    return shown


def _in_place(page: Whole, leaf: Leaf) -> list[User]:
    """Who stands in today for the boss whom a set waits for, and did not write it; or who has agreed in their place."""
    if leaf.who_id and leaf.state == "open":
        found = page.directory.stand_ins_for(leaf.who_id, local_day(page.now))
        return [user for user in found if user.pk != leaf.by_id]
    by = page.view.case.known.get(SORT, {}).get(str(leaf.pk), {}).get("agreed_by")
    return [page.colleagues[by]] if by in page.colleagues else []


def _set(leaf: Leaf, answers: dict[str, list[Said]], back: str, *, mine: bool, heirs: str) -> Set:
    level, icon, words = STATES[leaf.state]
    options = [
        Option(key := f"{leaf.pk}:{place}", place + 1, option.what, gettext(KINDS[option.kind]), option.cost,
               answers.get(key, []))
        for place, option in enumerate(read_as(Alternatives, leaf).options)
    ]  # fmt: skip
    return Set(leaf, (level, icon, gettext(words)), options, back, mine, heirs)
