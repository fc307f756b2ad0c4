"""The price list: who sees which prices, and what a product cost a customer on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from billing.models import Price
from billing.products import product_key
from customers.selectors import NOT_FOUND, customers_visible
from office.errors import Refused
from office.viewer import Viewer


def prices_visible(viewer: Viewer, q: str = "") -> QuerySet[Price]:
    """Return the prices for everybody and those of the viewer's customers, by product, the latest day first.

    q: the beginning of a product in any width, or a customer.
    """
    theirs = customers_visible(viewer)
    found = Price.objects.filter(Q(customer=None) | Q(customer__in=theirs.order_by())).select_related("customer")
    if q:
        found = found.filter(
            Q(key__contains=product_key(q)) | Q(customer__in=theirs.found_by(q).order_by().values("pk"))
        )
    return found


def price_get(viewer: Viewer, pk: int) -> Price:
    """Return one visible price; else Refused not_found."""
    found = prices_visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


class PriceList:
    """The prices of some products for some customers, read by one statement."""

    def __init__(self, customers: Collection[int], products: Collection[str]) -> None:
        keys = {product_key(product) for product in products}
        rows = Price.objects.filter(Q(customer=None) | Q(customer__in=customers), key__in=keys)
        self._rows: dict[tuple[str, int | None], list[Price]] = defaultdict(list)
        for row in rows.order_by("-from_on"):
            self._rows[row.key, row.customer_id].append(row)

    def on(self, customer_id: int, product: str, day: date) -> Price | None:
        """Return what a product costs a customer on a day: its own price before that of everybody, None for none."""
        key = product_key(product)
        for whose in (customer_id, None):
            if found := next((row for row in self._rows[key, whose] if row.from_on <= day), None):
                return found
        return None
