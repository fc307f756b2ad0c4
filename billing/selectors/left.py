"""What is left of the price of what was sold, after what came back and what was taken off (消費税法57条の4③)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext_noop

from billing.models import Invoice, InvoiceLine
from billing.selectors.invoices import REPLACED, REPLACING, versions_before
from billing.tax import EXCLUSIVE, INCLUSIVE, ROUNDINGS, on, sums
from billing.totals import gross, taxed
from billing.typed import rate_of
from office.errors import Refused

ELSEWHERE = gettext_noop("%(number)s has no lines here. Please correct it where it was made.")
ByRate = defaultdict[int, Counter[int]]  # by delivery line and rate: yen with tax


def left_of(old: Invoice, issuing: Invoice | None = None, *, drafts: bool = True) -> dict[int, int]:
    """Return by rate the yen, tax included, that is left of what an invoice came to: less what was taken off its price,
    or that of one which it corrects, and less what came back of what it bills. Drafts count where wanted; what was
    replaced does not, nor what would replace it, unless that is being issued now.

    Refused conflict for what was issued elsewhere and whose sums fit several rates.
    """
    counted = _counting(old, issuing, drafts=drafts)
    left = _priced(old, counted)
    for rate, yen in _came_back(old, counted):
        left[rate] = left.get(rate, 0) - yen
    return left


def family_of(old: Invoice, issuing: Invoice | None = None) -> list[Invoice]:
    """Return the issued invoices, and the one being issued, that bill a part of the same deliveries as this one, or as
    one of those; itself among them."""
    billed = _counted(issuing, old.customer_id).filter(Q(frozen=True) | Q(invoice=issuing), quantity__gt=0)
    found, lines = {old.pk}, set(old.lines.values_list("delivery_line", flat=True)) - {None}
    while more := set(billed.filter(delivery_line__in=lines).values_list("invoice", flat=True)) - found:
        found |= more
        lines |= set(billed.filter(invoice__in=more).values_list("delivery_line", flat=True)) - {None}
    return list(Invoice.objects.filter(pk__in=found).order_by("pk"))


def left_in_all(family: Sequence[Invoice], issuing: Invoice | None = None, *, drafts: bool = True) -> int:
    """Return the yen, tax included, that are left of what these invoices came to together, less what was taken off
    their prices and what came back of the deliveries they bill: which of them bears it does not matter."""
    counted = _counting(family[0], issuing, drafts=drafts)
    priced = sum(sum(_priced(invoice, counted).values()) for invoice in family)
    billed = counted.filter(invoice__in=family, quantity__gt=0, delivery_line__isnull=False)
    back = counted.filter(quantity__lt=0, delivery_line__of__in=billed.values("delivery_line"))
    return priced - sum(
        -line.amount if line.invoice.inclusive else -line.amount + on(-line.amount, line.rate, "down")
        for line in back.select_related("invoice")
    )  # fmt: skip


def _counting(old: Invoice, issuing: Invoice | None, *, drafts: bool) -> QuerySet[InvoiceLine]:
    counted = _counted(issuing, old.customer_id)
    return counted if drafts else counted.filter(frozen=True)


def _priced(old: Invoice, counted: QuerySet[InvoiceLine]) -> dict[int, int]:
    """What it came to at each rate, less what was taken off its price or that of one which it corrects."""
    left = dict(_rates(old))
    for line in counted.filter(reduces__in=[old, *versions_before(old)]):
        left[line.rate] = left.get(line.rate, 0) + line.amount
    return left


def _counted(issuing: Invoice | None, customer_id: int) -> QuerySet[InvoiceLine]:
    """The lines that hold: of a document and its correction the one that is issued, or is being issued now."""
    out = REPLACED | REPLACING
    if issuing is not None:
        out &= ~Q(pk=issuing.pk)
    if issuing is not None and issuing.corrects is not None:
        out |= Q(pk=issuing.corrects.pk)
    rows = Invoice.objects.filter(out, customer=customer_id)
    return InvoiceLine.objects.filter(invoice__customer=customer_id).exclude(invoice__in=rows.values("pk"))


def _came_back(old: Invoice, counted: QuerySet[InvoiceLine]) -> Iterator[tuple[int, int]]:
    """Rate and yen of what came back of each line and no other invoice of the same delivery can bear, at most what this
    one bills of it. Another one can bear what it bills of it, as far as that was not taken off its price. Tax is cut,
    so that rounding line by line never makes more of it than was billed."""
    billed = {line.delivery_line_id: line for line in old.lines.filter(quantity__gt=0, delivery_line__isnull=False)}
    back = counted.filter(quantity__lt=0, delivery_line__of__in=billed)
    elsewhere = counted.filter(quantity__gt=0, delivery_line__in=billed).exclude(invoice=old)
    others: Counter[int | None] = Counter()
    for invoice, lines in groupby(elsewhere.select_related("invoice").order_by("invoice"), attrgetter("invoice")):
        left = _priced(invoice, counted)
        for line in lines:
            others[line.delivery_line_id] += _can_bear(line, max(left.get(line.rate, 0), 0))
    for of, amount in back.order_by().values_list("delivery_line__of").annotate(Sum("amount")):
        line = billed[of]
        yen = min(line.amount, max(-amount - others[of], 0))
        yield line.rate, yen if old.inclusive else yen + on(yen, line.rate, "down")


def _can_bear(line: InvoiceLine, left: int) -> int:
    """The yen of a line, as it stands there, when so much with tax is left at its rate."""
    return min(line.amount, left if line.invoice.inclusive else left * 100 // (100 + line.rate))


def newest_of(old: Invoice) -> Invoice:
    """Return the one that counts: the issued correction of the last one, where there is any."""
    while (after := old.corrections.filter(state=Invoice.State.ISSUED).first()) is not None:
        old = after
    return old


def by_delivery(invoice: Invoice, sources: Collection[int]) -> tuple[ByRate, ByRate]:
    """Return what was billed of each of these delivery lines, here or on what is issued, and what is given back of it,
    drafts among it. Each part of that may be a yen more by rounding."""
    counted = _counted(invoice, invoice.customer_id).select_related("invoice")
    billed, given = ByRate(Counter), ByRate(Counter)
    for line in counted.filter(Q(frozen=True) | Q(invoice=invoice), delivery_line__in=sources, quantity__gt=0):
        billed[line.delivery_line_id or 0][line.rate] += gross(line, line.invoice)
    back = counted.filter(delivery_line__of__in=sources, quantity__lt=0).annotate(source=F("delivery_line__of"))
    for line in back:
        given[vars(line)["source"]][line.rate] -= gross(line, line.invoice) + 1
    return billed, given


def _rates(old: Invoice) -> Sequence[tuple[int, int]]:
    """What was sold at each rate with tax, whatever was taken off for goods of others; Refused where it was issued
    elsewhere and its sums do not tell."""
    if lines := list(old.lines.filter(quantity__gt=0)):
        found = sums([taxed(line) for line in lines], INCLUSIVE if old.inclusive else EXCLUSIVE, old.rounding)
        return [(row.rate, row.gross) for row in found.rates if row.gross > 0]
    told = {rate_of(old.net, old.tax, rounding) for rounding in ROUNDINGS} - {None}
    if len(told) != 1:
        raise Refused("conflict", ELSEWHERE, number=old.number)
    return [(rate, old.total) for rate in told if rate is not None]
