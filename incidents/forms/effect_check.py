"""Effect check: has it worked, and what shows it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, sentences
from incidents.steps.effect_check import EffectCheck

WORKED = [("yes", _("It has worked")), ("no", _("It has not worked yet"))]


def _answer(value: Any) -> bool:
    return str(value) in ("yes", "True")


class EffectCheckForm(PaperForm):
    """The paper of the check."""

    paper = EffectCheck
    repeats = True

    worked = forms.TypedChoiceField(
        label=_("Has the measure worked?"), choices=WORKED, coerce=_answer, widget=forms.RadioSelect
    )
    evidence = sentences(_("The facts that show it"), required=True)
