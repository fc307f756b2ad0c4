"""What every sort of leaf has: a paper, the words the timeline says of it, and the one way it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.dates import WEEKDAYS_ABBR

from incidents.engine.codec import case_from_json
from incidents.models import Leaf
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.hashing import canonical, digest
from office.keys import KEYS
from office.models import User

Paper = TypeVar("Paper", bound=StepPaper)


@dataclass(frozen=True)
class Sort:
    """A sort of leaf. paper: what is written on it; words: how the timeline says it, to those who may read it."""

    paper: type[StepPaper]
    words: Callable[[Any], str]


def leaf_write(
    setting: Setting, sort: str, paper: StepPaper, *, who: User | None = None, due: datetime | None = None,
    readers: Iterable[int] | None = None,
) -> Leaf:  # fmt: skip
    """Write a leaf in the deciding transaction.

    readers: user ids besides the writer; None means that everybody who sees the incident reads it.
    """
    text = canonical(paper.model_dump(mode="json"))
    leaf = Leaf.objects.create(
        incident=setting.incident, sort=sort, text=text, sha256=digest(text), by=setting.actor, at=setting.at, who=who,
        due=due, confidential=readers is not None,
    )  # fmt: skip
    if readers is not None:
        leaf.readers.set({setting.actor.pk, *readers})
    return leaf


def leaf_replace(setting: Setting, sort: str, paper: StepPaper) -> Leaf:
    """Write a leaf of which one is in force at a time: the one before is replaced."""
    before = Leaf.objects.filter(incident=setting.incident, sort=sort, ended_at=None)
    before.update(state="replaced", ended_at=setting.at)
    return leaf_write(setting, sort, paper)


def day_text(day: date) -> str:
    """11/27(金)."""
    return f"{day.month}/{day.day}({WEEKDAYS_ABBR[day.weekday()]})"


def known_of(setting: Setting) -> Mapping[str, Any]:
    """What is known of the incident before this command."""
    return case_from_json(setting.incident.case).known


def sealed(leaf: Leaf) -> dict[str, Any]:
    """What the entry keeps of a leaf."""
    return {"leaf": leaf.pk, "sha256": leaf.sha256}


def _nobody_else(leaf: Leaf) -> bool:
    return False


def leaf_of(setting: Setting, sort: str, pk: int, also: Callable[[Leaf], bool] = _nobody_else) -> Leaf:
    """An open leaf of this incident, locked; Refused not_found for any other and conflict once it has ended.

    also: whether the actor may read it though no reader, as whoever stands in for one.
    """
    rows = Leaf.objects.select_for_update(of=("self",)).select_related("by", "who")
    leaf = rows.filter(incident=setting.incident, sort=sort, pk=pk).first() if pk in KEYS else None
    if leaf is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if leaf.confidential and not leaf.readers.filter(pk=setting.actor.pk).exists() and not also(leaf):
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if leaf.ended_at is not None:
        raise Refused("conflict", "This has been settled already.")
    return leaf


def leaf_end(leaf: Leaf, state: str, at: datetime) -> None:
    """Say what became of a leaf."""
    leaf.state, leaf.ended_at = state, at
    leaf.save(update_fields=["state", "ended_at"])


def read_as(paper: type[Paper], leaf: Leaf) -> Paper:
    """The paper written on a leaf."""
    return paper.model_validate(json.loads(leaf.text))
