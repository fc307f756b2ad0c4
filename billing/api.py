"""Invoices, terms, thank-you calls and imports for programs: the same services as the pages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from billing.due import WHOLE, Part
from billing.findings import Finding
from billing.models import Instalment, Invoice, InvoiceLine, Payment, Sending, Settlement, Terms
from billing.selectors import (
    Wanted,
    invoice_get,
    invoices_found,
    invoices_visible,
    payments_found,
    terms_of,
    thank_you_get,
)
from billing.selectors.checking import drafts_of
from billing.selectors.returns import settleable
from billing.selectors.sendings import recipient_of
from billing.services import (
    Change,
    check_refuse,
    draft_change,
    draft_discard,
    draft_gather,
    invoice_correct,
    invoice_create,
    invoice_issue,
    invoice_received,
    invoice_sent,
    invoices_check,
    invoices_import,
    invoices_send,
    payment_record,
    recipient_put,
    return_gather,
    return_settle,
    settlement_undo,
    terms_put,
    thank_you_call_record,
)
from billing.views.paper import pdf
from billing.views.search import handed_over
from customers.importing import Report
from customers.models import Call
from customers.selectors import NOT_FOUND, customer_get
from customers.services import customers_import
from office.csvfile import RowError
from office.errors import Refused
from office.http import viewer_of

invoices = Router(tags=["invoices"])
money = Router(tags=["payments"])
terms = Router(tags=["terms"])
thank_you_calls = Router(tags=["thank-you calls"])
imports = Router(tags=["imports"])
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
    """An invoice with its payment days and payments."""

    quantity: str
    delivery_number: str
    delivered_on: date | None
    planned_on: date | None
    note: str
    version: int
    closing_on: date | None
    sent_at: datetime | None
    received_at: datetime | None
    refused: str
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


class PartIn(Schema):
    """One part: an amount in yen, or a percentage of the total; `base` is the day whose closing counts."""

    kind: Instalment.Kind = Instalment.Kind.FINAL
    amount: int | None = None
    percent: Decimal | None = None
    base: date | None = None


class InvoiceIn(Schema):
    """A draft. Payment days are computed from the customer's terms; without parts it is paid at once."""

    customer: int
    subject: str
    net: int = Field(le=10**12)
    tax: int = Field(le=10**12)
    number: str = ""
    quantity: str = ""
    delivery_number: str = ""
    delivered_on: date | None = None
    planned_on: date | None = None
    note: str = ""
    parts: list[PartIn] = []


class PaymentIn(Schema):
    """Money that came in; the same `idempotency_key` records it once."""

    amount: int = Field(le=10**12)
    received_on: date
    idempotency_key: str = Field(min_length=1, max_length=100)
    payer: str = ""
    instalment_id: int | None = None


class Asked(Schema):
    """What transactions are looked for by; each may be left out. `before`: go on after this one."""

    q: str = Field("", max_length=100)
    customer: int | None = None
    since: date | None = None
    until: date | None = None
    least: int | None = None
    most: int | None = None
    before: str = Field("", max_length=40)
    offset: int = 0

    def wanted(self) -> dict[str, Any]:
        """As the selectors want it."""
        values = self.dict(include={"customer", "since", "until", "least", "most"})
        return values | {name: getattr(self, name).replace("\0", "") for name in ("q", "before")}


class InvoicesAsked(Asked):
    """Of invoices also: in which state."""

    state: Invoice.State | None = None


class PaymentRow(PaymentOut):
    """Money that came in, in a list: for which invoice, whose."""

    kind: str
    invoice: str = Field(alias="invoice.number")
    customer: int = Field(alias="invoice.customer_id")


@invoices.get("", response=list[InvoiceOut], url_name="invoices")
def invoice_list(request: HttpRequest, asked: Query[InvoicesAsked]) -> Any:
    """List the invoices you may see, the latest first: by day of issue, amount with tax, partner, and any of them."""
    wanted = Wanted(**asked.wanted(), state=asked.state.value if asked.state else "")
    start = max(asked.offset, 0)
    return invoices_found(viewer_of(request), wanted)[start : start + LIMIT]


@invoices.post("", response={201: InvoiceDetail}, url_name="invoices")
def invoice_post(request: HttpRequest, data: InvoiceIn) -> Any:
    """Make a draft."""
    viewer = viewer_of(request)
    values = data.dict(exclude={"customer", "parts"})
    parts = [Part(**part.dict()) for part in data.parts] or WHOLE
    customer_id = customer_get(viewer, data.customer).pk
    made = invoice_create(customer_id=customer_id, parts=parts, by=viewer.user, at=viewer.at, **values)
    return Status(201, invoice_get(viewer, made.number))


class SeenIn(Schema):
    """A draft as it was read."""

    number: str
    version: int


class ReasonIn(Schema):
    """Why."""

    reason: str


class GatherIn(Schema):
    """Whose, and up to which day: everything delivered, returned or owed that stands on no invoice yet; with `returns`
    a return invoice of what came back alone."""

    customer: int
    until: date
    returns: bool = False


class SentIn(Schema):
    """How it went out."""

    how: Invoice.Sent


class FindingOut(Schema):
    """One thing to look at; `line` is 0 for the whole."""

    kind: str
    grave: bool
    line: int
    sentence: str

    @staticmethod
    def resolve_sentence(finding: Finding) -> str:
        """In the reader's language."""
        return finding.text


@invoices.post("/check", response=list[InvoiceOut], url_name="invoices_check")
def check(request: HttpRequest, data: list[SeenIn]) -> Any:
    """Confirm drafts of others as you have read them; all or none."""
    viewer = viewer_of(request)
    seen = {invoice_get(viewer, one.number).pk: one.version for one in data}
    invoices_check(seen=seen, by=viewer.user, at=viewer.at)
    return invoices_visible(viewer).filter(pk__in=seen)


@invoices.post("/gather", response={201: InvoiceDetail}, url_name="invoice_gather")
def gather(request: HttpRequest, data: GatherIn) -> Any:
    """Make a draft of what is not billed yet."""
    viewer = viewer_of(request)
    customer_id = customer_get(viewer, data.customer).pk
    make = return_gather if data.returns else draft_gather
    made = make(customer_id=customer_id, until=data.until, by=viewer.user, at=viewer.at)
    return Status(201, invoice_get(viewer, made.number))


@invoices.post("/export", url_name="invoices_export")
def export(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Get what was issued among what is looked for as a ZIP: the papers, an index, a manifest of hashes."""
    return handed_over(viewer_of(request), Wanted(**{**asked.wanted(), "before": ""}))


class SendIn(Schema):
    """How one goes out; `receipt` is the number the customer's page gave, `reason` why it goes once more. The same
    `idempotency_key` sends it once."""

    how: Invoice.Sent
    idempotency_key: str = Field(min_length=1, max_length=100)
    receipt: str = ""
    sent_on: date | None = None
    reason: str = ""


class SendManyIn(Schema):
    """Which go out by mail; all of them or none."""

    numbers: list[str] = Field(max_length=500)
    idempotency_key: str = Field(min_length=1, max_length=100)


class SendingOut(Schema):
    """One time an invoice went out."""

    invoice: str
    place: int
    how: str
    state: str
    addresses: list[str] = Field(alias="emails")
    receipt: str
    sent_on: date | None
    reason: str
    trouble: str

    @staticmethod
    def resolve_invoice(sending: Sending) -> str:
        """Its number."""
        return sending.invoice.number


@invoices.post("/send", response=list[SendingOut], url_name="invoices_send")
def send_many(request: HttpRequest, data: SendManyIn) -> Any:
    """Send issued invoices by mail, each to the addresses kept with its customer."""
    viewer = viewer_of(request)
    ids = [invoice_get(viewer, number.replace("\0", "")).pk for number in data.numbers]
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    return invoices_send(invoice_ids=ids, how=Invoice.Sent.MAIL, key=key, by=viewer.user, at=viewer.at)


@invoices.get("/{number}", response=InvoiceDetail, url_name="invoice")
def invoice_one(request: HttpRequest, number: str) -> Any:
    """Get one invoice."""
    return invoice_get(viewer_of(request), number.replace("\0", ""))


@invoices.post("/{number}/issue", response=InvoiceDetail, url_name="invoice_issue")
def issue(request: HttpRequest, number: str) -> Any:
    """Issue a draft; from then on it is frozen."""
    viewer = viewer_of(request)
    invoice_issue(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@invoices.delete("/{number}", response={204: None}, url_name="invoice")
def discard(request: HttpRequest, number: str) -> Any:
    """Throw a draft away; what it billed is to be billed again."""
    viewer = viewer_of(request)
    draft_discard(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    return Status(204, None)


@invoices.get("/{number}/pdf", url_name="invoice_pdf")
def invoice_pdf(request: HttpRequest, number: str) -> Any:
    """Get the PDF: the frozen one, of a draft one with 下書き across it."""
    return pdf(request, number)


@invoices.get("/{number}/findings", response=list[FindingOut], url_name="invoice_findings")
def invoice_findings(request: HttpRequest, number: str) -> Any:
    """List what a second person should look at."""
    viewer = viewer_of(request)
    return drafts_of([invoice_get(viewer, number)], viewer)[0].findings


@invoices.post("/{number}/refuse", response=InvoiceDetail, url_name="invoice_refuse")
def refuse(request: HttpRequest, number: str, data: ReasonIn) -> Any:
    """Send a draft back to whoever made it."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    check_refuse(invoice_id=found.pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


class ChangeIn(Schema):
    """What becomes of the line in this place; what is left out stays. `dropped`: left to bill another time."""

    place: int = Field(ge=1, le=500)
    description: str | None = None
    note: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    rate: int | None = None
    dropped: bool = False


class ChangesIn(Schema):
    """Changes of a draft as it was read."""

    version: int
    lines: list[ChangeIn]
    note: str | None = None


@invoices.post("/{number}/change", response=InvoiceDetail, url_name="invoice_change")
def change(request: HttpRequest, number: str, data: ChangesIn) -> Any:
    """Change a draft; whoever changes it has made it, and a colleague checks it."""
    viewer = viewer_of(request)
    changes = {line.place: Change(**line.dict(exclude={"place"})) for line in data.lines}
    draft_change(
        invoice_id=invoice_get(viewer, number).pk, version=data.version, changes=changes, note=data.note,
        by=viewer.user, at=viewer.at,
    )  # fmt: skip
    return invoice_get(viewer, number)


@invoices.post("/{number}/correct", response={201: InvoiceDetail}, url_name="invoice_correct")
def correct(request: HttpRequest, number: str, data: ReasonIn) -> Any:
    """Begin the corrected invoice of an issued one."""
    viewer = viewer_of(request)
    old = invoice_get(viewer, number)
    made = invoice_correct(invoice_id=old.pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return Status(201, invoice_get(viewer, made.number))


@invoices.post("/{number}/sent", response=InvoiceDetail, url_name="invoice_sent")
def sent(request: HttpRequest, number: str, data: SentIn) -> Any:
    """Note that it went out."""
    viewer = viewer_of(request)
    invoice_sent(invoice_id=invoice_get(viewer, number).pk, how=data.how, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@invoices.post("/{number}/received", response=InvoiceDetail, url_name="invoice_received")
def received(request: HttpRequest, number: str) -> Any:
    """Note that the customer has it."""
    viewer = viewer_of(request)
    invoice_received(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@invoices.post("/{number}/payments", response={201: PaymentOut}, url_name="invoice_payments")
def payment_post(request: HttpRequest, number: str, data: PaymentIn) -> Any:
    """Record money that came in."""
    viewer = viewer_of(request)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    values = data.dict(exclude={"idempotency_key"})
    invoice_id = invoice_get(viewer, number).pk
    return Status(201, payment_record(invoice_id=invoice_id, key=key, by=viewer.user, at=viewer.at, **values))


@invoices.post("/{number}/send", response=SendingOut, url_name="invoice_send")
def send_one(request: HttpRequest, number: str, data: SendIn) -> Any:
    """Send one, or note that it went by the customer's page or by post."""
    viewer = viewer_of(request)
    key, values = f"api:{viewer.user.pk}:{data.idempotency_key}", data.dict(exclude={"idempotency_key"})
    found = invoice_get(viewer, number)
    return invoices_send(invoice_ids=[found.pk], key=key, by=viewer.user, at=viewer.at, **values)[0]


@invoices.get("/{number}/sendings", response=list[SendingOut], url_name="invoice_sendings")
def sendings_list(request: HttpRequest, number: str) -> Any:
    """List each time it went out, the first first."""
    return invoice_get(viewer_of(request), number).sendings.select_related("invoice")


class RecipientBody(Schema):
    """How invoices go to a customer; e-mail addresses one a line. `way` is empty when nobody has asked yet."""

    way: str = ""
    addresses: str = ""
    person: str = ""
    portal: str = ""
    postal_code: str = ""
    address: str = ""


@terms.get("/{int:customer}/recipient", response=RecipientBody, url_name="recipient")
def recipient_one(request: HttpRequest, customer: int) -> Any:
    """Get how invoices go to a customer."""
    return recipient_of(customer_get(viewer_of(request), customer).pk) or RecipientBody()


@terms.put("/{int:customer}/recipient", response=RecipientBody, url_name="recipient")
def recipient_change(request: HttpRequest, customer: int, data: RecipientBody) -> Any:
    """Set how invoices go to a customer."""
    viewer = viewer_of(request)
    customer_id = customer_get(viewer, customer).pk
    return recipient_put(customer_id=customer_id, by=viewer.user, at=viewer.at, **data.dict())


class SettleIn(Schema):
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


@invoices.post("/{number}/settle", response={201: SettlementOut}, url_name="invoice_settle")
def settle(request: HttpRequest, number: str, data: SettleIn) -> Any:
    """Note how a return invoice was settled."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    against = settleable(viewer, data.against, found.customer_id).pk if data.against else None
    values = data.dict(exclude={"idempotency_key", "against"})
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    made = return_settle(invoice_id=found.pk, against_id=against, key=key, by=viewer.user, at=viewer.at, **values)
    return Status(201, made)


@invoices.post("/{number}/settlements/{int:pk}/undo", response=SettlementOut, url_name="settlement_undo")
def settle_undo(request: HttpRequest, number: str, pk: int) -> Any:
    """Take a settlement back by a counter-entry."""
    viewer = viewer_of(request)
    if not invoice_get(viewer, number).settlements.filter(pk=pk).exists():
        raise Refused("not_found", NOT_FOUND)
    return settlement_undo(settlement_id=pk, by=viewer.user, at=viewer.at)


class TermsBody(Schema):
    """Terms of payment; days are 0 for the month's end or 1 to 28."""

    closing_day: int = Field(ge=0, le=28)
    pay_month_offset: int = Field(ge=0, le=6)
    pay_day: int = Field(ge=0, le=28)
    shift: Terms.Shift = Terms.Shift.BEFORE
    thank_you: Terms.ThankYou = Terms.ThankYou.EVERY
    method: str = ""


@money.get("/payments", response=list[PaymentRow], url_name="payments")
def payment_list(request: HttpRequest, asked: Query[Asked]) -> Any:
    """List the money that came in, the latest first: by day, amount, partner, and any of them."""
    start = max(asked.offset, 0)
    return payments_found(viewer_of(request), Wanted(**asked.wanted()))[start : start + LIMIT]


@terms.get("/{int:customer}", response=TermsBody, url_name="terms")
def terms_one(request: HttpRequest, customer: int) -> Any:
    """Get a customer's terms, the defaults when none were agreed."""
    return terms_of(customer_get(viewer_of(request), customer).pk)


@terms.put("/{int:customer}", response=TermsBody, url_name="terms")
def terms_change(request: HttpRequest, customer: int, data: TermsBody) -> Any:
    """Set a customer's terms."""
    viewer = viewer_of(request)
    customer_id = customer_get(viewer, customer).pk
    return terms_put(customer_id=customer_id, by=viewer.user, at=viewer.at, **data.dict())


class ThanksIn(Schema):
    """How the call went; the same `idempotency_key` records it once."""

    outcome: Call.Outcome
    idempotency_key: str = Field(min_length=1, max_length=100)
    note: str = ""


class ThanksOut(Schema):
    """Whether the call is still to be made, and when."""

    state: str
    due: Any


@thank_you_calls.post("/{int:instalment}", response=ThanksOut, url_name="thank_you_call")
def thanks_post(request: HttpRequest, instalment: int, data: ThanksIn) -> Any:
    """Record how a thank-you call went."""
    viewer = viewer_of(request)
    found = thank_you_get(viewer, instalment)
    return thank_you_call_record(
        instalment_id=found.payday.instalment.pk,
        outcome=data.outcome,
        note=data.note,
        key=f"api:{viewer.user.pk}:{data.idempotency_key}",
        by=viewer.user,
        at=viewer.at,
    )


class CountOut(Schema):
    """How many rows of one kind were made, changed or left alone."""

    label: str
    created: int
    updated: int
    unchanged: int


class ErrorOut(Schema):
    """What is wrong in one row."""

    line: int
    column: str
    message: str

    @staticmethod
    def resolve_message(error: RowError) -> str:
        """In the reader's language."""
        return gettext(error.message)


class ReportOut(Schema):
    """What an import did; with errors nothing was written."""

    done: bool
    dry_run: bool
    counts: list[CountOut]
    errors: list[ErrorOut]


@imports.post("/customers", response={200: ReportOut, 400: ReportOut}, url_name="import_customers")
def import_customers(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import customers and their people from a CSV file, keyed by customer code."""
    viewer = viewer_of(request)
    return _answer(customers_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


@imports.post("/invoices", response={200: ReportOut, 400: ReportOut}, url_name="import_invoices")
def import_invoices(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Any:
    """Import invoices from a CSV file, keyed by document number."""
    viewer = viewer_of(request)
    return _answer(invoices_import(data=file.read(), by=viewer.user, at=viewer.at, dry_run=dry_run))


def _answer(report: Report) -> Status[Report]:
    return Status(400 if report.errors else 200, report)
