"""What follows from how the customer took it, recorded on a visit or in a call: each reaction has a way forward.

Accepted: what was open of their conditions is settled. On a condition: it is written, and waits until it is settled.
Waits and sees: the next contact they agreed to is a promise and the day of the next follow-up. Not accepted, nobody
met: the playbook goes again (`not_yet_accepted`). To stay away: who was there goes no more, and the boss is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, Protocol

from django.utils.translation import gettext, override

from customers.models import Promise
from incidents.engine.codec import case_from_json, moment_text
from incidents.engine.translation import _
from incidents.steps.base import Setting
from incidents.steps.opening import known_of
from incidents.steps.report import CALL_BACK
from office.selectors import business_calendar
from office.services import Message

Reaction = Literal["accepted", "conditional", "pending", "not_accepted", "not_met", "banned"]
CONDITIONS, NEXT_CONTACT, BAN = "conditions", "next_contact", "ban"  # in what is known of an incident
STAY_AWAY = _("The customer has asked us to stay away. How shall we go on?")


class Taken(Protocol):
    """A paper on which a reaction stands."""

    promise_what: str
    promise_by: Any

    @property
    def reaction(self) -> Reaction | None:
        """How they took it."""


def known_after(paper: Taken, setting: Setting, conditions: str = "") -> dict[str, Any]:
    """What is known of the incident from this reaction on."""
    known = known_of(setting.incident)
    if paper.reaction == "accepted" and known.get(CONDITIONS):
        return {CONDITIONS: {}}
    if paper.reaction == "conditional" and conditions:
        return {CONDITIONS: {"submission": setting.submission}}
    if paper.reaction == "pending" and paper.promise_by:
        return {NEXT_CONTACT: moment_text(paper.promise_by)}
    if paper.reaction == "banned":
        away = {*known.get(BAN, {}).get("who", ()), *_were_there(setting)}
        due = business_calendar().add_days(setting.at, 0)
        return {BAN: {"who": sorted(away), "due": moment_text(due), "submission": setting.submission, "way": ""}}
    return {}


def follow(paper: Taken, setting: Setting, to: Collection[int]) -> Promise | None:
    """The promise of that contact, where one was made; asked to stay away, the boss has a mail at once."""
    if paper.reaction == "banned":
        _ask_boss(setting)
    if paper.reaction == "pending" and not paper.promise_what:
        return setting.promise(CALL_BACK, paper.promise_by, to=to, kind="time")
    return setting.promise(paper.promise_what, paper.promise_by, to=to)


def _were_there(setting: Setting) -> set[int]:
    """Who was at the customer: whom the arrangement names and who came along; on a call, or unarranged, the writer."""
    if setting.step != "visit":
        return {setting.actor.pk}
    case = case_from_json(setting.incident.case)
    going = set(case.steps["visit"].data.get("attendees", ())) | case.companions
    return going or {setting.actor.pk}


def _ask_boss(setting: Setting) -> None:
    incident = setting.incident
    boss = incident.owner.boss
    if boss is None or not boss.is_active:
        return
    with override(boss.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = f"{gettext(STAY_AWAY)} ({incident.number})"
    setting.messages.append(Message(
        key=f"incident:{incident.number}:ban:{setting.step}:{setting.submission}", to=boss.pk, subject=subject,
        body=f"{body}\n\n/incidents/{incident.number}/acts/choose_way/", about=f"incident {incident.number}",
        try_at=setting.at,
    ))  # fmt: skip
