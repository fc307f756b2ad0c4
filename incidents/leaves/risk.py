"""What the customer says of our dealings as a whole: ending them, staying away, another contact (4-03, 2-08).

A risk is in force until it is recorded as over. Who is told of it finds it on their list until they have answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext, override
from pydantic import Field

from incidents.engine.codec import moment_text
from incidents.engine.translation import _
from incidents.leaves.base import Sort, known_of, leaf_end, leaf_of, leaf_write, read_as, sealed
from incidents.models import Leaf
from incidents.parts import stands_above
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.models import User
from office.roles import Role
from office.selectors import business_calendar
from office.services import Message

RISK, LIFTED = "risk", "risk_lifted"
KNOWN_AS = "risks"  # in what is known of the incident: sort to {leaf, told, seen, due}
SUSPENSION = "suspension"
SORTS = {
    SUSPENSION: _("Our dealings may be suspended"),
    "ban": _("We are asked to stay away"),
    "rep_change": _("Another contact of ours is asked for"),
}


class Risk(StepPaper):
    """Of which sort, in the customer's words, and who said it."""

    sort: Literal["suspension", "ban", "rep_change"]
    words: str = Field(min_length=1, max_length=2000)
    said_by: int | None = None
    said_by_name: str = Field("", max_length=80)


class RiskSheet(Risk):
    """The same as it is kept: with the name of who said it."""

    name: str = ""


class Lifted(StepPaper):
    """Which risk is over, and what shows it: what the customer said, or what was agreed."""

    sort: Literal["suspension", "ban", "rep_change"]
    words: str = Field(min_length=1, max_length=2000)


@dataclass(frozen=True)
class InForce:
    """A risk in force as it is shown."""

    sort: str
    sheet: RiskSheet
    leaf: Leaf
    waits: bool  # whether the reader is told of it and has not answered

    @property
    def label(self) -> str:
        """What it is called."""
        return gettext(SORTS[self.sort])

    @property
    def suspends(self) -> bool:
        """Whether our dealings as a whole are at stake."""
        return self.sort == SUSPENSION


def note_risk(paper: Risk, setting: Setting) -> dict[str, Any]:
    """Keep what was said; one of the same sort before it is replaced. Who decides is told at once, by row and mail.

    Refused incomplete where nobody is named, invalid for somebody who is not of this customer.
    """
    contact = setting.contacts.get(paper.said_by) if paper.said_by else None
    if paper.said_by and contact is None:
        raise Refused("invalid", "Choose people of this customer.", field="said_by")
    if contact is None and not paper.said_by_name:
        raise Refused("incomplete", "Say who said it.", field="said_by")
    risks = known_of(setting).get(KNOWN_AS, {})
    if before := risks.get(paper.sort):
        Leaf.objects.filter(pk=before["leaf"]).update(state="replaced", ended_at=setting.at)
    sheet = RiskSheet(**paper.model_dump(), name=contact.called if contact else paper.said_by_name)
    leaf = leaf_write(setting, RISK, sheet)
    told = _told(paper.sort, setting)
    setting.messages.extend(_mail(user, paper.sort, leaf, setting) for user in told)
    due = business_calendar().add_days(setting.at, 0)
    row = {"leaf": leaf.pk, "told": [user.pk for user in told], "seen": [], "due": moment_text(due)}
    return {**sealed(leaf), "sort": paper.sort, "known": {KNOWN_AS: {**risks, paper.sort: row}}}


def _told(sort: str, setting: Setting) -> list[User]:
    """The owner's boss; where dealings may end the head of the branch as well, or else who stands above."""
    directory, incident = setting.directory, setting.incident
    boss = incident.owner.boss
    found = [boss] if boss and boss.is_active and stands_above(boss, incident) else []
    if sort == SUSPENSION:
        above = directory.with_role(Role.BRANCH_HEAD) or directory.with_role(Role.DIRECTOR)
        found += above[:1]
    return [user for pk, user in {user.pk: user for user in found}.items() if pk != setting.actor.pk]


def _mail(who: User, sort: str, leaf: Leaf, setting: Setting) -> Message:
    """The subject may stand on a lock screen: it names the company at most."""
    incident = setting.incident
    with override(who.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = f"{gettext(SORTS[sort])} ({incident.number})"
    return Message(
        key=f"incident:{incident.number}:risk:{leaf.pk}:{who.pk}", to=who.pk, subject=subject,
        body=f"{body}\n\n/incidents/{incident.number}/#risk", about=f"incident {incident.number}", try_at=setting.at,
    )  # fmt: skip


def lift_risk(paper: Lifted, setting: Setting) -> dict[str, Any]:
    """It is over. Refused conflict where none of this sort is in force."""
    risks = known_of(setting).get(KNOWN_AS, {})
    if paper.sort not in risks:
        raise Refused("conflict", "No risk of this sort is in force.", field="sort")
    leaf_end(leaf_of(setting, RISK, risks[paper.sort]["leaf"]), "lifted", setting.at)
    leaf = leaf_write(setting, LIFTED, paper)
    left = {sort: row for sort, row in risks.items() if sort != paper.sort}
    return {**sealed(leaf), "sort": paper.sort, "known": {KNOWN_AS: left}}


def seen(setting: Setting) -> dict[str, Any]:
    """Who was told and answers the report has seen it; empty where nothing waits for the actor."""
    risks, me = known_of(setting).get(KNOWN_AS, {}), setting.actor.pk
    if not any(me in waiting(row) for row in risks.values()):
        return {}
    return {"known": {KNOWN_AS: {sort: {**row, "seen": sorted({*row["seen"], me})} for sort, row in risks.items()}}}


def waiting(row: Mapping[str, Any]) -> list[int]:
    """Who was told of a risk and has not answered yet."""
    return [pk for pk in row["told"] if pk not in row["seen"]]


def in_force(known: Mapping[str, Any], leaves: Iterable[Leaf], me: int) -> list[InForce]:
    """The risks of an incident, the gravest first; asks the database nothing."""
    risks, by_pk = known.get(KNOWN_AS, {}), {leaf.pk: leaf for leaf in leaves}
    return [
        InForce(sort, read_as(RiskSheet, leaf), leaf, me in waiting(risks[sort]))
        for sort in SORTS if sort in risks and (leaf := by_pk.get(risks[sort]["leaf"]))
    ]  # fmt: skip


def risk_example(setting: Setting) -> dict[str, Any]:
    """The director speaks of ending it."""
    contact = next(iter(setting.contacts), None)
    return {
        "sort": SUSPENSION, "words": "次に同じことがあれば、お取引を見直します", "said_by": contact,
        "said_by_name": "" if contact else "ご担当者様",
    }  # fmt: skip


def lift_example(setting: Setting) -> dict[str, Any]:
    """The first risk in force is over."""
    sort = next(iter(known_of(setting).get(KNOWN_AS, {})), SUSPENSION)
    return {"sort": sort, "words": "これからもお願いします、とのお話をいただいた"}


def _words(paper: RiskSheet) -> str:
    return paper.words


RISK_SORT = Sort(RiskSheet, _words)
LIFTED_SORT = Sort(Lifted, lambda paper: str(paper.words))
