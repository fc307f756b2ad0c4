"""Return invoices (適格返還請求書): made of what came back where no other invoice takes it off, and how what is owed
to the customer was settled (japan.md 1.5). Nothing is booked by itself: a person notes it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.due import closing_on
from billing.models import Invoice, Payment, Settlement
from billing.selectors import invoices_of, terms_of, to_settle
from billing.selectors.invoices import unpaid
from billing.selectors.returns import returns_waiting
from billing.services.drafts import OTHER_KEY, draft_save, lines_of, subject_of
from billing.services.payments import payment_record
from customers.models import Customer
from customers.text import clean
from office.calendar import refuse_far
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.services import journal_write

NOTHING = gettext_noop("Nothing of this customer has come back that is still to be taken off.")
NOT_OPEN = gettext_noop("Nothing is owed to the customer for %(number)s any more.")
NO_MONEY = gettext_noop("Please give an amount above zero.")
TOO_MUCH = gettext_noop("Only %(open)s yen of %(number)s are open.")
FUTURE = gettext_noop("What has been settled has a day that is not in the future.")
AGAINST = gettext_noop("Please say against which invoice it was set.")
NOT_ASKED = gettext_noop("%(number)s asks for nothing of this customer.")
TAKEN_BACK = gettext_noop("It has been taken back already.")
REASON = "ご返品"  # as it is printed


@transaction.atomic
def return_gather(*, customer_id: int, until: date, by: User, at: datetime, reason: str = "") -> Invoice:
    """Make the draft of a return invoice of all that came back up to a day and stands on an issued invoice.

    Its quantities and sums are below zero; it is checked and issued like every other. Refused conflict when nothing
    waits. Practices 3-03 and 0-13.
    """
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    rows = list(returns_waiting(until, customer_id).select_for_update(of=("self",)))
    if not rows:
        raise Refused("conflict", NOTHING)
    inclusive = rows[0].delivery.inclusive  # one invoice has one sort of prices
    lines = lines_of([row for row in rows if row.delivery.inclusive == inclusive])
    draft = Invoice(
        kind=Invoice.Kind.RETURN, customer=customer, inclusive=inclusive, created_by=by, created_at=at,
        closing_on=closing_on(min(until, local_day(at)), terms_of(customer_id).closing_day),
        subject=f"{subject_of(lines)[:190]} ご返品分", reason=clean(reason, field="reason", limit=200) or REASON,
    )  # fmt: skip
    return draft_save(draft, lines, at)


@transaction.atomic
def return_settle(
    *, invoice_id: int, how: str, amount: int, settled_on: date, by: User, at: datetime, key: str,
    against_id: int | None = None, note: str = "",
) -> Settlement:  # fmt: skip
    """Note that a return invoice was settled, whole or in part: sent back, or set against an invoice, which then asks
    that much less.

    A repeated `key` answers with the first. Refused for more than is owed, for days to come, for a key that made
    something else, and against an invoice of
    which less is open.
    """
    keys = [pk for pk in (invoice_id, against_id) if pk is not None]
    rows = {row.pk: row for row in Invoice.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if known := Settlement.objects.filter(key=key).first():
        if (known.invoice_id, known.against_id, known.amount) != (invoice_id, against_id, amount):
            raise Refused("conflict", OTHER_KEY)
        return known
    invoice, against = rows[invoice_id], rows.get(against_id) if against_id else None
    _check(invoice, amount, settled_on, local_day(at))
    if (how == Settlement.How.NETTED) != (against is not None):
        raise Refused("invalid", AGAINST, field="against")
    made = Settlement.objects.create(
        invoice=invoice, key=key, how=how, amount=amount, settled_on=settled_on, against=against,
        note=clean(note, field="note", limit=200), recorded_by=by, recorded_at=at,
    )  # fmt: skip
    if against is not None:
        _set_off(made, against, by, at)
    journal_write(actor=by, verb=gettext_noop("Return invoice settled"), about=f"invoice {invoice.number}",
                  detail=f"{how} {amount}", at=at)  # fmt: skip
    return made


@transaction.atomic
def settlement_undo(*, settlement_id: int, by: User, at: datetime) -> Settlement:
    """Take a settlement back by a counter-entry; what was taken off another invoice is asked for again."""
    row = Settlement.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=settlement_id)
    if row.reverses_id or Settlement.objects.filter(reverses=row).exists():
        raise Refused("conflict", TAKEN_BACK)
    for payment in row.payments.filter(reverses__isnull=True):
        Payment.objects.create(
            invoice_id=payment.invoice_id, instalment_id=payment.instalment_id, key=f"undo:{payment.pk}",
            kind=payment.kind, amount=-payment.amount, received_on=payment.received_on, settlement=row,
            reverses=payment, recorded_by=by, recorded_at=at,
        )  # fmt: skip
    made = Settlement.objects.create(
        invoice=row.invoice, key=f"undo:{row.pk}", how=row.how, amount=-row.amount, settled_on=row.settled_on,
        against=row.against, reverses=row, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    verb, about = gettext_noop("Settlement of a return invoice taken back"), f"invoice {row.invoice.number}"
    journal_write(actor=by, verb=verb, about=about, detail=str(row.amount), at=at)
    return made


def _check(invoice: Invoice, amount: int, settled_on: date, today: date) -> None:
    found = to_settle(invoices_of(invoice.customer_id)).filter(pk=invoice.pk).first()
    if found is None:
        raise Refused("conflict", NOT_OPEN, number=invoice.number)
    if amount <= 0:
        raise Refused("invalid", NO_MONEY, field="amount")
    if amount > (owed := -found.total - vars(found)["settled"]):
        raise Refused("invalid", TOO_MUCH, field="amount", number=invoice.number, open=f"{owed:,}")
    refuse_far(settled_on=settled_on)
    if settled_on > today:
        raise Refused("invalid", FUTURE, field="settled_on")


def _set_off(made: Settlement, against: Invoice, by: User, at: datetime) -> None:
    """Write what the other invoice asks less as payments of its own sort, one for each instalment it touches."""
    found = (
        unpaid(invoices_of(made.invoice.customer_id)).filter(pk=against.pk).exclude(kind=Invoice.Kind.RETURN).first()
    )
    if found is None:
        raise Refused("invalid", NOT_ASKED, field="against", number=against.number)
    if made.amount > (asked := found.total - vars(found)["paid"]):
        raise Refused("invalid", TOO_MUCH, field="amount", number=against.number, open=f"{asked:,}")
    left = made.amount
    for instalment in against.instalments.order_by("due_on", "pk"):
        paid = sum(instalment.payments.values_list("amount", flat=True))
        yen = min(left, instalment.amount - paid)
        if yen > 0:
            payment_record(
                invoice_id=against.pk, instalment_id=instalment.pk, amount=yen, received_on=made.settled_on, by=by,
                at=at, key=f"settled:{made.pk}:{instalment.pk}", kind=Payment.Kind.BACK, settlement_id=made.pk,
            )  # fmt: skip
            left -= yen
    if left > 0:  # paid for an invoice that this one corrects, so that an instalment seems open that is not
        payment_record(
            invoice_id=against.pk, amount=left, received_on=made.settled_on, by=by, at=at,
            key=f"settled:{made.pk}:rest", kind=Payment.Kind.BACK, settlement_id=made.pk,
        )  # fmt: skip
