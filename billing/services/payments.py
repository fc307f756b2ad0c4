"""Recording money that came in, and taking back what was recorded by mistake."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.models import Instalment, Invoice, Payment
from billing.policy import BANK_FEE
from billing.selectors.receipts import claims_open
from billing.services.drafts import OTHER_KEY
from billing.services.thank_you import thank_you_calls_put
from customers.text import clean, required
from office.calendar import refuse_far
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import policy
from office.services import journal_write

NOT_ISSUED = gettext_noop("The invoice %(number)s has not been issued yet. Money is recorded after that.")
GIVES_BACK = gettext_noop("%(number)s gives money back: nothing comes in for it.")
NO_MONEY = gettext_noop("A payment needs an amount above zero.")
FUTURE = gettext_noop("Money that has come in has a day that is not in the future.")
TOO_MUCH = gettext_noop("Of %(number)s only %(open)s yen are open. If more has come in, please tick it.")
NO_FEE = gettext_noop("What is left, %(rest)s yen, is no bank fee: those go up to %(most)s yen.")
TAKEN_BACK = gettext_noop("It has been taken back already.")
TAKE_THAT_BACK = gettext_noop("Please take back the transfer or the settlement that it comes from.")
NOT_ITS_PART = gettext_noop("This instalment belongs to another invoice.")


@transaction.atomic
def payment_record(
    *,
    invoice_id: int,
    amount: int,
    received_on: date,
    by: User,
    at: datetime,
    key: str,
    payer: str = "",
    instalment_id: int | None = None,
    kind: str = Payment.Kind.MONEY,
    receipt_id: int | None = None,
    settlement_id: int | None = None,
    overpaid: bool = False,
    fee: bool = False,
) -> Payment:
    """Record one payment in whole yen. Without an instalment it goes to the first that is not yet paid in full.

    `kind` is a bank fee where we bear what the payer's bank kept back; `receipt_id` names the bank's record,
    `settlement_id` the return it was taken off for. overpaid: more than is open may come in; fee: what is left of the
    instalment is such a fee, up to the house rule, and becomes an entry of its own.
    A repeated `key` answers with the first payment. Refused on drafts, sums of nothing, days to come, a fee that is
    none; conflict for money recorded by hand that is more than what is open, and for a key that made something else.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    if known := Payment.objects.filter(key=key).first():
        if (known.invoice_id, known.amount, known.kind) != (invoice.pk, amount, kind):
            raise Refused("conflict", OTHER_KEY)
        return known
    _check(invoice, amount, received_on, local_day(at))
    instalment = _instalment(invoice, instalment_id)
    claims = {claim.instalment: claim.yen for claim in claims_open(Q(invoice=invoice))[0]}
    if receipt_id is None and settlement_id is None and not overpaid:
        _refuse_too_much(invoice, amount, sum(claims.values()))
    rest = _rest(claims.get(instalment.pk, 0) if instalment else 0, amount, at) if fee else 0
    payment = Payment.objects.create(
        invoice=invoice,
        instalment=instalment,
        key=key,
        kind=kind,
        receipt_id=receipt_id,
        settlement_id=settlement_id,
        amount=amount,
        received_on=received_on,
        payer=clean(payer, field="payer", limit=120),
        recorded_by=by,
        recorded_at=at,
    )
    verb, about = gettext_noop("Payment recorded"), f"invoice {invoice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=f"{amount} {received_on}", at=at)
    if rest and instalment is not None:
        payment_record(
            invoice_id=invoice_id, instalment_id=instalment.pk, amount=rest, kind=Payment.Kind.FEE,
            received_on=received_on, payer=payer, by=by, at=at, key=f"{key}:fee",
        )  # fmt: skip
    if instalment is not None:
        thank_you_calls_put([instalment.pk], at=at)
    return payment


@transaction.atomic
def payment_undo(*, payment_id: int, reason: str, by: User, at: datetime) -> Payment:
    """Take back what was recorded by hand, by a counter-entry, and the bank fee that was recorded along with it.

    Returns the counter-entry. Refused conflict where that has been done, and for what a transfer or a settlement
    brought: those are taken back themselves.
    """
    invoice_id = Payment.objects.values_list("invoice", flat=True).get(pk=payment_id)
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    row = invoice.payments.get(pk=payment_id)
    if row.reverses_id or invoice.payments.filter(reverses=row).exists():
        raise Refused("conflict", TAKEN_BACK)
    if row.receipt_id or row.settlement_id:
        raise Refused("conflict", TAKE_THAT_BACK)
    reason = required(reason, field="reason", limit=200)
    along = invoice.payments.filter(key=f"{row.key}:fee", reversed_by__isnull=True)
    for one in [row, *along]:
        Payment.objects.create(
            invoice=invoice, instalment_id=one.instalment_id, key=f"undo:{one.pk}", kind=one.kind, amount=-one.amount,
            received_on=one.received_on, payer=one.payer, reverses=one, recorded_by=by, recorded_at=at,
        )  # fmt: skip
    if row.instalment_id:
        thank_you_calls_put([row.instalment_id], at=at)
    verb, about = gettext_noop("Payment taken back"), f"invoice {invoice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=f"{row.amount} {row.received_on}\n{reason}", at=at)
    return invoice.payments.get(reverses=row)


def _refuse_too_much(invoice: Invoice, amount: int, left: int) -> None:
    if amount > left:
        raise Refused("conflict", TOO_MUCH, field="overpaid", number=invoice.number, open=f"{left:,}")


def _rest(left: int, amount: int, at: datetime) -> int:
    """What is left of an instalment as a bank fee; Refused where it is none by the house rule."""
    rest, most = left - amount, int(policy(BANK_FEE, at))
    if not 0 < rest <= most:
        raise Refused("invalid", NO_FEE, field="fee", rest=f"{max(rest, 0):,}", most=f"{most:,}")
    return rest


def _check(invoice: Invoice, amount: int, received_on: date, today: date) -> None:
    if invoice.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=invoice.number)
    if invoice.kind == Invoice.Kind.RETURN:
        raise Refused("conflict", GIVES_BACK, number=invoice.number)
    if amount <= 0:
        raise Refused("invalid", NO_MONEY, field="amount")
    refuse_far(received_on=received_on)
    if received_on > today:
        raise Refused("invalid", FUTURE, field="received_on")


def _instalment(invoice: Invoice, instalment_id: int | None) -> Instalment | None:
    if instalment_id is None:
        unpaid = invoice.instalments.annotate(paid=Coalesce(Sum("payments__amount"), 0)).filter(paid__lt=F("amount"))
        return unpaid.order_by("due_on", "pk").first()
    found = invoice.instalments.filter(pk=instalment_id).first()
    if found is None:
        raise Refused("invalid", NOT_ITS_PART, field="instalment")
    return found
