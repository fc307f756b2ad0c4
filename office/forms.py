"""The forms every app builds on: crispy forms without their own form tag, fields as drawn in templates/bootstrap5."""

from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.utils import ErrorDict
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

ROWS = 4  # of a text area that holds a sentence or two
MOST_ROWS = 8  # Django gives 10; on a phone that hides the next field


def choose_from(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Say what a field is chosen from: (value, label) pairs, or what gives them each time the field is drawn."""
    _chosen(form, name).choices = choices


def choices_of(form: forms.BaseForm, name: str) -> list[tuple[Any, Any]]:
    """What a field is chosen from."""
    offered: Any = _chosen(form, name).choices
    return list(offered)


def _chosen(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), name
    return field


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field for a date with a time, in minutes."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TimeInput(forms.TimeInput):
    """The browser's own field for a time, in minutes."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class PickerInput(forms.TextInput):
    """A text field that offers names while one types; without scripts it is a plain text field.

    `url_name` answers GET ?q= with JSON: a list of {"value", "label"}, of which `value` is put into the field.
    """

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "data-picker": reverse_lazy(url_name), **(attrs or {})})


class ChipsTextarea(forms.Textarea):
    """A text area with opening phrases above it (書き出しの例); a tap puts the phrase at the cursor."""

    def __init__(self, phrases: tuple[Any, ...], attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": ROWS, **(attrs or {})})
        self.phrases = phrases


NATIVE: tuple[tuple[type[forms.Field], type[forms.Widget], type[forms.Widget]], ...] = (
    # (field, widget Django gives, ours)
    (forms.DateTimeField, forms.DateTimeInput, DateTimeInput),
    (forms.DateField, forms.DateInput, DateInput),
    (forms.TimeField, forms.TimeInput, TimeInput),
)

DASHES = "---------"  # Django's word for "nothing"


class _Manners(forms.BaseForm):
    """What all our forms share: no form tag of their own, native date fields, NUL refused before anything is asked."""

    use_required_attribute = False  # the server answers in our words, beside the field; the label says what is required

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _use_native_widget(field)
            _say_what_empty_means(field)

    @property
    def helper(self) -> FormHelper:
        """How crispy draws the form: fields only, the page writes <form>, the token and the buttons."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_error_title = ""
        return helper

    def full_clean(self) -> None:
        """Refuse NUL before any field asks the database: PostgreSQL would raise on it."""
        spoilt = self._fields_with_nul() if self.is_bound else []
        if not spoilt:
            super().full_clean()
            return
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data: dict[str, Any] = {}
        for name in spoilt:
            self.add_error(name, forms.ValidationError(_("Null characters are not allowed."), code="null"))

    def _fields_with_nul(self) -> list[str]:
        values = {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }
        return [
            name
            for name, value in values.items()
            if any("\0" in part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str))
        ]


def _say_what_empty_means(field: forms.Field) -> None:
    """Instead of Django's dashes: an invitation where one must choose, else that it may stay so."""
    words = _("Please choose") if field.required else _("None")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words
    elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, list):
        field.choices = [(value, words if label == DASHES else label) for value, label in field.choices]


def _use_native_widget(field: forms.Field) -> None:
    for kind, given, ours in NATIVE:
        if isinstance(field, kind) and type(field.widget) is given:
            field.widget = ours(field.widget.attrs)
            return
    if type(field.widget) is forms.Textarea:
        field.widget.attrs = {**field.widget.attrs, "rows": min(int(field.widget.attrs.get("rows", ROWS)), MOST_ROWS)}


class MakotoForm(_Manners, forms.Form):
    """A form in our manner, see _Manners."""


class MakotoModelForm(_Manners, forms.ModelForm):  # type: ignore[type-arg]  # generic for the checker only
    """A model form in our manner, see _Manners."""


class Idempotent(forms.Form):
    """Mixin: a hidden key made once per form shown, so that a double tap or a resend is answered from the first."""

    idempotency = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
