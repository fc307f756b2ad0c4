"""A form whose paper holds lines: each line a small form of its own; a line left empty is no line."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm
from office.errors import Refused

MORE = "line"  # the button that asks for another line, as a command


class LineForm(PaperForm):
    """One line. counts: the fields of which one at least is written."""

    counts: ClassVar[tuple[str, ...]]
    title: str = ""

    @property
    def left_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(self.raw()[name] for name in self.counts)


class LinesForm(PaperForm):
    """A paper with lines. slot: the hidden field that holds them and says what they lack as a whole."""

    slot: ClassVar[str]
    line_form: ClassVar[type[LineForm]]
    heading: ClassVar[Any]  # with %(n)s
    at_first: ClassVar[int] = 2
    most: ClassVar[int]
    last: ClassVar[bool] = False  # drawn after the other fields in sight
    none_written: ClassVar[Any] = _("Write at least one line.")  # empty: there need not be any
    incomplete: ClassVar[Any] = _("A line is not complete.")

    def __init__(self, *args: Any, lines: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: list[dict[str, Any]] = (self.initial or {}).get(self.slot) or []
        typed = str(self.data.get(self.counter, "")) if self.is_bound else ""
        wanted = int(typed) if typed.isdecimal() and len(typed) < 3 else max(lines or self.at_first, len(known))
        count = min(max(wanted, 1), self.most)
        self.lines = [self._line(n, known[n] if n < len(known) else {}) for n in range(count)]

    def _line(self, number: int, known: dict[str, Any]) -> LineForm:
        data = self.data if self.is_bound else None
        line = self.line_form(
            data, initial={**self.line_start(), **known}, prefix=f"{self.slot}-{number}", setting=self.setting
        )
        line.title = self.heading % {"n": number + 1}
        return line

    def line_start(self) -> dict[str, Any]:
        """What a fresh line holds by itself."""
        return {}

    @property
    def counter(self) -> str:
        """The hidden field that says how many lines the page showed."""
        return f"{self.slot}-lines"

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields after the lines."""
        return [field for field in super().first if field.name != self.slot]

    @property
    def full(self) -> bool:
        """Whether no further line fits."""
        return len(self.lines) >= self.most

    @property
    def written(self) -> list[LineForm]:
        """The lines that hold something."""
        return [line for line in self.lines if not line.left_empty]

    def raw(self) -> dict[str, Any]:
        """The lines as typed, and the rest."""
        return {**super().raw(), self.slot: [line.raw() for line in self.written]}

    def with_another(self) -> LinesForm:
        """The same as typed, with room for one line more; nothing is judged yet."""
        lines = [*(line.raw() for line in self.lines), {}]
        return type(self)(initial={**self.raw(), self.slot: lines}, setting=self.setting)

    def clean(self) -> dict[str, Any]:
        """Read the lines that hold something."""
        if not self.written and self.none_written:
            self.add_error(self.slot, self.none_written)
        elif any(line.errors for line in self.written):
            self.add_error(self.slot, self.incomplete)
        else:
            self.cleaned_data[self.slot] = [line.as_paper() for line in self.written]
        return self.cleaned_data

    def refuse(self, refused: Refused, sentence: str) -> None:
        """What is wrong with a line stands beside its field: `options.0.owed`."""
        slot, _dot, place = refused.field.partition(".")
        number, _dot, name = place.partition(".")
        written = self.written
        if slot == self.slot and number.isdecimal() and int(number) < len(written):
            line = written[int(number)]
            line.add_error(name if name in line.fields else None, sentence)
            self.add_error(self.slot, self.incomplete)
            return
        super().refuse(refused, sentence)


def hidden_lines(label: Any) -> forms.Field:
    """The field that holds the lines."""
    return forms.Field(label=label, required=False, widget=forms.HiddenInput)


def yen_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.IntegerField:
    """Whole yen, typed with a numeric keyboard."""
    return forms.IntegerField(
        label=label, required=required, min_value=0, max_value=1_000_000_000, help_text=help_text,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


def ticked(label: Any, help_text: Any = "") -> forms.BooleanField:
    """A tick that may stay away."""
    return forms.BooleanField(label=label, required=False, help_text=help_text)
