"""Invoices as documents for programs: found, read, made, paid."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from billing.due import WHOLE, Part
from billing.models import Instalment, Invoice, InvoiceLine, Payment
from billing.selectors import Wanted, invoice_get, invoices_found
from billing.services import draft_discard, invoice_create, payment_record, payment_undo
from billing.views.paper import pdf
from billing.views.search import handed_over
from customers.selectors import NOT_FOUND, customer_get
from office.errors import Refused
from office.http import viewer_of
from office.keys import Key, Offset
from office.schema import Body

router = Router(tags=["invoices"])
LIMIT = 1_000  # rows in one answer


class InstalmentOut(Schema):
    """One part of an invoice; amounts in yen."""

    id: int
    kind: str
    amount: int
    nominal_on: date
    due_on: date


class LineOut(Schema):
    """One line as it is printed; amount in yen."""

    place: int
    traded_on: date
    description: str
    note: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    rate: int
    amount: int


class PaymentOut(Schema):
    """Money that came in."""

    id: int
    amount: int
    received_on: date
    payer: str
    instalment: int | None = Field(alias="instalment_id")


class InvoiceOut(Schema):
    """An invoice in a list; amounts in yen."""

    number: str
    kind: str
    customer: int = Field(alias="customer_id")
    subject: str
    state: str
    net: int
    tax: int
    total: int
    paid: int
    due_on: date | None
    issued_on: date | None


class InvoiceDetail(InvoiceOut):
    """An invoice with its payment days and payments. reason: of what corrects another one, why; wished: whether the
    customer asked for the correction, null for what corrects nothing."""

    quantity: str
    delivery_number: str
    delivered_on: date | None
    planned_on: date | None
    note: str
    version: int
    inclusive: bool
    closing_on: date | None
    sent_at: datetime | None
    received_at: datetime | None
    refused: str
    reason: str
    wished: bool | None
    lines: list[LineOut]
    instalments: list[InstalmentOut]
    payments: list[PaymentOut]

    @staticmethod
    def resolve_lines(invoice: Invoice) -> QuerySet[InvoiceLine]:
        """In their places."""
        return invoice.lines.all()

    @staticmethod
    def resolve_instalments(invoice: Invoice) -> QuerySet[Instalment]:
        """By their days."""
        return invoice.instalments.all()

    @staticmethod
    def resolve_payments(invoice: Invoice) -> QuerySet[Payment]:
        """By the days on which they came."""
        return invoice.payments.all()


class PartIn(Body):
    """One part: an amount in yen, or a percentage `of` the total or of the balance that the parts before it leave;
    `base` is the day whose closing counts."""

    kind: Instalment.Kind = Instalment.Kind.FINAL
    amount: int | None = Field(None, le=10**12)
    percent: Decimal | None = Field(None, gt=0, le=100)
    of: Literal["total", "balance"] = "total"
    base: date | None = None


class InvoiceIn(Body):
    """A draft. Payment days are computed from the customer's terms; without parts it is paid at once. The same
    `idempotency_key` makes it once."""

    customer: int
    subject: str
    net: int = Field(lt=10**12)
    tax: int = Field(lt=10**12)
    number: str = ""
    quantity: str = ""
    delivery_number: str = ""
    delivered_on: date | None = None
    planned_on: date | None = None
    note: str = ""
    parts: list[PartIn] = []
    idempotency_key: str = Field("", max_length=100)


class PaymentIn(Body):
    """Money that came in; the same `idempotency_key` records it once. fee: what is left of the instalment is a bank fee
    that we bear; overpaid: more than is open may come in."""

    amount: int = Field(le=10**12)
    received_on: date
    idempotency_key: str = Field(min_length=1, max_length=100)
    payer: str = ""
    instalment_id: int | None = None
    fee: bool = False
    overpaid: bool = False


class UndoIn(Body):
    """Why a payment is taken back."""

    reason: str


class Asked(Schema):
    """What transactions are looked for by; each may be left out. `before`: go on after this one."""

    q: str = Field("", max_length=100)
    customer: Key | None = None
    since: date | None = None
    until: date | None = None
    least: int | None = None
    most: int | None = None
    before: str = Field("", max_length=40)
    offset: Offset = 0

    def wanted(self) -> dict[str, Any]:
        """As the selectors want it."""
        values = self.dict(include={"customer", "since", "until", "least", "most"})
        return values | {name: getattr(self, name).replace("\0", "") for name in ("q", "before")}


class InvoicesAsked(Asked):
    """Of invoices also: in which state."""

    state: Invoice.State | None = None


@router.get("", response=list[InvoiceOut], url_name="invoices")
def invoice_list(request: HttpRequest, asked: Query[InvoicesAsked]) -> Any:
    """List the invoices you may see, the latest first: by day of issue, amount with tax, partner, and any of them."""
    wanted = Wanted(**asked.wanted(), state=asked.state.value if asked.state else "")
    start = max(asked.offset, 0)
    return invoices_found(viewer_of(request), wanted)[start : start + LIMIT]


@router.post("", response={201: InvoiceDetail}, url_name="invoices")
def invoice_post(request: HttpRequest, data: InvoiceIn) -> Any:
    """Make a draft."""
    viewer = viewer_of(request)
    values = data.dict(exclude={"customer", "parts", "idempotency_key"})
    key = data.idempotency_key and f"api:{viewer.user.pk}:{data.idempotency_key}"
    parts = [Part(**part.dict()) for part in data.parts] or WHOLE
    customer_id = customer_get(viewer, data.customer).pk
    made = invoice_create(customer_id=customer_id, parts=parts, key=key, by=viewer.user, at=viewer.at, **values)
    return Status(201, invoice_get(viewer, made.number))


@router.post("/export", url_name="invoices_export")
def export(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Get what was issued among what is looked for as a ZIP: the papers, an index, a manifest of hashes."""
    return handed_over(viewer_of(request), Wanted(**{**asked.wanted(), "before": ""}))


@router.get("/{number}", response=InvoiceDetail, url_name="invoice")
def invoice_one(request: HttpRequest, number: str) -> Any:
    """Get one invoice."""
    return invoice_get(viewer_of(request), number.replace("\0", ""))


@router.delete("/{number}", response={204: None}, url_name="invoice")
def discard(request: HttpRequest, number: str) -> Any:
    """Throw a draft away; what it billed is to be billed again."""
    viewer = viewer_of(request)
    draft_discard(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    return Status(204, None)


@router.get("/{number}/pdf", url_name="invoice_pdf")
def invoice_pdf(request: HttpRequest, number: str) -> Any:
    """Get the PDF: the frozen one, of a draft one with 下書き across it."""
    return pdf(request, number)


@router.post("/{number}/payments", response={201: PaymentOut}, url_name="invoice_payments")
def payment_post(request: HttpRequest, number: str, data: PaymentIn) -> Any:
    """Record money that came in."""
    viewer = viewer_of(request)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    values = data.dict(exclude={"idempotency_key"})
    invoice_id = invoice_get(viewer, number).pk
    return Status(201, payment_record(invoice_id=invoice_id, key=key, by=viewer.user, at=viewer.at, **values))


@router.post("/{number}/payments/{int:pk}/undo", response=PaymentOut, url_name="payment_undo")
def payment_back(request: HttpRequest, number: str, pk: int, data: UndoIn) -> Any:
    """Take back a payment that was recorded by hand; answers with the counter-entry."""
    viewer = viewer_of(request)
    if not invoice_get(viewer, number).payments.filter(pk=pk).exists():
        raise Refused("not_found", NOT_FOUND)
    return payment_undo(payment_id=pk, reason=data.reason, by=viewer.user, at=viewer.at)
