"""Apology visit: arranged first, its result afterwards (practices 0-04, 0-06, 4-22)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.engine.cause import FIRST_MET
from incidents.steps.base import Facts, Kind, Setting, StepPaper, aware, future, keep_words
from incidents.steps.opening import OPENING, agreed_sets, in_state, known_of, lay_open, sets_of
from incidents.steps.reactions import BAN, Reaction, follow, known_after
from incidents.steps.together import check_two, second


class VisitArrangement(StepPaper):
    """When, where and who; what the apology is for."""

    starts: Annotated[datetime, AfterValidator(aware)]
    place: str = Field("", max_length=200)
    attendees: list[int] = Field(default_factory=list)
    meets: list[int] = Field(default_factory=list)
    apology_points: str = ""  # one a line
    purpose: str = Field("", max_length=200)
    confirmed: bool = False  # purpose and attendees are confirmed with the customer


class Point(StepPaper):
    """One thing we apologise for, and whether it was said to the customer (practice 4-22)."""

    what: str = Field(min_length=1)
    said: bool = False


class VisitResult(StepPaper):
    """Whom we met or why not, which points were said, how they took it, what we promised."""

    met: list[int] = Field(default_factory=list)
    points: list[Point] = Field(default_factory=list, max_length=50)
    why_not: str = ""
    reaction: Reaction | None = None
    words: str = ""
    conditions: str = Field("", max_length=2000)  # on which they accept
    gift: Literal["none", "handed_over", "taken_home", "declined"] = "none"
    promise_what: str = Field("", max_length=300)
    promise_by: Annotated[datetime | None, AfterValidator(aware)] = None
    asks_proposal: bool = False  # the customer asks what we propose
    hours: int | None = Field(None, ge=0, le=500)  # of everybody who went, the way included (feature 53)


def arrangement_facts(paper: VisitArrangement, setting: Setting) -> Facts:
    """The moment it is due, and the people; Refused where two of us go and only one is named (practice 4-05)."""
    setting.check(people=paper.attendees, contacts=paper.meets)
    future(paper.starts, setting, "starts")
    two = check_two(paper.attendees, setting.incident, setting.at)
    return {
        "starts": paper.starts.isoformat(), "attendees": paper.attendees, "meets": paper.meets,
        "confirmed": paper.confirmed, **({"two": True} if two else {}),
    }  # fmt: skip


def arranged(paper: VisitArrangement, setting: Setting) -> None:
    """Place, purpose and apology points are free text, which no entry holds: they stand beside it, for the brief."""
    words = {"place": paper.place, "apology_points": paper.apology_points, "purpose": paper.purpose}
    keep_words(setting, words)


def arrangement_example(setting: Setting) -> dict[str, Any]:
    """Tomorrow at two; with the boss or the deputy where two go."""
    incident = setting.incident
    ban = known_of(incident).get(BAN, {})
    goes = ban.get("goes") or incident.owner_id
    going = [goes, second(incident, setting.at, goes)]
    return {
        "starts": setting.moment(1).isoformat(),
        "place": "本社 応接室",
        "attendees": [pk for pk in dict.fromkeys(going) if pk and pk not in ban.get("who", ())],
        "meets": list(setting.contacts)[:1],
        "apology_points": "請求書が漏れていたこと",
    }


def facts(paper: VisitResult, setting: Setting) -> Facts:
    """Who was met and how it was taken; what opens with it."""
    setting.check(contacts=paper.met, field="met")
    future(paper.promise_by, setting, "promise_by")
    opening = _opening(paper, setting)
    known = {
        **(in_state(sets_of(setting.incident), opening, "opened") if opening else {}), **_met_first(paper, setting),
        **known_after(paper, setting, paper.conditions),
    }  # fmt: skip
    return {
        "met": paper.met, "why_not": bool(paper.why_not), "reaction": paper.reaction, "gift": paper.gift,
        **({"conditions_stated": True} if paper.conditions else {}),
        **({"next_contact": True} if paper.promise_by else {}), **({"known": known} if known else {}),
    }  # fmt: skip


def _met_first(paper: VisitResult, setting: Setting) -> dict[str, Any]:
    """In which round somebody was met first: whoever goes after it brings cause and prevention in full (0-05)."""
    if paper.reaction not in ("not_accepted", "banned") or FIRST_MET in known_of(setting.incident):
        return {}
    return {FIRST_MET: setting.incident.case.get("steps", {}).get("visit", {}).get("round", 0)}


def _opening(paper: VisitResult, setting: Setting) -> list[str]:
    """Alternatives open only once the apology alone has not been enough (practice 2-31)."""
    return agreed_sets(setting.incident) if paper.asks_proposal or paper.reaction in OPENING else []


def ended(paper: VisitResult, setting: Setting) -> None:
    """The next promise goes into the ledger; alternatives are laid open. Nobody signs a visit: both happen at once."""
    lay_open(setting, _opening(paper, setting))
    follow(paper, setting, paper.met)


def example(setting: Setting) -> dict[str, Any]:
    """Met, and accepted with a condition to hear from us tomorrow."""
    return {
        "met": list(setting.contacts)[:1],
        "points": [{"what": point, "said": True} for point in setting.points],
        "why_not": "" if setting.contacts else "ご担当者が未登録のため受付でお渡しした",
        "reaction": "accepted",
        "words": "今後は気をつけてほしい",
        "promise_what": "点検の結果をお知らせする",
        "promise_by": setting.moment(1).isoformat(),
    }


KIND = Kind(
    VisitResult, facts, example, ended, contact=True, arrangement=VisitArrangement,
    arrangement_facts=arrangement_facts, arrangement_example=arrangement_example, arranged=arranged,
)  # fmt: skip
