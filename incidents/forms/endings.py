"""Ends that are none: merged into another incident, at rest until a day to look again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, sentences
from incidents.models import LIVING, Incident
from incidents.orders import Into, Rest


class MergeForm(PaperForm):
    """The incident it belongs to, among those of the customer that go on."""

    paper = Into

    number = forms.ChoiceField(label=_("Into which incident"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.setting.incident
        others = Incident.objects.filter(customer=incident.customer_id, state__in=LIVING).exclude(pk=incident.pk)
        rows = others.values_list("number", "summary")
        field = self.fields["number"]
        field.choices = [(number, f"{number} {text[:40]}") for number, text in rows]  # type: ignore[attr-defined]


class RestForm(PaperForm):
    """Until when, and why."""

    paper = Rest

    until = forms.DateField(label=_("Look again on"))
    text = sentences(_("Reason"), required=True, rows=2)
