"""The forms under settings. What they hold is checked again by the services they are given to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from office import tnumber
from office.banks import bank_name, branch_name
from office.clock import local_day
from office.errors import Refused
from office.forms import MakotoForm, MakotoModelForm
from office.http import sentence
from office.models import BankAccount, Company, User
from office.policy import Number
from office.roles import Role
from office.text import digits, has_unseen


class ProfileForm(MakotoModelForm):
    """What stands on letters and invoices."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Company
        fields = [
            "name",
            "postal_code",
            "address",
            "phone",
            "representative_title",
            "representative_name",
            "t_number",
            "letter_prefix",
            "tax_rounding",
            "version",
        ]
        help_texts = {
            "name": _("In full, as it stands in the company register."),
            "t_number": _("T and 13 digits, as published by the tax office."),
            "letter_prefix": _("Stands before the number of every letter."),
            "tax_rounding": _("Once per rate per invoice. Keep it the same from year to year."),
        }

    def clean_postal_code(self) -> str:
        """Seven digits, typed in any width, with or without a hyphen."""
        code = digits(self.cleaned_data["postal_code"])
        if code and len(code) != 7:
            raise ValidationError(_("A postal code has seven digits."))
        return f"{code[:3]}-{code[3:]}" if code else ""

    def clean_t_number(self) -> str:
        """The shape must fit; a check digit that does not is only a warning, shown by the page."""
        number = tnumber.normalised(self.cleaned_data["t_number"])
        if number and not tnumber.has_shape(number):
            raise ValidationError(_("A registration number is a T and 13 digits."))
        return number

    def clean(self) -> dict[str, Any]:
        """Refuse characters that cannot be seen: they would stand on a letter."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and has_unseen(value):
                self.add_error(name, _("This holds characters that cannot be seen. Please type it again."))
        return self.cleaned_data


class SealForm(MakotoForm):
    """A picture of the company's seal."""

    file = forms.FileField(
        label=_("Picture of the seal"),
        help_text=_("PNG or JPEG, up to 2 MB. A transparent ground looks best on the letter."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )


class AccountForm(MakotoModelForm):
    """A bank account, found by its codes."""

    class Meta:
        model = BankAccount
        fields = ["bank_code", "branch_code", "kind", "number", "holder"]
        widgets = {
            name: forms.TextInput(attrs={"inputmode": "numeric"}) for name in ("bank_code", "branch_code", "number")
        }
        help_texts = {"holder": _("As the bank writes it, in katakana.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("bank_code", "branch_code", "number"):
            self.fields[name].validators = []
            self.fields[name].widget.attrs.pop("maxlength", None)

    def clean_number(self) -> str:
        """Seven digits; shorter numbers are filled with noughts in front, as banks do."""
        number = digits(self.cleaned_data["number"])
        if not 0 < len(number) <= 7:
            raise ValidationError(_("An account number has up to seven digits."))
        return number.zfill(7)

    def clean(self) -> dict[str, Any]:
        """Look up the names of bank and branch; both land in cleaned_data as (code, name)."""
        bank, branch = digits(self.cleaned_data.get("bank_code", "")), digits(self.cleaned_data.get("branch_code", ""))
        try:
            self.cleaned_data["bank"] = bank, bank_name(bank)
            self.cleaned_data["branch"] = branch, branch_name(bank, branch)
        except Refused as refused:
            self.add_error(refused.field, sentence(refused))
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The service makes the row; nothing is put on an instance here."""


class HoursForm(MakotoModelForm):
    """When the office works."""

    class Meta:
        model = Company
        fields = ["opens", "closes"]

    def _post_clean(self) -> None:
        """The service compares the two, with a sentence of its own."""


class ClosingDayForm(MakotoForm):
    """A day the office is closed."""

    date = forms.DateField(label=_("Closing day"))
    label = forms.CharField(label=_("Reason"), max_length=60, required=False)


class StandInForm(MakotoForm):
    """Who decides for whom, from when until when. Without `choose_absent` it is about oneself."""

    absent = forms.ModelChoiceField(User.objects.none(), label=_("Who is away"), empty_label=_("Please choose"))
    stand_in = forms.ModelChoiceField(User.objects.none(), label=_("Stand-in"), empty_label=_("Please choose"))
    starts = forms.DateField(label=_("From"))
    ends = forms.DateField(label=_("Until"), help_text=_("This day included."))

    def __init__(self, *args: Any, me: User, choose_absent: bool, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, initial={"starts": local_day(at)}, **kwargs)
        people = User.objects.active()
        self.fields["stand_in"].queryset = people if choose_absent else people.exclude(pk=me.pk)  # type: ignore[attr-defined]
        self.fields["absent"].queryset = people  # type: ignore[attr-defined]
        if not choose_absent:
            del self.fields["absent"]


class PersonForm(MakotoModelForm):
    """A colleague: who they are, what they may do."""

    username = forms.CharField(
        label=_("Log-in name"),
        max_length=60,
        validators=[RegexValidator(r"^[A-Za-z0-9._@-]+$", _("Please use letters, digits and . _ - @ only."))],
    )
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    class Meta:
        model = User
        fields = [
            "surname",
            "given_name",
            "title",
            "username",
            "email",
            "phone",
            "team",
            "boss",
            "roles",
            "language",
            "is_active",
        ]
        help_texts = {"title": _("As colleagues say it after the name, for example 課長. It may stay empty.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["boss"].queryset = User.objects.active().exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        self.fields["boss"].empty_label = self.fields["team"].empty_label = _("None")  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["password"].required = False
            self.fields["password"].help_text = _("Leave it empty to keep the present one.")

    def clean_password(self) -> str:
        """The house's rules for passwords."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password

    def _post_clean(self) -> None:
        """The service writes the row; nothing is put on the instance here."""


class TeamForm(MakotoForm):
    """A new team."""

    name = forms.CharField(label=_("Team"), max_length=60)
    code = forms.SlugField(label=_("Code"), max_length=20, help_text=_("Short, in Latin letters."))


class PolicyForm(MakotoForm):
    """A new value for one number."""

    value = forms.CharField(label=_("New value"))
    valid_from = forms.DateTimeField(label=_("Valid from"), required=False, help_text=_("Empty: at once."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, number: Number, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number
        if number.is_series:
            self.fields["value"].help_text = _("Several numbers, rising, with commas between them.")
        else:
            self.fields["value"].widget.attrs["inputmode"] = "numeric"

    def clean_value(self) -> int | tuple[int, ...]:
        """Whole numbers in any width, with 、 or commas between; the range is the declaration's."""
        parts = self.cleaned_data["value"].replace("、", ",").replace("，", ",")
        marks = parts.split(",") if self.number.is_series else [parts.replace(",", "")]
        if not all(mark.strip().isdecimal() for mark in marks):
            raise ValidationError(_("Please enter whole numbers only."))
        values = tuple(int(mark) for mark in marks)
        try:
            return self.number.checked(values if self.number.is_series else values[0])
        except Refused as refused:
            raise ValidationError(sentence(refused)) from None


class DropForm(MakotoForm):
    """Why a message is not needed any more."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class JournalForm(MakotoForm):
    """What to look for in the journal."""

    q = forms.CharField(label=_("Name, subject or details"), max_length=60, required=False)
    day = forms.DateField(label=_("Day"), required=False)
