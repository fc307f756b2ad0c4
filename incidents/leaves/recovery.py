"""How the relationship has come through, and whom a customer who was won back has sent to us (practice 2-38)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from customers.models import Customer
from incidents.engine.translation import _
from incidents.leaves.base import Sort, day_text, leaf_replace, leaf_write, sealed
from incidents.steps.base import Setting, StepPaper
from office.clock import local_day
from office.errors import Refused
from office.keys import KEYS
from office.templatetags.makoto import sama

RECOVERY, REFERRAL = "recovery", "referral"
KNOWN_AS = "recovery"  # in what is known of the incident: the outcome noted last
OUTCOMES: dict[str, str] = {
    "closer": _("Closer than before"),
    "recovered": _("Trust is back"),
    "thinner": _("Dealings have become thinner"),
    "ended": _("Dealings have ended"),
}


class Recovery(StepPaper):
    """How our dealings stand after the incident, and what shows it."""

    outcome: Literal["closer", "recovered", "thinner", "ended"]
    words: str = Field(min_length=1, max_length=2000)


class Referral(StepPaper):
    """Whom they sent to us: the firm by name, or one that is our customer by now by its id; who of them, and when."""

    name: str = Field("", max_length=120)
    customer: int | None = None
    by: int | None = None
    by_name: str = Field("", max_length=80)
    on: date
    words: str = Field("", max_length=2000)


class ReferralSheet(Referral):
    """The same as it is kept: with the names the firm and the person had then."""

    called: str = ""


def note_recovery(paper: Recovery, setting: Setting) -> dict[str, Any]:
    """Keep how our dealings stand; what was noted before is replaced."""
    leaf = leaf_replace(setting, RECOVERY, paper)
    return {**sealed(leaf), "outcome": paper.outcome, "known": {KNOWN_AS: paper.outcome}}


def note_referral(paper: Referral, setting: Setting) -> dict[str, Any]:
    """Tie the referral to this incident. Refused: invalid for a day that lies ahead, somebody who is not of this
    customer, a firm that is none of our customers or is this very one; incomplete where no firm is named."""
    if paper.on > local_day(setting.at):
        raise Refused("invalid", "The date lies ahead. Please enter it once it was done.", field="on")
    contact = setting.contacts.get(paper.by) if paper.by else None
    if paper.by and contact is None:
        raise Refused("invalid", "Choose people of this customer.", field="by")
    firm = _firm(paper, setting)
    name = paper.name or firm
    if not name:
        raise Refused("incomplete", "Say which firm they sent to us.", field="name")
    sheet = ReferralSheet(**{**paper.model_dump(), "name": name}, called=contact.called if contact else paper.by_name)
    return {**sealed(leaf_write(setting, REFERRAL, sheet)), "on": paper.on.isoformat()}


def _firm(paper: Referral, setting: Setting) -> str:
    """The name of the customer that was sent to us; empty where none is named."""
    if paper.customer is None:
        return ""
    found = Customer.objects.filter(pk=paper.customer).first() if paper.customer in KEYS else None
    if found is None or found.pk == setting.incident.customer_id:
        raise Refused("invalid", "Choose a customer from the list.", field="customer")
    return found.name


def recovery_example(setting: Setting) -> dict[str, Any]:
    """They order again, and say so."""
    return {"outcome": "recovered", "words": "「あの時の対応で、かえって信頼できる会社だと分かった」とのお言葉"}


def referral_example(setting: Setting) -> dict[str, Any]:
    """Today, by who decides."""
    return {
        "name": "ご紹介先の会社", "by": next(iter(setting.contacts), None), "on": local_day(setting.at).isoformat(),
        "words": "同業のお知り合いをご紹介いただいた",
    }  # fmt: skip


def _recovery_words(paper: Recovery) -> str:
    return f"{gettext(OUTCOMES[paper.outcome])}\n{paper.words}"


def _referral_words(paper: ReferralSheet) -> str:
    said = f"{sama(paper.called)} {day_text(paper.on)}" if paper.called else day_text(paper.on)
    return "\n".join(text for text in (paper.name, said, paper.words) if text)


RECOVERY_SORT = Sort(Recovery, _recovery_words)
REFERRAL_SORT = Sort(ReferralSheet, _referral_words)
