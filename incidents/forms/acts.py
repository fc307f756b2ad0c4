"""The forms of the acts that have a page of their own: by command."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.alternatives import (
    AgreementForm,
    AlternativesForm,
    BackForm,
    ChosenForm,
    CounterOfferForm,
    OfferForm,
    OpenForm,
)
from incidents.forms.base import PaperForm, sentences
from incidents.forms.losses import LossSheetForm, ToldForm
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


ACTS: Mapping[str, type[PaperForm]] = {
    "merge": MergeForm,
    "rest": RestForm,
    "prepare_alternatives": AlternativesForm,
    "agree_alternatives": ChosenForm,
    "return_alternatives": BackForm,
    "open_alternatives": OpenForm,
    "offer_made": OfferForm,
    "counter_offer": CounterOfferForm,
    "agreement": AgreementForm,
    "loss_sheet": LossSheetForm,
    "told_to_customer": ToldForm,
}
# offered beside what they settle, not in the list of acts
ASIDE: frozenset[str] = frozenset({"agree_alternatives", "return_alternatives", "open_alternatives", "offer_made"})
