"""What one of us had to bear, and the boss's answer to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.alternatives import choices
from incidents.forms.base import ColleagueField, PaperForm, moment, one_of, sentences
from incidents.leaves.abuse import SORTS, Abuse, AbuseAnswer
from incidents.parts import stands_above
from office.forms import choose_from

HAND_OVER = [("no", _("I go on with it")), ("yes", _("I should like to hand it over"))]


class AbuseForm(PaperForm):
    """When, of which sort, what happened; who is told, and whether one wants to hand over."""

    paper = Abuse
    folded = ("who",)

    happened_at = moment(_("When it was"), required=True)
    sort = one_of(
        choices(SORTS), _("Of which sort"), required=True,
        help_text=_("A strong complaint with a reason is worked on as usual. What is noted here goes beyond it."),
    )  # fmt: skip
    text = sentences(
        _("What happened"), required=True,
        help_text=_("Facts only: who said or did what, where, how long. The customer may read it one day."),
    )  # fmt: skip
    hand_over = one_of(HAND_OVER, _("How shall it go on?"))
    who = ColleagueField(label=_("Which boss to tell"), required=False, help_text=_("Empty: your own boss."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident, me = self.setting.incident, self.setting.actor.pk
        above = [user for user in self.setting.directory.users if user.pk != me and stands_above(user, incident)]
        choose_from(self, "who", [("", _("My own boss")), *((str(user.pk), user.called) for user in above)])

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Just now, and one goes on."""
        return {"happened_at": page.now, "hand_over": "no"}


class AbuseAnswerForm(PaperForm):
    """What the boss does to help; the address says on which record."""

    paper = AbuseAnswer

    leaf = forms.IntegerField(widget=forms.HiddenInput)
    text = sentences(_("What you do to help"), required=True)
