"""The way of a draft to an issued invoice for programs: gathered, changed, checked, refused, issued, corrected."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema, Status

from billing.api.invoices import InvoiceDetail, InvoiceOut, PartIn
from billing.due import Part
from billing.findings import Finding
from billing.selectors import invoice_get, invoices_visible
from billing.selectors.checking import drafts_of
from billing.services import (
    Change,
    check_refuse,
    draft_change,
    draft_gather,
    draft_parts,
    invoice_correct,
    invoice_issue,
    invoices_check,
    return_gather,
)
from customers.selectors import customer_get
from office.errors import Refused
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["invoices"])
TWICE = gettext_noop("The same place, or the same number, stands here twice. Please name each once.")


class SeenIn(Body):
    """A draft as it was read."""

    number: str
    version: int


class ReasonIn(Body):
    """Why."""

    reason: str


class CorrectIn(ReasonIn):
    """What was wrong. wished: the customer asked for the change and nothing was wrong, so it counts as no error."""

    wished: bool = False


class GatherIn(Body):
    """Whose, and up to which day: everything delivered, returned or owed that stands on no invoice yet; with `returns`
    a return invoice of what came back alone."""

    customer: int
    until: date
    returns: bool = False


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


class ChangeIn(Body):
    """What becomes of the line in this place; what is left out stays. `dropped`: left to bill another time."""

    place: int = Field(ge=1, le=10_000)
    description: str | None = None
    note: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    rate: int | None = None
    dropped: bool = False


class ChangesIn(Body):
    """Changes of a draft as it was read."""

    version: int
    lines: list[ChangeIn]
    note: str | None = None


@router.post("/check", response=list[InvoiceOut], url_name="invoices_check")
def check(request: HttpRequest, data: list[SeenIn]) -> Any:
    """Confirm drafts of others as you have read them; all or none."""
    viewer = viewer_of(request)
    seen = {invoice_get(viewer, one.number).pk: one.version for one in data}
    if len(seen) < len(data):
        raise Refused("invalid", TWICE)
    invoices_check(seen=seen, by=viewer.user, at=viewer.at)
    return invoices_visible(viewer).filter(pk__in=seen)


@router.post("/gather", response={201: InvoiceDetail}, url_name="invoice_gather")
def gather(request: HttpRequest, data: GatherIn) -> Any:
    """Make a draft of what is not billed yet."""
    viewer = viewer_of(request)
    customer_id = customer_get(viewer, data.customer).pk
    make = return_gather if data.returns else draft_gather
    made = make(customer_id=customer_id, until=data.until, by=viewer.user, at=viewer.at)
    return Status(201, invoice_get(viewer, made.number))


@router.get("/{number}/findings", response=list[FindingOut], url_name="invoice_findings")
def invoice_findings(request: HttpRequest, number: str) -> Any:
    """List what a second person should look at."""
    viewer = viewer_of(request)
    return drafts_of([invoice_get(viewer, number)], viewer)[0].findings


@router.post("/{number}/refuse", response=InvoiceDetail, url_name="invoice_refuse")
def refuse(request: HttpRequest, number: str, data: ReasonIn) -> Any:
    """Send a draft back to whoever made it."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    check_refuse(invoice_id=found.pk, reason=data.reason, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


@router.post("/{number}/change", response=InvoiceDetail, url_name="invoice_change")
def change(request: HttpRequest, number: str, data: ChangesIn) -> Any:
    """Change a draft; whoever changes it has made it, and a colleague checks it."""
    viewer = viewer_of(request)
    changes = {line.place: Change(**line.dict(exclude={"place"})) for line in data.lines}
    if len(changes) < len(data.lines):
        raise Refused("invalid", TWICE, field="lines")
    draft_change(
        invoice_id=invoice_get(viewer, number).pk, version=data.version, changes=changes, note=data.note,
        by=viewer.user, at=viewer.at,
    )  # fmt: skip
    return invoice_get(viewer, number)


@router.post("/{number}/issue", response=InvoiceDetail, url_name="invoice_issue")
def issue(request: HttpRequest, number: str) -> Any:
    """Issue a draft; from then on it is frozen."""
    viewer = viewer_of(request)
    invoice_issue(invoice_id=invoice_get(viewer, number).pk, by=viewer.user, at=viewer.at)
    return invoice_get(viewer, number)


class PartsIn(Body):
    """In which parts a draft as it was read is paid; together they make the whole."""

    version: int
    parts: list[PartIn]


@router.post("/{number}/parts", response=InvoiceDetail, url_name="invoice_parts")
def parts(request: HttpRequest, number: str, data: PartsIn) -> Any:
    """Set in which parts a draft is paid: each an amount in yen or a percentage of the total or the balance."""
    viewer = viewer_of(request)
    wanted = [Part(**part.dict()) for part in data.parts]
    draft_parts(
        invoice_id=invoice_get(viewer, number).pk, version=data.version, parts=wanted, by=viewer.user, at=viewer.at
    )
    return invoice_get(viewer, number)


@router.post("/{number}/correct", response={201: InvoiceDetail}, url_name="invoice_correct")
def correct(request: HttpRequest, number: str, data: CorrectIn) -> Any:
    """Begin the corrected invoice of an issued one; once issued it counts as an error of ours, unless it was wished."""
    viewer = viewer_of(request)
    old = invoice_get(viewer, number)
    made = invoice_correct(invoice_id=old.pk, reason=data.reason, wished=data.wished, by=viewer.user, at=viewer.at)
    return Status(201, invoice_get(viewer, made.number))
