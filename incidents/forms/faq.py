"""The phrases of the house, and a question that comes again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.phrasebank import OPEN, SUB_CAUSES
from office.forms import Idempotent, MakotoForm


class PhrasesForm(MakotoForm):
    """The phrases of one stage and sub-cause."""

    stage = forms.CharField(widget=forms.HiddenInput)
    sub_cause = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("One phrase a line"), max_length=1000, widget=forms.Textarea({"rows": 4}))


class FaqForm(Idempotent, MakotoForm):
    """A question without names, and the answer that helped."""

    subject = forms.CharField(label=_("Product or matter"), max_length=60)
    sub_cause = forms.ChoiceField(
        label=_("How it came about"), choices=[(key, _(label)) for key, label in SUB_CAUSES.items() if key != OPEN]
    )
    question = forms.CharField(
        label=_("Question"), max_length=300, widget=forms.Textarea({"rows": 2}),
        help_text=_("As a customer asks it, without any name."),
    )  # fmt: skip
    answer = forms.CharField(label=_("Our answer"), max_length=2000, widget=forms.Textarea({"rows": 4}))
    number = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
