"""Repair period: what was done and since when it runs; what is left, line by line."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import HoursField, line, moment, sentences
from incidents.forms.lines import LineForm, LinesForm
from incidents.steps.repair_period import MOST_RESIDUALS, RepairPeriod, Residual


class ResidualForm(LineForm):
    """One item that is left."""

    paper = Residual
    told_by = ("what", "due")

    what = line(_("Residual item"), limit=250, required=True)
    due = forms.DateField(label=_("By when"))


class RepairPeriodForm(LinesForm):
    """The paper of the repair period."""

    paper = RepairPeriod
    folded = ("starts", "ends", "stopped_hours", "proof")
    lines_field, line_form, most_lines = "residuals", ResidualForm, MOST_RESIDUALS
    line_words, more_words, lines_last = _("Residual item"), _("Another residual item"), True

    done = sentences(_("What was done"), required=True)
    running_since = moment(_("Running again since"), required=True)
    starts = forms.DateField(label=_("The period began"), required=False)
    ends = forms.DateField(label=_("The period ends"), required=False)
    stopped_hours = HoursField(
        label=_("Hours of standstill"), required=False, min_value=0, max_value=10_000,
        help_text=_("As agreed with the customer."),
    )  # fmt: skip
    proof = sentences(_("How it was shown that it holds"), rows=2)
