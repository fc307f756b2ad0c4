"""最終期限(お客様ご指定): the last day a customer has set, who goes on it, and what becomes of it.

One is in force per incident. Only the customer's word moves or ends it (practices 1-15, 1-18, 1-19, 1-23). What guards
and lists read of it stands in `Case.known`: the day, the moment, who goes; the words stand on the leaf.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from incidents.engine import Rules
from incidents.engine.codec import moment_text
from incidents.leaves.base import Sort, leaf_end, leaf_of, leaf_write, sealed
from incidents.models import Incident
from incidents.steps.base import Setting, StepPaper, end_of_day
from incidents.steps.together import check_going, second
from office.clock import JST, local_day
from office.errors import Refused
from office.selectors import business_calendar

FINAL_DATE, MOVE, END, ABSENCE, EXPECTED = "final_date", "final_date_move", "final_date_end", "absence", "expectation"


def _written(value: Any) -> Any:
    """A time is written, 14:00; a number would be read as seconds."""
    if isinstance(value, int | float):
        raise ValueError("not a time of day")
    return value


class Spoken(StepPaper):
    """Who of the customer said it: one of their people, or a name."""

    said_by: int | None = None
    said_by_name: str = Field("", max_length=80)


class FinalDate(Spoken):
    """The day, what happens after it in the customer's words, and what they expect on it; companion: who goes along."""

    day: date
    at_time: Annotated[time | None, BeforeValidator(_written)] = None
    consequence: str = Field(min_length=1, max_length=2000)
    words: str = Field("", max_length=4000)
    expects: str = Field(min_length=1, max_length=2000)
    confirmed: bool = False  # the customer was asked whether this is what they expect
    companion: int | None = None


class Expectation(Spoken):
    """What the customer expects on that day, confirmed with them."""

    expects: str = Field(min_length=1, max_length=2000)


class FinalDateMove(StepPaper):
    """Another day, with the customer's agreement."""

    day: date
    at_time: Annotated[time | None, BeforeValidator(_written)] = None
    agreed_by: int | None = None
    agreed_by_name: str = Field("", max_length=80)
    agreed_on: date
    words: str = Field("", max_length=4000)


class FinalDateEnd(Spoken):
    """What the customer said when it was met, or when they took it back."""

    words: str = Field(min_length=1, max_length=4000)


class Absence(StepPaper):
    """Who goes on the deadline day instead, who goes along, and that the customer agreed."""

    goes: int
    agreed_by: int | None = None
    agreed_by_name: str = Field("", max_length=80)
    agreed_on: date
    reason: str = Field("", max_length=2000)
    companion: int | None = None


def known_of(incident: Incident) -> Mapping[str, Any]:
    """What is known of an incident as a whole."""
    found: Mapping[str, Any] = incident.case.get("known", {})
    return found


def final_day(known: Mapping[str, Any]) -> date | None:
    """The final date in force, None when there is none."""
    return date.fromisoformat(known["final_date"]) if known.get("final_date") else None


def final_moment(known: Mapping[str, Any]) -> datetime | None:
    """Until when it must be met: the customer's time, else closing of that day."""
    return datetime.fromisoformat(known["final_at"]) if known.get("final_at") else None


def holder(owner: int, liaison: int | None) -> int:
    """Who holds the deadline day: the customer's one window, else the owner."""
    return liaison or owner


def moved_with(incident: Incident, owner: int, liaison: int | None) -> dict[str, Any]:
    """What a change of people does to the deadline day: it goes with the liaison, unless the customer has agreed that
    somebody else comes. Empty when nothing changes."""
    known, goes = known_of(incident), holder(owner, liaison)
    if not known.get("final_date") or known.get("final_agreed") or known.get("final_goes") == goes:
        return {}
    alone = _nobody_along(known) if known.get("final_with") == goes else {}
    return {"known": {"final_goes": goes, **alone}}


def set_facts(paper: FinalDate, setting: Setting) -> dict[str, Any]:
    """A final date comes into force; the liaison holds the day. Refused conflict where one alone does not go."""
    _named(paper.said_by, paper.said_by_name, setting, "said_by")
    at = _ahead(paper.day, paper.at_time, setting)
    incident = setting.incident
    goes = holder(incident.owner_id, incident.liaison_id)
    along = _along(goes, paper.companion, setting)
    leaf = leaf_write(setting, FINAL_DATE, paper, due=at)
    known = {
        **_when(paper.day, at), "final_leaf": leaf.pk, "final_confirmed": paper.confirmed,
        "final_goes": goes, "final_agreed": False, "absence": None, **along,
    }  # fmt: skip
    return {**sealed(leaf), "known": known}


def confirm_facts(paper: Expectation, setting: Setting) -> dict[str, Any]:
    """The customer was asked what they expect on that day."""
    _named(paper.said_by, paper.said_by_name, setting, "said_by")
    return {**sealed(leaf_write(setting, EXPECTED, paper)), "known": {"final_confirmed": True}}


def move_facts(paper: FinalDateMove, setting: Setting) -> dict[str, Any]:
    """The customer agreed to another day; consequence and expectation stay."""
    _agreed(paper.agreed_by, paper.agreed_by_name, paper.agreed_on, setting)
    at = _ahead(paper.day, paper.at_time, setting)
    known = known_of(setting.incident)
    if final_moment(known) == at:
        raise Refused("invalid", "This is the date in force.", field="day")
    leaf = leaf_of(setting, FINAL_DATE, known["final_leaf"])
    leaf.due = at
    leaf.save(update_fields=["due"])
    return {**sealed(leaf_write(setting, MOVE, paper, due=at)), "known": _when(paper.day, at)}


def end_facts(paper: FinalDateEnd, setting: Setting, state: str) -> dict[str, Any]:
    """It was met, or the customer took it back: nothing counts down any more."""
    _named(paper.said_by, paper.said_by_name, setting, "said_by")
    known = known_of(setting.incident)
    leaf_end(leaf_of(setting, FINAL_DATE, known["final_leaf"]), state, setting.at)
    if asked := known.get("absence"):
        leaf_end(leaf_of(setting, ABSENCE, asked["leaf"]), "dropped", setting.at)
    nothing = dict.fromkeys(("final_date", "final_at", "final_leaf", "final_goes", "absence"))
    off = {**nothing, "final_confirmed": False, "final_agreed": False, **_nobody_along(known)}
    return {**sealed(leaf_write(setting, END, paper)), "known": off}


def absence_facts(paper: Absence, setting: Setting) -> dict[str, Any]:
    """The liaison cannot come; who goes instead is agreed with the customer and waits for the manager. Refused conflict
    where one alone does not go."""
    known = known_of(setting.incident)
    setting.check(people=[paper.goes], field="goes")
    if paper.goes == known["final_goes"]:
        raise Refused("invalid", "This person holds the day already. Choose who goes instead.", field="goes")
    _agreed(paper.agreed_by, paper.agreed_by_name, paper.agreed_on, setting)
    incident, at = setting.incident, setting.at
    stays = known.get("final_with") if known.get("final_with") != paper.goes else None
    along = _along(paper.goes, paper.companion or stays, setting)
    leaf = leaf_write(setting, ABSENCE, paper, who=setting.directory.get(paper.goes))
    due = Rules(incident.pins, business_calendar()).due("approval", 0, at, at, incident.severity)
    asked = {"leaf": leaf.pk, "goes": paper.goes, "asked_by": setting.actor.pk, "due": moment_text(due), **along}
    return {**sealed(leaf), "known": {"absence": asked}}


def absence_ends(setting: Setting, state: str) -> dict[str, Any]:
    """The manager has decided; allowed, the day is held by who goes instead."""
    asked = known_of(setting.incident)["absence"]
    leaf_end(leaf_of(setting, ABSENCE, asked["leaf"]), state, setting.at)
    if state != "allowed":
        return {"known": {"absence": None}}
    along = {"final_with": asked["final_with"]} if "final_with" in asked else _nobody_along(known_of(setting.incident))
    return {"known": {"absence": None, "final_goes": asked["goes"], "final_agreed": True, **along}}


def arrived_facts(paper: StepPaper, setting: Setting) -> dict[str, Any]:
    """Whoever goes is there (practice 4-02). Refused conflict before the day; nobody is missed on it any more."""
    day = final_day(known_of(setting.incident))
    if day is None or day > local_day(setting.at):
        raise Refused("conflict", "The deadline day has not come yet. On the day the arrival can be recorded.")
    return {"known": {"final_arrived": day.isoformat()}}


def example(setting: Setting) -> dict[str, Any]:
    """Five business days ahead, as in story 3."""
    incident = setting.incident
    along = second(incident, setting.at, holder(incident.owner_id, incident.liaison_id))
    return {
        "day": setting.day(5).isoformat(),
        "consequence": "直らなければ機械を取り替えてほしい",
        **_first(setting, "said_by"),
        "expects": "役員の前で、窓口の方から状況を説明してほしい",
        **({"companion": along} if along else {}),
    }


def expected_example(setting: Setting) -> dict[str, Any]:
    """As they put it."""
    return {"expects": "役員の前で、窓口の方から状況を説明してほしい", **_first(setting, "said_by")}


def move_example(setting: Setting) -> dict[str, Any]:
    """Two business days after the date in force, agreed today."""
    at = final_moment(known_of(setting.incident)) or setting.at
    day = local_day(business_calendar().add_days(max(at, setting.at), 2))
    return {"day": day.isoformat(), "agreed_on": local_day(setting.at).isoformat(), **_first(setting, "agreed_by")}


def end_example(setting: Setting) -> dict[str, Any]:
    """The customer is content."""
    return {"words": "取り替えずに済んでよかった。期限の話はこれまでとします", **_first(setting, "said_by")}


def absence_example(setting: Setting) -> dict[str, Any]:
    """A colleague of the team goes, agreed today."""
    held = known_of(setting.incident).get("final_goes")
    goes = next((user.pk for user in setting.directory.members(setting.incident.team_id) if user.pk != held), 0)
    found = {"goes": goes, "agreed_on": local_day(setting.at).isoformat(), **_first(setting, "agreed_by")}
    along = second(setting.incident, setting.at, goes)
    return {**found, "companion": along} if along else found


def _along(goes: int, companion: int | None, setting: Setting) -> dict[str, int]:
    """Who goes along on the day, if anybody; where two go, somebody does (practice 4-05)."""
    if companion is not None:
        setting.check(people=[companion], field="companion")
    check_going([pk for pk in (goes, companion) if pk is not None], setting.incident, setting.at, "companion")
    return {"final_with": companion} if companion not in (None, goes) else {}


def _nobody_along(known: Mapping[str, Any]) -> dict[str, None]:
    return {"final_with": None} if "final_with" in known else {}


def _when(day: date, at: datetime) -> dict[str, str]:
    return {"final_date": day.isoformat(), "final_at": moment_text(at)}


def _ahead(day: date, at_time: time | None, setting: Setting) -> datetime:
    at = datetime.combine(day, at_time.replace(tzinfo=None), JST) if at_time else end_of_day(day)
    if at <= setting.at:
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="day")
    return at


def _named(contact: int | None, name: str, setting: Setting, field: str) -> None:
    if contact is None and not name:
        raise Refused("incomplete", "Choose who of the customer it was, or write the name.", field=field)
    if contact is not None:
        setting.check(contacts=[contact], field=field)


def _agreed(contact: int | None, name: str, on: date, setting: Setting) -> None:
    _named(contact, name, setting, "agreed_by")
    if on > local_day(setting.at):
        raise Refused("invalid", "The customer's agreement lies in the future. Ask first, then record it.",
                      field="agreed_on")  # fmt: skip


def _first(setting: Setting, field: str) -> dict[str, Any]:
    """Whoever stands first among the customer's people."""
    contact = next(iter(setting.contacts), None)
    return {field: contact} if contact is not None else {f"{field}_name": "受付の方"}


def _consequence(paper: FinalDate) -> str:
    return paper.consequence if not paper.words else f"{paper.consequence} / {paper.words}"


SORTS: Mapping[str, Sort] = {
    FINAL_DATE: Sort(FinalDate, _consequence),
    EXPECTED: Sort(Expectation, lambda paper: paper.expects),
    MOVE: Sort(FinalDateMove, lambda paper: paper.words),
    END: Sort(FinalDateEnd, lambda paper: paper.words),
    ABSENCE: Sort(Absence, lambda paper: paper.reason),
}
