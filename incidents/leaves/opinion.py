"""An opinion asked in private (practices 4-13, 4-14): the asker and who was asked see it, until the asker shares it.

Nobody else learns that anything was asked: neither from a page, nor from how a command is refused. An outside view on a
cause that nobody finds (practice 4-09) is asked in the same way, but in the open: its answer stands beside the plan.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from incidents.beside import questions
from incidents.engine.codec import case_from_json
from incidents.leaves.base import Sort, known_of, leaf_end, leaf_of, leaf_write, read_as, sealed
from incidents.models import Leaf
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.models import User
from office.roles import Role

ASKABLE = frozenset(Role.values) - {Role.AUDITOR.value, Role.ADMIN.value}


class Question(StepPaper):
    """What is asked, and of whom: user ids."""

    text: str = Field(min_length=1, max_length=4000)
    who: list[int] = Field(min_length=1, max_length=5)


class Opinion(StepPaper):
    """An answer to a question, by its leaf."""

    opinion: int
    text: str = Field(min_length=1, max_length=4000)


class Shared(StepPaper):
    """The answer that everybody may read from now on, by its leaf."""

    answer: int


class Withdrawn(StepPaper):
    """The question that is taken back, by its leaf."""

    opinion: int


class AskedSheet(StepPaper):
    """A question as it is kept: with the names of those asked."""

    text: str
    who: list[int]
    names: list[str]


class AnswerSheet(StepPaper):
    """An answer as it is kept: with its question, so that it can be read alone once it is shared."""

    text: str
    question: str
    opinion: int


def ask(paper: Question, setting: Setting) -> dict[str, Any]:
    """Ask colleagues by name; each finds it on Today."""
    return _asked(paper, setting, openly=False)


def ask_outside(paper: Question, setting: Setting) -> dict[str, Any]:
    """Ask a boss or senior to judge from outside what the cause may be (practice 4-09); everybody here reads it."""
    return _asked(paper, setting, openly=True)


def _asked(paper: Question, setting: Setting, *, openly: bool) -> dict[str, Any]:
    who = list(dict.fromkeys(paper.who))
    people = [setting.directory.get(pk) for pk in who]
    if not all(user and pk != setting.actor.pk and can_be_asked(user) for pk, user in zip(who, people, strict=True)):
        raise Refused("invalid", "Choose colleagues other than yourself.", field="who")
    sheet = AskedSheet(text=paper.text, who=who, names=[user.called for user in people if user])
    leaf = leaf_write(setting, "opinion", sheet, readers=None if openly else who)
    asked = {"by": setting.actor.pk, "of": who, "answers": [], **({"open": True} if openly else {})}
    return {**sealed(leaf), "known": {"opinions": {**known_of(setting).get("opinions", {}), str(leaf.pk): asked}}}


def answer(paper: Opinion, setting: Setting) -> dict[str, Any]:
    """Answer a question put to oneself; only who asked reads it, unless it was asked in the open."""
    question = leaf_of(setting, "opinion", paper.opinion)
    known = known_of(setting)
    asked = known.get("opinions", {}).get(str(question.pk), {})
    if setting.actor.pk not in asked.get("of", ()):
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    sheet = AnswerSheet(text=paper.text, question=read_as(AskedSheet, question).text, opinion=question.pk)
    openly = bool(asked.get("open"))
    leaf = leaf_write(setting, "answer", sheet, who=question.by, readers=None if openly else [question.by_id])
    left = [pk for pk in asked["of"] if pk != setting.actor.pk]
    if not left:
        leaf_end(question, "answered", setting.at)
    asked = {**asked, "of": left, "answers": asked["answers"] if openly else [*asked["answers"], leaf.pk]}
    found: dict[str, Any] = {
        "opinions": {**known["opinions"], str(question.pk): asked},
        "advisers": sorted({*known.get("advisers", ()), setting.actor.pk}),
    }
    if openly:  # news, as an opinion that is shared: the plan may go back to the boss
        leaf_end(leaf, "shared", setting.at)
        found["news"] = _plan_read(setting)
    return {**sealed(leaf), "known": found}


def _plan_read(setting: Setting) -> int:
    """Which submission of the plan the boss has read without this news."""
    steps = case_from_json(setting.incident.case).steps
    return steps["plan"].submission if "plan" in steps else 0


def share(paper: Shared, setting: Setting) -> dict[str, Any]:
    """Let everybody on the incident read an answer; the plan may then go back to the boss."""
    leaf = leaf_of(setting, "answer", paper.answer)
    known, case = known_of(setting), case_from_json(setting.incident.case)
    place = next((name for name, asked in questions(case).items() if leaf.pk in asked["answers"]), "")
    if not place or known["opinions"][place]["by"] != setting.actor.pk:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    leaf.confidential = False
    leaf.state, leaf.ended_at = "shared", setting.at
    leaf.save(update_fields=["confidential", "state", "ended_at"])
    asked = known["opinions"][place]
    asked = {**asked, "answers": [pk for pk in asked["answers"] if pk != leaf.pk]}
    return {**sealed(leaf), "known": {"opinions": {**known["opinions"], place: asked}, "news": _plan_read(setting)}}


def withdraw(paper: Withdrawn, setting: Setting) -> dict[str, Any]:
    """Take a question back from those who have not answered it yet; what was answered stays (practice 4-13)."""
    question = leaf_of(setting, "opinion", paper.opinion)
    known = known_of(setting)
    asked = known.get("opinions", {}).get(str(question.pk), {})
    if asked.get("by") != setting.actor.pk or not asked["of"]:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    leaf_end(question, "withdrawn", setting.at)
    return {"of": question.pk, "known": {"opinions": {**known["opinions"], str(question.pk): {**asked, "of": []}}}}


def withdraw_example(setting: Setting) -> dict[str, Any]:
    """The first question of this person that waits for an answer."""
    found = questions(case_from_json(setting.incident.case)).items()
    return {"opinion": next((int(leaf) for leaf, q in found if q["by"] == setting.actor.pk and q["of"]), 0)}


def can_be_asked(user: User) -> bool:
    """Whether a colleague works on incidents at all."""
    return bool(ASKABLE & set(user.roles))


def ask_example(setting: Setting) -> dict[str, Any]:
    """A question to somebody near the incident."""
    incident = setting.incident
    near = (incident.deputy_id, incident.owner.boss_id, incident.owner_id, incident.told_to_id, incident.liaison_id)
    who = next((pk for pk in near if pk not in (None, setting.actor.pk)), 0)
    return {"text": "先方は以前、書面を嫌がられました。書状の前にお電話を入れるべきでしょうか", "who": [who]}


def ask_outside_example(setting: Setting) -> dict[str, Any]:
    """A question to the owner's boss."""
    incident = setting.incident
    who = next((pk for pk in (incident.owner.boss_id, incident.owner_id) if pk not in (None, setting.actor.pk)), 0)
    return {"text": "記録を見ても、お怒りのきっかけが分かりません。外から見てどう思われますか", "who": [who]}


def answer_example(setting: Setting) -> dict[str, Any]:
    """An answer to the first question put to this person."""
    found = questions(case_from_json(setting.incident.case)).items()
    opinion = next((int(leaf) for leaf, asked in found if setting.actor.pk in asked["of"]), 0)
    return {"opinion": opinion, "text": "私なら、まずお電話でご都合を伺います"}


def share_example(setting: Setting) -> dict[str, Any]:
    """The first answer this person has not shared."""
    found = questions(case_from_json(setting.incident.case)).values()
    mine = (pk for asked in found if asked["by"] == setting.actor.pk for pk in asked["answers"])
    return {"answer": next(mine, 0)}


def answers_of(leaf: Leaf) -> int:
    """Which question an answer belongs to."""
    return read_as(AnswerSheet, leaf).opinion


OPINION = Sort(AskedSheet, lambda paper: str(paper.text))
ANSWER = Sort(AnswerSheet, lambda paper: str(paper.text))
