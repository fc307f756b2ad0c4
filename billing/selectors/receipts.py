"""Questions about what came in by the bank, what is open beside it, and how the two may fit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.matching import Claim, Credit, Ledger, Money, Payer, Proposal, propose_all
from billing.models import BankReceipt, Instalment, Invoice, PayerName, Payment
from billing.payers import core
from billing.policy import BANK_FEE
from billing.selectors.invoices import REPLACED_INVOICE, in_all, to_settle, with_figures
from customers.models import Customer
from customers.selectors import theirs
from office.errors import Refused
from office.selectors import policy
from office.viewer import Viewer

NO_RECEIPT = gettext_noop("There is no such transfer.")


@dataclass(frozen=True)
class Proposed:
    """A transfer with the ways to book it, the best first."""

    receipt: BankReceipt
    proposals: list[Proposal]

    @property
    def is_certain(self) -> bool:
        """Whether exactly one customer and exactly one set of instalments fits."""
        return bool(self.proposals) and self.proposals[0].certain


def receipts() -> QuerySet[BankReceipt]:
    """Return transfers in the order in which they came, each with `booked`, the yen that are payments already.

    What has taken another transfer back is left out: it stands on that one. A record that cancels and has found none
    stands among them (`cancels`), for a person to say which.
    """
    return _with_booked(BankReceipt.objects.exclude(cancels=True, state=BankReceipt.State.CANCELLED))


def _with_booked(rows: QuerySet[BankReceipt]) -> QuerySet[BankReceipt]:
    money = Payment.objects.filter(receipt=OuterRef("pk"), kind=Payment.Kind.MONEY).order_by().values("receipt")
    booked = Subquery(money.annotate(sum=Sum("amount")).values("sum"), output_field=BigIntegerField())
    return rows.annotate(booked=Coalesce(booked, 0))


def receipts_open() -> QuerySet[BankReceipt]:
    """Return the transfers for which a person has something to decide."""
    return receipts().filter(state=BankReceipt.State.OPEN, cancelled_by__isnull=True)


def receipt_get(pk: int) -> BankReceipt:
    """Return one record of a bank with what was booked of it; else Refused not_found."""
    rows = _with_booked(BankReceipt.objects.select_related("imported_by", "ended_by", "cancelled_by"))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", NO_RECEIPT)
    return found


def proposed(viewer: Viewer) -> list[Proposed]:
    """Return every open transfer with what fits it of the viewer's customers."""
    return proposed_of(theirs(viewer, "invoice__customer__"), viewer.at)


def proposed_of(where: Q, at: datetime) -> list[Proposed]:
    """Return every open transfer with its proposals, of which no two may want the same instalment for certain.

    `where`: which instalments are looked at. Four statements, however many there are; one when nothing is open.
    """
    rows = list(receipts_open())
    money = {row.pk: money_of(row) for row in rows if not row.cancels}
    found = propose_all(ledger(where, at), money) if money else {}
    return [Proposed(row, found.get(row.pk, [])) for row in rows]


def can_cancel(cancel: BankReceipt) -> QuerySet[BankReceipt]:
    """Return the transfers that a cancel record of the bank may take back: of its sum, of its day or before."""
    return BankReceipt.objects.filter(
        cancels=False, cancelled_by__isnull=True, amount=cancel.amount, day__lte=cancel.day
    ).exclude(state=BankReceipt.State.CANCELLED)  # fmt: skip


def ledger(where: Q, at: datetime) -> Ledger:
    """Return everything that is open among these instalments, with the names by which it may be paid."""
    claims, customers = claims_open(where)
    return Ledger(claims, _payers(customers), int(policy(BANK_FEE, at)), _credits(customers))


def money_of(row: BankReceipt) -> Money:
    """Return what is left to book of a transfer, as matching wants it. Needs `booked`."""
    left: int = row.amount - getattr(row, "booked", 0)
    return Money(left, row.payer, row.payer_code, row.edi)


def claims_open(where: Q) -> tuple[list[Claim], dict[int, Customer]]:
    """Return the instalments of issued invoices for which money is still to come, and whose they are, by one statement.

    Where more came for one instalment than it asks, the rest counts for the next of the same invoice. For an invoice
    that was corrected nothing is owed any more; what was paid for it counts for the one that corrects it.
    """
    paid = Payment.objects.order_by()
    of_part = paid.filter(instalment=OuterRef("pk")).values("instalment").annotate(sum=Sum("amount")).values("sum")
    rows = (
        Instalment.objects.filter(where, invoice__state=Invoice.State.ISSUED)
        .annotate(
            paid=Coalesce(Subquery(of_part, output_field=BigIntegerField()), 0),
            paid_in_all=in_all(Payment.objects, "invoice"),
        )
        .filter(paid_in_all__lt=F("invoice__total"))
        .exclude(REPLACED_INVOICE)
        .select_related("invoice__customer")
        .order_by("invoice", "due_on", "pk")
    )
    found = list(rows)
    return list(_claims(found)), {row.invoice.customer_id: row.invoice.customer for row in found}


def _claims(rows: Iterable[Instalment]) -> Iterable[Claim]:
    """The money of an invoice goes where it was meant for; what is beyond fills its instalments from the first on."""
    by_invoice: dict[int, list[Instalment]] = {}
    for row in rows:
        by_invoice.setdefault(row.invoice_id, []).append(row)
    for parts in by_invoice.values():
        meant = {row.pk: min(row.amount, getattr(row, "paid", 0)) for row in parts}
        beyond: int = getattr(parts[0], "paid_in_all", 0) - sum(meant.values())
        for row in parts:
            more = min(beyond, row.amount - meant[row.pk])
            beyond -= more
            if yen := row.amount - meant[row.pk] - more:
                yield Claim(row.pk, row.invoice.number, row.invoice.customer_id, yen, row.due_on)


def _credits(customers: Iterable[int]) -> list[Credit]:
    """What is still owed to these customers by return invoices, the oldest first."""
    owed = to_settle(with_figures(Invoice.objects.filter(customer__in=customers))).order_by("issued_on", "pk")
    return [Credit(row.number, row.customer_id, -row.total - vars(row)["settled"]) for row in owed]


def _payers(customers: dict[int, Customer]) -> list[Payer]:
    names: dict[int, set[str]] = {}
    codes: dict[int, set[str]] = {}
    for known in PayerName.objects.filter(customer__in=customers):
        names.setdefault(known.customer_id, set()).add(known.name)
        codes.setdefault(known.customer_id, set()).add(known.code)
    return [
        Payer(
            pk,
            names=frozenset(filter(None, (core(row.kana), core(row.name)))),
            confirmed=frozenset(filter(None, names.get(pk, ()))),
            codes=frozenset(filter(None, codes.get(pk, ()))),
        )
        for pk, row in customers.items()
    ]
