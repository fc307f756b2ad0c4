"""Effect check: has it worked, what shows it, and why all the same where our record speaks against it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, sentences
from incidents.steps.effect_check import EffectCheck

WORKED = [("yes", _("It has worked")), ("no", _("It has not worked yet"))]


def _answer(value: Any) -> bool:
    return str(value) in ("yes", "True")


class EffectsField(forms.Field):
    """What our record shows: read with a submitted paper, never typed."""

    widget = forms.HiddenInput


class EffectCheckForm(PaperForm):
    """The paper of the check."""

    paper = EffectCheck
    repeats = True

    worked = forms.TypedChoiceField(
        label=_("Has the measure worked?"), choices=WORKED, coerce=_answer, widget=forms.RadioSelect
    )
    evidence = sentences(_("The facts that show it"), required=True)
    despite = sentences(
        _("Why it has worked all the same"), rows=2,
        help_text=_("Needed to say that it has worked, as our record speaks against it."),
    )  # fmt: skip
    shows = EffectsField(label=_("What our record showed"), required=False)

    @property
    def first(self) -> list[forms.BoundField]:
        """What is asked: the reason only where the record speaks against it."""
        left_out = {"shows"} if any(effect.against for effect in self.setting.effects) else {"shows", "despite"}
        return [field for field in super().first if field.name not in left_out]

    def as_paper(self) -> dict[str, Any]:
        """What was typed; the record fills in what it shows."""
        return {name: value for name, value in super().as_paper().items() if name != "shows"}
