"""What the displeasure came from."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import one_of, sentences
from incidents.forms.traces import FOUND, TracedForm, TracesField
from incidents.steps.signs import Signs

PATTERNS = [
    ("daily", _("Small things over time")),
    ("one_slip", _("One great slip")),
    ("unknown", _("Not known yet")),
]
CAUSES = [
    ("broken_promise", _("A promise was not kept")),
    ("late", _("We came late")),
    ("rude", _("Our manner")),
    ("unreachable", _("We could not be reached")),
    ("order_forgotten", _("An order was not carried out")),
    ("disloyal", _("We stood elsewhere than they hoped")),
    ("pushy", _("We pressed too much")),
    ("message_lost", _("A message got lost")),
]


class SignsForm(TracedForm):
    """The paper of the signs."""

    paper = Signs
    traced_after, traced_open = "causes", True

    pattern = one_of(PATTERNS, _("How it grew"), required=True)
    causes = forms.MultipleChoiceField(
        label=_("What may have led to it"), choices=CAUSES, required=False, widget=forms.CheckboxSelectMultiple
    )
    found = TracesField(label=FOUND)
    evidence = sentences(_("What our record shows"), help_text=_("Dates and counts, no judgement."))
    words = sentences(_("The customer's words"), rows=2, help_text=_("As they were said."))
