"""Price reductions (値引き): what is taken off an issued invoice, as a compensation or by agreement.

A return invoice that names it says so (消費税法57条の4③). Money moves only when a person notes how it was settled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Invoice, InvoiceLine
from billing.selectors.left import by_delivery, family_of, left_in_all, left_of, newest_of
from billing.selectors.returns import originals
from billing.services.changes import NOT_ISSUED
from billing.services.drafts import draft_save, drafted
from billing.services.returns import NO_MONEY
from billing.typed import MOST_YEN
from customers.models import Promise
from customers.services import promise_keep
from customers.text import required
from office.clock import local_day
from office.errors import Refused
from office.models import User

WORD = "お値引き"  # as it is printed
ON_RETURN = gettext_noop("Nothing can be taken off %(number)s: it gives money back itself, or another one replaces it.")
TOO_MUCH = gettext_noop("At most %(left)s yen can still be taken off %(number)s.")
TOO_MUCH_AT = gettext_noop(
    "At %(rate)s%%, %(yen)s yen more than is left of %(number)s would be given back. Please look at amount and rate."
)
TOO_MUCH_IN_ALL = gettext_noop(
    "%(yen)s yen more than %(numbers)s came to together would be given back: they bill the same deliveries."
)
NAMED = 4  # invoices named in one sentence
TOO_CHEAP = gettext_noop(
    "%(yen)s yen more have been given back for “%(what)s” than would be billed for it. Please correct the return "
    "invoice first."
)
NOT_BILLED = gettext_noop(
    "“%(what)s” came back, but no invoice that bills it is issued yet. Please issue that one first, or take the line "
    "off."
)
BEGUN = gettext_noop("%(draft)s already takes something off %(number)s. Please change or issue that draft first.")
NO_PROMISE = gettext_noop("There is no such promise of a compensation to this customer any more.")


@transaction.atomic
def reduction_create(
    *,
    invoice_id: int,
    amount: int,
    reason: str,
    by: User,
    at: datetime,
    promise_id: int | None = None,
    key: str = "",
) -> Invoice:
    """Make the draft of a return invoice that takes `amount` yen, tax included, off an issued invoice.

    Of several rates each bears its share of what is left of them. promise_id: the compensation it is the document of;
    its draft is made once, and issuing it keeps the promise. key: of one tap or request, as of `invoice_create`.
    Refused conflict for what is not issued, gives money back, was replaced or already has such a draft, invalid for
    more than is left of it, not_found for a promise that is not open.
    """
    old = Invoice.objects.select_for_update().get(pk=invoice_id)
    if key and (known := drafted(key, old.customer_id, reduces=old)):
        return known
    if promise_id is not None:
        promise = _promised(promise_id, old.customer_id)
        if made := promise.documents.first():
            return made
    _refuse(old, amount)
    subject = f"{old.subject[:190]} {WORD}"
    lines = [
        InvoiceLine(
            traded_on=local_day(at), description=subject, quantity=Decimal(-1), unit_price=Decimal(yen), rate=rate,
            reduces=old,
        )
        for rate, yen in _shares(amount, [(rate, yen) for rate, yen in left_of(old).items() if yen > 0])
    ]  # fmt: skip
    draft = Invoice(
        kind=Invoice.Kind.RETURN, customer_id=old.customer_id, inclusive=True, created_by=by, created_at=at,
        subject=subject, reason=required(reason, field="reason", limit=200), promise_id=promise_id, key=key or None,
    )  # fmt: skip
    return draft_save(draft, lines, at)


def refuse_overreduced(invoice: Invoice) -> None:
    """Refused where a document about to be issued gives back more than is left of what it was sold for, at one of its
    rates, or names an invoice that was replaced; and where a correction comes to less than was given back already.
    Locks what it names.

    What a correction lowers may name the invoice that its own first version named; it is held against the one that
    counts now. A correction of a rate is held against the sum: what was taken off is then corrected after it.
    """
    lines = list(invoice.lines.filter(quantity__lt=0).select_related("delivery_line"))
    sold = originals(lines)
    known = set(invoice.corrects.lines.values_list("reduces", flat=True)) if invoice.corrects else set()
    reduced = {line.reduces_id for line in lines if line.reduces_id}
    counting = set()
    for old in _locked({row.pk for row in sold.values()} | reduced):
        counts = newest_of(old)
        if counts != old and old.pk in reduced and old.pk not in known:
            raise Refused("conflict", ON_RETURN, number=old.number)
        counting.add(counts.pk)
    for counts in _locked(counting):
        _refuse_more(counts, left_of(counts, invoice))
        _refuse_more_in_all(counts, invoice)
    _refuse_dearer(invoice, lines, sold)
    if invoice.kind == Invoice.Kind.CORRECTED and invoice.corrects is not None:
        (before,) = _locked({invoice.corrects.pk})
        _refuse_cheaper(invoice, before)
        _refuse_more_in_all(invoice, invoice)
        left = left_of(invoice, invoice)
        if sum(left.values()) < 0:
            _refuse_more(before, left)


def _locked(keys: Collection[int]) -> list[Invoice]:
    return list(Invoice.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _refuse_more(old: Invoice, left: Mapping[int, int]) -> None:
    """Refused where something is left below zero, the draft that asks for it being counted."""
    for rate, yen in left.items():
        if yen < 0:
            raise Refused("invalid", TOO_MUCH_AT, field="amount", number=old.number, rate=rate, yen=f"{-yen:,}")


def _refuse_more_in_all(counts: Invoice, issuing: Invoice) -> None:
    """Refused where the invoices that share deliveries would give back more than they came to together: each alone
    may seem to have something left that another one counts on. Locks them."""
    family = _locked({row.pk for row in family_of(counts, issuing)})
    if len(family) > 1 and (over := -left_in_all(family, issuing)) > 0:
        numbers = "・".join(row.number for row in family[:NAMED])
        raise Refused("invalid", TOO_MUCH_IN_ALL, field="amount", numbers=numbers, yen=f"{over:,}")


def _refuse_dearer(invoice: Invoice, lines: Sequence[InvoiceLine], sold: Mapping[int, Invoice]) -> None:
    """Refused where all that came back of a delivery comes to more than all that was billed of it, at the rate at which
    this document gives it back or in all; conflict where nothing of it was billed yet."""
    back = [(line.delivery_line.of_id, line) for line in lines if line.delivery_line and line.delivery_line.of_id]
    billed, given = by_delivery(invoice, {source for source, _line in back})
    for source, line in back:
        if source not in billed:
            raise Refused("conflict", NOT_BILLED, field="lines", what=line.description)
        at_rate = given[source][line.rate] - billed[source][line.rate]
        if (over := max(at_rate, given[source].total() - billed[source].total())) > 0:
            number = sold.get(source, invoice).number
            raise Refused("invalid", TOO_MUCH_AT, field="amount", number=number, rate=line.rate, yen=f"{over:,}")


def _refuse_cheaper(invoice: Invoice, before: Invoice) -> None:
    """Refused where a correction bills less of a delivery than was given back for what came back of it, whatever the
    rates: the return invoice is put right first."""
    lines = [*before.lines.filter(quantity__gt=0), *invoice.lines.filter(quantity__gt=0)]
    names = {line.delivery_line_id: line.description for line in lines if line.delivery_line_id}
    billed, given = by_delivery(invoice, names)
    for source, what in names.items():
        if (over := given[source].total() - billed[source].total()) > 0:
            raise Refused("invalid", TOO_CHEAP, field="lines", what=what, yen=f"{over:,}")


def promise_done(invoice: Invoice, by: User, at: datetime) -> None:
    """The compensation whose document was just issued is kept. Refused conflict where it is promised no more: it was
    decided anew, or another document has kept it."""
    if invoice.promise_id is None:
        return
    if not Promise.objects.open().filter(pk=invoice.promise_id).exists():
        raise Refused("conflict", NO_PROMISE)
    promise_keep(promise_id=invoice.promise_id, document_number=invoice.number, by=by, at=at)


def _promised(promise_id: int, customer_id: int) -> Promise:
    found = Promise.objects.select_for_update().to_be_billed().filter(pk=promise_id, customer=customer_id).first()
    if found is None:
        raise Refused("not_found", NO_PROMISE)
    return found


def _refuse(old: Invoice, amount: int) -> None:
    if old.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=old.number)
    if old.kind == Invoice.Kind.RETURN or newest_of(old) != old:
        raise Refused("conflict", ON_RETURN, number=old.number)
    begun = Invoice.objects.filter(lines__reduces=old).exclude(state=Invoice.State.ISSUED).first()
    if begun is not None:
        raise Refused("conflict", BEGUN, draft=begun.number, number=old.number)
    if amount <= 0:
        raise Refused("invalid", NO_MONEY, field="amount")
    if amount > (left := min(max(sum(left_of(old).values()), 0), max(old.total, 0), MOST_YEN)):
        raise Refused("invalid", TOO_MUCH, field="amount", number=old.number, left=f"{left:,}")


def _shares(amount: int, rates: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Share out by what is left of each rate; the yen that rounding leaves over go to the greatest, one to each."""
    whole = sum(yen for _rate, yen in rates)
    shares = {rate: amount * yen // whole for rate, yen in rates}
    greatest = sorted(rates, key=lambda row: -row[1])
    for rate, _yen in greatest[: amount - sum(shares.values())]:
        shares[rate] += 1
    return [(rate, yen) for rate, yen in shares.items() if yen]
