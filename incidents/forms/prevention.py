"""Recurrence prevention: up to five measures, each a line of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, PaperForm, line, sentences
from incidents.models import Measure
from incidents.steps.prevention import MeasureLine, Prevention

LINES, MOST_LINES = 3, 5


class MeasureLineForm(PaperForm):
    """One measure; a line left empty is no measure."""

    paper = MeasureLine

    what = line(_("Measure"), limit=300, required=True)
    scope = forms.ChoiceField(label=_("It changes"), choices=[("", _("Please choose")), *Measure.Scope.choices])
    owner = ColleagueField(label=_("In charge"))
    due = forms.DateField(label=_("By when"))

    @property
    def left_empty(self) -> bool:
        """Whether nothing was written: the person in charge is filled in by itself and counts for nothing."""
        return not any(self.raw()[name] for name in ("what", "due"))


class PreventionForm(PaperForm):
    """The paper of prevention, with its lines as forms of their own."""

    paper = Prevention

    measures = forms.Field(label=_("Measures"), required=False, widget=forms.HiddenInput)
    person_only_reason = sentences(
        _("Why the person alone is enough"), rows=2, help_text=_("Only when no procedure and no system changes.")
    )

    def __init__(self, *args: Any, lines: int = LINES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: list[dict[str, Any]] = (self.initial or {}).get("measures") or []
        typed = str(self.data.get("measures-lines", "")) if self.is_bound else ""
        count = int(typed) if typed.isdigit() else max(lines, len(known))
        self.lines = [self._line(n, known) for n in range(min(max(count, 1), MOST_LINES))]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields after the lines."""
        return [self["person_only_reason"]]

    @property
    def full(self) -> bool:
        """Whether no further line fits."""
        return len(self.lines) >= MOST_LINES

    def _line(self, number: int, known: list[dict[str, Any]]) -> MeasureLineForm:
        start = {"owner": self.setting.incident.owner_id}
        data = self.data if self.is_bound else None
        initial = {**start, **known[number]} if number < len(known) else start
        return MeasureLineForm(data, initial=initial, prefix=f"measures-{number}", setting=self.setting)

    def raw(self) -> dict[str, Any]:
        """The lines as typed, and the reason."""
        return {**super().raw(), "measures": [line.raw() for line in self.lines if not line.left_empty]}

    def clean(self) -> dict[str, Any]:
        """Read the lines that hold something."""
        written = [line for line in self.lines if not line.left_empty]
        if not written:
            self.add_error("measures", _("Write at least one measure."))
        elif any(line.errors for line in written):
            self.add_error("measures", _("A measure is not complete."))
        else:
            self.cleaned_data["measures"] = [line.as_paper() for line in written]
        return self.cleaned_data
