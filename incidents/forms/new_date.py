"""A new delivery date."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, PaperForm, line, sentences
from incidents.steps.new_date import NewDate


class NewDateForm(PaperForm):
    """The paper of the new date."""

    paper = NewDate
    folded = ("what",)

    delivers_on = forms.DateField(label=_("New delivery date"), required=True)
    agreed = forms.BooleanField(label=_("The customer has agreed"), required=False)
    to = ContactsField(label=_("With whom"), required=False)
    words = sentences(_("The customer's words"), rows=2, help_text=_("As they were said."))
    what = line(_("What is delivered"), limit=200)
