"""ふりかえり: what a customer who has drifted away from us has taught, passed on to other accounts (practice 2-34)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from incidents.anonymous import named_in
from incidents.engine.translation import _
from incidents.leaves.base import Sort, leaf_replace, sealed
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused

LESSON = "lesson"
NAMES = _("Please leave out “%(name)s”: other accounts read the lesson, and it names no customer.")


class Lesson(StepPaper):
    """What we would do otherwise, without names."""

    text: str = Field(min_length=1, max_length=1000)


def note_lesson(text: str, setting: Setting) -> dict[str, Any]:
    """Keep the lesson of an incident; the one before is replaced. Refused invalid where it names the customer, one of
    their people, or another customer by its full name."""
    if name := named_in(text, setting.incident):
        raise Refused("invalid", NAMES, field="lesson", name=name)
    return sealed(leaf_replace(setting, LESSON, Lesson(text=text)))


SHEET = Sort(Lesson, lambda paper: str(paper.text))
