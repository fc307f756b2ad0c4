"""A transfer becomes payments when a person books it, and only then; a counter-entry takes them back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_noop

from billing.models import BankReceipt, Instalment, Invoice, PayerName, Payment
from billing.payers import core, number_in_front, plain_code, without_number
from billing.policy import BANK_FEE
from billing.selectors.receipts import NO_RECEIPT, claims_open
from billing.services.payments import payment_record
from billing.services.receipts import source_of
from billing.services.thank_you import thank_you_calls_put
from customers.models import Activity
from customers.text import required
from office.errors import Refused
from office.models import User
from office.selectors import policy
from office.services import journal_write

ENDED = gettext_noop("This transfer is no longer open. Please look at it again.")
NOTHING = gettext_noop("Please say for which invoice the money came. What was shown may be paid by now.")
TWICE = gettext_noop("An instalment is named twice.")
TOO_MUCH = gettext_noop("Of the invoice %(number)s only %(open)s yen are still open.")
PAID = gettext_noop("This instalment is no longer open.")
FEE = gettext_noop(
    "The parts are %(fee)s yen more than the money. A bank fee of up to %(most)s yen may be borne by us."
)
NOT_BOOKED = gettext_noop("There is nothing to take back here.")
State = BankReceipt.State


@dataclass(frozen=True, slots=True)
class Booking:
    """Yen for one instalment. All parts together may be more than the money by a bank fee that we bear."""

    instalment: int
    yen: int


@transaction.atomic
def receipt_book(
    *, receipt_id: int, parts: Sequence[Booking], by: User, at: datetime, key: str, learn: bool = False
) -> BankReceipt:
    """Book a transfer, or what is left of it, for these instalments (practice 1-08). `learn`: so this customer pays.

    What the parts exceed the money by is a bank fee, up to the house rule, and becomes an entry of its own. A repeated
    `key` changes nothing. Refused when the transfer is not open, or a part is more than what is open.
    """
    receipt, key = _locked(receipt_id), _short(key)
    if Payment.objects.filter(receipt=receipt, key__startswith=f"receipt:{receipt_id}:{key}:").exists():
        return receipt
    if receipt.state != State.OPEN or receipt.cancelled_by_id or receipt.cancels:
        raise Refused("conflict", ENDED)
    left = receipt.amount - _booked(receipt)
    fee = _checked(parts, left, int(policy(BANK_FEE, at)))
    invoices = _invoices(parts)
    money = left
    for place, part in enumerate(parts):
        kinds = {Payment.Kind.MONEY: min(money, part.yen), Payment.Kind.FEE: part.yen - min(money, part.yen)}
        money -= kinds[Payment.Kind.MONEY]
        for kind, yen in kinds.items():
            if yen:
                payment_record(
                    invoice_id=invoices[part.instalment].pk, instalment_id=part.instalment, amount=yen, kind=kind,
                    received_on=receipt.day, payer=receipt.payer, receipt_id=receipt.pk, by=by, at=at,
                    key=f"receipt:{receipt_id}:{key}:{place}{kind[0]}",
                )  # fmt: skip
    if not money:
        _end(receipt, State.BOOKED, by, at)
    if learn:
        _learn(receipt, {invoice.customer_id for invoice in invoices.values()}, by, at)
    detail = f"{left - money} {receipt.day}" + (f"\n{fee}" if fee else "")
    journal_write(actor=by, verb=gettext_noop("Transfer booked"), about=f"receipt {receipt_id}", detail=detail, at=at)
    return receipt


@transaction.atomic
def receipt_put_aside(*, receipt_id: int, reason: str, by: User, at: datetime) -> BankReceipt:
    """Put a transfer (or what is left of it) aside with a reason: not ours, sent back, an advance payment."""
    receipt = _locked(receipt_id)
    if receipt.state != State.OPEN:
        raise Refused("conflict", ENDED)
    receipt.reason = required(reason, field="reason", limit=200)
    _end(receipt, State.ASIDE, by, at)
    verb, about = gettext_noop("Transfer put aside"), f"receipt {receipt_id}"
    journal_write(actor=by, verb=verb, about=about, detail=receipt.reason, at=at)
    return receipt


@transaction.atomic
def receipt_undo(*, receipt_id: int, by: User, at: datetime) -> BankReceipt:
    """Take back what was booked, each payment by a counter-entry, or that it was put aside: it is open again.

    One that the bank has cancelled is cancelled then, and the task that asked for it is done.
    """
    receipt = _locked(receipt_id)
    payments = list(_standing(receipt).select_related("invoice"))
    if not payments and receipt.state != State.ASIDE:
        raise Refused("conflict", NOT_BOOKED)
    list(Invoice.objects.select_for_update().filter(pk__in={row.invoice_id for row in payments}).order_by("pk"))
    for row in payments:
        Payment.objects.create(
            invoice_id=row.invoice_id, instalment_id=row.instalment_id, key=f"undo:{row.pk}", kind=row.kind,
            amount=-row.amount, received_on=row.received_on, payer=row.payer, receipt=receipt, reverses=row,
            recorded_by=by, recorded_at=at,
        )  # fmt: skip
    thank_you_calls_put([row.instalment_id for row in payments if row.instalment_id], at=at)
    receipt.reason = ""
    _end(receipt, State.CANCELLED if receipt.cancelled_by_id else State.OPEN, by, at)
    Activity.objects.filter(source=source_of(receipt_id), state=Activity.State.OPEN).update(
        state=Activity.State.DONE, done_at=at, done_by=by
    )
    verb, about = gettext_noop("Booking of a transfer taken back"), f"receipt {receipt_id}"
    journal_write(actor=by, verb=verb, about=about, detail=str(sum(row.amount for row in payments)), at=at)
    return receipt


def _locked(receipt_id: int) -> BankReceipt:
    found = BankReceipt.objects.select_for_update(of=("self",)).filter(pk=receipt_id).first()
    if found is None:
        raise Refused("not_found", NO_RECEIPT)
    return found


def _standing(receipt: BankReceipt) -> QuerySet[Payment]:
    return receipt.payments.filter(reverses__isnull=True, reversed_by__isnull=True)


def _booked(receipt: BankReceipt) -> int:
    return receipt.payments.filter(kind=Payment.Kind.MONEY).aggregate(sum=Sum("amount"))["sum"] or 0


def _checked(parts: Sequence[Booking], left: int, most: int) -> int:
    """Return the fee. Refused for parts of nothing, an instalment named twice, or more than a fee over the money."""
    if not parts or any(part.yen <= 0 for part in parts):
        raise Refused("invalid", NOTHING, field="parts")
    if len({part.instalment for part in parts}) != len(parts):
        raise Refused("invalid", TWICE, field="parts")
    fee = max(0, sum(part.yen for part in parts) - left)
    if fee > most:
        raise Refused("invalid", FEE, field="parts", fee=fee, most=most)
    return fee


def _invoices(parts: Sequence[Booking]) -> dict[int, Invoice]:
    """Return the invoice of each instalment, locked in one order; Refused where a part is more than what is open."""
    named = Q(pk__in=[part.instalment for part in parts])
    keys = set(Instalment.objects.filter(named).values_list("invoice", flat=True))
    invoices = {row.pk: row for row in Invoice.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    claims = {claim.instalment: claim for claim in claims_open(Q(invoice__in=keys))[0]}
    for part in parts:
        if (claim := claims.get(part.instalment)) is None:
            raise Refused("conflict", PAID, field="parts")
        if part.yen > claim.yen:
            raise Refused("conflict", TOO_MUCH, field="parts", number=claim.invoice, open=claim.yen)
    return {row.pk: invoices[row.invoice_id] for row in Instalment.objects.filter(named)}


def _learn(receipt: BankReceipt, customers: set[int], by: User, at: datetime) -> None:
    """Remember the payer's name and number for the customer, where the money was for one customer alone."""
    if len(customers) != 1:
        return
    name = core(without_number(receipt.payer))[:120]
    code = plain_code(receipt.payer_code) or number_in_front(receipt.payer)
    if name or code:
        values = {"confirmed_by": by, "confirmed_at": at}
        PayerName.objects.get_or_create(customer_id=customers.pop(), name=name, code=code, defaults=values)


def _end(receipt: BankReceipt, state: str, by: User, at: datetime) -> None:
    receipt.state, receipt.ended_by, receipt.ended_at = state, by, at
    receipt.save(update_fields=["state", "reason", "ended_by", "ended_at"])


def _short(key: str) -> str:
    """A key of any length in 32 letters: it is one part of a payment's key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
