"""The price list for programs."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from billing.models import Price
from billing.selectors.prices import PriceList, price_get, prices_visible
from billing.services import price_put, price_remove
from customers.selectors import customer_get
from office.http import viewer_of
from office.keys import Key, Offset
from office.schema import Body

router = Router(tags=["prices"])
LIMIT = 1_000  # rows in one answer


class PriceIn(Body):
    """What a product costs from a day on; without a customer for everybody."""

    product: str
    unit_price: Decimal
    from_on: date
    customer: int | None = None


class PriceOut(PriceIn):
    """A price as it stands on the list."""

    id: int

    @staticmethod
    def resolve_customer(price: Price) -> int | None:
        """Its key."""
        return price.customer_id


@router.get("", response=list[PriceOut], url_name="prices")
def price_list(
    request: HttpRequest, q: str = "", product: str = "", customer: Key | None = None, on: date | None = None,
    offset: Offset = 0,
) -> Any:  # fmt: skip
    """List prices; with `product`, `customer` and `on` the one that holds for this customer on that day, if any."""
    viewer = viewer_of(request)
    if product and customer and on:
        whose = customer_get(viewer, customer).pk
        found = PriceList([whose], [product]).on(whose, product, on)
        return [found] if found else []
    rows = prices_visible(viewer, (product or q).replace("\0", ""))
    rows = rows.filter(customer=customer) if customer else rows
    return rows[max(offset, 0) : max(offset, 0) + LIMIT]


@router.put("", response=PriceOut, url_name="prices")
def price_set(request: HttpRequest, data: PriceIn) -> Any:
    """Set a price; one of the same product, customer and day is put right."""
    viewer = viewer_of(request)
    values = data.dict(exclude={"customer"})
    whose = customer_get(viewer, data.customer).pk if data.customer else None
    return price_get(viewer, price_put(customer_id=whose, by=viewer.user, at=viewer.at, **values).price.pk)


@router.delete("/{pk}", response={204: None}, url_name="price")
def price_off(request: HttpRequest, pk: int) -> Any:
    """Take a price off the list."""
    viewer = viewer_of(request)
    price_remove(price_id=price_get(viewer, pk).pk, by=viewer.user, at=viewer.at)
    return Status(204, None)
