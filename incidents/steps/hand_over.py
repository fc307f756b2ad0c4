"""Hand-over of the letter: the last metre, on paper."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from incidents.models import IssuedLetter
from incidents.steps.base import Facts, Kind, Setting, StepPaper


class HandOver(StepPaper):
    """How and to whom."""

    how: Literal["handed", "posted"] = "handed"
    to: list[int] = Field(default_factory=list)
    words: str = ""


def current_letter(setting: Setting) -> IssuedLetter | None:
    """The newest letter of an incident, once it is in print; never an older one that it replaces."""
    newest = IssuedLetter.objects.filter(incident=setting.incident).order_by("-pk").first()
    return newest if newest and newest.file_id else None


def facts(paper: HandOver, setting: Setting) -> Facts:
    """Which letter; None until it is in print."""
    setting.check(contacts=paper.to, field="to")
    letter = current_letter(setting)
    return {"how": paper.how, "to": paper.to, "letter": letter.pk if letter else None}


def ended(paper: HandOver, setting: Setting) -> None:
    """The letter knows when it reached the customer."""
    newest = IssuedLetter.objects.filter(incident=setting.incident).order_by("-pk").values("pk")[:1]
    IssuedLetter.objects.filter(pk__in=newest, file__isnull=False).update(handed_over_at=setting.at)


def example(setting: Setting) -> dict[str, Any]:
    """Handed to the first contact."""
    return {"how": "handed", "to": list(setting.contacts)[:1]}


KIND = Kind(HandOver, facts, example, ended, contact=True)
