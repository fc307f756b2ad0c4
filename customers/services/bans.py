"""訪問お断り: a customer has asked us not to visit any more. It is known wherever a visit to them is planned (4-03)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.models import Customer
from customers.text import required
from office.errors import Refused
from office.models import User
from office.services import journal_write

NO_BAN = gettext_noop("This customer has not asked us to stay away, or takes visits again.")


@transaction.atomic
def customer_ban(*, customer_id: int, by: User, at: datetime, number: str = "") -> Customer:
    """Enter that this customer wants no visit of ours; once is enough, and who entered it first stays.

    number: the incident in which they said so. It is a mark that everybody sees, no lock: the boss says how we go on.
    """
    customer = _locked(customer_id)
    if customer.banned_at is None:
        customer.banned_at, customer.banned_by, customer.banned_number = at, by, number
        _save(customer)
        verb = gettext_noop("The customer wants no visits")
        journal_write(actor=by, verb=verb, about=f"customer {customer_id}", detail=number, at=at)
    return customer


@transaction.atomic
def customer_ban_lift(*, customer_id: int, words: str, by: User, at: datetime) -> Customer:
    """They take visits again; `words` is what shows it. Refused incomplete without words, conflict where none is."""
    words = required(words, field="words", limit=2000, lines=True)
    customer = _locked(customer_id)
    if customer.banned_at is None:
        raise Refused("conflict", NO_BAN)
    customer.banned_at, customer.banned_by = None, None
    _save(customer)
    verb = gettext_noop("The customer takes visits again")
    journal_write(actor=by, verb=verb, about=f"customer {customer_id}", detail=words, at=at)
    return customer


def _locked(customer_id: int) -> Customer:
    return Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)


def _save(customer: Customer) -> None:
    customer.save(update_fields=["banned_at", "banned_by", "banned_number"])
