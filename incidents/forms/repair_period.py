"""Repair period: what was done and since when it runs; what is left, line by line."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import HoursField, line, moment, sentences
from incidents.forms.lines import LineForm, LinesForm, hidden_lines
from incidents.steps.repair_period import MOST_RESIDUALS, RepairPeriod, Residual


class ResidualForm(LineForm):
    """One item that is left."""

    paper = Residual
    counts = ("what", "due")

    what = line(_("Residual item"), limit=250, required=True)
    due = forms.DateField(label=_("By when"))


class RepairPeriodForm(LinesForm):
    """The paper of the repair period."""

    paper = RepairPeriod
    folded = ("starts", "ends", "stopped_hours", "proof")
    slot, line_form, heading = "residuals", ResidualForm, _("Residual item %(n)s")
    at_first, most, last, none_written = 1, MOST_RESIDUALS, True, ""

    done = sentences(_("What was done"), required=True)
    running_since = moment(_("Running again since"), required=True)
    starts = forms.DateField(label=_("The period began"), required=False)
    ends = forms.DateField(label=_("The period ends"), required=False)
    stopped_hours = HoursField(
        label=_("Hours of standstill"), required=False, min_value=0, max_value=10_000,
        help_text=_("As agreed with the customer."),
    )  # fmt: skip
    residuals = hidden_lines(_("Residual items"))
    proof = sentences(_("How it was shown that it holds"), rows=2)
