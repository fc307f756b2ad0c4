"""What the order and the delivery say that an incident is about: what its letter tells of the goods (words, 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from billing.models import Delivery, DeliveryLine, Order, OrderLine
from billing.products import product_key
from billing.selectors.references import Reference


@dataclass(frozen=True)
class NamedGoods:
    """One order with its delivery, as far as they are known; "" and None for what is not. `ordered` and `sent` are told
    where one thing went out in the place of another."""

    items: tuple[str, ...] = ()  # by their names
    order_number: str = ""
    promised_on: date | None = None
    delivery_number: str = ""
    delivered_on: date | None = None
    ordered: str = ""
    sent: str = ""


def goods_named(customer_id: int, named: Iterable[Reference]) -> NamedGoods:
    """Return what the one delivery and the one order among these say; of two of a sort nothing, since a letter names
    one. The order of a delivery need not be named. Two to five statements, none for no reference."""
    said = list(named)
    delivery = _delivery(customer_id, [one for one in said if one.sort == "delivery"])
    order = _order(customer_id, [one for one in said if one.sort == "order"]) or (delivery.order if delivery else None)
    went = _names(delivery.lines.all(), delivery.number, said) if delivery else ()
    swapped = _swapped(delivery, order) if delivery and order else None
    return NamedGoods(
        items=went or (_names(order.lines.all(), order.number, said) if order else ()),
        order_number=order.number if order else "",
        promised_on=order.promised_on if order else None,
        delivery_number=delivery.number if delivery else "",
        delivered_on=delivery.delivered_on if delivery else None,
        ordered=swapped[0].description if swapped else "",
        sent=swapped[1].description if swapped else "",
    )


def _delivery(customer_id: int, said: Sequence[Reference]) -> Delivery | None:
    numbers = {one.number for one in said}
    rows = Delivery.objects.filter(customer=customer_id, kind=Delivery.Kind.DELIVERY, number__in=numbers)
    return rows.select_related("order").first() if len(numbers) == 1 else None


def _order(customer_id: int, said: Sequence[Reference]) -> Order | None:
    numbers = {one.number for one in said}
    return Order.objects.filter(customer=customer_id, number__in=numbers).first() if len(numbers) == 1 else None


def _names(
    lines: Iterable[DeliveryLine] | Iterable[OrderLine], number: str, said: Iterable[Reference]
) -> tuple[str, ...]:
    """The names of the lines that were named, of all where the whole was; each once."""
    places = {one.line for one in said if one.number == number}
    whole = not places or 0 in places
    return tuple(dict.fromkeys(line.description for line in lines if whole or line.place in places))


def _swapped(delivery: Delivery, order: Order) -> tuple[OrderLine, DeliveryLine] | None:
    """What was ordered and what went out in its place, where that is one thing each (practice 0-21)."""
    went = list(delivery.lines.select_related("order_line"))
    other = [
        (line.order_line, line) for line in went
        if line.order_line and product_key(line.order_line.description) != product_key(line.description)
    ]  # fmt: skip
    strange = [line for line in went if line.order_line is None]
    lacking = list(order.lines.filter(deliveries__isnull=True))
    if len(strange) == len(lacking) == 1:
        other += [(lacking[0], strange[0])]
    return other[0] if len(other) == 1 else None
