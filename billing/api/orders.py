"""One order with its promised day, and one contract, for programs: what the pages show and do."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from billing.api.records import ContractOut, LineOut
from billing.models import Order
from billing.selectors.orders import Progress, order_with_standing, progress_of
from billing.selectors.records import contract_get, order_get
from billing.services import order_promise
from office.http import viewer_of

orders = Router(tags=["orders"])
contracts = Router(tags=["contracts"])


class ProgressOut(LineOut):
    """A line of an order with what went of it (`delivered`) and what is still to go (`rest`)."""

    delivered: Decimal
    rest: Decimal


class OneOrderOut(Schema):
    """An order; `standing`: open, late, undated, delivered or cancelled."""

    number: str
    customer: int
    ordered_on: date
    promised_on: date | None
    standing: str
    lines: list[ProgressOut]


class PromiseIn(Schema):
    """The day of delivery that was promised."""

    promised_on: date


@orders.get("/{number}", response=OneOrderOut, url_name="order")
def order_one(request: HttpRequest, number: str) -> Any:
    """Get one order with how far it has come."""
    return _told(order_with_standing(viewer_of(request), number))


@orders.post("/{number}/promise", response=OneOrderOut, url_name="order_promise")
def order_promised(request: HttpRequest, number: str, data: PromiseIn) -> Any:
    """Set or move the promised day of an order."""
    viewer = viewer_of(request)
    found = order_get(viewer, number)
    order_promise(order_id=found.pk, promised_on=data.promised_on, by=viewer.user, at=viewer.at)
    return _told(order_with_standing(viewer, found.number))


@contracts.get("/{number}", response=ContractOut, url_name="contract")
def contract_one(request: HttpRequest, number: str) -> Any:
    """Get one contract."""
    return contract_get(viewer_of(request), number)


def _told(order: Order) -> dict[str, Any]:
    return {
        "number": order.number, "customer": order.customer_id, "ordered_on": order.ordered_on,
        "promised_on": order.promised_on, "standing": vars(order)["standing"],
        "lines": [_line(one) for one in progress_of(order)],
    }  # fmt: skip


def _line(one: Progress) -> dict[str, Any]:
    names = ("place", "description", "quantity", "unit", "unit_price", "rate", "note")
    return {name: getattr(one.line, name) for name in names} | {"delivered": one.went, "rest": one.rest}
