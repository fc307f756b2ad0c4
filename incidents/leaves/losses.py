"""What it cost the customer, line by line, and what they were told of our decision (practices 0-10, 1-25)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from pydantic import AfterValidator, Field

from customers.models import Promise
from customers.services import promise_agree
from incidents.engine.translation import _
from incidents.leaves.base import Sort, leaf_replace, leaf_write, sealed
from incidents.steps.base import Setting, StepPaper, aware, future
from office.clock import local_day
from office.errors import Refused
from office.templatetags.makoto import yen

LOSS_SHEET, TOLD = "loss_sheet", "told"
MOST_LINES = 8
FOLLOWS = _("Say what the customer gets, and by when. It stands in the ledger until it is done.")
LOSSES = {
    "cash_flow": _("Cash flow"), "stoppage": _("Stoppage"), "people": _("People's time"), "other": _("Something else"),
}  # fmt: skip


class LossLine(StepPaper):
    """One loss: how much of what, what that is in yen, and how we know."""

    sort: Literal["cash_flow", "stoppage", "people", "other"]
    quantity: str = Field("", max_length=20)
    unit: str = Field("", max_length=20)
    yen: int | None = Field(None, ge=0, le=1_000_000_000)
    basis: str = Field(min_length=1, max_length=300)


class LossSheet(StepPaper):
    """All losses known now; a new sheet takes the place of the one before."""

    losses: list[LossLine] = Field(min_length=1, max_length=MOST_LINES)

    @property
    def total(self) -> int:
        """The yen stated so far."""
        return sum(line.yen or 0 for line in self.losses)


class Told(StepPaper):
    """When and to whom the decision was told; what follows from it, and by when."""

    told_on: date
    to: list[int] = Field(default_factory=list)
    to_name: str = Field("", max_length=120)
    what: str = Field("", max_length=300)
    by: Annotated[datetime | None, AfterValidator(aware)] = None


def sheet(paper: LossSheet, setting: Setting) -> dict[str, Any]:
    """Keep the sheet; the one before is replaced."""
    return sealed(leaf_replace(setting, LOSS_SHEET, paper))


def told(paper: Told, setting: Setting) -> dict[str, Any]:
    """Keep it; what follows is a promise until it is done."""
    if not paper.to and not paper.to_name:
        raise Refused("incomplete", "Say to whom it was told.", field="to")
    setting.check(contacts=paper.to, field="to")
    if paper.told_on > local_day(setting.at):
        raise Refused("invalid", "The date lies ahead. Please enter it once it was told.", field="told_on")
    future(paper.by, setting, "by")
    review = setting.incident.case["steps"].get("compensation", {}).get("data", {})
    if review.get("decision") == "compensate" and not (paper.what and paper.by):
        field = "by" if paper.what else "what"
        raise Refused("incomplete", FOLLOWS, field=field)
    leaf = leaf_write(setting, TOLD, paper)
    if review.get("how"):  # it is a promise since it was signed; now the customer knows its day
        _agree_on_the_day(paper, setting)
    else:
        setting.promise(paper.what, paper.by, name=f"told:{leaf.pk}", to=paper.to)
    return {**sealed(leaf), "known": {"told_on": paper.told_on.isoformat()}}


def _agree_on_the_day(paper: Told, setting: Setting) -> None:
    """The promise of the compensation takes the day and words the customer was told, unless its document is made."""
    waits = Promise.objects.open().filter(number=setting.incident.number).exclude(document="").first()
    if waits and paper.by:
        promise_agree(
            promise_id=waits.pk, by=setting.actor, at=setting.at, answer_by=paper.by, what=paper.what,
            to_contact_id=next(iter(paper.to), None),
        )  # fmt: skip


def sheet_example(setting: Setting) -> dict[str, Any]:
    """Two lines: machine hours and people."""
    return {
        "losses": [
            {"sort": "stoppage", "quantity": "4", "unit": "時間", "yen": 120_000, "basis": "製造課 日報の写し"},
            {"sort": "people", "quantity": "3", "unit": "名", "basis": "手直しに当たられた人数。お客様のお話"},
        ]
    }


def told_example(setting: Setting) -> dict[str, Any]:
    """Told today on the telephone; the credit note follows."""
    return {
        "told_on": local_day(setting.at).isoformat(), "to": list(setting.contacts)[:1], "to_name": "ご担当者様",
        "what": "値引きの請求書をお届けする", "by": setting.moment(1).isoformat(),
    }  # fmt: skip


def line_words(line: LossLine) -> str:
    """One loss in a line."""
    much = f"{line.quantity}{line.unit}"
    facts = [fact for fact in (much, str(yen(line.yen)) if line.yen is not None else "", line.basis) if fact]
    return f"{gettext(LOSSES[line.sort])}: {'、'.join(facts)}"


def sheet_words(paper: LossSheet) -> str:
    """The sheet, a line for each loss."""
    return "\n".join(line_words(line) for line in paper.losses)


def _told_words(paper: Told) -> str:
    return paper.what


SHEET = Sort(LossSheet, sheet_words)
TOLD_SORT = Sort(Told, _told_words)
