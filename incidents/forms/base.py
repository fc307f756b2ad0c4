"""What the forms of papers share: the paper's field names, our people and the customer's as choices, its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.steps import Setting, StepPaper
from office.errors import Refused
from office.forms import DateTimeInput, MakotoForm
from office.selectors import Directory, people
from office.templatetags.makoto import sama

LINES = {"rows": 3}
HOUR = {"step": 300}  # five minutes: nobody arranges a visit at 14:03


def sentences(label: Any, *, required: bool = False, rows: int = 3, help_text: Any = "") -> forms.CharField:
    """A text of a few sentences."""
    area = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, required=required, max_length=8000, widget=area, help_text=help_text)


def line(label: Any, *, limit: int, required: bool = False, help_text: Any = "", **attrs: Any) -> forms.CharField:
    """A text of one line; attrs go into the tag."""
    box = forms.TextInput({"autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=required, max_length=limit, widget=box, help_text=help_text)


def moment(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    """A date with a time."""
    return forms.DateTimeField(label=label, required=required, help_text=help_text, widget=DateTimeInput(HOUR))


def one_of(choices: Any, label: Any, *, required: bool = False, help_text: Any = "") -> forms.ChoiceField:
    """One of a few, all in sight."""
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=forms.RadioSelect, help_text=help_text
    )


class HoursField(forms.IntegerField):
    """A whole number of hours."""


class OurPeople:
    """A field of people of ours. `directory` gives all who work here, also those who are not offered; the form says
    how it is read, once for all its fields."""

    directory: Callable[[], Directory] = staticmethod(people)


class PeopleField(forms.TypedMultipleChoiceField):
    """Several people by id, all in sight; whose people, the form fills in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **kwargs)


class ContactsField(PeopleField):
    """People of the customer."""


class ColleaguesField(OurPeople, PeopleField):
    """People of ours who may go along."""


class ColleagueField(OurPeople, forms.TypedChoiceField):
    """One of our people by id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)


class ContactField(forms.TypedChoiceField):
    """One of the customer's people by id; nobody of the list when it is somebody else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, **kwargs)


class PaperForm(MakotoForm):
    """The form of one paper. The paper stays the validator that decides; the form says what it wants, beside the field.

    folded: what a first look leaves out. repeats: every round starts from an empty sheet. shown_by: the answer with
    which a field comes into sight ("reaction=conditional"), by field.
    """

    paper: ClassVar[type[StepPaper]]
    folded: tuple[str, ...] = ()
    repeats: ClassVar[bool] = False
    shown_by: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        for field in self.fields.values():
            _offer(field, setting)

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields in sight."""
        return [self[name] for name in self.fields if name not in self.folded]

    @property
    def rest(self) -> list[forms.BoundField]:
        """The folded fields."""
        return [self[name] for name in self.folded if name in self.fields]

    @property
    def rest_in_use(self) -> bool:
        """Whether a folded field holds something or is refused: then it is shown open."""
        return any(field.errors or field.value() not in (None, "", [], field.initial) for field in self.rest)

    def raw(self) -> dict[str, Any]:
        """What was typed, unjudged, as JSON values: the working paper."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }

    def as_paper(self) -> dict[str, Any]:
        """What a valid form says, as the paper takes it; what was left empty is left out."""
        found = {name: _plain(value) for name, value in self.cleaned_data.items()}
        return {name: value for name, value in found.items() if value not in (None, "")}

    @property
    def told_as(self) -> str:
        """Under which name of the toasts the command is told, if not its own."""
        return ""

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """What the page of the incident (`incidents.pages.Whole`) knows already: nobody types it twice."""
        return {}

    def refuse(self, refused: Refused, sentence: str) -> None:
        """Put a refusal beside its field, or above the form when it is about no field of it."""
        self.add_error(self.place_of(refused.field), sentence)

    def place_of(self, field: str) -> str | None:
        """The form's field a refusal is about: `measures.0.what` is about `measures`."""
        head = field.partition(".")[0]
        return next((name for name in (field, head) if name in self.fields), None)


def _offer(field: forms.Field, setting: Setting) -> None:
    """Say whom one may choose; nobody is looked up before the choice is drawn or read."""
    if isinstance(field, OurPeople):
        field.directory = lambda: setting.directory
    if isinstance(field, ContactsField):
        field.choices = lambda: [(pk, sama(contact.called)) for pk, contact in setting.contacts.items()]
    elif isinstance(field, ContactField):
        field.choices = lambda: [
            ("", _("Somebody else (write the name)")),
            *((str(pk), sama(contact.called)) for pk, contact in setting.contacts.items()),
        ]
    elif isinstance(field, ColleaguesField):
        field.choices = lambda: [(user.pk, user.called) for user in _near(setting)]
    elif isinstance(field, ColleagueField):
        nobody = [] if field.required else [("", _("Nobody"))]
        field.choices = lambda: [*nobody, *((str(user.pk), user.called) for user in _near(setting))]


def _near(setting: Setting) -> list[Any]:
    """Who may be chosen: the incident's team first, then those above every team."""
    team, others = [], []
    for user in setting.directory.users:
        if user.team_id == setting.incident.team_id:
            team.append(user)
        elif user.has_role("branch_head") or user.has_role("director"):
            others.append(user)
    return [*team, *others]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime | time) else value
