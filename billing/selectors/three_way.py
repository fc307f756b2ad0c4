"""Order, delivery and invoice beside each other (practice 0-21): what went of each line of an order, what of it is
billed, and where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from billing.findings import Finding, differences
from billing.models import Delivery, DeliveryLine, Invoice, InvoiceLine, Order, OrderLine


class Note(NamedTuple):
    """What one delivery note says of a line of an order; the quantity is below zero where it came back."""

    number: str
    delivered_on: date
    quantity: Decimal


class Bill(NamedTuple):
    """What one invoice bills of a line of an order; the quantity is below zero where it is taken off."""

    number: str
    state: str
    quantity: Decimal
    unit_price: Decimal
    rate: int

    @property
    def is_issued(self) -> bool:
        """Whether it has gone out; else it is a draft, checked or not."""
        return self.state == Invoice.State.ISSUED


@dataclass(frozen=True)
class Traced:
    """A line of an order with its delivery notes and its invoices, the oldest first."""

    line: OrderLine
    notes: Sequence[Note]
    bills: Sequence[Bill]

    @property
    def named(self) -> str:
        """How people name this line, as `references_named` reads it."""
        return f"{self.line.order.number}#{self.line.place}"

    @property
    def went(self) -> Decimal:
        """What was delivered, whether or not it came back."""
        return sum((note.quantity for note in self.notes if note.quantity > 0), Decimal(0))

    @property
    def returned(self) -> Decimal:
        """What of it came back."""
        return self.went - self.kept

    @property
    def kept(self) -> Decimal:
        """What was delivered, net of what came back."""
        return sum((note.quantity for note in self.notes), Decimal(0))

    @property
    def billed(self) -> Decimal:
        """What stands on invoices and drafts, net of what is taken off."""
        return sum((bill.quantity for bill in self.bills), Decimal(0))

    @property
    def rest(self) -> Decimal:
        """What is still to go; what came back is not sent again by itself."""
        return max(self.line.quantity - self.went, Decimal(0))

    @property
    def differences(self) -> list[Finding]:
        """Where order, delivery and invoices do not agree, the grave first."""
        prices = [(bill.number, bill.unit_price, bill.rate) for bill in self.bills]
        return differences(self.line, self.kept, self.billed, prices)


def traced(order: Order) -> list[Traced]:
    """Return the lines of an order in their places, each beside its delivery notes and invoices; three statements."""
    lines = list(order.lines.order_by("place"))  # the order itself comes along
    keys = {line.pk for line in lines}
    notes, bills = notes_of(keys), bills_of(keys)
    return [Traced(line, notes[line.pk], bills[line.pk]) for line in lines]


def untraced(order: Order) -> list[str]:
    """Return the delivery notes that name the order, but for something on them no line of it: nobody can compare it."""
    rows = DeliveryLine.objects.filter(
        delivery__order=order, delivery__state=Delivery.State.VALID, delivery__kind=Delivery.Kind.DELIVERY,
        order_line=None,
    )  # fmt: skip
    return list(rows.order_by("delivery__number").values_list("delivery__number", flat=True).distinct())


def notes_of(order_lines: Iterable[int]) -> dict[int, list[Note]]:
    """Return by the key of a line of an order what went of it and what of that came back, the oldest first. What was
    cancelled is left out. One statement for all, none for no lines."""
    wanted, found = set(order_lines), defaultdict[int, list[Note]](list)
    if not wanted:
        return found
    rows = DeliveryLine.objects.filter(
        Q(order_line__in=wanted) | Q(of__order_line__in=wanted, of__delivery__state=Delivery.State.VALID),
        delivery__state=Delivery.State.VALID,
    ).order_by("delivery__delivered_on", "delivery", "place")
    line = Coalesce("order_line", "of__order_line")
    fields = ("delivery__number", "delivery__delivered_on", "quantity", "delivery__kind")
    for key, number, day, quantity, kind in rows.values_list(line, *fields):
        found[key].append(Note(number, day, -quantity if kind == Delivery.Kind.RETURN else quantity))
    return found


def bills_of(order_lines: Iterable[int]) -> dict[int, list[Bill]]:
    """Return by the key of a line of an order what invoices and drafts bill of it and take off, the oldest first. What
    another document corrects is left out: its lines stand on that one. One statement for all."""
    wanted = set(order_lines)
    rows = InvoiceLine.objects.filter(
        Q(delivery_line__order_line__in=wanted) | Q(delivery_line__of__order_line__in=wanted),
        invoice__corrections=None,
    ).order_by("invoice", "place")
    line = Coalesce("delivery_line__order_line", "delivery_line__of__order_line")
    found = defaultdict[int, list[Bill]](list)
    for key, *fields in rows.values_list(line, "invoice__number", "invoice__state", "quantity", "unit_price", "rate"):
        found[key].append(Bill(*fields))
    return found
