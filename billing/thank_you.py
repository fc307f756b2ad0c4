"""Which payments are thanked for, and in which words: always thanks, never a demand (practices 1-05, 1-06, 1-09)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.models import Instalment, Invoice, Payment, Terms
from billing.selectors.invoices import REPLACED_INVOICE
from billing.selectors.receipts import claims_open

WHOLE = "whole"  # the invoice is paid at once
DAY, LATER, RECEIVED = "day", "later", "received"
LABEL = gettext_noop("Thank-you call")
LABEL_IN_CARE = gettext_noop("Thank-you call (in care)")
WORDS = {
    (DAY, WHOLE): gettext_noop("Today is the payment day. Shall we say thank you?"),
    (DAY, Instalment.Kind.DEPOSIT): gettext_noop("Today is the payment day of the deposit. Shall we say thank you?"),
    (DAY, Instalment.Kind.INTERIM): gettext_noop("Today is the day of the interim payment. Shall we say thank you?"),
    (DAY, Instalment.Kind.FINAL): gettext_noop("Today is the day of the final payment. Shall we say thank you?"),
    (LATER, WHOLE): gettext_noop("Thanks for the payment can still be given. Shall we call?"),
    (LATER, Instalment.Kind.DEPOSIT): gettext_noop("Thanks for the deposit can still be given. Shall we call?"),
    (LATER, Instalment.Kind.INTERIM): gettext_noop("Thanks for the interim payment can still be given. Shall we call?"),
    (LATER, Instalment.Kind.FINAL): gettext_noop("Thanks for the final payment can still be given. Shall we call?"),
    (RECEIVED, WHOLE): gettext_noop("The payment has arrived. Shall we say thank you?"),
    (RECEIVED, Instalment.Kind.DEPOSIT): gettext_noop("The deposit has arrived. Shall we say thank you?"),
    (RECEIVED, Instalment.Kind.INTERIM): gettext_noop("The interim payment has arrived. Shall we say thank you?"),
    (RECEIVED, Instalment.Kind.FINAL): gettext_noop("The final payment has arrived. Shall we say thank you?"),
}


@dataclass(frozen=True)
class Payday:
    """An instalment with what the rules need to know about it."""

    instalment: Instalment
    paid: int  # yen received for it
    split: bool  # the invoice has other instalments
    first: bool  # nothing of this customer was due before
    came_on: date | None  # the first day on which money for it came in
    along: bool = False  # its money came with that of another part, for which one thanks
    taken_off: int = 0  # yen of it that were set against a return: nobody is thanked for those

    @property
    def received(self) -> bool:
        """Whether the money for it has all come in."""
        return self.paid >= self.instalment.amount

    @property
    def terms(self) -> Terms:
        """The customer's terms, or the defaults."""
        return getattr(self.instalment.invoice.customer, "terms", None) or Terms()


def source_of(instalment_id: int) -> str:
    """Return the source of the activity for one instalment: one call, however many sweeps."""
    return f"thank-you:{instalment_id}"


def paydays(where: Q) -> list[Payday]:
    """Return the instalments of issued invoices that meet `where`, with customer and terms; one statement, three where
    an invoice has several or corrects another."""
    came = standing().filter(instalment=OuterRef("pk")).order_by().values("instalment")
    paid = came.annotate(
        sum=Sum("amount"), day=Min("received_on"), off=Sum("amount", filter=Q(kind=Payment.Kind.BACK), default=0)
    )
    others = Instalment.objects.filter(invoice=OuterRef("invoice")).exclude(pk=OuterRef("pk"))
    before = Instalment.objects.filter(
        invoice__customer=OuterRef("invoice__customer"),
        invoice__state=Invoice.State.ISSUED,
        due_on__lt=OuterRef("due_on"),
    )
    found = (
        Instalment.objects.filter(where, invoice__state=Invoice.State.ISSUED)
        .exclude(REPLACED_INVOICE)  # nobody pays what was replaced
        .annotate(
            paid=Coalesce(Subquery(paid.values("sum"), output_field=BigIntegerField()), 0),
            split=Exists(others),
            first=~Exists(before),
            came_on=Subquery(paid.values("day")),
            off=Coalesce(Subquery(paid.values("off"), output_field=BigIntegerField()), 0),
        )
        .select_related("invoice__customer__terms")
    )
    covered = _covered({row.invoice_id for row in found if row.split or row.invoice.corrects_id})
    return [
        Payday(row, max(row.paid, covered.get(row.pk, 0)), row.split, row.first, row.came_on,
               not row.paid and row.split and covered.get(row.pk, 0) >= row.amount, row.off)
        for row in found
    ]  # fmt: skip


def _covered(invoices: Collection[int]) -> dict[int, int]:
    """Return the yen of each instalment that are paid, also by what came for another one, or for a version before it;
    two statements, none for no invoice."""
    if not invoices:
        return {}
    parts = dict(Instalment.objects.filter(invoice__in=invoices).values_list("pk", "amount"))
    left = {claim.instalment: claim.yen for claim in claims_open(Q(invoice__in=invoices))[0]}
    return {pk: amount - left.get(pk, 0) for pk, amount in parts.items()}


def standing() -> QuerySet[Payment]:
    """Return the payments that count: neither counter-entries nor what one of them took back."""
    return Payment.objects.filter(reverses__isnull=True, reversed_by__isnull=True)


def moved_between(start: date, end: date) -> Q:
    """Return the condition that the payment day lies, or the money came, within these days."""
    came = standing().filter(received_on__range=(start, end), instalment__isnull=False)
    return Q(due_on__range=(start, end)) | Q(pk__in=came.values("instalment"))


def is_wanted(payday: Payday, large: int) -> bool:
    """Whether this payment is thanked for. `large` is the yen from which a payment is large."""
    mode, kind = payday.terms.thank_you, payday.instalment.kind
    if payday.along or payday.taken_off >= payday.instalment.amount:
        return False
    if mode != Terms.ThankYou.KEY:
        return mode == Terms.ThankYou.EVERY
    last = payday.split and kind == Instalment.Kind.FINAL
    return payday.first or last or kind == Instalment.Kind.DEPOSIT or payday.instalment.amount >= large


def wording(payday: Payday, today: date) -> str:
    """Return the sentence (a msgid) for the one who calls, before or after receipt."""
    phase = RECEIVED if payday.received else DAY if payday.instalment.due_on >= today else LATER
    return WORDS[phase, payday.instalment.kind if payday.split else WHOLE]
