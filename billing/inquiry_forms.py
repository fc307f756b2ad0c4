"""The forms of questions about billing. What they hold is checked again by the services they are given to."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Inquiry, Invoice
from billing.services.inquiries import Answer, Question
from customers.models import Contact
from customers.selectors import contacts_of
from office.forms import Idempotent, MakotoForm, choose_from
from office.models import User

MOST_INVOICES = 30  # of a customer that are offered, the newest first


class InquiryForm(Idempotent, MakotoForm):
    """What was asked, by whom, by which way, until when we said we would answer, who answers."""

    asked = forms.CharField(
        label=_("What was asked"), max_length=4000, widget=forms.Textarea({"rows": 3}),
        help_text=_("In the customer's words, as you heard them."),
    )  # fmt: skip
    way = forms.ChoiceField(label=_("How it was asked"), choices=Inquiry.Way, initial=Inquiry.Way.PHONE)
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Who asked"), required=False)
    asker = forms.CharField(
        label=_("Or somebody else"), max_length=120, required=False, help_text=_("Department and name, without 様.")
    )
    invoice = forms.ModelChoiceField(
        Invoice.objects.none(), label=_("About invoice"), required=False, to_field_name="number",
        empty_label=_("Billing in general"),
    )  # fmt: skip
    answer_by = forms.DateTimeField(label=_("We answer by"), help_text=_("Filled in by the house rule."))
    told = forms.BooleanField(label=_("The customer knows this time"), required=False)
    owner = forms.TypedChoiceField(label=_("Who answers"), coerce=int)

    def __init__(self, *args: Any, customer_id: int, people: Iterable[User], invoices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact: Any = self.fields["contact"]
        contact.queryset = contacts_of(customer_id)
        invoice: Any = self.fields["invoice"]
        invoice.queryset = invoices
        invoice.label_from_instance = lambda row: f"{row.number} {row.subject} {row.total:,}"
        choose_from(self, "owner", [(user.pk, user.full_name) for user in people])

    def question(self) -> Question:
        """Return it as `inquiry_note` wants it, once the form is valid."""
        data = dict(self.cleaned_data)
        contact, invoice = data["contact"], data["invoice"]
        names = ("asked", "way", "asker", "answer_by", "told")
        return Question(
            **{name: data[name] for name in names}, contact_id=contact.pk if contact else None,
            invoice_id=invoice.pk if invoice else None, owner_id=data["owner"],
        )  # fmt: skip


class AnswerForm(Idempotent, MakotoForm):
    """What was said, to whom, when, and what becomes of the invoice."""

    answer = forms.CharField(label=_("What we said"), max_length=4000, widget=forms.Textarea({"rows": 3}))
    to = forms.CharField(label=_("Told to"), max_length=120, required=False, help_text=_("Without 様."))
    answered_at = forms.DateTimeField(label=_("When"))
    outcome = forms.ChoiceField(label=_("What becomes of it"), choices=Inquiry.Outcome, widget=forms.RadioSelect)

    def given(self) -> Answer:
        """Return it as `inquiry_answer` wants it, once the form is valid."""
        names = ("answer", "to", "answered_at", "outcome")
        return Answer(**{name: self.cleaned_data[name] for name in names})


class PostponeForm(MakotoForm):
    """A later time, agreed with the customer."""

    answer_by = forms.DateTimeField(label=_("New time"))
    agreement = forms.CharField(label=_("Agreed with whom, when"), max_length=4000, widget=forms.Textarea({"rows": 2}))
    was = forms.DateTimeField(widget=forms.HiddenInput)
