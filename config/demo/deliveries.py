"""What was ordered and delivered in the last days: drafts that wait for the second pair of eyes, some with differences,
and what is not billed yet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from billing.models import Contract, Delivery
from billing.services import Line, contract_create, delivery_create, draft_gather, order_create
from config.demo.days import Days
from config.demo.invoices import GOODS
from customers.models import Customer
from office.models import User


class Trade(NamedTuple):
    """One delivery: whose, which goods, how many were ordered and came, what was typed on the note, who bills it."""

    code: str
    goods: int
    ordered: int
    delivered: int
    price: int = 0  # yen, when the note says another one than the order
    clerk: str = ""  # nobody has billed it yet


TRADES = (
    Trade("C-0105", 0, 12, 12, clerk="billing"),
    Trade("C-0106", 5, 10, 11, clerk="billing"),
    Trade("C-0107", 6, 120, 120, clerk="billing"),
    Trade("C-0109", 4, 300, 300, price=9_200, clerk="billing"),
    Trade("C-0110", 3, 40, 40, clerk="billing2"),
    Trade("C-0111", 1, 6, 6, clerk="billing2"),
    Trade("C-0112", 8, 1, 1),
    Trade("C-0113", 0, 4, 4),
)
VAGUE = Line(description="現地作業一式", quantity=Decimal(1), unit="式", unit_price=Decimal(85_000))
BACK = "C-0107"  # two of what it got came back before it was billed
MAINTENANCE = Line(description="保守契約(月額)", quantity=Decimal(1), unit="月", unit_price=Decimal(48_000))


def make_deliveries(days: Days, customers: dict[str, Customer], people: dict[str, User]) -> None:
    """Two days of deliveries, the day before yesterday and before; what is there stays."""
    at = days.ago(2, "15:00")
    for place, trade in enumerate(TRADES, 1):
        if trade.code in customers and not Delivery.objects.filter(number=_note(days, place)).exists():
            _trade(trade, place, days, customers[trade.code], people)
    if not Contract.objects.exists():
        contract_create(
            number="K-0001", customer_id=customers["C-0105"].pk, line=MAINTENANCE, first_on=days.today.replace(day=1),
            by=people["billing"], at=at,
        )  # fmt: skip


def _note(days: Days, place: int) -> str:
    return f"D-{days.ago(2):%Y%m%d}-9{place:02d}"


def _trade(trade: Trade, place: int, days: Days, customer: Customer, people: dict[str, User]) -> None:
    description, unit, price = GOODS[trade.goods]
    number, at, clerk = _note(days, place), days.ago(2, "16:10"), people["billing"]
    goods = Line(description=description, unit=unit, unit_price=Decimal(price), quantity=Decimal(trade.ordered))
    order = order_create(
        number=f"O-{number[2:]}", customer_id=customer.pk, ordered_on=days.ago(9).date(), lines=[goods],
        promised_on=days.ago(2).date(), by=clerk, at=at,
    )  # fmt: skip
    came = replace(goods, quantity=Decimal(trade.delivered), order_line=1)
    if trade.price:
        came = replace(came, unit_price=Decimal(trade.price))
    lines = [came, VAGUE] if trade.code == "C-0111" else [came]
    delivery_create(
        number=number, customer_id=customer.pk, delivered_on=days.ago(2).date(), lines=lines, order=order.number,
        by=clerk, at=at,
    )  # fmt: skip
    if trade.code == BACK:
        delivery_create(
            number=f"R-{number[2:]}", customer_id=customer.pk, delivered_on=days.ago(1).date(), kind="return",
            lines=[Line(quantity=Decimal(2), of=(number, 1))], by=clerk, at=days.ago(1, "11:00"),
        )  # fmt: skip
    if trade.clerk:
        draft_gather(customer_id=customer.pk, until=days.ago(1).date(), by=people[trade.clerk], at=days.ago(1, "16:40"))
