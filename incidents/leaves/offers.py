"""What was offered on site, what the customer proposed, what was agreed (practice 2-33)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from incidents.engine.translation import _
from incidents.leaves.alternatives import Alternatives
from incidents.leaves.base import Sort, leaf_write, read_as, sealed
from incidents.models import Incident, Leaf
from incidents.steps.base import Setting, StepPaper, end_of_day, future
from incidents.steps.opening import SORT, known_of, sets_of
from incidents.steps.reactions import CONDITIONS
from office.errors import Refused
from office.templatetags.makoto import yen

MOST_YEN = 1_000_000_000
ANSWERS = {
    "accepted": _("The customer takes it"),
    "declined": _("The customer declines it"),
    "counter": _("The customer proposes something else"),
}
PAYERS = {"us": _("We bear it"), "customer": _("The customer bears it")}
ABOVE = _(
    "Above %(limit)s yen the compensation review is signed first. Please note the customer's proposal now, and the "
    "agreement once the review is signed."
)
ABOVE_REVIEW = _("The compensation review was signed for %(signed)s yen. A higher amount needs a new review.")


class Offer(StepPaper):
    """Which alternative was offered ("<leaf>:<place>"), and the customer's answer."""

    option: str = Field(max_length=24, pattern=r"^\d{1,18}:\d{1,2}$")
    answer: Literal["accepted", "declined", "counter"]
    words: str = Field("", max_length=2000)


class Offered(Offer):
    """The same as it is kept, with the words of the alternative."""

    what: str


class CounterOffer(StepPaper):
    """What the customer proposes; the amount is of money, when it is about money."""

    text: str = Field(min_length=1, max_length=2000)
    amount: int | None = Field(None, ge=0, le=MOST_YEN)


class Agreement(StepPaper):
    """What was agreed, who bears how much, and by when it is done."""

    text: str = Field(min_length=1, max_length=300)
    amount: int = Field(0, ge=0, le=MOST_YEN)
    payer: Literal["us", "customer"] = "us"
    by: date
    to: list[int] = Field(default_factory=list)


def offered(paper: Offer, setting: Setting) -> dict[str, Any]:
    """Keep the answer to an alternative that has been laid open."""
    pk, _colon, place = paper.option.partition(":")
    leaf = None
    if sets_of(setting.incident).get(str(int(pk)), {}).get("state") == "opened":
        leaf = Leaf.objects.filter(incident=setting.incident, sort=SORT, pk=int(pk), confidential=False).first()
    options = read_as(Alternatives, leaf).options if leaf else []
    if int(place) >= len(options):
        raise Refused("invalid", "Choose one of the alternatives.", field="option")
    kept = Offered(**paper.model_dump(), what=options[int(place)].what)
    return sealed(leaf_write(setting, "offer", kept))


def countered(paper: CounterOffer, setting: Setting) -> dict[str, Any]:
    """Keep the customer's proposal."""
    return sealed(leaf_write(setting, "counter_offer", paper))


def agreed(paper: Agreement, setting: Setting) -> dict[str, Any]:
    """Keep the agreement; its date is a promise, and our money needs its signatures first. It settles conditions."""
    setting.check(contacts=paper.to, field="to")
    by = end_of_day(paper.by)
    future(by, setting, "by")
    ours = agreed_by_us(setting.incident) + (paper.amount if paper.payer == "us" else 0)
    if paper.payer == "us":
        _may_be_agreed(ours, setting.incident)
    known = known_of(setting.incident)
    leaf = leaf_write(setting, "agreement", paper, due=by)
    setting.promise(paper.text, by, name=f"agreement:{leaf.pk}", to=paper.to)
    return {**sealed(leaf), "known": {"agreed_by_us": ours, **({CONDITIONS: {}} if CONDITIONS in known else {})}}


def agreed_by_us(incident: Incident) -> int:
    """The yen we have agreed to bear so far in this incident."""
    return int(known_of(incident).get("agreed_by_us", 0))


def _may_be_agreed(ours: int, incident: Incident) -> None:
    """Up to the manager's limit it may be agreed on site; above it as far as the review was signed."""
    limit = int(incident.pins["compensation.manager_limit"])
    if ours <= limit:
        return
    review = incident.case["steps"].get("compensation", {})
    if review.get("state") != "done" or review.get("data", {}).get("decision") != "compensate":
        raise Refused("incomplete", ABOVE, field="amount", limit=f"{limit:,}")
    signed = int(review["data"].get("amount", 0))
    if ours > signed:
        raise Refused("incomplete", ABOVE_REVIEW, field="amount", signed=f"{signed:,}")


def offer_example(setting: Setting) -> dict[str, Any]:
    """The first alternative of the newest set, declined."""
    opened = [pk for pk, row in sets_of(setting.incident).items() if row["state"] == "opened"]
    return {"option": f"{opened[-1] if opened else 0}:0", "answer": "declined", "words": "お金の問題ではない"}


def counter_example(setting: Setting) -> dict[str, Any]:
    """Meeting us half-way."""
    return {"text": "正しい付属品の代金はこちらで持つ。取付けはお願いしたい", "amount": 50_000}


def agreement_example(setting: Setting) -> dict[str, Any]:
    """The customer pays for the right one, we fit it."""
    return {
        "text": "正しい付属品はお客様のご負担、取付けは当社の負担", "amount": 50_000, "payer": "customer",
        "by": setting.day(3).isoformat(),
    }  # fmt: skip


def money(amount: int, payer: str) -> str:
    """Who bears how much."""
    return f"{gettext(PAYERS[payer])} {yen(amount)}"


def _offer_words(paper: Offered) -> str:
    said = f"\n{paper.words}" if paper.words else ""
    return f"{paper.what}: {gettext(ANSWERS[paper.answer])}{said}"


def _counter_words(paper: CounterOffer) -> str:
    return f"{paper.text} ({yen(paper.amount)})" if paper.amount else paper.text


def _agreement_words(paper: Agreement) -> str:
    return f"{paper.text} ({money(paper.amount, paper.payer)})" if paper.amount else paper.text


OFFER = Sort(Offered, _offer_words)
COUNTER_OFFER = Sort(CounterOffer, _counter_words)
AGREEMENT = Sort(Agreement, _agreement_words)
