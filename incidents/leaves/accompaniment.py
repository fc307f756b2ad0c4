"""同行のお願い: the boss is asked by name to come along to an arranged visit (practices 2-29, 4-09, 4-20)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from incidents.beside import invitations, visit_of
from incidents.engine.codec import case_from_json
from incidents.leaves.base import Sort, known_of, leaf_end, leaf_of, leaf_write, sealed
from incidents.steps.base import Setting, StepPaper, aware, future
from office.clock import local_day
from office.errors import Refused
from office.roles import APPROVERS

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
    """Ask a boss by name; the request stands on their Today until it is answered."""
    case = case_from_json(setting.incident.case)
    visit, boss = visit_of(case), setting.directory.get(paper.who)
    if boss is None or boss.pk == setting.actor.pk or not APPROVERS & set(boss.roles):
        raise Refused("invalid", "Choose a manager or somebody above.", field="who")
    if any(ask["who"] == boss.pk and ask["answer"] in ("asked", "come") for _leaf, ask in invitations(case)):
        raise Refused("conflict", "This person has been asked for this visit already.")
    for slot in paper.slots:
        future(slot, setting, "slots")
    starts = datetime.fromisoformat(visit.data["starts"])
    sheet = RequestSheet(who=boss.pk, purpose=paper.purpose, message=paper.message, slots=paper.slots, starts=starts)
    leaf = leaf_write(setting, "accompany", sheet, who=boss, due=starts)
    asked = {"who": boss.pk, "round": visit.round, "starts": visit.data["starts"], "answer": "asked", "goes": 0}
    return {**sealed(leaf), "known": {"accompany": {**known_of(setting).get("accompany", {}), str(leaf.pk): asked}}}


def answer(paper: Reply, setting: Setting) -> dict[str, Any]:
    """Answer a request put to oneself, or to whom one stands in for."""
    request = leaf_of(setting, "accompany", paper.request)
    if request.who_id is None or not _answers_for(setting, request.who_id):
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if paper.answer != "come" and not paper.reason:
        raise Refused("incomplete", "Please write the reason.", field="reason")
    goes = request.who if paper.answer == "come" else None
    if paper.answer == "stand_in":
        goes = setting.directory.get(paper.who)
        if goes is None or goes.pk == request.who_id:
            raise Refused("invalid", "Say who comes in your place.", field="who")
    for slot in paper.slots:
        future(slot, setting, "slots")
    leaf = leaf_write(setting, "reply", paper, who=goes)
    leaf_end(request, paper.answer, setting.at)
    known = known_of(setting)
    asked = {**known["accompany"][str(request.pk)], "answer": paper.answer, "goes": goes.pk if goes else 0}
    found: dict[str, Any] = {"accompany": {**known["accompany"], str(request.pk): asked}}
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
    mine = next((leaf for leaf, ask in found if ask["who"] == setting.actor.pk), 0)
    return {"request": mine or next((leaf for leaf, _ask in found), 0), "answer": "come"}


ACCOMPANY = Sort(RequestSheet, lambda paper: str(paper.message))
REPLY = Sort(Reply, lambda paper: str(paper.reason))
