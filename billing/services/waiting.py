"""Orders that were forgotten go to whoever looks after the customer, before the customer asks (practice 4-29)."""

from datetime import datetime

from django.db import transaction
from django.utils import translation

from billing.selectors.waiting import LABELS, Waiting, orders_waiting
from billing.services.kept import rows_keep
from customers.models import Activity
from customers.services import ActivityRow


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
        link=f"/customers/{one.customer.pk}/", urgent=one.kind == "past",
    )  # fmt: skip
