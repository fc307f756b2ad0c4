"""Compensation review: loss, decision, basis."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, line, one_of, sentences
from incidents.steps.compensation import Compensation

LOSSES = [
    ("cash_flow", _("Cash flow")),
    ("stoppage", _("Stoppage")),
    ("people", _("People's time")),
    ("other", _("Something else")),
]
DECISIONS = [
    ("compensate", _("Compensate")),
    ("none", _("Do not compensate")),
    ("nothing_to_compensate", _("There is nothing to compensate")),
]


HOWS = [
    ("credit", _("Credit (return or corrected invoice)")),
    ("refund", _("Money back")),
    ("replacement", _("Exchange")),
    ("free_repair", _("Free repair")),
]


class CompensationForm(PaperForm):
    """The paper of the review. Yen are whole numbers."""

    paper = Compensation
    folded = ("loss", "by", "sentence", "ringi")

    losses = forms.MultipleChoiceField(
        label=_("What was lost"), choices=LOSSES, required=False, widget=forms.CheckboxSelectMultiple
    )
    decision = one_of(DECISIONS, _("Decision on compensation"), required=True)
    amount = forms.IntegerField(
        label=_("Amount in yen"), required=False, min_value=0, max_value=1_000_000_000,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=_("How it is compensated"), choices=HOWS, required=False, initial="credit", widget=forms.RadioSelect,
        help_text=_("When compensated: it stays a promise until the number of its document is recorded."),
    )  # fmt: skip
    by = forms.DateField(
        label=_("The document is made by"), required=False, help_text=_("Empty: the days of the house rule.")
    )
    basis = sentences(_("Basis of the decision"), required=True)
    loss = sentences(_("The loss in the customer's words"), rows=2)
    sentence = line(_("What the letter says of it"), limit=200)
    ringi = line(_("Number of our decision paper"), limit=60)
