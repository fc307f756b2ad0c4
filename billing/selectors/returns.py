"""What came back after it was billed: which invoice it stood on, and whether another one is coming that takes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from billing.due import closing_on
from billing.models import Delivery, DeliveryLine, Invoice, InvoiceLine, Order, Terms
from billing.selectors.invoices import REPLACED, REPLACED_INVOICE
from billing.selectors.left import left_of, newest_of
from billing.selectors.unbilled import is_return, lines_unbilled, periods_unbilled
from customers.selectors import theirs
from office.clock import local_day
from office.errors import Refused
from office.selectors import business_calendar
from office.viewer import Viewer

Gone = defaultdict[tuple[int, Decimal, int], Decimal]  # delivery line, unit price, rate: how much was given back


class Stuck(NamedTuple):
    """A line that came back and waits, with the cutoff that took its day in."""

    line: DeliveryLine
    closing: date


def returns_waiting(until: date, customer_id: int | None = None) -> QuerySet[DeliveryLine]:
    """Return the lines that came back up to a day, stand on an issued invoice and are taken off nowhere yet."""
    issued = InvoiceLine.objects.filter(delivery_line=OuterRef("of"), frozen=True)
    rows = lines_unbilled(until).filter(Exists(issued), delivery__kind=Delivery.Kind.RETURN)
    return rows if customer_id is None else rows.filter(delivery__customer=customer_id)


def returns_stuck(at: datetime) -> list[Stuck]:
    """Return what came back, whose cutoff has passed, and for which no invoice is coming that takes it off.

    No false alarm: an invoice is coming where more is to be billed up to the customer's next cutoff than came back, of
    deliveries, of contracts, or of orders whose promised day lies before it; and nothing is to be taken off where the
    price was taken off already.
    """
    today, hours = local_day(at), business_calendar()
    waiting = list(returns_waiting(today))
    days = closing_days({line.delivery.customer_id for line in waiting})
    late = [Stuck(line, closing_on(line.delivery.delivered_on, days[line.delivery.customer_id])) for line in waiting]
    late = [one for one in late if hours.closing_of(one.closing) < at]
    taken = _taken({one.line.delivery.customer_id for one in late}, days, at)
    stuck = [one for one in late if not taken[one.line.delivery.customer_id]]
    sold = lines_sold(one.line for one in stuck)
    return [one for one in stuck if any(map(_is_left_of, sold[one.line.of_id or 0]))]


def _is_left_of(sold: InvoiceLine) -> bool:
    """Whether anything of the price is left, at its rate, of the invoice by which a line was sold."""
    return left_of(newest_of(sold.invoice)).get(sold.rate, 0) > 0


def originals(lines: Iterable[InvoiceLine]) -> dict[int, Invoice]:
    """Return by the key of a delivery line that came back (`delivery_line.of`) the issued invoice it was sold on: the
    one that counts, where that was corrected; the last one, where it was billed in parts."""
    sold = lines_sold(line.delivery_line for line in lines if line.delivery_line)
    return {key: rows[0].invoice for key, rows in sold.items()}


def lines_sold(sources: Iterable[DeliveryLine]) -> dict[int, list[InvoiceLine]]:
    """Return by the key of a delivery line that came back (`of`) the issued lines it was sold by, with their invoices,
    the last first: one, or more where it was billed in parts. Their prices and rates are what is given back. What was
    replaced does not count, unless nothing else bills it."""
    of = {source.of_id for source in sources if source.of_id}
    if not of:
        return {}
    rows = InvoiceLine.objects.filter(delivery_line__in=of, frozen=True, quantity__gt=0).select_related("invoice")
    replaced = Exists(Invoice.objects.filter(REPLACED, pk=OuterRef("invoice")))
    found: dict[int, list[InvoiceLine]] = defaultdict(list)
    for row in rows.annotate(replaced=replaced).order_by("replaced", "-invoice_id"):
        known = found[row.delivery_line_id or 0]
        if not known or not vars(row)["replaced"]:
            known.append(row)
    return dict(found)


def given_back(sources: Iterable[int]) -> Gone:
    """Return how much of these delivery lines stands on documents that give it back, drafts among them, by delivery
    line, price and rate."""
    rows = InvoiceLine.objects.filter(delivery_line__of__in=list(sources), quantity__lt=0).exclude(REPLACED_INVOICE)
    found = Gone(Decimal)
    for of, price, rate, quantity in rows.values_list("delivery_line__of", "unit_price", "rate", "quantity"):
        found[of or 0, price, rate] -= quantity
    return found


def settleable(viewer: Viewer, number: str, customer_id: int) -> Invoice:
    """Return the customer's invoice against which a return may be set; Refused invalid when there is none."""
    rows = Invoice.objects.filter(theirs(viewer, "customer__"), customer=customer_id, number=number)
    found = rows.exclude(kind=Invoice.Kind.RETURN).first()
    if found is None:
        raise Refused("invalid", "Please choose from the list.", field="against")
    return found


def reducible(viewer: Viewer, customer_id: int) -> QuerySet[Invoice]:
    """Return the customer's invoices off whose price something may be taken, the newest first."""
    issued = Invoice.objects.filter(theirs(viewer, "customer__"), customer=customer_id, state=Invoice.State.ISSUED)
    return issued.exclude(kind=Invoice.Kind.RETURN).exclude(REPLACED).order_by("-pk")


def closing_days(customers: set[int]) -> dict[int, int]:
    """Return the cutoff day of each customer's terms, 0 (the month's end) where none were agreed."""
    found: dict[int, int] = defaultdict(int)
    found.update(Terms.objects.filter(customer__in=customers).values_list("customer", "closing_day"))
    return found


def _taken(customers: set[int], days: dict[int, int], at: datetime) -> dict[int, bool]:
    """Whether the invoice of each customer's next cutoff will be more than all that came back."""
    if not customers:
        return {}
    today, hours = local_day(at), business_calendar()
    ends: dict[int, date] = {}
    for customer_id in customers:
        end = closing_on(today, days[customer_id])
        ends[customer_id] = (
            end if hours.closing_of(end) >= at else closing_on(end + timedelta(days=1), days[customer_id])
        )
    yen: dict[int, Decimal] = defaultdict(Decimal)
    latest = max(ends.values())
    for line in lines_unbilled(latest).filter(delivery__customer__in=customers):
        if line.delivery.delivered_on <= ends[line.delivery.customer_id]:
            yen[line.delivery.customer_id] += (-1 if is_return(line) else 1) * line.left * line.unit_price
    for customer_id, end in ends.items():
        for owed in periods_unbilled(end, customer_id=customer_id):
            yen[customer_id] += owed.contract.quantity * owed.contract.unit_price
    coming = Order.objects.filter(customer__in=customers, state=Order.State.OPEN, promised_on__range=(today, latest))
    for order in coming.prefetch_related("lines__deliveries__delivery"):
        if order.promised_on and order.promised_on <= ends[order.customer_id]:
            yen[order.customer_id] += _undelivered(order)
    return {customer_id: yen[customer_id] > 0 for customer_id in customers}


def _undelivered(order: Order) -> Decimal:
    """What is still to be delivered of an order, in yen."""
    yen = Decimal(0)
    for line in order.lines.all():
        sent = sum(
            (row.quantity for row in line.deliveries.all() if row.delivery.state == Delivery.State.VALID), Decimal(0)
        )
        yen += max(line.quantity - sent, Decimal(0)) * line.unit_price
    return yen
