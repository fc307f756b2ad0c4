"""Orders, deliveries, returns and contracts: written down once, never overwritten; what is wrong is cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from billing.models import Contract, Delivery, DeliveryLine, InvoiceLine, Order, OrderLine, Rate
from billing.models.records import Goods
from billing.selectors.invoices import terms_of
from billing.selectors.waiting import LABELS
from billing.services.kept import rows_end
from customers.text import clean, required
from office.calendar import refuse_far
from office.errors import Refused
from office.models import User
from office.services import journal_write

TAKEN = gettext_noop("The number %(number)s is already in use. If you have just saved this, it is there already.")
SLASH = gettext_noop("A number cannot hold a slash.")
NO_LINES = gettext_noop("Please give at least one line.")
TOO_MANY = gettext_noop("That is more than 500 lines. Please split it.")
NO_QUANTITY = gettext_noop("Line %(line)s: the quantity must be above zero, with up to three decimals.")
NO_PRICE = gettext_noop("Line %(line)s: the unit price must be zero or more, with up to two decimals.")
NO_RATE = gettext_noop("Line %(line)s: the tax rate is 10, 8 or 0 percent.")
TOO_MUCH_BACK = gettext_noop("Line %(line)s: only %(left)s of it can still come back.")
NOT_ITS_LINE = gettext_noop("Line %(line)s: this order has no such line.")
NOT_DELIVERED = gettext_noop("Line %(line)s: it is not a line of a delivery to this customer.")
OTHER_CUSTOMER = gettext_noop("This order is of another customer.")
IS_BILLED = gettext_noop("It has been billed already. What is wrong is corrected by a return or a corrected invoice.")
IS_CANCELLED = gettext_noop("It has been cancelled already.")
IS_DELIVERED = gettext_noop("It has been delivered already, so it can no longer be cancelled.")
TWO_SORTS = gettext_noop("Some of these were sold at prices with tax, some without. Please make two returns of them.")
MOST_LINES = 500
MOST = Decimal(10) ** 9
MOST_PRICE = Decimal(10) ** 12
R = TypeVar("R", Order, Delivery, Contract)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of goods or services. order_line: the place it has in the order; of: the delivery line that comes back,
    by (number of the delivery, place); places count from 1. What is left out is as in the line that is named."""

    quantity: Decimal
    description: str = ""
    unit_price: Decimal | None = None  # yen
    unit: str = ""
    rate: int | None = None
    note: str = ""
    order_line: int | None = None
    of: tuple[str, int] | None = None


@transaction.atomic
def order_create(
    *, number: str, customer_id: int, ordered_on: date, lines: Sequence[Line], by: User | None, at: datetime,
    promised_on: date | None = None,
) -> Order:  # fmt: skip
    """Write an order down. Refused when the number is in use or a line does not hold."""
    order = write(
        Order, number, customer_id=customer_id, ordered_on=ordered_on, promised_on=promised_on,
        inclusive=terms_of(customer_id).inclusive, created_by=by, created_at=at,
    )  # fmt: skip
    goods = goods_of(lines)
    OrderLine.objects.bulk_create(OrderLine(order=order, place=n, **values) for n, values in enumerate(goods, 1))
    journal_write(actor=by, verb=gettext_noop("Order recorded"), about=f"order {order.number}", at=at)
    return order


@transaction.atomic
def order_promise(*, order_id: int, promised_on: date, by: User | None, at: datetime) -> Order:
    """The day of delivery is promised, or moved (practice 4-29); the same day again changes nothing. Refused once the
    order is cancelled. Whoever was told of the order finds it gone from their list at once; the clock tells anew."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == Order.State.CANCELLED:
        raise Refused("conflict", IS_CANCELLED)
    refuse_far(promised_on=promised_on)
    if order.promised_on == promised_on:
        return order
    verb = gettext_noop("Delivery date promised") if order.promised_on is None else gettext_noop("Delivery date moved")
    detail = f"{order.promised_on} → {promised_on}" if order.promised_on else f"{promised_on}"
    order.promised_on = promised_on
    order.save(update_fields=["promised_on"])
    rows_end([f"order:{kind}:{order.number}" for kind in LABELS], by=by, at=at)
    journal_write(actor=by, verb=verb, about=f"order {order.number}", detail=detail, at=at)
    return order


@transaction.atomic
def order_cancel(*, order_id: int, by: User, at: datetime) -> Order:
    """The customer has taken the order back before anything was delivered."""
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state == Order.State.CANCELLED:
        raise Refused("conflict", IS_CANCELLED)
    if order.deliveries.filter(state=Delivery.State.VALID).exists():
        raise Refused("conflict", IS_DELIVERED)
    order.state = Order.State.CANCELLED
    order.save(update_fields=["state"])
    journal_write(actor=by, verb=gettext_noop("Order cancelled"), about=f"order {order.number}", at=at)
    return order


@transaction.atomic
def delivery_create(
    *, number: str, customer_id: int, delivered_on: date, lines: Sequence[Line], by: User | None, at: datetime,
    order: str = "", kind: str = Delivery.Kind.DELIVERY,
) -> Delivery:  # fmt: skip
    """Write a delivery or a return down. What is not yet billed and comes back is taken off at once, so that it is
    never billed (practice 0-16: no false alarm); what has been billed is taken off the next invoice.

    What costs nothing is not billed.
    """
    ordered, back = _order(order, customer_id), kind == Delivery.Kind.RETURN
    named = [_named(n, line, ordered, customer_id if back else None) for n, line in enumerate(lines, 1)]
    delivery = write(
        Delivery, number, customer_id=customer_id, order=ordered, kind=kind,
        inclusive=_inclusive(customer_id, ordered, named), delivered_on=delivered_on, created_by=by, created_at=at,
    )  # fmt: skip
    goods = goods_of([_filled(line, like) for line, like in zip(lines, named, strict=True)])
    rows = [
        DeliveryLine(delivery=delivery, place=n, left=values["quantity"] if values["unit_price"] else 0, **values)
        for n, values in enumerate(goods, 1)
    ]
    for row, like in zip(rows, named, strict=True):
        if isinstance(like, OrderLine):
            row.order_line = like
        elif like is not None:
            _take_back(row, like)
    DeliveryLine.objects.bulk_create(rows)
    verb = gettext_noop("Return recorded") if back else gettext_noop("Delivery recorded")
    journal_write(actor=by, verb=verb, about=f"delivery {delivery.number}", at=at)
    return delivery


@transaction.atomic
def delivery_cancel(*, delivery_id: int, by: User, at: datetime) -> Delivery:
    """Take a delivery or a return back that was written down by mistake; refused once a line of it was billed, taken
    off or came back. What a return has kept from being billed is to be billed again."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    lines = list(delivery.lines.select_for_update())
    if delivery.state == Delivery.State.CANCELLED:
        raise Refused("conflict", IS_CANCELLED)
    is_return = delivery.kind == Delivery.Kind.RETURN
    used = InvoiceLine.objects.filter(delivery_line__in=lines).exists() if is_return else any(map(_is_used, lines))
    if used:
        raise Refused("conflict", IS_BILLED)
    for line in lines if is_return else ():
        _give_back(line)
    delivery.state = Delivery.State.CANCELLED
    delivery.save(update_fields=["state"])
    delivery.lines.update(left=0)
    journal_write(actor=by, verb=gettext_noop("Delivery cancelled"), about=f"delivery {delivery.number}", at=at)
    return delivery


def _named(n: int, line: Line, order: Order | None, returned_by: int | None) -> OrderLine | DeliveryLine | None:
    """The line of the order, or of the delivery that comes back; a return must name one. Refused when there is none."""
    if returned_by is not None:
        number, place = line.of or ("", 0)
        rows = DeliveryLine.objects.select_for_update(of=("self",)).filter(
            delivery__number=number, place=place, delivery__customer=returned_by,
            delivery__kind=Delivery.Kind.DELIVERY, delivery__state=Delivery.State.VALID,
        )  # fmt: skip
        of = rows.select_related("delivery").first()
        if of is None:
            raise Refused("invalid", NOT_DELIVERED, field="lines", line=n)
        return of
    if line.order_line is None:
        return None
    found = order.lines.filter(place=line.order_line).first() if order else None
    if found is None:
        raise Refused("invalid", NOT_ITS_LINE, field="lines", line=n)
    return found


def _inclusive(customer_id: int, order: Order | None, named: Sequence[OrderLine | DeliveryLine | None]) -> bool:
    """Whether its prices hold the tax: as those of the order, or of what comes back; else as the terms say."""
    back = {like.delivery.inclusive for like in named if isinstance(like, DeliveryLine)}
    if len(back) > 1:
        raise Refused("invalid", TWO_SORTS, field="lines")
    known = back or ({order.inclusive} if order else {terms_of(customer_id).inclusive})
    return known.pop()


def _filled(line: Line, like: Goods | None) -> Line:
    """A line with what it leaves out taken from the one that is named."""
    if like is None:
        return line
    return replace(
        line, description=line.description or like.description, unit=line.unit or like.unit,
        unit_price=like.unit_price if line.unit_price is None else line.unit_price,
        rate=like.rate if line.rate is None else line.rate,
    )  # fmt: skip


def _take_back(row: DeliveryLine, of: DeliveryLine) -> None:
    """What comes back was delivered, and what of it was not billed yet never will be."""
    returned = sum((back.quantity for back in of.returns.filter(delivery__state=Delivery.State.VALID)), Decimal(0))
    if row.quantity > of.quantity - returned:
        raise Refused("invalid", TOO_MUCH_BACK, field="lines", line=row.place, left=plain(of.quantity - returned))
    taken = min(of.left, row.quantity)
    of.left -= taken
    of.save(update_fields=["left"])
    row.of, row.left = of, row.left and row.quantity - taken


def _is_used(line: DeliveryLine) -> bool:
    """Whether something of a delivered line was billed or came back; what costs nothing is never left."""
    return bool(line.left != line.quantity and line.unit_price)


def _give_back(row: DeliveryLine) -> None:
    """The other way of `_take_back`: what it took from what was still to be billed is left again."""
    taken = row.quantity - row.left if row.unit_price else Decimal(0)
    if row.of_id and taken:
        of = DeliveryLine.objects.select_for_update().get(pk=row.of_id)
        of.left += taken
        of.save(update_fields=["left"])


def plain(number: Decimal) -> str:
    """A quantity without trailing zeros: 2, 0.5."""
    return f"{number.normalize():f}"


def _order(number: str, customer_id: int) -> Order | None:
    if not number:
        return None
    order = Order.objects.filter(number=number).first()
    if order is None or order.customer_id != customer_id:
        raise Refused("invalid", OTHER_CUSTOMER, field="order")
    if order.state == Order.State.CANCELLED:
        raise Refused("conflict", IS_CANCELLED, field="order")
    return order


def goods_of(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the lines as rows hold them; Refused invalid for none, too many, and what cannot be a line."""
    if not lines:
        raise Refused("invalid", NO_LINES, field="lines")
    if len(lines) > MOST_LINES:
        raise Refused("invalid", TOO_MANY, field="lines")
    return [_values(n, line) for n, line in enumerate(lines, 1)]


def _values(n: int, line: Line) -> dict[str, Any]:
    quantity, price = decimal(line.quantity, 3), decimal(line.unit_price, 2)
    if quantity is None or not 0 < quantity < MOST:
        raise Refused("invalid", NO_QUANTITY, field="lines", line=n)
    if price is None or not 0 <= price < MOST_PRICE:
        raise Refused("invalid", NO_PRICE, field="lines", line=n)
    rate = Rate.STANDARD if line.rate is None else line.rate
    if rate not in Rate.values:
        raise Refused("invalid", NO_RATE, field="lines", line=n)
    return {
        "description": required(line.description, field="lines", limit=200),
        "note": clean(line.note, field="lines", limit=200),
        "quantity": quantity,
        "unit": clean(line.unit, field="lines", limit=10),
        "unit_price": price,
        "rate": rate,
    }


def decimal(value: Any, places: int) -> Decimal | None:
    """Return the number; None when it is none or finer than so many decimals."""
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    if not number.is_finite() or abs(number) > MOST_PRICE:
        return None
    return number if number == round(number, places) else None


def write(model: type[R], typed: str, **values: Any) -> R:
    """Write the row under its number. Refused when the number is in use, also by a colleague in this very moment."""
    number = required(typed, field="number", limit=40)
    refuse_far(**{name: value for name, value in values.items() if type(value) is date})
    if "/" in number or number in (".", ".."):  # no address could name it
        raise Refused("invalid", SLASH, field="number")
    try:
        with transaction.atomic():
            return model._default_manager.create(number=number, **values)
    except IntegrityError as error:
        raise Refused("conflict", TAKEN, field="number", number=number) from error
