"""A residual item is done when somebody of the customer has signed it off, by name and on a day (practice 1-17)."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from customers.models import Promise
from customers.models.promise import PromiseQuerySet
from customers.services import promise_keep
from incidents.leaves.base import Sort, day_text, leaf_write, sealed
from incidents.models import Incident
from incidents.steps.base import Setting, StepPaper
from office.clock import local_day
from office.errors import Refused
from office.keys import KEYS
from office.templatetags.makoto import sama

SIGN_OFF = "sign_off"
KNOWN_AS = "residuals"  # in what is known of the incident: whether one waits for its sign-off


class SignOff(StepPaper):
    """Which item (the id of its promise), who of the customer signed it off on which day, and what is to be said."""

    promise: int
    signed_by: int | None = None
    signed_by_name: str = Field("", max_length=80)
    signed_on: date
    note: str = Field("", max_length=2000)


class SignOffSheet(StepPaper):
    """The same as it is kept: with the words of the item and the name."""

    what: str
    name: str
    signed_on: date
    note: str = ""


def residuals_of(incident: Incident) -> PromiseQuerySet:
    """The items of an incident that wait for a sign-off, the next due first."""
    rows = Promise.objects.open().to_be_signed().filter(number=incident.number)
    return rows.order_by("answer_by", "pk")


def sign_off(paper: SignOff, setting: Setting) -> dict[str, Any]:
    """The item is done. Refused invalid for one that does not wait here, somebody who is not of this customer, a day
    that lies ahead; incomplete where nobody is named."""
    contact = setting.contacts.get(paper.signed_by) if paper.signed_by else None
    if paper.signed_by and contact is None:
        raise Refused("invalid", "Choose people of this customer.", field="signed_by")
    name = contact.called if contact else paper.signed_by_name
    waiting = list(residuals_of(setting.incident))
    item = next((promise for promise in waiting if promise.pk == paper.promise), None)
    if item is None or paper.promise not in KEYS:
        raise Refused("invalid", "Choose an item that waits for its sign-off.", field="promise")
    promise_keep(
        promise_id=item.pk, evidence=paper.note, signed_by=name, signed_on=paper.signed_on, by=setting.actor,
        at=setting.at,
    )  # fmt: skip
    sheet = SignOffSheet(what=item.what, name=name, signed_on=paper.signed_on, note=paper.note)
    leaf = leaf_write(setting, SIGN_OFF, sheet)
    return {**sealed(leaf), "promise": item.pk, "known": {KNOWN_AS: len(waiting) > 1}}


def sign_off_example(setting: Setting) -> dict[str, Any]:
    """The next item, signed off today; 0 where none waits."""
    item = residuals_of(setting.incident).first()
    contact = next(iter(setting.contacts), None)
    return {
        "promise": item.pk if item else 0, "signed_by": contact, "signed_by_name": "" if contact else "ご担当者様",
        "signed_on": local_day(setting.at).isoformat(),
    }  # fmt: skip


def _words(paper: SignOffSheet) -> str:
    said = f"{sama(paper.name)} {day_text(paper.signed_on)}"
    return "\n".join(text for text in (paper.what, said, paper.note) if text)


SHEET = Sort(SignOffSheet, _words)
