"""Recurrence prevention: up to five measures, each a line of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, line, sentences
from incidents.forms.lines import LineForm, LinesForm, hidden_lines
from incidents.models import Measure
from incidents.steps.prevention import MOST_WHYS, MeasureLine, Prevention


class MeasureLineForm(LineForm):
    """One measure; a line left empty is no measure."""

    paper = MeasureLine
    counts = ("what", "due")

    what = line(_("Measure"), limit=300, required=True)
    scope = forms.ChoiceField(label=_("It changes"), choices=[("", _("Please choose")), *Measure.Scope.choices])
    owner = ColleagueField(label=_("Carried out by"))
    due = forms.DateField(label=_("By when"))


class PreventionForm(LinesForm):
    """The paper of prevention, with its lines as forms of their own."""

    paper = Prevention
    slot, line_form, heading = "measures", MeasureLineForm, _("Measure %(n)s")
    at_first, most = 3, 5
    none_written = _("Write at least one measure.")
    incomplete = _("A measure is not complete.")

    folded = tuple(f"why_{place}" for place in range(1, MOST_WHYS + 1))

    why_1 = line(_("Why 1"), limit=300, help_text=_("Why did it come to pass? Each answer is asked why again."))
    why_2 = line(_("Why 2"), limit=300)
    why_3 = line(_("Why 3"), limit=300)
    why_4 = line(_("Why 4"), limit=300)
    why_5 = line(_("Why 5"), limit=300, help_text=_("For ourselves: it is on no paper for the customer."))
    measures = hidden_lines(_("Measures"))
    person_only_reason = sentences(
        _("Why the person alone is enough"), rows=2, help_text=_("Only when no procedure and no system changes.")
    )

    def line_start(self) -> dict[str, Any]:
        """The person in charge of the incident."""
        return {"owner": self.setting.incident.owner_id}
