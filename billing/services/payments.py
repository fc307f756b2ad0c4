"""Recording money that came in."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.models import Instalment, Invoice, Payment
from billing.services.thank_you import thank_you_calls_put
from customers.text import clean
from office.calendar import refuse_far
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.services import journal_write

NOT_ISSUED = gettext_noop("The invoice %(number)s has not been issued yet. Money is recorded after that.")
GIVES_BACK = gettext_noop("%(number)s gives money back: nothing comes in for it.")
NO_MONEY = gettext_noop("A payment needs an amount above zero.")
FUTURE = gettext_noop("Money that has come in has a day that is not in the future.")
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
) -> Payment:
    """Record one payment in whole yen. Without an instalment it goes to the first that is not yet paid in full.

    `kind` is a bank fee where we bear what the payer's bank kept back; `receipt_id` names the bank's record,
    `settlement_id` the return it was taken off for.
    A repeated `key` answers with the first payment. Refused on drafts, sums of nothing and days to come.
    """
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    if known := Payment.objects.filter(key=key).first():
        return known
    _check(invoice, amount, received_on, local_day(at))
    instalment = _instalment(invoice, instalment_id)
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
    if instalment is not None:
        thank_you_calls_put([instalment.pk], at=at)
    return payment


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
