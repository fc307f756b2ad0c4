"""The list of orders: open, late, without a date, all; and how far one order has come (practices 3-03, 4-29)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Q, QuerySet, Value, When

from billing.models import Delivery, DeliveryLine, Order, OrderLine
from billing.selectors.records import orders_visible
from billing.selectors.search import PAGE, Page, partners
from billing.selectors.waiting import is_to_go, went
from customers.selectors import NOT_FOUND
from office.clock import local_day
from office.errors import Refused
from office.viewer import Viewer

OPEN, LATE, UNDATED, ALL = "open", "late", "undated", "all"
SHOWN = (OPEN, LATE, UNDATED, ALL)
PLACE = re.compile(r"(\d{4}-\d\d-\d\d),(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Progress:
    """A line of an order with what went of it and what is still to go."""

    line: OrderLine
    went: Decimal

    @property
    def rest(self) -> Decimal:
        """What is still to go; never below zero, although more may have gone than was ordered."""
        return max(self.line.quantity - self.went, Decimal(0))


def orders_page(viewer: Viewer, *, q: str = "", shown: str = OPEN, before: str = "", size: int = PAGE) -> Page[Order]:
    """Return a page of the viewer's orders, the latest first, found by the beginning of a number or by customer.

    shown: one of SHOWN; open: something is still to go, late: and its day has passed, undated: and it has no day.
    before: where the page before ended (`Page.older`); anything else starts at the top. Nothing is counted.
    """
    today = local_day(viewer.at)
    found = _with_standing(orders_visible(viewer), today).order_by("-ordered_on", "-pk")
    if q:
        found = found.filter(Q(number__startswith=q) | Q(number__startswith=q.upper()) | partners(viewer, q))
    if shown != ALL:
        found = found.filter(is_to_go(), state=Order.State.OPEN)
    if shown == LATE:
        found = found.filter(promised_on__lt=today)
    if shown == UNDATED:
        found = found.filter(promised_on=None)
    if place := PLACE.fullmatch(before):
        found = found.filter(_after(place[1], int(place[2])))
    rows = list(found.prefetch_related("lines")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], f"{last.ordered_on.isoformat()},{last.pk}" if last else "")


def _after(day: str, pk: int) -> Q:
    try:
        last = date.fromisoformat(day)
    except ValueError:
        return Q()
    return Q(ordered_on__lte=last) & ~Q(ordered_on=last, pk__gte=pk)


def order_with_standing(viewer: Viewer, number: str) -> Order:
    """Return one visible order with its `standing`; else Refused not_found."""
    found = _with_standing(orders_visible(viewer), local_day(viewer.at)).filter(number=number.replace("\0", "")).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def _with_standing(found: QuerySet[Order], today: date) -> QuerySet[Order]:
    """Add how each stands: cancelled, delivered, undated, late or open; the same rule as the watch has."""
    cases = (
        When(state=Order.State.CANCELLED, then=Value("cancelled")),
        When(~is_to_go(), then=Value("delivered")),
        When(promised_on=None, then=Value(UNDATED)),
        When(promised_on__lt=today, then=Value(LATE)),
    )
    return found.annotate(standing=Case(*cases, default=Value(OPEN)))


def progress_of(order: Order) -> list[Progress]:
    """Return its lines in their places, each with what went of it."""
    lines = order.lines.annotate(went=went()).order_by("place")
    return [Progress(line, line.went) for line in lines]


def deliveries_of(order: Order) -> Sequence[Delivery]:
    """Return what was delivered of an order and what came back of that, the latest first."""
    back = DeliveryLine.objects.filter(of__delivery__order=order).values("delivery")
    return list(Delivery.objects.filter(Q(order=order) | Q(pk__in=back)).order_by("-delivered_on", "-pk"))
