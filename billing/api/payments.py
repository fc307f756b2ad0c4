"""Money that came in for programs."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from billing.api.invoices import LIMIT, Asked, PaymentOut
from billing.selectors import Wanted, payments_found
from office.http import viewer_of

router = Router(tags=["payments"])


class PaymentRow(PaymentOut):
    """Money that came in, in a list: for which invoice, whose."""

    kind: str
    invoice: str = Field(alias="invoice.number")
    customer: int = Field(alias="invoice.customer_id")


@router.get("/payments", response=list[PaymentRow], url_name="payments")
def payment_list(request: HttpRequest, asked: Query[Asked]) -> Any:
    """List the money that came in, the latest first: by day, amount, partner, and any of them."""
    start = max(asked.offset, 0)
    return payments_found(viewer_of(request), Wanted(**asked.wanted()))[start : start + LIMIT]
