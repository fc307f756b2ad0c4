"""Changing a customer's terms of payment."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop

from billing.due import paid_before_closing
from billing.models import Invoice, Terms
from billing.services.drafts import count_from, uncheck
from customers.text import clean
from office.errors import Refused
from office.models import User
from office.services import journal_write

TOO_EARLY = gettext_noop("This payment day lies before the cutoff. Please choose a later day or the next month.")


@transaction.atomic
def terms_put(
    *,
    customer_id: int,
    closing_day: int,
    pay_month_offset: int,
    pay_day: int,
    shift: str,
    thank_you: str,
    by: User,
    at: datetime,
    way: str = Terms.Way.TRANSFER,
    fee: str = "",
    method: str = "",
    inclusive: bool = False,
) -> Terms:
    """Set the terms. They hold for invoices made from now on: days already told to the customer do not move. A draft
    whose days count from its issue counts by them; where its payment day moves a check falls, and whoever changed the
    terms has made it (practice 0-13).

    inclusive: unit prices are agreed with the tax in them. What was ordered, delivered or agreed before keeps its
    prices as they were meant.

    Days are 0 (the month's end) or 1 to 28, the offset 0 to 6 months; anything else is Refused, and so is a payment day
    before the cutoff whose invoice it would pay.
    """
    terms = Terms.objects.select_for_update().filter(customer_id=customer_id).first() or Terms(customer_id=customer_id)
    terms.closing_day, terms.pay_month_offset, terms.pay_day = closing_day, pay_month_offset, pay_day
    terms.shift, terms.thank_you, terms.method = shift, thank_you, clean(method, field="method", limit=60)
    terms.way, terms.fee, terms.inclusive = way, fee, inclusive
    try:
        terms.clean_fields(exclude=["customer"])
    except ValidationError as error:
        field = next(iter(error.message_dict))
        message = gettext_noop("This value cannot be used for the terms of payment.")
        raise Refused("invalid", message, field=field) from error
    if paid_before_closing(terms):
        raise Refused("invalid", TOO_EARLY, field="pay_day")
    terms.save()
    _count_anew(terms, by)
    detail = f"{closing_day}/{pay_month_offset}/{pay_day} {shift} {thank_you} {way} {fee}".rstrip() + (
        " 税込" if inclusive else ""
    )
    verb = gettext_noop("Terms of payment changed")
    journal_write(actor=by, verb=verb, about=f"customer {customer_id}", detail=detail, at=at)
    return terms


def _count_anew(terms: Terms, by: User) -> None:
    """Count the days of the drafts that neither a delivery nor a cutoff tells them, as the terms are now."""
    drafts = Invoice.objects.select_for_update().exclude(state=Invoice.State.ISSUED)
    for invoice in drafts.filter(customer=terms.customer_id, delivered_on=None, closing_on=None).order_by("pk"):
        if count_from(invoice, invoice.base_on, invoice.base_on, terms):
            uncheck(invoice)
            invoice.makers.add(by)
            invoice.save(update_fields=["state", "checked_by", "checked_at", "version"])
