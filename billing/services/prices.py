"""The price list is kept: a price from a day on, for everybody or for one customer."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Price
from billing.products import product_key
from billing.services.records import MOST_PRICE, decimal
from customers.text import required
from office.errors import Refused
from office.models import User
from office.services import journal_write

NO_PRICE = gettext_noop("The unit price must be zero or more, with up to two decimals.")


class Put(NamedTuple):
    """A price as it stands now, and whether it was created, updated or left unchanged."""

    price: Price
    act: str


@transaction.atomic
def price_put(
    *, product: str, unit_price: Decimal | None, from_on: date, by: User | None, at: datetime,
    customer_id: int | None = None,
) -> Put:  # fmt: skip
    """Set what a product costs from a day on, for everybody or for one customer (practice 0-13).

    A price of the same product, customer and day is put right; the same again changes nothing. Refused for a price that
    is none. Issued invoices are not touched: only drafts are held against the list.
    """
    name, price = required(product, field="product", limit=200), decimal(unit_price, 2)
    if price is None or not 0 <= price < MOST_PRICE:
        raise Refused("invalid", NO_PRICE, field="unit_price")
    same = Price.objects.select_for_update(of=("self",)).filter(
        key=product_key(name), customer=customer_id, from_on=from_on
    )
    row = same.first()
    if row is not None and row.unit_price == price:
        return Put(row, "unchanged")
    told = f"{from_on}: {price.normalize():f}"
    if row is None:
        row = Price(product=name, key=product_key(name), customer_id=customer_id, from_on=from_on, unit_price=price,
                    created_by=by, created_at=at)  # fmt: skip
        row.save()
        journal_write(actor=by, verb=gettext_noop("Price set"), about=f"price {name}", detail=told, at=at)
        return Put(row, "created")
    was, row.unit_price = row.unit_price, price
    row.save(update_fields=["unit_price"])
    verb = gettext_noop("Price put right")
    journal_write(actor=by, verb=verb, about=f"price {row.product}",
                  detail=f"{from_on}: {was.normalize():f} → {price.normalize():f}", at=at)  # fmt: skip
    return Put(row, "updated")


@transaction.atomic
def price_remove(*, price_id: int, by: User, at: datetime) -> None:
    """Take a price off the list; from its day on the one before holds again."""
    row = Price.objects.select_for_update(of=("self",)).get(pk=price_id)
    detail = f"{row.from_on}: {row.unit_price.normalize():f}"
    row.delete()
    journal_write(actor=by, verb=gettext_noop("Price removed"), about=f"price {row.product}", detail=detail, at=at)
