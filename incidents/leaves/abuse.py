"""What one of us had to bear, in facts, and the boss's help; from then on two go (practice 4-05, story 6, feature 123).

Read by the writer, the owner and the boss who is told, by nobody else: the rule that two go is all that others learn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from pydantic import AfterValidator, Field

from incidents.engine.codec import case_from_json
from incidents.engine.translation import _
from incidents.leaves.base import Sort, known_of, leaf_end, leaf_of, leaf_write, read_as, sealed
from incidents.models import Leaf
from incidents.parts import decider, stands_above
from incidents.steps.base import Setting, StepPaper, aware
from incidents.steps.together import ABUSE, KNOWN_AS, TWO_GO
from office.errors import Refused
from office.models import User

ANSWER = "abuse_answer"
SORTS = {
    "words": _("Harsh words or threats"),
    "demand": _("Demands far beyond what is fair"),
    "hours": _("Kept for hours, or called again and again"),
    "person": _("Against the person or the body"),
    "other": _("Something else"),
}
TOLD, ANSWERED, HANDED_OVER = "told", "answered", "handed_over"


class Abuse(StepPaper):
    """When it was, of which sort, what happened in facts; whether one would like to hand the incident over; who: the
    boss who is told, else the owner's."""

    happened_at: Annotated[datetime, AfterValidator(aware)]
    sort: Literal["words", "demand", "hours", "person", "other"]
    text: str = Field(min_length=1, max_length=4000)
    hand_over: Literal["no", "yes"] = "no"
    who: int | None = None


class AbuseSheet(Abuse):
    """The same as it is kept: with the names of the few who read it."""

    names: list[str] = Field(default_factory=list)


class AbuseAnswer(StepPaper):
    """Which record the boss answers, and what they do to help."""

    leaf: int
    text: str = Field(min_length=1, max_length=4000)


@dataclass(frozen=True)
class Borne:
    """A record as it is shown to the few."""

    leaf: Leaf
    data: AbuseSheet
    answers: list[AbuseAnswer]

    @property
    def sort(self) -> str:
        """Of which sort, in words."""
        return gettext(SORTS[self.data.sort])

    @property
    def happened_at(self) -> datetime:
        """When it was."""
        return self.data.happened_at

    @property
    def wants_hand_over(self) -> bool:
        """Whether who wrote it would like to hand the incident over."""
        return self.data.hand_over == "yes"

    @property
    def waits(self) -> bool:
        """Whether it waits for the boss."""
        return self.leaf.ended_at is None


def borne(records: Iterable[Leaf], answers: Iterable[Leaf]) -> list[Borne]:
    """These records with their answers, the newest first; asks the database nothing."""
    given = [read_as(AbuseAnswer, leaf) for leaf in answers]
    found = [Borne(leaf, read_as(AbuseSheet, leaf), [one for one in given if one.leaf == leaf.pk]) for leaf in records]
    return found[::-1]


def note_abuse(paper: Abuse, setting: Setting) -> dict[str, Any]:
    """Keep the record for few, tell a boss, and let two go from now on.

    Refused invalid for a time that lies ahead and for somebody who is no boss here, conflict where nobody is left.
    """
    if paper.happened_at > setting.at:
        raise Refused("invalid", "This has not happened yet. Please look at the time.", field="happened_at")
    boss, incident = _boss(paper, setting), setting.incident
    names = dict.fromkeys(user.called for user in (setting.actor, boss, incident.owner))
    sheet = AbuseSheet(**paper.model_dump(), names=list(names))
    leaf = leaf_write(setting, ABUSE, sheet, who=boss, readers={boss.pk, incident.owner_id})
    row = {"by": setting.actor.pk, "told": boss.pk, "state": TOLD}
    rows = {**known_of(setting).get(KNOWN_AS, {}), str(leaf.pk): row}
    return {**sealed(leaf), "known": {KNOWN_AS: rows, TWO_GO: True}}


def _boss(paper: Abuse, setting: Setting) -> User:
    incident, me = setting.incident, setting.actor.pk
    if paper.who is not None:
        chosen = setting.directory.get(paper.who)
        if chosen is None or chosen.pk == me or not stands_above(chosen, incident):
            raise Refused("invalid", "Choose a boss who may decide in this incident.", field="who")
        return chosen
    found, _left = decider("manager", incident, case_from_json(incident.case), {me}, lambda: setting.directory)
    if found is None:
        raise Refused("conflict", "Nobody is left who may approve this.")
    return found


def answer_abuse(paper: AbuseAnswer, setting: Setting) -> dict[str, Any]:
    """The boss who was told says what they do to help; only who wrote the record, and the owner, read it."""
    record = leaf_of(setting, ABUSE, paper.leaf)
    if record.who_id != setting.actor.pk:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    leaf = leaf_write(setting, ANSWER, paper, who=record.by, readers={record.by_id, setting.incident.owner_id})
    leaf_end(record, ANSWERED, setting.at)
    return {**sealed(leaf), "of": record.pk, "known": _in_state(setting, [str(record.pk)], ANSWERED)}


def handed_over(setting: Setting, owner: int) -> dict[str, Any]:
    """Somebody else takes the incident over: what waited for help has found it."""
    if owner == setting.incident.owner_id:
        return {}
    waiting = [pk for pk, row in known_of(setting).get(KNOWN_AS, {}).items() if row["state"] == TOLD]
    if not waiting:
        return {}
    rows = Leaf.objects.filter(incident=setting.incident, sort=ABUSE, pk__in=[int(pk) for pk in waiting])
    rows.update(state=HANDED_OVER, ended_at=setting.at)
    return _in_state(setting, waiting, HANDED_OVER)


def _in_state(setting: Setting, pks: list[str], state: str) -> dict[str, Any]:
    rows = known_of(setting).get(KNOWN_AS, {})
    return {KNOWN_AS: {**rows, **{pk: {**rows[pk], "state": state} for pk in pks}}}


def note_example(setting: Setting) -> dict[str, Any]:
    """An hour ago, with the wish to hand over."""
    return {
        "happened_at": (setting.at - timedelta(hours=1)).isoformat(), "sort": "words",
        "text": "約40分の電話で、担当者個人に向けたお言葉が続いた", "hand_over": "yes",
    }  # fmt: skip


def answer_example(setting: Setting) -> dict[str, Any]:
    """The record that waits for this boss."""
    rows = known_of(setting).get(KNOWN_AS, {}).items()
    mine = (int(pk) for pk, row in rows if row["state"] == TOLD and row["told"] == setting.actor.pk)
    return {"leaf": next(mine, 0), "text": "次の訪問は私が同行します。お電話は私が受けます"}


def _words(paper: Abuse) -> str:
    return f"{gettext(SORTS[paper.sort])}\n{paper.text}"


RECORD = Sort(AbuseSheet, _words)
ANSWER_SORT = Sort(AbuseAnswer, lambda paper: str(paper.text))
