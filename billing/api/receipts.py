"""What came in by the bank, for programs: import a file, see what fits, book it or put it aside, take it back."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile

from billing.matching import Proposal
from billing.models import BankReceipt
from billing.selectors import Proposed, proposed, receipt_get, receipts
from billing.services import Booking, receipt_book, receipt_cancel, receipt_put_aside, receipt_undo, receipts_import
from office.http import viewer_of
from office.keys import Key, Offset
from office.schema import Body
from office.viewer import Viewer

router = Router(tags=["bank"])
LIMIT = 1_000  # rows in one answer


class ImportedOut(Schema):
    """What a file held. `matched`: fits exactly one customer and one set of instalments; booked by a person alone."""

    records: int
    added: int
    matched: int
    open: int
    cancelled: int


class ShareOut(Schema):
    """Yen for one instalment."""

    instalment: int = Field(alias="claim.instalment")
    invoice: str = Field(alias="claim.invoice")
    amount: int = Field(alias="yen")


class CreditOut(Schema):
    """Yen that a return invoice still owes to the customer."""

    invoice: str
    amount: int = Field(alias="yen")


class ProposalOut(Schema):
    """One way to book a transfer. `fee`: kept back by the payer's bank; `rest`: belongs to nothing that is open;
    `credits`: return invoices the customer kept back, to be settled against the invoice before it is booked."""

    customer: int
    fit: str
    recognised_by: str
    certain: bool
    fee: int
    rest: int
    parts: list[ShareOut] = Field(alias="shares")
    credits: list[CreditOut]

    @staticmethod
    def resolve_fit(proposal: Proposal) -> str:
        """As a word: exact, fee, netted, part, over."""
        return proposal.fit.name.lower()

    @staticmethod
    def resolve_recognised_by(proposal: Proposal) -> str:
        """As a word: confirmed, invoice, name, amount."""
        return proposal.by.name.lower()


class ReceiptOut(Schema):
    """A transfer as the bank wrote it, and what was booked of it, in yen."""

    id: int
    account: str
    day: date
    amount: int
    booked: int
    payer: str
    payer_code: str
    edi: str
    state: str
    reason: str
    cancelled_by_bank: bool
    cancels: bool
    proposals: list[ProposalOut]

    @staticmethod
    def of(row: BankReceipt, proposals: list[Proposal]) -> dict[str, Any]:
        """Put a transfer and its proposals into one answer."""
        names = ("id", "account", "day", "amount", "booked", "payer", "payer_code", "edi", "state", "reason", "cancels")
        values = {name: getattr(row, name) for name in names}
        return values | {"cancelled_by_bank": row.cancelled_by_id is not None, "proposals": proposals}


class PartIn(Body):
    """Yen for one instalment."""

    instalment: int
    amount: int = Field(gt=0, le=10**12)


class BookingIn(Body):
    """How to book. What the parts exceed the money by is a bank fee; the same `idempotency_key` books once."""

    parts: list[PartIn]
    idempotency_key: str = Field(min_length=1, max_length=100)
    learn: bool = False


class ReasonIn(Body):
    """Why a transfer is put aside."""

    reason: str


class CancelIn(Body):
    """The id of the transfer that is taken back."""

    receipt: Key


@router.post("/payments/import", response=ImportedOut, url_name="payments_import")
def payments_import(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Import a bank's file: transfer notices of the 全銀協 format (type 01) or CSV. Whole, or 422 and nothing."""
    return receipts_import(data=file.read(), viewer=viewer_of(request))


@router.get("/receipts", response=list[ReceiptOut], url_name="receipts")
def receipt_list(request: HttpRequest, state: BankReceipt.State = BankReceipt.State.OPEN, offset: Offset = 0) -> Any:
    """List transfers, the oldest first; open ones with what fits."""
    start = max(offset, 0)
    if state == BankReceipt.State.OPEN:
        rows = proposed(viewer_of(request))[start : start + LIMIT]
        return [ReceiptOut.of(row.receipt, row.proposals) for row in rows]
    return [ReceiptOut.of(row, []) for row in receipts().filter(state=state)[start : start + LIMIT]]


@router.get("/receipts/{int:pk}", response=ReceiptOut, url_name="receipt")
def receipt_one(request: HttpRequest, pk: int) -> Any:
    """Get one transfer with what fits."""
    return _one(viewer_of(request), pk)


@router.post("/receipts/{int:pk}/book", response=ReceiptOut, url_name="receipt_book")
def book(request: HttpRequest, pk: int, data: BookingIn) -> Any:
    """Book a transfer for these instalments."""
    viewer = viewer_of(request)
    parts = [Booking(part.instalment, part.amount) for part in data.parts]
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    receipt_book(receipt_id=pk, parts=parts, learn=data.learn, key=key, by=viewer.user, at=viewer.at)
    return _one(viewer, pk)


@router.post("/receipts/{int:pk}/aside", response=ReceiptOut, url_name="receipt_aside")
def aside(request: HttpRequest, pk: int, data: ReasonIn) -> Any:
    """Put a transfer aside with a reason."""
    viewer = viewer_of(request)
    receipt_put_aside(receipt_id=pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return _one(viewer, pk)


@router.post("/receipts/{int:pk}/cancel", response=ReceiptOut, url_name="receipt_cancel")
def cancel(request: HttpRequest, pk: int, data: CancelIn) -> Any:
    """Say which transfer a cancel record of the bank takes back, where none was found; answers with that transfer."""
    viewer = viewer_of(request)
    return _one(viewer, receipt_cancel(cancel_id=pk, receipt_id=data.receipt, viewer=viewer).pk)


@router.post("/receipts/{int:pk}/undo", response=ReceiptOut, url_name="receipt_undo")
def undo(request: HttpRequest, pk: int) -> Any:
    """Take a booking back by counter-entries, or a transfer back that was put aside."""
    viewer = viewer_of(request)
    receipt_undo(receipt_id=pk, by=viewer.user, at=viewer.at)
    return _one(viewer, pk)


def _one(viewer: Viewer, pk: int) -> dict[str, Any]:
    row = receipt_get(pk)
    fitting: list[Proposed] = [found for found in proposed(viewer) if found.receipt.pk == pk]
    return ReceiptOut.of(row, fitting[0].proposals if fitting else [])
