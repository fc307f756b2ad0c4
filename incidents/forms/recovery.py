"""How our dealings stand after an incident, and whom the customer has sent to us."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.selectors import customer_named
from incidents.forms.alternatives import choices
from incidents.forms.base import ContactField, PaperForm, line, one_of, sentences
from incidents.leaves.base import read_as
from incidents.leaves.recovery import OUTCOMES, RECOVERY, Recovery, Referral
from office.clock import local_day
from office.errors import Refused
from office.forms import PickerInput
from office.http import sentence


class RecoveryForm(PaperForm):
    """The outcome, and what shows it."""

    paper = Recovery

    outcome = one_of(choices(OUTCOMES), _("How our dealings stand"), required=True)
    words = sentences(
        _("What was seen or heard"), required=True, rows=2, help_text=_("Orders, visits, what they said of it.")
    )

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """As it was noted last."""
        found = page.of_sort(RECOVERY)
        return read_as(Recovery, found[-1]).model_dump() if found else {}


class ReferralForm(PaperForm):
    """Which firm, by whom, when."""

    paper = Referral
    folded = ("customer", "by_name", "words")

    name = line(_("Which firm"), limit=120, help_text=_("Its name, as the customer said it."))
    customer = forms.CharField(
        label=_("Is our customer by now"), max_length=200, required=False, widget=PickerInput("customers:names"),
        help_text=_("Name, code or telephone number."),
    )  # fmt: skip
    by = ContactField(label=_("Who referred it"))
    by_name = line(_("If not on the list: rank and name"), limit=80)
    on = forms.DateField(label=_("Referred on"))
    words = sentences(_("What they said"), rows=2)

    def clean_customer(self) -> int | None:
        """The customer who was named; one that is not found is said beside the field."""
        try:
            return customer_named(self.cleaned_data["customer"])
        except Refused as refused:
            raise forms.ValidationError(sentence(refused)) from None

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Today."""
        return {"on": local_day(page.now)}
