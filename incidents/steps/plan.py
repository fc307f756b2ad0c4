"""Action plan: cause, prevention, effect on the customer, who goes (practices 0-03, 0-05, 0-18).

A cause is suspected until something shows it, in words or from our own record; the letter then prints it as fact
(feature 54). Until when we inquire is a promise.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from customers.services import promises_release
from incidents.engine.translation import _
from incidents.steps.base import Facts, Kind, Setting, StepPaper, end_of_day
from incidents.steps.signs import MOST_FOUND, Cause, Found, fill_in
from office.clock import local_day
from office.errors import Refused

Fault = Literal["ours", "use", "perception", "both", "inquiry"]


TELL_CAUSE = "原因の調査結果をご報告する"
ANEW = _("The plan was made anew.")
SHORTEST = timedelta(hours=1)  # a day that has passed while the signature was awaited
NO_EVIDENCE = _("Write what shows that this is the cause; until then it is suspected.")


class Plan(StepPaper):
    """What we understand and what we will do. Cause, or until when we inquire."""

    fault: Fault = "inquiry"
    invoice: str = Field("", max_length=40)  # document number of the invoice it is about
    cause: str = ""
    cause_state: Literal["suspected", "confirmed"] = "suspected"
    cause_evidence: str = Field("", max_length=1000)  # what shows it, once it is confirmed
    pattern: Literal["", "daily", "one_slip", "unknown"] = ""  # practice 4-08
    causes: list[Cause] = Field(default_factory=list)  # practice 4-06
    found: list[Found] = Field(default_factory=list, max_length=MOST_FOUND)  # what our own record shows
    inquiry_until: date | None = None
    effect: str = ""  # on the customer
    wish: str = ""  # in the customer's own words
    remedy: str = ""  # for now
    prevention: str = ""  # for good
    prevention_from: date | None = None
    attendees: list[int] = Field(default_factory=list)  # our people who go
    meets: list[int] = Field(default_factory=list)  # the customer's people to be met
    staffed: Literal["", "yes", "no"] = ""  # can we keep it up for months? (practice 4-17)
    staffed_note: str = Field("", max_length=2000)
    decider: int | None = None  # whose decision it is in the end (practice 4-18)


def facts(paper: Plan, setting: Setting) -> Facts:
    """What the guards of a plan read."""
    deciders = [] if paper.decider is None else [paper.decider]
    setting.check(people=[*paper.attendees, *deciders], contacts=paper.meets)
    if paper.inquiry_until is not None and paper.inquiry_until < local_day(setting.at):
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="inquiry_until")
    fill_in(paper.found, setting)
    if paper.cause and paper.cause_state == "confirmed" and not (paper.cause_evidence or paper.found):
        raise Refused("incomplete", NO_EVIDENCE, field="cause_evidence")
    return {
        "fault": paper.fault,
        "cause_stated": bool(paper.cause) and paper.fault != "inquiry",
        "cause_state": paper.cause_state,
        "pattern": paper.pattern,
        "causes": sorted(set(paper.causes)),
        "inquiry_until": paper.inquiry_until.isoformat() if paper.inquiry_until else None,
        "effect_stated": bool(paper.effect),
        "prevention_stated": bool(paper.prevention),
        "attendees": paper.attendees,
        "meets": paper.meets,
        "staffed": paper.staffed,
        "decider": paper.decider,
    }


def ended(paper: Plan, setting: Setting) -> None:
    """Approved while the cause is open: the day on which the customer hears it is a promise (0-05), agreed once they
    were told. A plan made anew takes the place of a day that nobody has heard of; one that they know stands."""
    if paper.inquiry_until is None or (paper.cause and paper.fault != "inquiry" and paper.cause_state == "confirmed"):
        return
    number, at = setting.incident.number, setting.at
    made_here = f"incident:{number}:plan:"
    released = promises_release(number=number, reason=gettext(ANEW), by=setting.actor, at=at, untold=made_here)
    setting.activities.extend(released)
    setting.promise(
        TELL_CAUSE, max(end_of_day(paper.inquiry_until), at + SHORTEST), to=paper.meets, name="plan", kind="time",
        agreed=False,
    )  # fmt: skip


def example(setting: Setting) -> dict[str, Any]:
    """A plan that a boss can approve: our fault, cause known, prevention by a second pair of eyes."""
    boss = setting.incident.owner.boss_id
    return {
        "fault": "ours",
        "cause": "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした",
        "cause_state": "confirmed",
        "cause_evidence": "10月分の納品記録と請求書の控えを突き合わせ、起こしもれを確かめた",
        "effect": "締め処理に間に合わず、お支払いのご計画を組み直していただいた",
        "remedy": "正しい請求書を本日中にお届けする",
        "prevention": "作成者とは別の者が納品記録と照合したうえで請求書を発行いたします",
        "prevention_from": setting.day(5).isoformat(),
        "attendees": [setting.incident.owner_id, *([boss] if boss else [])],
        "meets": list(setting.contacts)[:1],
    }


KIND = Kind(Plan, facts, example, ended)
