"""Orders that were forgotten: no delivery date was given, or the day promised is near or past and something is still to
be delivered (practice 4-29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop

from billing.models import Delivery, DeliveryLine, Order, OrderLine
from billing.policy import ORDER_NEAR, ORDER_UNDATED
from customers.models import Customer
from office.clock import local_day
from office.selectors import business_calendar, policy

LABELS = {
    "undated": gettext_noop("Order without a delivery date"),
    "near": gettext_noop("Delivery date near, not delivered yet"),
    "past": gettext_noop("Delivery date past, not delivered"),
}
SENTENCES = {
    "undated": gettext_noop("Order %(number)s of %(ordered)s (%(what)s) has no delivery date."),
    "near": gettext_noop("Order %(number)s (%(what)s) is promised for %(promised)s and not delivered yet."),
    "past": gettext_noop("Order %(number)s (%(what)s) was promised for %(promised)s and is not delivered."),
}


@dataclass(frozen=True)
class Waiting:
    """An order of which something is still to be delivered, and why it is told."""

    kind: str
    number: str
    customer: Customer
    what: str
    ordered: date
    promised: date | None

    @property
    def source(self) -> str:
        """The unique name of its activity: one for each kind, so that a day that passes is told anew."""
        return f"order:{self.kind}:{self.number}"

    @property
    def label(self) -> str:
        """Its kind, translated."""
        return gettext(LABELS[self.kind])

    @property
    def text(self) -> str:
        """Its sentence, translated."""
        return gettext(SENTENCES[self.kind]) % {
            "number": self.number, "what": self.what, "ordered": f"{self.ordered:%m/%d}",
            "promised": f"{self.promised:%m/%d}" if self.promised else "",
        }  # fmt: skip


def orders_waiting(at: datetime, customer_id: int | None = None) -> list[Waiting]:
    """Return the orders somebody should look at now, of all customers or one, the oldest promise first, then those
    without a date.

    How many business days before the promised day and after an order without a day is a house rule. An order counts as
    delivered when each line is, and when a delivery names the order without its lines: then nobody can tell.
    """
    days, today = business_calendar(), local_day(at)
    near = days.business_day_after(today, int(policy(ORDER_NEAR, at)))
    since = days.business_day_after(today, -int(policy(ORDER_UNDATED, at)))
    told = Q(promised_on__lte=near) | Q(promised_on=None, ordered_on__lte=since)
    if customer_id is not None:
        told &= Q(customer=customer_id)
    lines = lines_to_go().filter(order__in=Order.objects.filter(told, state=Order.State.OPEN))
    lines = lines.select_related("order__customer").order_by("order__promised_on", "order__pk", "place")
    orders: dict[int, list[OrderLine]] = {}
    for line in lines:
        orders.setdefault(line.order_id, []).append(line)
    found = [_waiting(some, today) for some in orders.values()]
    return sorted(found, key=lambda one: (one.promised is None, one.promised or one.ordered))


WENT = Q(delivery__state=Delivery.State.VALID, delivery__kind=Delivery.Kind.DELIVERY)


def went() -> Coalesce:
    """How much of a line of an order went to the customer; what came back later went all the same."""
    mine = DeliveryLine.objects.filter(WENT, order_line=OuterRef("pk")).order_by().values("order_line")
    return Coalesce(Subquery(mine.annotate(sum=Sum("quantity")).values("sum")), Decimal(0))


def lines_to_go() -> QuerySet[OrderLine]:
    """Lines of which less went than was ordered, as far as anybody can tell."""
    unclear = DeliveryLine.objects.filter(WENT, delivery__order=OuterRef("order"), order_line=None)
    return OrderLine.objects.annotate(went=went()).filter(~Exists(unclear), went__lt=F("quantity"))


def is_to_go() -> Exists:
    """The condition of an order that something of it is still to go; whether it is cancelled has to be asked apart."""
    return Exists(lines_to_go().filter(order=OuterRef("pk")))


def _waiting(lines: list[OrderLine], today: date) -> Waiting:
    order, first = lines[0].order, lines[0]
    what = gettext("%(what)s and others") % {"what": first.description} if len(lines) > 1 else first.description
    kind = "undated" if order.promised_on is None else "past" if order.promised_on < today else "near"
    return Waiting(kind, order.number, order.customer, what, order.ordered_on, order.promised_on)
