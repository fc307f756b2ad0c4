"""What is taken off a price, and how return invoices were settled, for programs."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from billing.api.invoices import InvoiceDetail
from billing.models import Settlement
from billing.selectors import invoice_get
from billing.selectors.returns import settleable
from billing.services import reduction_create, return_settle, settlement_undo
from customers.selectors import NOT_FOUND
from office.errors import Refused
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["invoices"])


class SettleIn(Body):
    """How a return invoice was settled; `against` is the number of the invoice that asks less. The same
    `idempotency_key` notes it once."""

    how: Settlement.How
    amount: int = Field(le=10**12)
    settled_on: date
    idempotency_key: str = Field(min_length=1, max_length=100)
    against: str = ""
    note: str = ""


class SettlementOut(Schema):
    """How a return invoice was settled; below zero it takes another one back."""

    id: int
    how: str
    amount: int
    settled_on: date
    against: str
    note: str

    @staticmethod
    def resolve_against(settlement: Settlement) -> str:
        """The number of the invoice that asks less, "" for money sent back."""
        return settlement.against.number if settlement.against else ""


class ReduceIn(Body):
    """What is taken off, in yen with tax; the reason stands on the paper. `promise`: the compensation whose document it
    is; asked for again, its draft is answered. The same `idempotency_key` makes it once."""

    amount: int = Field(le=10**12)
    reason: str
    promise: int | None = None
    idempotency_key: str = Field("", max_length=100)


@router.post("/{number}/reduce", response={201: InvoiceDetail}, url_name="invoice_reduce")
def reduce(request: HttpRequest, number: str, data: ReduceIn) -> Any:
    """Take something off the price of an issued invoice, by the draft of a return invoice."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    key = data.idempotency_key and f"api:{viewer.user.pk}:{data.idempotency_key}"
    made = reduction_create(
        key=key,
        invoice_id=found.pk,
        amount=data.amount,
        reason=data.reason,
        promise_id=data.promise,
        by=viewer.user,
        at=viewer.at,
    )
    return Status(201, invoice_get(viewer, made.number))


@router.post("/{number}/settle", response={201: SettlementOut}, url_name="invoice_settle")
def settle(request: HttpRequest, number: str, data: SettleIn) -> Any:
    """Note how a return invoice was settled."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    against = settleable(viewer, data.against, found.customer_id).pk if data.against else None
    values = data.dict(exclude={"idempotency_key", "against"})
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    made = return_settle(invoice_id=found.pk, against_id=against, key=key, by=viewer.user, at=viewer.at, **values)
    return Status(201, made)


@router.post("/{number}/settlements/{int:pk}/undo", response=SettlementOut, url_name="settlement_undo")
def settle_undo(request: HttpRequest, number: str, pk: int) -> Any:
    """Take a settlement back by a counter-entry."""
    viewer = viewer_of(request)
    if not invoice_get(viewer, number).settlements.filter(pk=pk).exists():
        raise Refused("not_found", NOT_FOUND)
    return settlement_undo(settlement_id=pk, by=viewer.user, at=viewer.at)
