"""Ends that are none: merged into another incident, at rest until a day to look again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, sentences
from incidents.orders import Into, Rest
from incidents.selectors import siblings
from office.forms import choose_from
from office.viewer import viewer_for


class MergeForm(PaperForm):
    """The incident it belongs to, among those of the customer that go on."""

    paper = Into

    number = forms.ChoiceField(label=_("Into which incident"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        viewer = viewer_for(self.setting.actor, self.setting.at)
        rows = siblings(viewer, self.setting.incident).values_list("number", "summary")
        choose_from(self, "number", [(number, f"{number} {text}") for number, text in rows])


class RestForm(PaperForm):
    """Until when, and why."""

    paper = Rest

    until = forms.DateField(label=_("Look again on"))
    text = sentences(_("Reason"), required=True, rows=2)
