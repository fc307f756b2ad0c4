"""The forms of customers, sites and promises. What they hold is checked again by the services they are given to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Contact, Customer, Promise, Reading, Site
from customers.selectors import contacts_of, customer_named, sites_of
from office.forms import Idempotent, MakotoForm, PickerInput
from office.models import User

TEL = {"inputmode": "tel", "autocomplete": "off"}


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only
    """A choice among colleagues, by their full names."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return the full name."""
        return str(obj.full_name)


class CustomerForm(MakotoForm):
    """What we know of a firm."""

    code = forms.CharField(label=_("Customer code"), max_length=40, help_text=_("Its number in our books. It stays."))
    name = forms.CharField(label=_("Company name"), max_length=200, help_text=_("In full, as the company writes it."))
    kana = forms.CharField(label=_("Reading"), max_length=200, required=False, help_text=_("Without the legal form."))
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=10, required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(TEL))
    owner = PersonChoice(label=_("Looked after by"))
    deputy = PersonChoice(label=_("Deputy"), required=False)
    liaison = PersonChoice(label=_("The customer's one window"), required=False)
    gift_refused = forms.BooleanField(label=_("This customer's rules forbid gifts"), required=False)
    weight = forms.ChoiceField(
        label=_("Standing of the account"), choices=[("", _("Not set (standard)")), *Customer.Weight.choices],
        required=False, help_text=_("It decides between matters that are equally urgent."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "deputy", "liaison"):
            self.fields[name].queryset = User.objects.active()  # type: ignore[attr-defined]  # a PersonChoice

    def data_for_service(self) -> dict[str, Any]:
        """Return the fields as `CustomerData` wants them."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name not in ("code", "version")}
        for name in ("owner", "deputy", "liaison"):
            person = cleaned.pop(name)
            cleaned[f"{name}_id"] = person.pk if person else None
        return cleaned


class ContactForm(MakotoForm):
    """A person at a customer, as on the card."""

    surname = forms.CharField(label=_("Surname"), max_length=60)
    given_name = forms.CharField(label=_("Given name"), max_length=60, required=False)
    surname_kana = forms.CharField(label=_("Reading of the surname"), max_length=60, required=False)
    given_kana = forms.CharField(label=_("Reading of the given name"), max_length=60, required=False)
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=_("Site"),
        required=False,
        help_text=_("New ones are added on the customer's page."),
    )
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    rank = forms.CharField(label=_("Rank"), max_length=60, required=False, help_text=_("As printed on the card."))
    phone = forms.CharField(label=_("Direct telephone"), max_length=40, required=False, widget=forms.TextInput(TEL))
    mobile = forms.CharField(label=_("Mobile telephone"), max_length=40, required=False, widget=forms.TextInput(TEL))
    email = forms.EmailField(label=_("E-mail"), required=False)
    sore_points = forms.CharField(
        label=_("Points to mind"),
        required=False,
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("One per line. The customer may read it one day."),
    )
    listening = forms.ChoiceField(
        label=_("How to listen"), choices=[("", _("Not asked yet")), *Contact.Listening.choices], required=False,
        help_text=_("How they want to be met when something went wrong."),
    )  # fmt: skip
    decides = forms.BooleanField(label=_("Decides"), required=False)
    left_on = forms.DateField(label=_("Left the company on"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, customer_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites_of(customer_id)  # type: ignore[attr-defined]

    def data_for_service(self) -> dict[str, Any]:
        """Return the fields as `ContactData` wants them."""
        cleaned = {name: value for name, value in self.cleaned_data.items() if name not in ("site", "version")}
        site = self.cleaned_data["site"]
        return cleaned | {"site_id": site.pk if site else None}


class SiteForm(MakotoForm):
    """A place of a customer."""

    name = forms.CharField(label=_("Name of the site"), max_length=120, help_text=_("As the customer calls it."))
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=10, required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(TEL))
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def data_for_service(self) -> dict[str, Any]:
        """Return the fields as `SiteData` wants them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PromiseForm(Idempotent, MakotoForm):
    """What was promised, to whom, by when."""

    what = forms.CharField(label=_("What we promised"), max_length=300, widget=forms.Textarea)
    kind = forms.ChoiceField(label=_("What it is about"), choices=Promise.Kind, initial=Promise.Kind.REQUEST)
    to_contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Promised to"), required=False)
    answer_by = forms.DateTimeField(
        label=_("Answer by"), required=False, help_text=_("Left empty it is provisional: the next business day.")
    )
    agreed = forms.BooleanField(label=_("Already agreed with the customer"), required=False)

    def __init__(self, *args: Any, customer_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_contact"].queryset = contacts_of(customer_id)  # type: ignore[attr-defined]


class AgreeForm(MakotoForm):
    """The customer agrees, to this day or another."""

    answer_by = forms.DateTimeField(label=_("Agreed time"), help_text=_("Change it if the customer named another."))


NUMBERS: dict[str, Any] = {
    "credit": _("Number of the return or corrected invoice"),
    "refund": _("Number of the refund"),
    "replacement": _("Number of the delivery note"),
    "free_repair": _("Number of the repair report"),
}


class KeepForm(MakotoForm):
    """What shows that it was kept: of a compensation the number of its document, of a residual item the sign-off."""

    document_number = forms.CharField(label=_("Number of the document"), max_length=60)
    signed_by = forms.CharField(
        label=_("Signed off by"), max_length=80, help_text=_("Rank and name of the person at the customer.")
    )
    signed_on = forms.DateField(label=_("Signed off on"))
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("For example: handed over on 11/24, received by the plant manager."),
    )

    def __init__(self, *args: Any, document: str = "", sign_off: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sign_off:
            del self.fields["signed_by"], self.fields["signed_on"]
        if not document:
            del self.fields["document_number"]
        else:
            self.fields["document_number"].label = NUMBERS[document]
        self.fields["evidence"].required = not (document or sign_off)


class RescheduleForm(MakotoForm):
    """A new day, agreed with the customer."""

    answer_by = forms.DateTimeField(label=_("New time"))
    agreement = forms.CharField(label=_("Agreed with whom, when"), max_length=4000, widget=forms.Textarea({"rows": 2}))


class ChaseForm(Idempotent, MakotoForm):
    """The customer asked again: one tap, with its key."""


class BreakForm(MakotoForm):
    """Why it was not kept, in facts."""

    reason = forms.CharField(label=_("What happened"), max_length=4000, widget=forms.Textarea)


class BanLiftForm(MakotoForm):
    """What shows that a customer takes visits again."""

    words = forms.CharField(
        label=_("What they said, or what was agreed"), max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class CallForm(Idempotent, MakotoForm):
    """How a call went; the outcome is the button."""

    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Spoken to"), required=False)
    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, customer_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = contacts_of(customer_id)  # type: ignore[attr-defined]


class ReadingForm(Idempotent, MakotoForm):
    """How warm a customer is, and what shows it."""

    heat = forms.TypedChoiceField(
        label=_("The customer's temperature"), coerce=int, choices=Reading.Heat.choices, widget=forms.RadioSelect,
        help_text=_("Theirs only: our own is computed from what was done."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("What was seen or heard"), max_length=1000, widget=forms.Textarea({"rows": 2}),
        help_text=_("As it was, in a sentence. The customer may read it one day."),
    )  # fmt: skip


class ImportForm(MakotoForm):
    """A file, tried first or imported at once."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8 or Shift_JIS, up to 20 MB."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
    )


class BriefForm(MakotoForm):
    """What a visit is for and whom it meets, as the customer said."""

    purpose = forms.CharField(label=_("Purpose"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))
    attendees = forms.CharField(
        label=_("Who is expected to attend"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2}),
        help_text=_("The customer's people with their ranks, and ours."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)


class AppointmentForm(Idempotent, BriefForm):
    """An appointment of one's own. A customer makes it a visit."""

    title = forms.CharField(label=_("Subject"), max_length=200)
    starts = forms.DateTimeField(label=_("Begins"))
    ends = forms.DateTimeField(label=_("Ends"))
    customer = forms.CharField(
        label=_("Customer"), max_length=200, required=False, widget=PickerInput("customers:names"),
        help_text=_("Left empty: it is in the house. Name, code or telephone number."),
    )  # fmt: skip
    companion = PersonChoice(
        label=_("Who goes along"), required=False, help_text=_("Stands in this colleague's calendar, too.")
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)

    field_order = ("title", "starts", "ends", "customer", "companion", "place", "purpose", "attendees")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companion: Any = self.fields["companion"]
        companion.queryset = User.objects.active()

    def data_for_service(self) -> dict[str, Any]:
        """Return the fields as `AppointmentData` wants them; the customer is looked up by `customer_named`."""
        names = ("title", "starts", "ends", "place", "purpose", "attendees")
        named, companion = self.cleaned_data["customer"], self.cleaned_data["companion"]
        more = {"customer_id": customer_named(named), "companion_id": companion.pk if companion else None}
        return {name: self.cleaned_data[name] for name in names} | more


class CalendarForm(MakotoForm):
    """A calendar file."""

    file = forms.FileField(
        label=_("Calendar file (.ics)"),
        help_text=_("As your calendar exports it, up to 2 MB. The same file again changes what differs."),
        widget=forms.FileInput({"accept": ".ics,text/calendar"}),
    )
