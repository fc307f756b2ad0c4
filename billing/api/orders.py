"""One order with its promised day, and one contract, for programs: what the pages show and do."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from billing.api.drafts import FindingOut
from billing.api.records import ContractOut, LineOut
from billing.models import Order
from billing.selectors.orders import order_with_standing
from billing.selectors.records import contract_get, order_get
from billing.selectors.three_way import Traced, traced, untraced
from billing.services import order_promise
from office.http import viewer_of
from office.schema import Body

orders = Router(tags=["orders"])
contracts = Router(tags=["contracts"])


class NoteOut(Schema):
    """What one delivery note says of a line; the quantity is below zero where it came back."""

    number: str
    delivered_on: date
    quantity: Decimal


class BillOut(Schema):
    """What one invoice or draft bills of a line (`state`: draft, checked, issued), below zero where it takes it off."""

    number: str
    state: str
    quantity: Decimal
    unit_price: Decimal
    rate: int


class TracedOut(LineOut):
    """A line of an order beside its delivery notes and invoices: what went of it (`delivered`), what of that came back
    (`returned`), what is still to go (`rest`), what is billed (`billed`, returns taken off), and where they differ."""

    delivered: Decimal
    returned: Decimal
    rest: Decimal
    billed: Decimal
    notes: list[NoteOut]
    invoices: list[BillOut]
    differences: list[FindingOut]


class OneOrderOut(Schema):
    """An order; `standing`: open, late, undated, delivered or cancelled; `untraced`: delivery notes that name it, but
    for something on them none of its lines."""

    number: str
    customer: int
    ordered_on: date
    promised_on: date | None
    standing: str
    untraced: list[str]
    lines: list[TracedOut]


class PromiseIn(Body):
    """The day of delivery that was promised."""

    promised_on: date


@orders.get("/{number}", response=OneOrderOut, url_name="order")
def order_one(request: HttpRequest, number: str) -> Any:
    """Get one order with how far it has come: ordered, delivered and billed beside each other, line by line."""
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
        "untraced": untraced(order), "lines": [_line(one) for one in traced(order)],
    }  # fmt: skip


def _line(one: Traced) -> dict[str, Any]:
    names = ("place", "description", "quantity", "unit", "unit_price", "rate", "note")
    figures = {"delivered": one.went, "returned": one.returned, "rest": one.rest, "billed": one.billed}
    compared = {"notes": one.notes, "invoices": one.bills, "differences": one.differences}
    return {name: getattr(one.line, name) for name in names} | figures | compared
