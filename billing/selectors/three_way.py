"""Order, delivery and invoice beside each other (practice 0-21): what went of each line of an order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from billing.models import Delivery, DeliveryLine


class Note(NamedTuple):
    """What one delivery note says of a line of an order; the quantity is below zero where it came back."""

    number: str
    delivered_on: date
    quantity: Decimal


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
