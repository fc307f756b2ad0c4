"""How we go on after the customer's reaction: the way the boss chooses once we are asked to stay away, and what a page
says of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from incidents.beside import visit_of
from incidents.engine.case import Case
from incidents.engine.translation import _
from incidents.leaves.base import day_text, known_of
from incidents.models import Note
from incidents.steps.base import Setting, StepPaper
from incidents.steps.opening import SORT
from incidents.steps.reactions import BAN, CONDITIONS, NEXT_CONTACT
from office.clock import local_day
from office.errors import Refused
from office.models import User

if TYPE_CHECKING:
    from incidents.pages import Whole

WAYS = {
    "other_person": _("Somebody else of us goes"),
    "letter": _("We write to them"),
    "other_way": _("Another way"),
}
STAYS_AWAY = _("The customer has asked this person to stay away. Please choose somebody else.")


class Way(StepPaper):
    """Which way, how exactly, and who goes where somebody else goes; user id."""

    way: Literal["other_person", "letter", "other_way"]
    who: int | None = None
    text: str = Field(min_length=1, max_length=4000)


@dataclass(frozen=True)
class WayOn:
    """What a page says of the way forward, and the acts it leads to: label and address."""

    icon: str
    text: str
    words: str = ""
    acts: list[tuple[str, str]] = field(default_factory=list)


def chosen(paper: Way, setting: Setting) -> dict[str, Any]:
    """Keep the way. Refused incomplete where somebody else shall go and nobody is named, invalid for who stays away."""
    ban = known_of(setting).get(BAN, {})
    who = paper.who if paper.way == "other_person" else None
    if paper.way == "other_person":
        if who is None:
            raise Refused("incomplete", "Say who goes to the customer.", field="who")
        if who in ban.get("who", ()):
            raise Refused("invalid", STAYS_AWAY, field="who")
        setting.check(people=[who], field="who")
    note = Note.objects.create(
        incident=setting.incident, kind=Note.Kind.REASON, text=paper.text, by=setting.actor, at=setting.at
    )
    return {"note": note.pk, "way": paper.way, "known": {BAN: {**ban, "way": paper.way, "goes": who, "note": note.pk}}}


def example(setting: Setting) -> dict[str, Any]:
    """A letter to who decides."""
    return {"way": "letter", "text": "専務様あてに、取締役名で書面をお送りする"}


def may_go(setting: Setting) -> list[User]:
    """Who of us is not asked to stay away."""
    away = known_of(setting).get(BAN, {}).get("who", ())
    return [user for user in setting.directory.users if user.pk not in away]


def ways_on(page: Whole) -> list[WayOn]:
    """What the customer's reactions ask of us now; asks the database nothing."""
    if not page.incident.living:
        return []
    case = page.view.case
    return [*_away(page, case), *_conditions(page, case), *_contact(page, case), *_again(page, case)]


def _away(page: Whole, case: Case) -> Iterator[WayOn]:
    ban = case.known.get(BAN)
    if not ban:
        return
    names = "、".join(user.called for pk in ban["who"] if (user := page.colleagues.get(pk)))
    text = gettext("The customer has asked %(names)s to stay away.") % {"names": names}
    act = [(gettext("Choose how we go on"), f"acts/{CHOOSE}/")] if page.may(CHOOSE) else []
    if not ban["way"]:
        asked = gettext("The boss is asked how we go on: somebody else, a letter, another way.")
        yield WayOn("triangle-alert", f"{text} {asked}", acts=act)
        return
    notes = {jotting.pk: jotting.text for jotting in page.record.of("note")}
    goes = page.colleagues.get(ban["goes"])
    way = f"{gettext(WAYS[ban['way']])} ({goes.called})" if goes else gettext(WAYS[ban["way"]])
    if ban["way"] == "letter" and "letter" in case.steps:
        act = [(gettext("To the letter"), "steps/letter/"), *act]
    yield WayOn("navigation", f"{text} {way}", notes.get(ban["note"], ""), act)


def _conditions(page: Whole, case: Case) -> Iterator[WayOn]:
    if not case.known.get(CONDITIONS):
        return
    acts = []
    if "compensation" in case.steps:
        acts.append((gettext("To the compensation review"), "steps/compensation/"))
    if page.may("agreement"):
        acts.append((gettext("Note what was agreed"), "acts/agreement/"))
    words = str(page.record.paper("visit").get("conditions", ""))
    yield WayOn(
        "handshake", gettext("The customer accepts on a condition. It is settled before we close."), words, acts
    )


def _contact(page: Whole, case: Case) -> Iterator[WayOn]:
    text = case.known.get(NEXT_CONTACT)
    at = datetime.fromisoformat(text) if text else None
    if at and at > page.now:
        yield WayOn("eye", gettext("The customer waits and sees. We make contact on %(day)s, as agreed.") % {
            "day": day_text(local_day(at))
        })  # fmt: skip


def _again(page: Whole, case: Case) -> Iterator[WayOn]:
    """Until when whoever goes again has arranged it."""
    visit = visit_of(case)
    if visit.state != "open" or visit.started or not visit.due:
        return
    facts = {"day": day_text(local_day(visit.due))}
    if visit.data.get("reaction") == "not_met":
        yield WayOn("calendar", gettext("Nobody could be met. A new appointment is made until %(day)s.") % facts)
    elif visit.data.get("reaction") == "not_accepted":
        text = gettext("Our apology was not accepted. We go again with cause and prevention, arranged until %(day)s.")
        opened = any(row["state"] == "opened" for row in case.known.get(SORT, {}).values())
        more = gettext("The alternatives are laid open and may be offered.") if opened else ""
        yield WayOn("rotate-ccw", f"{text % facts} {more}".strip())


CHOOSE = "choose_way"  # the command
