"""The final date as the pages show it: from the case, the leaves and the jottings, without further statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from incidents.leaves.base import read_as
from incidents.leaves.final_date import (
    ABSENCE,
    EXPECTED,
    FINAL_DATE,
    Absence,
    Expectation,
    FinalDate,
    final_day,
    final_moment,
    known_of,
)
from incidents.orders import ORDERS
from incidents.words import clash_sentence
from office.clock import local_day
from office.models import User
from office.selectors import business_calendar

if TYPE_CHECKING:
    from incidents.pages import Whole

OFFERED = ("confirm_final_date", "ask_absence", "move_final_date", "meet_final_date", "lift_final_date")


@dataclass(frozen=True)
class Clash:
    """An appointment of whoever goes, on that day."""

    pk: int
    title: str
    sentence: str


@dataclass(frozen=True)
class Asked:
    """An absence that waits for the manager."""

    who: User | None
    contact: str
    on: date
    reason: str


@dataclass(frozen=True)
class Final:
    """A final date in force."""

    day: date
    at: datetime
    timed: bool
    consequence: str
    words: str
    expects: str
    confirmed: bool
    said_by: str
    goes: User | None
    along: User | None = None  # who goes with them
    asked: Asked | None = None
    may_allow: bool = False
    may_arrive: bool = False  # it is the day, and nobody has recorded the arrival
    clashes: list[Clash] = field(default_factory=list)
    acts: list[tuple[str, str]] = field(default_factory=list)


def final_of(page: Whole) -> Final | None:
    """The final date of an incident that is not over; None when there is none in force."""
    known = known_of(page.incident)
    day, at = final_day(known), final_moment(known)
    leaf = next((leaf for leaf in page.of_sort(FINAL_DATE) if leaf.pk == known.get("final_leaf")), None)
    if day is None or at is None or leaf is None or not page.incident.living:
        return None
    paper = read_as(FinalDate, leaf)
    newer = [read_as(Expectation, found) for found in page.of_sort(EXPECTED) if found.at >= leaf.at]
    return Final(
        day=day, at=at, timed=at != business_calendar().closing_of(day), consequence=paper.consequence,
        words=paper.words, expects=newer[-1].expects if newer else paper.expects,
        confirmed=bool(known.get("final_confirmed")), said_by=_contact(page, paper.said_by, paper.said_by_name),
        goes=page.colleagues.get(known["final_goes"]), along=page.colleagues.get(known.get("final_with") or 0),
        asked=_asked(page), may_allow=page.may("allow_absence"),
        may_arrive=page.may("arrive_on_day") and day <= local_day(page.now),
        clashes=_clashes(page, day),
        acts=[(name, ORDERS[name].label) for name in OFFERED if page.may(name)],
    )  # fmt: skip


def _asked(page: Whole) -> Asked | None:
    asked = known_of(page.incident).get("absence")
    leaf = next((leaf for leaf in page.of_sort(ABSENCE) if asked and leaf.pk == asked["leaf"]), None)
    if leaf is None:
        return None
    paper = read_as(Absence, leaf)
    contact = _contact(page, paper.agreed_by, paper.agreed_by_name)
    return Asked(page.colleagues.get(paper.goes), contact, paper.agreed_on, paper.reason)


def _contact(page: Whole, pk: int | None, name: str) -> str:
    """The customer's person by rank and surname, as the jottings name them; a written name as it is."""
    found = (jotting for jotting in page.record.of("contact") if jotting.pk == pk)
    return name or next((jotting.text for jotting in found), "")


def _clashes(page: Whole, day: date) -> list[Clash]:
    return [Clash(found.pk, found.text, clash_sentence(found.state, day)) for found in page.record.of("appointment")]
