"""Changing a draft, and correcting what is issued by a new document that names the old one (law 9, japan.md 1.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.due import Part
from billing.held import held
from billing.models import Invoice, InvoiceLine, Rate
from billing.selectors.invoices import MOST_CORRECTIONS, versions_before
from billing.selectors.left import ELSEWHERE
from billing.services.drafts import (
    CHANGED,
    count,
    draft_number,
    hold,
    is_money,
    refuse_issued,
    uncheck,
)
from billing.services.invoices import NEGATIVE
from billing.services.parts import parts_of, payments_put
from billing.services.records import MOST, MOST_PRICE, NO_LINES, NO_PRICE, NO_QUANTITY, NO_RATE, decimal
from customers.text import clean, required
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.services import journal_write

NO_PARTS = gettext_noop("A return invoice has no payment days.")
TOO_MANY_PARTS = gettext_noop("An invoice is paid in up to 12 parts.")
MOST_PARTS = 12
NO_LINE = gettext_noop("This draft has no line %(line)s.")
NOT_ISSUED = gettext_noop("%(number)s is not issued: change the draft instead.")
TOO_OFTEN = gettext_noop(
    "%(number)s stands at the end of %(most)s corrections. Please give it back by a return invoice and bill it anew."
)
IS_CORRECTED = gettext_noop("%(number)s has been corrected already by %(by)s.")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What becomes of one line; None leaves it as it is. `dropped`: it is not billed here, and left to bill, of
    a correction once that is issued."""

    description: str | None = None
    note: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    rate: int | None = None
    dropped: bool = False


@transaction.atomic
def draft_change(
    *, invoice_id: int, version: int, changes: Mapping[int, Change], by: User, at: datetime, note: str | None = None
) -> Invoice:
    """Change lines of a draft, by their places. A check that was given falls, and whoever changes it has made it.

    Refused conflict for what is issued or was changed meanwhile, and when more would be billed than was delivered.
    """
    invoice = _draft(invoice_id, version)
    lines = list(invoice.lines.select_related("delivery_line"))
    if strange := set(changes) - {line.place for line in lines}:
        raise Refused("invalid", NO_LINE, field="lines", line=min(strange))
    before = held(invoice, lines)
    kept = [line for line in lines if not changes.get(line.place, Change()).dropped]
    if not kept:
        raise Refused("invalid", NO_LINES, field="lines")
    for line in kept:
        _apply(line, changes.get(line.place, Change()))
    hold(before, held(invoice, kept))
    InvoiceLine.objects.filter(pk__in=[line.pk for line in lines if line not in kept]).delete()
    count(invoice, kept)
    if not is_money(invoice):
        raise Refused("invalid", NEGATIVE, field="lines")
    for line in kept:
        line.save()
    if note is not None:
        invoice.note = clean(note, field="note", limit=4000, lines=True)
    _put(invoice, parts_of(invoice), by)
    journal_write(actor=by, verb=gettext_noop("Draft changed"), about=f"invoice {invoice.number}", at=at)
    return invoice


@transaction.atomic
def draft_parts(*, invoice_id: int, version: int, parts: Sequence[Part], by: User, at: datetime) -> Invoice:
    """Set in which parts a draft is paid: deposit, interim payment, final payment; their days come from the terms
    (practices 1-06, 1-08). A check that was given falls, and whoever sets them has made the draft.

    Refused conflict for what is issued or was changed meanwhile, invalid when the parts do not make the whole.
    """
    invoice = _draft(invoice_id, version)
    if invoice.kind == Invoice.Kind.RETURN or len(parts) > MOST_PARTS:
        raise Refused("invalid", NO_PARTS if invoice.kind == Invoice.Kind.RETURN else TOO_MANY_PARTS, field="parts")
    _put(invoice, parts, by)
    verb = gettext_noop("Payment days of a draft set")
    journal_write(actor=by, verb=verb, about=f"invoice {invoice.number}", at=at)
    return invoice


@transaction.atomic
def invoice_correct(*, invoice_id: int, reason: str, by: User, at: datetime, wished: bool = False) -> Invoice:
    """Make the draft of a corrected invoice: the lines of the old one, to be put right, and the reason.

    wished: the customer asked for the change and nothing was wrong, so it counts as no error of ours (practice 3-04).
    The old one stays as it is; once the new one is issued, nothing is owed for the old one. Refused conflict when it is
    not issued, was issued elsewhere, or has been corrected already.
    """
    old = Invoice.objects.select_for_update().get(pk=invoice_id)
    if old.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=old.number)
    if known := old.corrections.first():
        raise Refused("conflict", IS_CORRECTED, number=old.number, by=known.number)
    if len(versions_before(old)) >= MOST_CORRECTIONS:
        raise Refused("conflict", TOO_OFTEN, number=old.number, most=MOST_CORRECTIONS)
    lines = list(old.lines.all())
    if not lines:
        raise Refused("conflict", ELSEWHERE, number=old.number)
    kind = Invoice.Kind.RETURN if old.kind == Invoice.Kind.RETURN else Invoice.Kind.CORRECTED
    new = Invoice(
        number=draft_number(local_day(at)), kind=kind, corrects=old, customer_id=old.customer_id,
        reason=required(reason, field="reason", limit=200), wished=wished,
        inclusive=old.inclusive, rounding=old.rounding, closing_on=old.closing_on,
        subject=old.subject, quantity=old.quantity, delivery_number=old.delivery_number, delivered_on=old.delivered_on,
        net=old.net, tax=old.tax, total=old.total, note=old.note, created_by=by, created_at=at,
    )  # fmt: skip
    new.save()
    for line in lines:
        line.pk, line.invoice, line.frozen = None, new, False
    InvoiceLine.objects.bulk_create(lines)
    base = old.instalments.values_list("base_on", flat=True).first()
    payments_put(new, base or local_day(at), parts_of(old))
    journal_write(actor=by, verb=gettext_noop("Correction of an invoice begun"), about=f"invoice {old.number}",
                  detail=new.reason, at=at)  # fmt: skip
    return new


def _draft(invoice_id: int, version: int) -> Invoice:
    """Lock a draft to change it; Refused conflict when it is issued, or is another one than was read."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    refuse_issued(invoice)
    if invoice.version != version:
        raise Refused("conflict", CHANGED, number=invoice.number)
    return invoice


def _put(invoice: Invoice, parts: Sequence[Part], by: User) -> None:
    """Save a changed draft with its payment days: its check falls, and whoever changed it has made it."""
    uncheck(invoice)
    invoice.makers.add(*filter(None, {invoice.created_by_id, by.pk}))
    invoice.created_by = by
    invoice.save()
    payments_put(invoice, invoice.base_on, parts)


def _apply(line: InvoiceLine, change: Change) -> None:
    """Set what is changed; the sign of a quantity stays, since what came back never becomes a sale."""
    if change.description is not None:
        line.description = required(change.description, field="lines", limit=200)
    if change.note is not None:
        line.note = clean(change.note, field="lines", limit=200)
    if change.quantity is not None:
        quantity = decimal(change.quantity, 3)
        if quantity is None or not 0 < abs(quantity) < MOST or (quantity > 0) != (line.quantity > 0):
            raise Refused("invalid", NO_QUANTITY, field="lines", line=line.place)
        line.quantity = quantity
    if change.unit_price is not None:
        price = decimal(change.unit_price, 2)
        if price is None or not 0 <= price < MOST_PRICE:
            raise Refused("invalid", NO_PRICE, field="lines", line=line.place)
        line.unit_price = price
    if change.rate is not None:
        if change.rate not in Rate.values:
            raise Refused("invalid", NO_RATE, field="lines", line=line.place)
        line.rate = change.rate
