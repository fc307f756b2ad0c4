"""同行のお願い: the boss is asked by name to come along to an arranged visit (practices 2-29, 4-09, 4-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.beside import invitations, visit_of
from incidents.engine.codec import case_from_json, moment_text
from incidents.engine.company import KNOWN_AS, told_above
from incidents.leaves.base import Sort, known_of, leaf_end, leaf_of, leaf_write, sealed
from incidents.pins import alarms_of
from incidents.policy import COMPANY
from incidents.steps.base import Setting, StepPaper, aware, future
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.roles import APPROVERS, Role

Moment = Annotated[datetime, AfterValidator(aware)]


Purpose = Literal["apology", "observe"]


class Request(StepPaper):
    """Whom we ask to come along, what for, what we say, when else it would suit. The visit is the one arranged.

    observe: nobody finds the cause, and somebody from outside comes to see how it goes (practice 4-09).
    """

    who: int
    purpose: Purpose = "apology"
    message: str = Field("", max_length=2000)
    slots: list[Moment] = Field(default_factory=list, max_length=3)


class Reply(StepPaper):
    """I come; somebody comes for me; or when it would suit. A reason for all but the first."""

    request: int
    answer: Literal["come", "stand_in", "another_time"]
    who: int | None = None
    slots: list[Moment] = Field(default_factory=list, max_length=3)
    reason: str = Field("", max_length=2000)


class RequestSheet(StepPaper):
    """The request as it is kept, with the time of the visit."""

    who: int
    purpose: Purpose = "apology"
    message: str
    slots: list[Moment]
    starts: Moment


def ask(paper: Request, setting: Setting) -> dict[str, Any]:
    """Ask a boss by name; the request stands on their Today until it is answered, and rings when it is not.

    Whom we asked before the visit was moved may be asked again.
    """
    case = case_from_json(setting.incident.case)
    visit, boss = visit_of(case), setting.directory.get(paper.who)
    if boss is None or boss.pk == setting.actor.pk or not APPROVERS & set(boss.roles):
        raise Refused("invalid", "Choose a manager or somebody above.", field="who")
    before = {leaf: ask for leaf, ask in invitations(case) if ask["who"] == boss.pk}
    stands = [ask["answer"] == "asked" and ask["starts"] == visit.data["starts"] for ask in before.values()]
    if any(stands) or any(ask["answer"] == "come" for ask in before.values()):
        raise Refused("conflict", "This person has been asked for this visit already.")
    for slot in paper.slots:
        future(slot, setting, "slots")
    starts = datetime.fromisoformat(visit.data["starts"])
    sheet = RequestSheet(who=boss.pk, purpose=paper.purpose, message=paper.message, slots=paper.slots, starts=starts)
    leaf = leaf_write(setting, "accompany", sheet, who=boss, due=starts)
    asked = {"who": boss.pk, "round": visit.round, "starts": visit.data["starts"], "answer": "asked", "goes": 0}
    asked |= {"above": _above(boss, setting), "alarms": _alarms(setting, starts)}
    earlier = {str(pk): _put_again(pk, ask, setting) for pk, ask in before.items() if ask["answer"] == "asked"}
    return {
        **sealed(leaf),
        "known": {KNOWN_AS: {**known_of(setting).get(KNOWN_AS, {}), **earlier, str(leaf.pk): asked}},
    }


def _put_again(pk: int, ask: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """A request for the time that the visit had before: the new one takes its place."""
    leaf_end(leaf_of(setting, "accompany", pk), "replaced", setting.at)
    return {**ask, "answer": "replaced"}


def _alarms(setting: Setting, starts: datetime) -> list[str]:
    """When it rings for want of an answer: by the house rule, at the latest half-way to the visit, so that there is
    still time to ask somebody else; never once the visit has begun."""
    if starts <= setting.at:
        return []
    half_way = setting.at + (starts - setting.at) / 2
    return [moment_text(min(alarm, half_way)) for alarm in alarms_of(setting.incident, COMPANY, setting.at)]


def _above(boss: User, setting: Setting) -> int:
    """The next one up from who was asked: their own boss, else up the ladder; 0 where nobody is left."""
    directory = setting.directory
    rungs = [role for role in (Role.DIRECTOR, Role.BRANCH_HEAD) if not boss.has_role(role)]
    if boss.has_role(Role.DIRECTOR):
        rungs = []
    higher = [user for role in reversed(rungs) for user in directory.with_role(role)]
    own = directory.get(boss.boss_id)
    found = [own, *higher] if own and APPROVERS & set(own.roles) else higher
    return next((user.pk for user in found if user.pk not in (boss.pk, setting.actor.pk)), 0)


def answer(paper: Reply, setting: Setting) -> dict[str, Any]:
    """Answer a request put to oneself, or to whom one stands in for; the next one up does so once they were told.

    Whoever answers in the place of who was asked and says that they come, comes in person where they stand above.
    """
    request = leaf_of(setting, "accompany", paper.request)
    known = known_of(setting)
    ask = known[KNOWN_AS][str(request.pk)]
    above = ask["above"] if ask.get("above") and told_above(ask) else 0
    asked_for = next((pk for pk in (request.who_id, above) if pk and _answers_for(setting, pk)), None)
    if asked_for is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if paper.answer != "come" and not paper.reason:
        raise Refused("incomplete", "Please write the reason.", field="reason")
    goes = setting.directory.get(asked_for) if paper.answer == "come" else None
    if paper.answer == "stand_in":
        goes = setting.directory.get(paper.who)
        if goes is None or goes.pk == request.who_id:
            raise Refused("invalid", "Say who comes in your place.", field="who")
    for slot in paper.slots:
        future(slot, setting, "slots")
    leaf = leaf_write(setting, "reply", paper, who=goes)
    leaf_end(request, paper.answer, setting.at)
    asked = {**ask, "answer": paper.answer, "goes": goes.pk if goes else 0}
    found: dict[str, Any] = {KNOWN_AS: {**known[KNOWN_AS], str(request.pk): asked}}
    if goes:
        found["advisers"] = sorted({*known.get("advisers", ()), goes.pk})
    return {**sealed(leaf), "answer": paper.answer, "known": found}


def _answers_for(setting: Setting, who: int) -> bool:
    me = setting.actor.pk
    return who == me or me in {user.pk for user in setting.directory.stand_ins_for(who, local_day(setting.at))}


def ask_example(setting: Setting) -> dict[str, Any]:
    """The owner's boss, with one more time that would suit."""
    return {
        "who": setting.incident.owner.boss_id or 0, "message": "専務様がご出席です。ご同行をお願いできますか",
        "slots": [setting.moment(2).isoformat()],
    }  # fmt: skip


def answer_example(setting: Setting) -> dict[str, Any]:
    """Coming along."""
    found = [
        (leaf, ask) for leaf, ask in invitations(case_from_json(setting.incident.case)) if ask["answer"] == "asked"
    ]
    mine = next((leaf for leaf, ask in found if setting.actor.pk in (ask["who"], ask.get("above"))), 0)
    return {"request": mine or next((leaf for leaf, _ask in found), 0), "answer": "come"}


ACCOMPANY = Sort(RequestSheet, lambda paper: str(paper.message))
REPLY = Sort(Reply, lambda paper: str(paper.reason))
