"""Orders, deliveries, returns, contracts and the watch for programs: the same services as the pages."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from billing.models import Delivery, DeliveryLine, Order, OrderLine
from billing.selectors.records import (
    contract_get,
    contracts_visible,
    deliveries_visible,
    delivery_get,
    order_get,
    orders_visible,
)
from billing.selectors.waiting import Waiting, orders_waiting
from billing.selectors.watch import Gap, at_risk, gaps
from billing.services import (
    Line,
    contract_create,
    contract_end,
    delivery_cancel,
    delivery_create,
    order_cancel,
    order_create,
)
from customers.selectors import customer_get, customers_visible
from office.http import viewer_of
from office.keys import Key, Offset
from office.schema import Body

orders = Router(tags=["orders"])
deliveries = Router(tags=["deliveries"])
contracts = Router(tags=["contracts"])
watch = Router(tags=["watch"])
LIMIT = 1_000  # rows in one answer


class OfIn(Body):
    """The line of a delivery that comes back; places count from 1."""

    delivery: str
    line: int = Field(ge=1, le=500)


class LineIn(Body):
    """One line: quantity with up to three decimals, unit price in yen with up to two, rate 10, 8 or 0 percent. What is
    left out is as in the line of the order (`order_line`, from 1) or of the delivery that comes back (`of`)."""

    description: str = ""
    quantity: Decimal
    unit: str = ""
    unit_price: Decimal | None = None
    rate: int | None = None
    note: str = ""


class DeliveryLineIn(LineIn):
    """A line of a delivery note or a return."""

    order_line: int | None = Field(None, ge=1, le=500)
    of: OfIn | None = None


class LineOut(Schema):
    """A line as it was written down; its price holds the tax where the record is `inclusive`."""

    place: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    rate: int
    note: str


class DeliveryLineOut(LineOut):
    """A line of a delivery; `left` is what is still to be billed, of a return what is still to be taken off."""

    left: Decimal


class OrderIn(Body):
    """An order under the number both sides know it by."""

    number: str
    customer: int
    ordered_on: date
    promised_on: date | None = None
    lines: list[LineIn]


class OrderOut(Schema):
    """An order."""

    number: str
    customer: int = Field(alias="customer_id")
    inclusive: bool
    ordered_on: date
    promised_on: date | None
    state: str
    lines: list[LineOut]

    @staticmethod
    def resolve_lines(order: Order) -> Sequence[OrderLine]:
        """In their places."""
        return list(order.lines.all())


class DeliveryIn(Body):
    """A delivery, or with `kind` "return" what came back."""

    number: str
    customer: int
    delivered_on: date
    kind: Delivery.Kind = Delivery.Kind.DELIVERY
    order: str = ""
    lines: list[DeliveryLineIn]


class DeliveryOut(Schema):
    """A delivery or a return."""

    number: str
    customer: int = Field(alias="customer_id")
    inclusive: bool
    kind: str
    delivered_on: date
    order: str
    state: str
    lines: list[DeliveryLineOut]

    @staticmethod
    def resolve_order(delivery: Delivery) -> str:
        """Its number; nothing when it was not ordered."""
        return delivery.order.number if delivery.order else ""

    @staticmethod
    def resolve_lines(delivery: Delivery) -> Sequence[DeliveryLine]:
        """In their places."""
        return list(delivery.lines.all())


class ContractIn(LineIn):
    """A contract that is billed every so many months; `first_on` is the first day of the first period to be billed."""

    number: str
    customer: int
    first_on: date
    last_on: date | None = None
    every: int = 1
    in_advance: bool = False


class ContractOut(Schema):
    """A contract."""

    number: str
    customer: int = Field(alias="customer_id")
    inclusive: bool
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    rate: int
    every: int
    in_advance: bool
    first_on: date
    last_on: date | None


class EndIn(Body):
    """The last day that is paid for."""

    last_on: date


@orders.get("", response=list[OrderOut], url_name="orders")
def order_list(request: HttpRequest, customer: Key | None = None, offset: Offset = 0) -> Any:
    """List orders, the newest first."""
    return _some(orders_visible(viewer_of(request)).prefetch_related("lines"), customer, offset)


@orders.post("", response={201: OrderOut}, url_name="orders")
def order_post(request: HttpRequest, data: OrderIn) -> Any:
    """Write an order down."""
    viewer = viewer_of(request)
    values = data.dict(exclude={"customer", "lines"})
    customer_id = customer_get(viewer, data.customer).pk
    lines = [Line(**line.dict()) for line in data.lines]
    return Status(201, order_create(customer_id=customer_id, lines=lines, by=viewer.user, at=viewer.at, **values))


@orders.post("/{number}/cancel", response=OrderOut, url_name="order_cancel")
def order_cancelled(request: HttpRequest, number: str) -> Any:
    """Cancel an order of which nothing was delivered."""
    viewer = viewer_of(request)
    return order_cancel(order_id=order_get(viewer, number).pk, by=viewer.user, at=viewer.at)


@deliveries.get("", response=list[DeliveryOut], url_name="deliveries")
def delivery_list(request: HttpRequest, customer: Key | None = None, offset: Offset = 0) -> Any:
    """List deliveries and returns, the newest first."""
    found = deliveries_visible(viewer_of(request)).prefetch_related("lines")
    return _some(found, customer, offset)


@deliveries.post("", response={201: DeliveryOut}, url_name="deliveries")
def delivery_post(request: HttpRequest, data: DeliveryIn) -> Any:
    """Write a delivery or a return down."""
    viewer = viewer_of(request)
    values = data.dict(exclude={"customer", "lines"})
    customer_id = customer_get(viewer, data.customer).pk
    lines = [
        Line(**line.dict(exclude={"of"}), of=(line.of.delivery, line.of.line) if line.of else None)
        for line in data.lines
    ]
    made = delivery_create(customer_id=customer_id, lines=lines, by=viewer.user, at=viewer.at, **values)
    return Status(201, made)


@deliveries.get("/{number}", response=DeliveryOut, url_name="delivery")
def delivery_one(request: HttpRequest, number: str) -> Any:
    """Get one delivery."""
    return delivery_get(viewer_of(request), number)


@deliveries.post("/{number}/cancel", response=DeliveryOut, url_name="delivery_cancel")
def delivery_cancelled(request: HttpRequest, number: str) -> Any:
    """Cancel a delivery that was written down by mistake and not billed."""
    viewer = viewer_of(request)
    return delivery_cancel(delivery_id=delivery_get(viewer, number).pk, by=viewer.user, at=viewer.at)


@contracts.get("", response=list[ContractOut], url_name="contracts")
def contract_list(request: HttpRequest, customer: Key | None = None, offset: Offset = 0) -> Any:
    """List contracts."""
    return _some(contracts_visible(viewer_of(request)), customer, offset)


@contracts.post("", response={201: ContractOut}, url_name="contracts")
def contract_post(request: HttpRequest, data: ContractIn) -> Any:
    """Write a contract down."""
    viewer = viewer_of(request)
    own = {"number", "customer", "first_on", "last_on", "every", "in_advance"}
    values = data.dict(include=own - {"customer"})
    customer_id = customer_get(viewer, data.customer).pk
    line = Line(**data.dict(exclude=own))
    return Status(201, contract_create(customer_id=customer_id, line=line, by=viewer.user, at=viewer.at, **values))


@contracts.post("/{number}/end", response=ContractOut, url_name="contract_end")
def contract_ended(request: HttpRequest, number: str, data: EndIn) -> Any:
    """End a contract."""
    viewer = viewer_of(request)
    contract_id = contract_get(viewer, number).pk
    return contract_end(contract_id=contract_id, last_on=data.last_on, by=viewer.user, at=viewer.at)


class GapOut(Schema):
    """Something that is missing in billing."""

    kind: str
    customer: int
    number: str
    day: date
    closing: date
    yen: int
    sentence: str

    @staticmethod
    def resolve_customer(gap: Gap) -> int:
        """Its key."""
        return gap.customer.pk

    @staticmethod
    def resolve_sentence(gap: Gap) -> str:
        """In the reader's language."""
        return gap.text


class WaitingOut(Schema):
    """An order that is not delivered: `kind` is undated, near or past (practice 4-29)."""

    kind: str
    number: str
    customer: int
    ordered: date
    promised: date | None
    sentence: str

    @staticmethod
    def resolve_customer(one: Waiting) -> int:
        """Its key."""
        return one.customer.pk

    @staticmethod
    def resolve_sentence(one: Waiting) -> str:
        """In the reader's language."""
        return one.text


class WatchOut(Schema):
    """What is missing now, what is not billed yet of those whose cutoff is near, and orders about to be forgotten."""

    missing: list[GapOut]
    at_risk: list[GapOut]
    orders: list[WaitingOut]


@watch.get("", response=WatchOut, url_name="watch")
def watch_get(request: HttpRequest) -> Any:
    """List what billing or delivery has forgotten, or is about to."""
    viewer = viewer_of(request)
    theirs = set(customers_visible(viewer).values_list("pk", flat=True))
    found: dict[str, Sequence[Gap | Waiting]] = {
        "missing": gaps(viewer.at), "at_risk": at_risk(viewer.at), "orders": orders_waiting(viewer.at),
    }  # fmt: skip
    return {name: [one for one in some if one.customer.pk in theirs] for name, some in found.items()}


def _some(found: Any, customer: int | None, offset: int) -> Any:
    found = found.filter(customer=customer) if customer else found
    return found[max(offset, 0) : max(offset, 0) + LIMIT]
