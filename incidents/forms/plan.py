"""Action plan: five questions at first, the rest folded."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, ColleaguesField, ContactsField, line, one_of, sentences
from incidents.forms.signs import CAUSES, PATTERNS
from incidents.forms.traces import FOUND, TracedForm, TracesField
from incidents.steps.plan import Plan

FAULT = [
    ("ours", _("On our side")),
    ("use", _("The way it is used")),
    ("perception", _("A difference of understanding")),
    ("both", _("On both sides")),
    ("inquiry", _("Under inquiry")),
]
STAFFED = [("yes", _("Yes")), ("no", _("Not yet"))]
CAUSE = [("suspected", _("Suspected")), ("confirmed", _("Confirmed"))]


class PlanForm(TracedForm):
    """The paper of the plan."""

    paper = Plan
    folded = (
        "cause_state", "cause_evidence", "inquiry_until", "wish", "remedy", "prevention_from", "meets", "staffed",
        "staffed_note", "decider", "invoice",
    )  # fmt: skip
    traced, traced_after = ("found", "pattern", "causes"), "cause"

    fault = one_of(FAULT, _("Where the cause lies"), required=True)
    cause = sentences(_("Cause"), help_text=_("Under inquiry: name below until when."))
    cause_state = one_of(CAUSE, _("How sure is the cause?"))
    cause_evidence = sentences(
        _("What shows the cause"), rows=2, help_text=_("Needed once it is confirmed: a record, a test, who saw it.")
    )
    found = TracesField(label=FOUND)
    pattern = one_of(PATTERNS, _("How it grew"))
    causes = forms.MultipleChoiceField(
        label=_("What may have led to it"), choices=CAUSES, required=False, widget=forms.CheckboxSelectMultiple
    )
    effect = sentences(_("Effect on the customer"), required=True, help_text=_("In figures, as the customer told us."))
    prevention = sentences(_("Lasting measure"), required=True)
    attendees = ColleaguesField(label=_("Who goes to the customer"))
    inquiry_until = forms.DateField(label=_("We inquire until"), required=False)
    wish = sentences(_("The customer's wish"), rows=2, help_text=_("In the customer's own words."))
    remedy = sentences(_("What we do for now"), rows=2)
    prevention_from = forms.DateField(label=_("The measure holds from"), required=False)
    meets = ContactsField(label=_("Whom we shall see"), required=False)
    staffed = one_of(STAFFED, _("Can we keep it up for months?"), help_text=_("If it is not healed soon."))
    staffed_note = sentences(_("Who keeps it up, and how"), rows=2)
    decider = ColleagueField(label=_("Who decides in the end"), required=False)
    invoice = line(_("Number of the invoice"), limit=40)
