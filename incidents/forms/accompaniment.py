"""同行のお願い and its answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, PaperForm, moment, one_of, sentences
from incidents.leaves.accompaniment import Reply, Request
from office.forms import choose_from
from office.roles import APPROVERS

PURPOSES = [
    ("apology", _("To apologise together")),
    ("observe", _("To see how it goes (the cause is unknown)")),
]
ANSWERS = [
    ("come", _("I come along")),
    ("stand_in", _("Somebody comes in my place")),
    ("another_time", _("I ask for another time")),
]


class _Slots(PaperForm):
    """A form with up to two times that would suit."""

    def as_paper(self) -> dict[str, Any]:
        """The times as a list."""
        found = super().as_paper()
        slots = [found.pop(name) for name in ("slot_1", "slot_2") if name in found]
        return {**found, **({"slots": slots} if slots else {})}

    def place_of(self, field: str) -> str | None:
        """A refused time is shown beside the first."""
        return "slot_1" if field.startswith("slots") else super().place_of(field)


class RequestForm(_Slots):
    """Whom we ask, and what we say."""

    paper = Request
    folded = ("slot_1", "slot_2")

    who = ColleagueField(label=_("Whom do you ask to come along?"))
    purpose = one_of(PURPOSES, _("What for?"))
    message = sentences(_("A word to them"), rows=2)
    slot_1 = moment(_("Another time that would suit (1)"))
    slot_2 = moment(_("Another time that would suit (2)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users, me = self.setting.directory.users, self.setting.actor.pk
        bosses = [user for user in users if APPROVERS & set(user.roles) and user.pk != me]
        bosses.sort(key=lambda user: (user.pk != self.setting.incident.owner.boss_id, user.pk))
        choose_from(self, "who", [(user.pk, user.called) for user in bosses])


class ReplyForm(_Slots):
    """The answer of whoever was asked; the address says to which request."""

    paper = Reply
    folded = ("who", "slot_1", "slot_2")

    request = forms.IntegerField(widget=forms.HiddenInput)
    answer = one_of(ANSWERS, _("Your answer"), required=True)
    reason = sentences(_("Reason"), rows=2, help_text=_("Needed unless you come along."))
    who = ColleagueField(label=_("Who comes in your place"), required=False)
    slot_1 = moment(_("When it would suit (1)"))
    slot_2 = moment(_("When it would suit (2)"))
