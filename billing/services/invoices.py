"""Making an invoice by hand, from its sums alone, in one line; the others are made from deliveries (drafts.py)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from billing.due import WHOLE, Part, instalments
from billing.models import Instalment, Invoice
from billing.selectors import terms_of
from billing.services.drafts import deliveries_known, draft_number, drafted, refuse_ours, refuse_recorded
from billing.typed import line_of
from customers.text import clean, required
from office.calendar import refuse_far
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar, company
from office.services import journal_write

TAKEN = gettext_noop("The document number %(number)s is already in use.")
SLASH = gettext_noop("A document number cannot hold a slash.")
NEGATIVE = gettext_noop("An invoice needs an amount above zero.")


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
    key: str = "",
) -> Invoice:
    """Make a draft with its line and its instalments, their days computed from the customer's terms (practice 1-08).

    net, tax: whole yen. key: of one tap or request, which repeated is answered with its draft. Without `number` the
    next of the year is given when it is issued. Refused when the number is in use, the sum is not above zero,
    the tax is that of no rate, the parts do not add up, or the delivery stands here.
    """
    if key and (known := drafted(key, customer_id)):
        return known
    if net <= 0:
        raise Refused("invalid", NEGATIVE, field="net")
    refuse_far(delivered_on=delivered_on, planned_on=planned_on)
    invoice = Invoice(
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
        rounding=company().tax_rounding,
        note=clean(note, field="note", limit=4000, lines=True),
        created_by=by,
        created_at=at,
        key=key or None,
    )
    refuse_recorded(invoice, deliveries_known([invoice.delivery_number]))
    line = line_of(invoice)
    invoice.save()
    line.invoice = invoice
    line.save()
    rows = instalments(invoice.total, invoice.base_on, terms_of(customer_id), business_calendar(), parts)
    for row in rows:
        row.invoice = invoice
    Instalment.objects.bulk_create(rows)
    journal_write(actor=by, verb=gettext_noop("Invoice made"), about=f"invoice {invoice.number}", at=at)
    return invoice


def _number(typed: str, today: date) -> str:
    number = clean(typed, field="number", limit=40)
    if "/" in number:
        raise Refused("invalid", SLASH, field="number")
    if not number:
        return draft_number(today)
    refuse_ours(number)
    if Invoice.objects.filter(Q(number=number) | Q(was=number)).exists():
        raise Refused("conflict", TAKEN, field="number", number=number)
    return number
