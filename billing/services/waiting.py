"""Orders that were forgotten go to whoever looks after the customer, before the customer asks (practice 4-29)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from billing.selectors.waiting import LABELS, Waiting, orders_waiting
from billing.services.kept import rows_keep
from customers.models import Activity
from customers.services import ActivityRow

LONGEST_LINK = 200  # characters of an activity's link


@transaction.atomic
def orders_sweep(*, at: datetime) -> int:
    """Put orders without a date, and those whose day is near or past, on the owner's list; return how many rows were
    written. What was delivered, dated or cancelled leaves it. Run again it finds nothing to do."""
    return rows_keep("order:", {one.source: _row(one, at) for one in orders_waiting(at)}, at=at)


def _row(one: Waiting, at: datetime) -> ActivityRow:
    with translation.override("ja"):
        detail = one.text
    return ActivityRow(
        source=one.source, kind=Activity.Kind.STEP, label=LABELS[one.kind], detail=detail[:300],
        customer_id=one.customer.pk, who_id=one.customer.owner_id, deputy_id=one.customer.deputy_id, due=at,
        link=_link(one), urgent=one.kind == "past",
    )  # fmt: skip


def _link(one: Waiting) -> str:
    """The order's page, where its day is set; an address that a long number makes too long for us leads to the firm."""
    page = reverse("billing:order", args=[one.number])
    return page if len(page) <= LONGEST_LINK else f"/customers/{one.customer.pk}/"
