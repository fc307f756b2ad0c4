"""How dealings stand after incidents, for programs: what the page counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from incidents.lessons import Passed, lessons
from incidents.recoveries import Referred, recoveries
from office.clock import local_day
from office.http import viewer_of

router = Router(tags=["recoveries"])


class ReferralOut(Schema):
    """A referral: the incident it came from and its customer (id); the firm by name and, once ours, by its id."""

    incident: str
    from_customer: int
    name: str
    customer: int | None
    by: str
    on: date
    words: str


class LessonOut(Schema):
    """What a customer who drifted away has taught: the kind of incident in words, the day, the lesson."""

    kind: str
    on: date
    text: str


class RecoveriesOut(Schema):
    """counts: incidents ended in twelve months by outcome, at_rest and unsaid among them; referred: how many referrals
    in that time, of which the newest hundred are listed; lessons: of the whole house, the newest thirty."""

    counts: dict[str, int]
    referred: int
    referrals: list[ReferralOut]
    lessons: list[LessonOut]


@router.get("", response=RecoveriesOut, url_name="recoveries")
def recoveries_one(request: HttpRequest) -> dict[str, Any]:
    """How the incidents of twelve months came out, of those you may open."""
    found = recoveries(viewer_of(request))
    counts = {key or "unsaid": count for key, count in found.counts.items()}
    return {
        "counts": counts, "referred": found.referred, "referrals": [_referral(one) for one in found.referrals],
        "lessons": [lesson_out(one) for one in lessons()],
    }  # fmt: skip


def lesson_out(one: Passed) -> dict[str, Any]:
    """A lesson as programs read it."""
    return {"kind": one.kind, "on": local_day(one.at), "text": one.text}


def _referral(one: Referred) -> dict[str, Any]:
    sheet = one.sheet
    return {
        "incident": one.incident.number, "from_customer": one.incident.customer_id, "name": sheet.name,
        "customer": sheet.customer, "by": sheet.called, "on": sheet.on, "words": sheet.words,
    }  # fmt: skip
