"""The forms of billing. What they hold is checked again by the services they are given to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.due import BALANCE, Part
from billing.matching import Claim
from billing.models import Instalment, Invoice, InvoiceLine, Rate, Settlement, Terms
from billing.selectors.search import Wanted
from customers.models import Customer
from customers.selectors import customers_visible
from office.errors import Refused
from office.forms import Idempotent, MakotoForm, PickerInput
from office.http import sentence
from office.keys import KEYS
from office.templatetags.makoto import sama
from office.viewer import Viewer

YEN = {"inputmode": "numeric"}
MOST_YEN = 999_999_999_999
PART = "part_"  # and the instalment: how its amount is called in a form
MONTHS = [
    (0, _("The same month")),
    (1, _("The next month")),
    (2, _("The month after next")),
    (3, _("Three months later")),
    (4, _("Four months later")),
    (5, _("Five months later")),
    (6, _("Six months later")),
]


def _days() -> list[tuple[int, Any]]:
    return [(0, _("The month's end")), *((day, _("Day %(day)s") % {"day": day}) for day in range(1, 29))]


class Yen(forms.IntegerField):
    """Whole yen, typed with or without commas, in any width."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_value=MOST_YEN, widget=forms.TextInput(YEN), **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Take commas out; everything else is the field's own work."""
        return super().to_python(value.replace(",", "").replace("，", "") if isinstance(value, str) else value)


class CustomerField(forms.CharField):
    """A customer, typed or picked; the form turns it into one of the viewer's by `one_customer`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Customer"))
        kwargs.setdefault("help_text", _("Name, reading or customer code."))
        super().__init__(widget=PickerInput("customers:names"), **kwargs)


def one_customer(viewer: Viewer, typed: str) -> Customer:
    """Return the viewer's customer of this code, else of a name only one has; ValidationError says what to type."""
    visible = customers_visible(viewer)
    found = list(visible.filter(code=typed)) or list(visible.found_by(typed)[:2])
    if len(found) != 1:
        several = _("Several customers are called like this. Please type the customer code.")
        raise forms.ValidationError(several if found else _("No customer is called like this."))
    return found[0]


class SearchForm(MakotoForm):
    """What transactions are looked for by, as the law asks; `wanted` returns it once the form is valid."""

    since = forms.DateField(label=_("From (day)"), required=False)
    until = forms.DateField(label=_("To (day)"), required=False)
    least = Yen(label=_("From (yen, with tax)"), required=False)
    most = Yen(label=_("To (yen, with tax)"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse bounds that are the wrong way round, beside the second of them."""
        cleaned = super().clean() or self.cleaned_data
        try:
            Wanted(**cleaned)
        except Refused as refused:
            self.add_error(refused.field, sentence(refused))
        return cleaned

    def wanted(self, *, q: str, state: str, before: str) -> Wanted:
        """Return it, with what stands beside it in the address."""
        return Wanted(q=q, state=state, before=before, **self.cleaned_data)


class TermsForm(MakotoForm):
    """When a customer closes its books and pays."""

    closing_day = forms.TypedChoiceField(label=_("Cutoff day"), choices=_days, coerce=int)
    pay_month_offset = forms.TypedChoiceField(label=_("Paid in"), choices=MONTHS, coerce=int)
    pay_day = forms.TypedChoiceField(label=_("Payment day"), choices=_days, coerce=int)
    shift = forms.ChoiceField(label=_("When the banks are closed"), choices=Terms.Shift)
    thank_you = forms.ChoiceField(label=_("Thank-you calls"), choices=Terms.ThankYou)
    way = forms.ChoiceField(label=_("How it is paid"), choices=Terms.Way)
    fee = forms.ChoiceField(
        label=_("The bank's fee for a transfer"),
        choices=[("", _("Nothing is agreed")), *Terms.Fee.choices],
        required=False,
    )
    method = forms.CharField(label=_("Note on how it is paid"), max_length=60, required=False)
    inclusive = forms.BooleanField(
        label=_("Unit prices are agreed with the tax in them"), required=False,
        help_text=_("What was ordered or delivered before keeps its prices as they were meant."),
    )  # fmt: skip


class InvoiceForm(Idempotent, MakotoForm):
    """A new invoice. A deposit and an interim payment are taken off; the rest is the final payment."""

    customer = CustomerField()
    subject = forms.CharField(label=_("Subject"), max_length=200)
    net = Yen(label=_("Amount before tax (yen)"), min_value=1)
    tax = Yen(label=_("Consumption tax (yen)"), min_value=0)
    number = forms.CharField(
        label=_("Document number"), max_length=40, required=False, help_text=_("Left empty the next number is taken.")
    )
    quantity = forms.CharField(label=_("Quantity"), max_length=60, required=False)
    delivery_number = forms.CharField(label=_("Delivery note number"), max_length=40, required=False)
    delivered_on = forms.DateField(
        label=_("Delivered on"), required=False, help_text=_("The payment day is computed from this day.")
    )
    planned_on = forms.DateField(label=_("To be issued on"), required=False)
    deposit = Yen(label=_("Of which deposit (yen)"), min_value=1, required=False)
    deposit_on = forms.DateField(label=_("The deposit counts from"), required=False)
    interim = Yen(label=_("Of which interim payment (yen)"), min_value=1, required=False)
    interim_on = forms.DateField(label=_("The interim payment counts from"), required=False)
    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_customer(self) -> Customer:
        """Find the customer by code or name."""
        return one_customer(self.viewer, self.cleaned_data["customer"])

    def data_for_service(self) -> dict[str, Any]:
        """Return the fields as `invoice_create` wants them."""
        cleaned = dict(self.cleaned_data)
        shares = [(kind, cleaned.pop(kind), cleaned.pop(f"{kind}_on")) for kind in ("deposit", "interim")]
        parts = [Part(kind=kind, amount=amount, base=base) for kind, amount, base in shares if amount]
        rest = cleaned["net"] + cleaned["tax"] - sum(part.amount or 0 for part in parts)
        cleaned["parts"] = (*parts, Part(kind=Instalment.Kind.FINAL, amount=rest))
        return cleaned | {"customer_id": cleaned.pop("customer").pk, "key": f"hand:{cleaned.pop('idempotency')}"}


SHARES = [("yen", _("yen")), ("total", _("% of the total")), ("balance", _("% of the balance"))]


class PartsForm(MakotoForm):
    """In which parts a draft is paid: what is taken before, in yen or percent; the balance is the final payment."""

    deposit = forms.DecimalField(label=_("Deposit"), max_digits=14, decimal_places=2, required=False)
    deposit_of = forms.ChoiceField(label=_("The deposit is in"), choices=SHARES[:2])
    deposit_on = forms.DateField(label=_("The deposit counts from"), required=False)
    interim = forms.DecimalField(label=_("Interim payment"), max_digits=14, decimal_places=2, required=False)
    interim_of = forms.ChoiceField(label=_("The interim payment is in"), choices=SHARES)
    interim_on = forms.DateField(label=_("The interim payment counts from"), required=False)
    final_on = forms.DateField(
        label=_("The final payment counts from"), required=False,
        help_text=_("Left empty the cutoff of the invoice counts. Days come from the terms of payment."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse parts of a yen, beside their field."""
        cleaned = super().clean() or self.cleaned_data
        for kind in ("deposit", "interim"):
            typed = cleaned.get(kind)
            if typed is not None and cleaned.get(f"{kind}_of") == "yen" and typed != int(typed):
                self.add_error(kind, _("Please give whole yen."))
        return cleaned

    def parts(self) -> list[Part]:
        """Return the parts, once the form is valid."""
        cleaned = self.cleaned_data
        typed = [(kind, cleaned[kind], cleaned[f"{kind}_of"], cleaned[f"{kind}_on"]) for kind in ("deposit", "interim")]
        shares = [
            Part(kind=kind, amount=int(share), base=base)
            if of == "yen"
            else Part(kind=kind, percent=share, of=of, base=base)
            for kind, share, of, base in typed
            if share is not None
        ]
        return [*shares, replace(BALANCE, base=cleaned["final_on"])]


class LineForm(MakotoForm):
    """One line of a draft."""

    description = forms.CharField(label=_("Item"), max_length=200)
    note = forms.CharField(label=_("Note for the customer"), max_length=200, required=False)
    quantity = forms.DecimalField(label=_("Quantity"), max_digits=12, decimal_places=3)
    unit_price = forms.DecimalField(label=_("Unit price"), max_digits=14, decimal_places=2, min_value=0)
    rate = forms.TypedChoiceField(label=_("Tax rate"), choices=Rate, coerce=int)
    dropped = forms.BooleanField(label=_("Not on this invoice"), required=False)

    def __init__(self, *args: Any, line: InvoiceLine, **kwargs: Any) -> None:
        names = ("description", "note", "rate")
        initial = {name: getattr(line, name) for name in names}
        initial |= {"quantity": f"{line.quantity.normalize():f}", "unit_price": f"{line.unit_price.normalize():f}"}
        super().__init__(*args, prefix=f"line{line.place}", initial=initial, **kwargs)
        self.line = line


class PaymentForm(Idempotent, MakotoForm):
    """Money that came in."""

    amount = Yen(label=_("Amount received (yen)"), min_value=1)
    received_on = forms.DateField(label=_("Received on"))
    instalment = forms.ModelChoiceField(
        Instalment.objects.none(),
        label=_("For"),
        required=False,
        empty_label=_("The first that is not yet paid"),
    )
    payer = forms.CharField(
        label=_("Payer"), max_length=120, required=False, help_text=_("As it stands in the bank's notice.")
    )
    fee = forms.BooleanField(label=_("What is left is a bank fee that we bear"), required=False)
    overpaid = forms.BooleanField(label=_("More has come in than is open"), required=False)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # asked for only once it is so
            del self.fields["overpaid"]
        field: Any = self.fields["instalment"]
        field.queryset = invoice.instalments.all()
        field.label_from_instance = lambda row: f"{row.get_kind_display()} {row.due_on:%Y-%m-%d} {row.amount:,}"


class SendForm(Idempotent, MakotoForm):
    """How an invoice goes out."""

    how = forms.ChoiceField(label=_("How it goes out"), choices=Invoice.Sent)
    receipt = forms.CharField(
        label=_("Receipt number of the customer's page"), max_length=60, required=False,
        help_text=_("Only by the customer's page."),
    )  # fmt: skip
    sent_on = forms.DateField(
        label=_("Went out on"), required=False, help_text=_("By mail the day is known by itself.")
    )
    reason = forms.CharField(
        label=_("Why once more"), max_length=200, required=False, help_text=_("Only when it has gone out before.")
    )


class RecipientForm(MakotoForm):
    """How a customer wants its invoices."""

    way = forms.ChoiceField(label=_("Way of sending"), choices=Invoice.Sent)
    addresses = forms.CharField(
        label=_("E-mail addresses"), required=False, max_length=1300, widget=forms.Textarea({"rows": 2}),
        help_text=_("One a line, up to five."),
    )  # fmt: skip
    person = forms.CharField(
        label=_("Department and name"),
        max_length=120,
        required=False,
        help_text=_("Written above the mail, without 様."),
    )
    portal = forms.CharField(
        label=_("The customer's page"), max_length=120, required=False, help_text=_("Its name or address.")
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=10, required=False)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        help_text=_("Only when letters go elsewhere than to the customer."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SettleForm(Idempotent, MakotoForm):
    """How a return invoice was settled."""

    how = forms.ChoiceField(label=_("How it was settled"), choices=Settlement.How)
    against = forms.ModelChoiceField(
        Invoice.objects.none(), label=_("Set against"), required=False, to_field_name="number",
        help_text=_("Only where it was set against an invoice."),
    )  # fmt: skip
    amount = Yen(label=_("Amount given back (yen)"), min_value=1)
    settled_on = forms.DateField(label=_("Settled on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, asked: QuerySet[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["against"]
        field.queryset = asked
        field.label_from_instance = lambda row: f"{row.number} {row.subject} {row.total - row.paid:,}"


class ReductionForm(Idempotent, MakotoForm):
    """What is taken off the price of an issued invoice."""

    amount = Yen(label=_("Amount taken off, with tax (yen)"), min_value=1)
    reason = forms.CharField(label=_("Reason, as the customer reads it"), max_length=200)


class CompensationForm(ReductionForm):
    """Off which invoice a compensation is taken that was promised."""

    invoice = forms.ModelChoiceField(Invoice.objects.none(), label=_("Off which invoice"), to_field_name="number")
    field_order = ("invoice", "amount", "reason")

    def __init__(self, *args: Any, issued: QuerySet[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["invoice"]
        field.queryset = issued
        field.label_from_instance = lambda row: f"{row.number} {row.subject} {row.total:,}"


class BookingForm(Idempotent, MakotoForm):
    """For which instalments a transfer came: one amount for each, those left empty get nothing."""

    learn = forms.BooleanField(label=_("Remember this payer for this customer"), required=False)

    def __init__(self, *args: Any, claims: Iterable[Claim], customers: Mapping[int, Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            f"{PART}{claim.instalment}": Yen(
                label=f"{claim.invoice} {sama(customers[claim.customer].called)}",
                help_text=_("due %(day)s, open %(yen)s yen")
                % {"day": f"{claim.due_on:%Y-%m-%d}", "yen": f"{claim.yen:,}"},
                min_value=1,
                required=False,
            )
            for claim in claims
        }
        self.fields = {**offered, **self.fields}

    def parts(self) -> list[tuple[int, int]]:
        """Return (instalment, yen) for each amount that was typed."""
        found = self.cleaned_data.items()
        return [(int(name.removeprefix(PART)), yen) for name, yen in found if name.startswith(PART) and yen]


class AsideForm(MakotoForm):
    """Why a transfer is put aside."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example an advance, or not for us."))


class CancelForm(MakotoForm):
    """Which transfer the bank takes back."""

    receipt = forms.IntegerField(label=_("Transfer"), min_value=KEYS.start, max_value=KEYS.stop - 1)


class BankFileForm(MakotoForm):
    """A bank's file."""

    file = forms.FileField(
        label=_("The bank's file"), help_text=_("Transfer notices (振込入金通知) or CSV, as the bank offers them.")
    )
