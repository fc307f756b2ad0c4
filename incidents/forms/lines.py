"""A paper with lines: each line a form of its own, empty ones left out."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm

LINES = 3


class LineForm(PaperForm):
    """One line. told_by: the fields that make it a line at all; what is filled in by itself counts for nothing."""

    told_by: ClassVar[tuple[str, ...]] = ()

    @property
    def left_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(self.raw()[name] for name in self.told_by)


class LinesForm(PaperForm):
    """A paper one field of which is a list of lines."""

    lines_field: ClassVar[str]  # the paper's field
    line_form: ClassVar[type[LineForm]]
    line_words: ClassVar[Any]  # 対策 1
    more_words: ClassVar[Any]
    most_lines: ClassVar[int] = 5
    lines_last: ClassVar[bool] = False  # after the other fields in sight
    lines_required: ClassVar[Any] = ""  # the sentence when not a single line was written; empty: none is needed
    incomplete: ClassVar[Any] = _("A line is not complete.")

    def __init__(self, *args: Any, lines: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.lines_field] = forms.Field(required=False, widget=forms.HiddenInput)
        known: list[dict[str, Any]] = (self.initial or {}).get(self.lines_field) or []
        typed = str(self.data.get(f"{self.lines_field}-lines", "")) if self.is_bound else ""
        count = int(typed) if typed.isdigit() else max(lines or LINES, len(known))
        self.lines = [self._line(n, known) for n in range(min(max(count, 1), self.most_lines))]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields in sight, without the lines, which the page draws."""
        return [field for field in super().first if field.name != self.lines_field]

    @property
    def full(self) -> bool:
        """Whether no further line fits."""
        return len(self.lines) >= self.most_lines

    @property
    def line_errors(self) -> Any:
        """What is wrong with the lines as a whole."""
        return self.errors.get(self.lines_field, [])

    def line_start(self) -> dict[str, Any]:
        """What a fresh line holds by itself."""
        return {}

    def _line(self, number: int, known: list[dict[str, Any]]) -> LineForm:
        start = self.line_start()
        data = self.data if self.is_bound else None
        initial = {**start, **known[number]} if number < len(known) else start
        return self.line_form(data, initial=initial, prefix=f"{self.lines_field}-{number}", setting=self.setting)

    def raw(self) -> dict[str, Any]:
        """The lines as typed, and the rest."""
        return {**super().raw(), self.lines_field: [line.raw() for line in self.lines if not line.left_empty]}

    def clean(self) -> dict[str, Any]:
        """Read the lines that hold something."""
        written = [line for line in self.lines if not line.left_empty]
        if not written and self.lines_required:
            self.add_error(self.lines_field, self.lines_required)
        elif any(line.errors for line in written):
            self.add_error(self.lines_field, self.incomplete)
        else:
            self.cleaned_data[self.lines_field] = [line.as_paper() for line in written]
        return self.cleaned_data
