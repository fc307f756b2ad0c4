"""How invoices go out for programs."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from billing.api.invoices import InvoiceDetail
from billing.models import Invoice, Sending
from billing.selectors import invoice_get
from billing.selectors.sendings import recipient_of
from billing.services import hold_release, invoice_received, invoice_sent, invoices_send, recipient_put
from customers.selectors import customer_get
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["invoices"])
recipients = Router(tags=["terms"])


class SentIn(Body):
    """How it went out."""

    how: Invoice.Sent


class SendIn(Body):
    """How one goes out; `receipt` is the number the customer's page gave, `reason` why it goes once more. The same
    `idempotency_key` sends it once."""

    how: Invoice.Sent
    idempotency_key: str = Field(min_length=1, max_length=100)
    receipt: str = ""
    sent_on: date | None = None
    reason: str = ""


class SendManyIn(Body):
    """Which go out by mail; all of them or none."""

    numbers: list[str] = Field(max_length=500)
    idempotency_key: str = Field(min_length=1, max_length=100)


class ReleaseIn(Body):
    """Why it goes out before the letter that it waits for."""

    reason: str


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
    came_back: str

    @staticmethod
    def resolve_invoice(sending: Sending) -> str:
        """Its number."""
        return sending.invoice.number


class RecipientBody(Body):
    """How invoices go to a customer; e-mail addresses one a line. `way` is empty when nobody has asked yet."""

    way: str = ""
    addresses: str = ""
    person: str = ""
    portal: str = ""
    postal_code: str = ""
    address: str = ""


@router.post("/send", response=list[SendingOut], url_name="invoices_send")
def send_many(request: HttpRequest, data: SendManyIn) -> Any:
    """Send issued invoices by mail, each to the addresses kept with its customer."""
    viewer = viewer_of(request)
    ids = [invoice_get(viewer, number.replace("\0", "")).pk for number in data.numbers]
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    return invoices_send(invoice_ids=ids, how=Invoice.Sent.MAIL, key=key, by=viewer.user, at=viewer.at)


@router.post("/{number}/send", response=SendingOut, url_name="invoice_send")
def send_one(request: HttpRequest, number: str, data: SendIn) -> Any:
    """Send one, or note that it went by the customer's page or by post."""
    viewer = viewer_of(request)
    key, values = f"api:{viewer.user.pk}:{data.idempotency_key}", data.dict(exclude={"idempotency_key"})
    found = invoice_get(viewer, number)
    return invoices_send(invoice_ids=[found.pk], key=key, by=viewer.user, at=viewer.at, **values)[0]


@router.get("/{number}/sendings", response=list[SendingOut], url_name="invoice_sendings")
def sendings_list(request: HttpRequest, number: str) -> Any:
    """List each time it went out, the first first."""
    return invoice_get(viewer_of(request), number).sendings.select_related("invoice")


@router.post("/{number}/sent", response=InvoiceDetail, url_name="invoice_sent")
def sent(request: HttpRequest, number: str, data: SentIn) -> Any:
    """Note that it went out."""
    viewer = viewer_of(request)
    invoice_sent(invoice_id=invoice_get(viewer, number).pk, how=data.how, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@router.post("/{number}/received", response=InvoiceDetail, url_name="invoice_received")
def received(request: HttpRequest, number: str) -> Any:
    """Note that the customer has it."""
    viewer = viewer_of(request)
    invoice_received(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@router.post("/{number}/release", response=InvoiceDetail, url_name="invoice_release")
def release(request: HttpRequest, number: str, data: ReleaseIn) -> Any:
    """Let it go out before the letter it waits for; a boss decides that."""
    viewer = viewer_of(request)
    hold_release(invoice_id=invoice_get(viewer, number).pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@recipients.get("/{int:customer}/recipient", response=RecipientBody, url_name="recipient")
def recipient_one(request: HttpRequest, customer: int) -> Any:
    """Get how invoices go to a customer."""
    return recipient_of(customer_get(viewer_of(request), customer).pk) or RecipientBody()


@recipients.put("/{int:customer}/recipient", response=RecipientBody, url_name="recipient")
def recipient_change(request: HttpRequest, customer: int, data: RecipientBody) -> Any:
    """Set how invoices go to a customer."""
    viewer = viewer_of(request)
    customer_id = customer_get(viewer, customer).pk
    return recipient_put(customer_id=customer_id, by=viewer.user, at=viewer.at, **data.dict())
