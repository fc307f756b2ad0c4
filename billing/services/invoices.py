"""Making and issuing invoices. What is issued is frozen: nothing here changes it (law 9)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.due import WHOLE, Part, due_on, instalments, nominal_on
from billing.models import Instalment, Invoice
from billing.selectors import terms_of
from customers.text import clean, required
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar
from office.services import journal_write, number_next

TAKEN = gettext_noop("The document number %(number)s is already in use.")
SLASH = gettext_noop("A document number cannot hold a slash.")
NEGATIVE = gettext_noop("An invoice needs an amount above zero.")
ISSUED = gettext_noop("The invoice %(number)s has already been issued. A mistake is corrected by a new document.")


@transaction.atomic
def invoice_create(
    *,
    customer_id: int,
    subject: str,
    net: int,
    tax: int,
    by: User,
    at: datetime,
    number: str = "",
    quantity: str = "",
    delivery_number: str = "",
    delivered_on: date | None = None,
    planned_on: date | None = None,
    note: str = "",
    parts: Sequence[Part] = WHOLE,
) -> Invoice:
    """Make a draft with its instalments, whose days are computed from the customer's terms (practice 1-08).

    net, tax: whole yen. Without `number` the next of the year is taken. Refused when the number is in use, the sum is
    not above zero, or the parts do not add up.
    """
    if net <= 0 or tax < 0:
        raise Refused("invalid", NEGATIVE, field="net")
    base = delivered_on or planned_on or local_day(at)
    invoice = Invoice.objects.create(
        number=_number(number, local_day(at)),
        customer_id=customer_id,
        subject=required(subject, field="subject", limit=200),
        quantity=clean(quantity, field="quantity", limit=60),
        delivery_number=clean(delivery_number, field="delivery_number", limit=40),
        delivered_on=delivered_on,
        planned_on=planned_on,
        net=net,
        tax=tax,
        total=net + tax,
        note=clean(note, field="note", limit=4000, lines=True),
        created_by=by,
        created_at=at,
    )
    rows = instalments(invoice.total, base, terms_of(customer_id), business_calendar(), parts)
    for row in rows:
        row.invoice = invoice
    Instalment.objects.bulk_create(rows)
    journal_write(actor=by, verb=gettext_noop("Invoice made"), about=f"invoice {invoice.number}", at=at)
    return invoice


@transaction.atomic
def invoice_issue(*, invoice_id: int, by: User, at: datetime, issued_on: date | None = None) -> Invoice:
    """Issue a draft, today unless `issued_on` says otherwise. Where nothing was delivered, the day of issue counts."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    if invoice.state == Invoice.State.ISSUED:
        raise Refused("conflict", ISSUED, number=invoice.number)
    planned = invoice.planned_on or local_day(invoice.created_at)
    invoice.state, invoice.issued_on = Invoice.State.ISSUED, issued_on or local_day(at)
    invoice.save(update_fields=["state", "issued_on"])
    if invoice.delivered_on is None:
        _count_from(invoice, planned, invoice.issued_on)
    journal_write(actor=by, verb=gettext_noop("Invoice issued"), about=f"invoice {invoice.number}", at=at)
    return invoice


def _count_from(invoice: Invoice, old: date, new: date) -> None:
    """Move the days that counted from `old` so that they count from `new`; parts with a day of their own stay."""
    terms, banks = terms_of(invoice.customer_id), business_calendar()
    days = {"base_on": new, "nominal_on": nominal_on(new, terms), "due_on": due_on(new, terms, banks)}
    invoice.instalments.filter(base_on=old).update(**days)


def _number(typed: str, today: date) -> str:
    number = clean(typed, field="number", limit=40)
    if "/" in number:
        raise Refused("invalid", SLASH, field="number")
    if not number:
        return _next_number(today)
    if Invoice.objects.filter(number=number).exists():
        raise Refused("conflict", TAKEN, field="number", number=number)
    return number


def _next_number(today: date) -> str:
    """Return the next free number of the year; one that was typed or imported before is passed over."""
    while True:
        number = f"INV-{today:%y}-{number_next(key=f'invoice-{today.year}'):04d}"
        if not Invoice.objects.filter(number=number).exists():
            return number
