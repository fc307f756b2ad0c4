"""Two people: who made a draft does not check it; checked, it is issued and frozen from then on (practice 0-13)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Invoice
from billing.paper.law import refuse_incomplete
from billing.policy import ONE_PERSON
from billing.selectors import terms_of
from billing.selectors.checking import has_made
from billing.services.drafts import CHANGED, DRAFT, count_from, refuse_issued, release, uncheck
from billing.services.reductions import promise_done, refuse_overreduced
from billing.services.thank_you import thank_you_calls_move
from billing.sheets import PRINTED, sheet_of
from customers.models import Customer
from customers.text import required
from office.clock import local_day
from office.errors import Refused
from office.hashing import digest
from office.models import User
from office.selectors import policy
from office.services import journal_write, number_next

OWN = gettext_noop("Who made or changed an invoice does not check it. Please ask a colleague.")
UNCHECKED = gettext_noop("%(number)s has not been checked by a second person yet.")
NOT_ALONE = gettext_noop("Who checked %(number)s does not issue it, since the clock made it: two people look at it.")
NOT_ISSUED = gettext_noop("%(number)s has not been issued yet.")
SAYS_NOTHING = gettext_noop("%(number)s does not say what is billed. Please throw the draft away and make it anew.")
NO_DRAFT = gettext_noop("There is no such draft.")


@transaction.atomic
def invoices_check(*, seen: Mapping[int, int], by: User, at: datetime) -> list[Invoice]:
    """Confirm drafts as they were read: id to the version that was on the screen. All of them or none.

    Refused forbidden for one's own, conflict for what changed meanwhile.
    """
    found = list(Invoice.objects.select_for_update().filter(pk__in=seen).order_by("pk").prefetch_related("makers"))
    if len(found) != len(seen) or not found:
        raise Refused("not_found", NO_DRAFT)
    for invoice in found:
        if has_made(invoice, by):
            raise Refused("forbidden", OWN)
        if invoice.state != Invoice.State.DRAFT or invoice.version != seen[invoice.pk]:
            raise Refused("conflict", CHANGED, number=invoice.number)
        invoice.state, invoice.checked_by, invoice.checked_at = Invoice.State.CHECKED, by, at
        invoice.save(update_fields=["state", "checked_by", "checked_at"])
        journal_write(actor=by, verb=gettext_noop("Invoice checked"), about=f"invoice {invoice.number}", at=at)
    return found


@transaction.atomic
def check_refuse(*, invoice_id: int, reason: str, by: User, at: datetime) -> Invoice:
    """Send a draft back to whoever made it, with the reason; a check that was given falls."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    refuse_issued(invoice)
    if has_made(invoice, by):
        raise Refused("forbidden", OWN)
    invoice.refused = required(reason, field="reason", limit=200)
    uncheck(invoice)
    invoice.save(update_fields=["refused", "state", "checked_by", "checked_at", "version"])
    verb, about = gettext_noop("Check of an invoice refused"), f"invoice {invoice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=invoice.refused, at=at)
    return invoice


@transaction.atomic
def invoice_issue(*, invoice_id: int, by: User, at: datetime, issued_on: date | None = None) -> Invoice:
    """Issue what was checked, today unless `issued_on` says otherwise: it takes the next number and is frozen.

    The number is given in this transaction, so numbers have no gaps. Where neither a delivery nor a cutoff tells from
    when the payment days count, the day of issue does. By one person alone only where a house rule allows it, and the
    journal says so. The document of a compensation keeps its promise. Refused conflict for what is issued or unchecked.
    """
    # Two documents of one customer may give back the same money, each before it sees the other one.
    list(Customer.objects.select_for_update(no_key=True, of=("self",)).filter(invoices=invoice_id))
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    refuse_issued(invoice)
    alone = _alone(invoice, by, at)
    refuse_overreduced(invoice)
    release(invoice)
    today, planned = local_day(at), invoice.base_on
    if invoice.number.startswith(DRAFT):
        invoice.was, invoice.number = invoice.number, _next_number(today)
    invoice.state, invoice.issued_on, invoice.issued_by = Invoice.State.ISSUED, issued_on or today, by
    if invoice.delivered_on is None and invoice.closing_on is None:
        count_from(invoice, planned, invoice.issued_on, terms_of(invoice.customer_id))
    _freeze(invoice)
    invoice.save()
    invoice.instalments.update(frozen=True)
    if invoice.corrects:
        thank_you_calls_move(invoice.corrects, invoice, at=at)
    promise_done(invoice, by, at)
    verb = gettext_noop("Invoice issued by one person alone") if alone else gettext_noop("Invoice issued")
    journal_write(actor=by, verb=verb, about=f"invoice {invoice.number}", at=at)
    return invoice


def _freeze(invoice: Invoice) -> None:
    """Keep what is printed, word for word. Refused incomplete when the law wants more."""
    lines = list(invoice.lines.select_related(*PRINTED))
    if not lines:
        raise Refused("incomplete", SAYS_NOTHING, number=invoice.number)
    sheet = sheet_of(invoice, lines)
    refuse_incomplete(sheet)
    invoice.paper = sheet.told()
    invoice.sha256 = digest(invoice.paper)
    invoice.lines.update(frozen=True)


def _alone(invoice: Invoice, by: User, at: datetime) -> bool:
    """Whether one person alone issues it; Refused where the house rules do not allow that."""
    two = {invoice.created_by_id or by.pk, invoice.checked_by_id}
    if invoice.state == Invoice.State.CHECKED and len(two) > 1:
        return False
    if policy(ONE_PERSON, at):
        return True
    if invoice.state != Invoice.State.CHECKED:
        raise Refused("conflict", UNCHECKED, number=invoice.number)
    raise Refused("forbidden", NOT_ALONE, number=invoice.number)


def _next_number(today: date) -> str:
    """Return the next free number of the year; one that was typed or imported before is passed over."""
    while True:
        number = f"INV-{today:%y}-{number_next(key=f'invoice-{today.year}'):04d}"
        if not Invoice.objects.filter(number=number).exists():
            return number


@transaction.atomic
def invoice_received(*, invoice_id: int, by: User | None, at: datetime) -> Invoice:
    """Note that the customer has it. Said again nothing changes."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    _refuse_draft(invoice)
    if invoice.received_at is None:
        invoice.sent_at, invoice.received_at = invoice.sent_at or at, at
        invoice.save(update_fields=["sent_at", "received_at"])
        journal_write(actor=by, verb=gettext_noop("Invoice received"), about=f"invoice {invoice.number}", at=at)
    return invoice


def _refuse_draft(invoice: Invoice) -> None:
    if invoice.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=invoice.number)
