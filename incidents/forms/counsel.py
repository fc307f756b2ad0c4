"""Advice, another view, an opinion asked in private: few fields, nobody has to answer for more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleaguesField, PaperForm, sentences
from incidents.leaves.counsel import Advice, Dissent
from incidents.leaves.opinion import Opinion, Question, Shared, Withdrawn, can_be_asked
from office.forms import choices_of, choose_from
from office.roles import APPROVERS


class AdviceForm(PaperForm):
    """What the boss would do."""

    paper = Advice
    folded = ("reason", "effect")

    text = sentences(_("Advice"), required=True)
    reason = sentences(_("Why"), rows=2)
    effect = sentences(_("What it should bring"), rows=2)


class DissentForm(PaperForm):
    """Another view; it may stand beside an advice."""

    paper = Dissent

    text = sentences(
        _("Another view, or what worries you"), required=True,
        help_text=_("It stands beside the plan. Nobody has to answer it."),
    )  # fmt: skip
    advice = forms.IntegerField(required=False, widget=forms.HiddenInput)


class QuestionForm(PaperForm):
    """What is asked, and of whom: those near by in sight, everybody else by name."""

    paper = Question
    folded = ("another",)

    text = sentences(_("What would you like to ask?"), required=True)
    who = ColleaguesField(label=_("Whom do you ask?"), required=False)
    another = forms.TypedChoiceField(label=_("Somebody else"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        me, near = self.setting.actor.pk, choices_of(self, "who")
        others = (user for user in self.setting.directory.users if user.pk != me and can_be_asked(user))
        named = {user.pk: user.called for user in others}
        shown = {pk: named[pk] for pk, _name in near if pk in named}
        choose_from(self, "who", list(shown.items()))
        rest = [(pk, name) for pk, name in named.items() if pk not in shown]
        choose_from(self, "another", [("", _("Nobody")), *rest])

    def clean(self) -> dict[str, Any]:
        """Somebody is asked."""
        found = super().clean() or {}
        if not found.get("who") and not found.get("another") and "who" not in self.errors:
            self.add_error("who", _("Choose whom you ask."))
        return found

    def as_paper(self) -> dict[str, Any]:
        """Those ticked and the one named beside them."""
        another = self.cleaned_data["another"]
        who = [*self.cleaned_data["who"], *([another] if another else [])]
        return {"text": self.cleaned_data["text"], "who": who}


class OutsideViewForm(QuestionForm):
    """What is asked of whom to judge from outside: those who decide in sight, everybody else by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        me, boss = self.setting.actor.pk, self.setting.incident.owner.boss_id
        asked = [user for user in self.setting.directory.users if user.pk != me and can_be_asked(user)]
        above = [user for user in asked if APPROVERS & set(user.roles)]
        above.sort(key=lambda user: (user.pk != boss, user.pk))
        choose_from(self, "who", [(user.pk, user.called) for user in above])
        others = [(user.pk, user.called) for user in asked if user not in above]
        choose_from(self, "another", [("", _("Nobody")), *others])


class OpinionForm(PaperForm):
    """An answer; the address says to which question."""

    paper = Opinion

    opinion = forms.IntegerField(widget=forms.HiddenInput)
    text = sentences(
        _("Your opinion"), required=True,
        help_text=_("If it is shared, it is shown with your name."),
    )  # fmt: skip

    @property
    def told_as(self) -> str:
        """An outside view is read by everybody: the toast says so."""
        question = self.setting.incident.case.get("known", {}).get("opinions", {}).get(str(self["opinion"].value()), {})
        return "answer_outside_view" if question.get("open") else ""


class SharedForm(PaperForm):
    """Which answer everybody may read from now on."""

    paper = Shared

    answer = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawnForm(PaperForm):
    """Which question is taken back."""

    paper = Withdrawn

    opinion = forms.IntegerField(widget=forms.HiddenInput)
