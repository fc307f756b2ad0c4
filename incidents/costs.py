"""What an incident has cost us and the customer, as far as the record tells (feature 53); never on paper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext, ngettext

from incidents.forms.visit import GIFTS
from office.templatetags.makoto import yen

if TYPE_CHECKING:
    from incidents.bargain import Bargain
    from incidents.pages import Whole


class Cost(NamedTuple):
    """One line of it."""

    label: str
    text: str


class Spent(NamedTuple):
    """The same in numbers: hours of visits, tokens of apology that were taken, yen of the compensation that was signed
    and of the customer's losses as noted."""

    hours: int
    gifts: int
    compensation: int
    losses: int


def spent(page: Whole, bargain: Bargain) -> Spent:
    """What an incident has cost so far, from what the page has read; no statement."""
    visits = [json.loads(row.text) for row in page.record.submissions if row.step == "visit"]
    hours = sum(visit.get("hours") or 0 for visit in visits)
    gifts = sum(visit.get("gift") == "handed_over" for visit in visits)
    review = page.view.case.steps.get("compensation")
    paid = review.data.get("amount", 0) if review and review.state == "done" else 0
    return Spent(hours, gifts, paid, bargain.total)


def costs(page: Whole, bargain: Bargain) -> list[Cost]:
    """Hours of visits, tokens of apology, the compensation that was signed, the customer's losses; no statement."""
    hours, gifts, paid, losses = spent(page, bargain)
    found = [
        Cost(gettext("Hours of visits"), ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else ""),
        Cost(gettext("Token of apology"), f"{dict(GIFTS)['handed_over']} {gifts}" if gifts else ""),
        Cost(gettext("Compensation (signed)"), str(yen(paid)) if paid else ""),
        Cost(gettext("The customer's losses"), str(yen(losses)) if losses else ""),
    ]
    return [cost for cost in found if cost.text]
