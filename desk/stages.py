"""In which stage we are with a customer on a day, read from orders, deliveries, payments and incidents (practice 1-01).

Nobody notes a stage. Where several hold at once, the one in which most is at stake for the customer counts.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Min, Q
from django.utils.translation import gettext_noop

from billing.models import Delivery, Instalment, Invoice, Order
from incidents.models import NOT_COUNTED, State
from incidents.selectors import incidents_visible
from office.clock import local_day
from office.viewer import Viewer

TROUBLE, DELIVERY, PAYMENT, ORDER, WAITING, USUAL = "trouble", "delivery", "payment", "order", "waiting", "usual"
STAGES = {
    ORDER: gettext_noop("Order placed"),
    WAITING: gettext_noop("Until delivery"),
    DELIVERY: gettext_noop("Delivery"),
    PAYMENT: gettext_noop("Payment days"),
    TROUBLE: gettext_noop("Incident"),
    USUAL: gettext_noop("Day to day"),
}
AROUND = timedelta(days=7)  # before and after a delivery, after a payment day
FRESH = timedelta(days=14)  # after an order
LONGEST = timedelta(days=366)  # an order nothing was delivered of is not waited for any longer


@dataclass(frozen=True)
class Span:
    """A stage and its days, both included; without an end it goes on."""

    stage: str
    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether that day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


def stage_on(spans: list[Span], day: date) -> str:
    """Return the stage of a day; the everyday one where nothing else holds."""
    return next((span.stage for span in spans if span.holds(day)), USUAL)


def spans_of(viewer: Viewer, customer_id: int, since: date) -> list[Span]:
    """Return the stages of one customer since a day, those that count first on top; five statements.

    An incident counts from its first report to its end, as far as the viewer may see it; one of which only the
    follow-up is left, after all that is under way besides.
    """
    today = local_day(viewer.at)
    followed = Q(state=State.AFTERCARE)
    return [
        *_troubles(viewer, customer_id, ~followed), *_deliveries(customer_id, since, today),
        *_payments(customer_id, since, today), *_orders(customer_id, since - LONGEST),
        *_troubles(viewer, customer_id, followed),
    ]  # fmt: skip


def _troubles(viewer: Viewer, customer_id: int, which: Q) -> list[Span]:
    rows = incidents_visible(viewer).filter(which, customer=customer_id).exclude(state__in=NOT_COUNTED).order_by()
    found = rows.values_list("opened_at", "closed_at")
    return [Span(TROUBLE, local_day(opened), local_day(closed) if closed else None) for opened, closed in found]


def _deliveries(customer_id: int, since: date, today: date) -> list[Span]:
    went = Delivery.objects.filter(customer=customer_id, state=Delivery.State.VALID, kind=Delivery.Kind.DELIVERY)
    days = went.filter(delivered_on__range=(since - AROUND, today + AROUND)).order_by()
    ahead = Order.objects.filter(customer=customer_id, state=Order.State.OPEN, deliveries=None)
    ahead = ahead.filter(promised_on__range=(since - AROUND, today + AROUND)).order_by()
    found = days.values_list("delivered_on").union(ahead.values_list("promised_on"))
    return [Span(DELIVERY, day - AROUND, day + AROUND) for (day,) in found]


def _payments(customer_id: int, since: date, today: date) -> list[Span]:
    rows = Instalment.objects.filter(invoice__customer=customer_id, invoice__state=Invoice.State.ISSUED)
    rows = rows.filter(due_on__range=(since - AROUND, today)).order_by()
    return [Span(PAYMENT, day, day + AROUND) for day in rows.values_list("due_on", flat=True).distinct()]


def _orders(customer_id: int, since: date) -> list[Span]:
    """Each order is fresh for a while; then its delivery is waited for."""
    rows = Order.objects.filter(customer=customer_id, state=Order.State.OPEN, ordered_on__gte=since)
    valid = Q(deliveries__state=Delivery.State.VALID)
    rows = rows.annotate(went=Min("deliveries__delivered_on", filter=valid)).order_by(F("ordered_on").desc())
    found = list(rows.values_list("ordered_on", "went"))
    fresh = [Span(ORDER, day, day + FRESH) for day, _went in found]
    return [*fresh, *(Span(WAITING, day, went or day + LONGEST) for day, went in found)]
