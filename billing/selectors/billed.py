"""What has been billed already, beside which drafts are held: prices, periods of contracts, and what was typed by hand
or billed elsewhere, which no delivery tells of (practices 0-21, 3-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Q

from billing.findings import ByHand
from billing.models import Contract, Invoice, InvoiceLine
from billing.periods import whole
from billing.products import number_key
from billing.selectors.invoices import REPLACED, REPLACED_INVOICE
from billing.totals import gross

RECENT = timedelta(days=190)  # how long something typed by hand is thought of


class Billed:
    """What was billed beside some drafts, by four statements however many they are. A draft is no "before" of itself,
    nor is what it corrects; other drafts are, also those that are looked at together with it."""

    def __init__(self, drafts: Sequence[Invoice], lines: Mapping[int, Sequence[InvoiceLine]]) -> None:
        self._customers = {draft.customer_id for draft in drafts}
        self._since = min((draft.created_at for draft in drafts), default=None)
        whole = [line for some in lines.values() for line in some]
        self._prices = self._last_prices(drafts, {line.description for line in whole})
        self._periods = self._other_periods({line.contract_id for line in whole}, {line.period_on for line in whole})
        self._by_hand: dict[int, list[ByHand]] = defaultdict(list)
        for customer, one in [*self._typed(), *self._elsewhere()]:
            self._by_hand[customer].append(one)

    def prices(self, draft: Invoice) -> dict[str, Decimal]:
        """Return the unit price last billed to its customer from a record, by description."""
        return self._prices[draft.customer_id]

    def periods(self, draft: Invoice) -> frozenset[tuple[int, date]]:
        """Return the periods of contracts that stand on other invoices: (contract, first day)."""
        here = {draft.pk, draft.corrects_id}
        return frozenset(period for period, invoices in self._periods.items() if invoices - here)

    def by_hand(self, draft: Invoice) -> list[ByHand]:
        """Return what was billed to its customer without a record of a delivery, in recent months."""
        return [one for one in self._by_hand[draft.customer_id] if one.invoice not in (draft.pk, draft.corrects_id)]

    def _last_prices(self, drafts: Sequence[Invoice], words: set[str]) -> dict[int, dict[str, Decimal]]:
        recorded = Q(delivery_line__isnull=False) | Q(contract__isnull=False)
        rows = InvoiceLine.objects.filter(recorded, invoice__customer__in=self._customers, description__in=words)
        rows = rows.exclude(Q(invoice__in=drafts) | REPLACED_INVOICE)
        last = rows.order_by().values("invoice__customer", "description").annotate(last=Max("pk")).values("last")
        prices: dict[int, dict[str, Decimal]] = defaultdict(dict)
        found = InvoiceLine.objects.filter(pk__in=last).order_by()
        for customer, description, price in found.values_list("invoice__customer", "description", "unit_price"):
            prices[customer][description] = price
        return prices

    def _other_periods(
        self, contracts: set[int | None], days: set[date | None]
    ) -> dict[tuple[int, date], set[int | None]]:
        rows = InvoiceLine.objects.filter(contract__in=contracts - {None}, period_on__in=days - {None})
        found: dict[tuple[int, date], set[int | None]] = defaultdict(set)
        for invoice, contract, day in rows.exclude(REPLACED_INVOICE).values_list("invoice", "contract", "period_on"):
            if contract is not None and day is not None:
                found[contract, day].add(invoice)
        return found

    def _typed(self) -> list[tuple[int, ByHand]]:
        if self._since is None:
            return []
        rows = InvoiceLine.objects.filter(
            delivery_line=None, contract=None, reduces=None, invoice__customer__in=self._customers,
            invoice__created_at__gte=self._since - RECENT,
        )  # fmt: skip
        rows = rows.exclude(REPLACED_INVOICE).select_related("invoice").defer("invoice__paper")
        return [
            (line.invoice.customer_id, ByHand(
                line.invoice_id, line.invoice.number, line.description, gross(line, line.invoice),
                number_key(line.invoice.delivery_number), line.traded_on,
            ))
            for line in rows.order_by("-pk")
        ]  # fmt: skip

    def _elsewhere(self) -> list[tuple[int, ByHand]]:
        if self._since is None:
            return []
        rows = Invoice.objects.filter(
            customer__in=self._customers, lines=None, state=Invoice.State.ISSUED,
            issued_on__gte=(self._since - RECENT).date(),
        ).exclude(delivery_number="").exclude(REPLACED)  # fmt: skip
        known = rows.values_list("customer", "pk", "number", "subject", "total", "delivery_number", "issued_on")
        return [
            (customer, ByHand(pk, number, subject, total, number_key(note), day))
            for customer, pk, number, subject, total, note, day in known.order_by("-pk")
            if day is not None
        ]


def billed_beyond(contract: Contract, last_on: date) -> list[str]:
    """Return the numbers of the issued invoices that bill a contract for days after `last_on`, the latest first."""
    rows = InvoiceLine.objects.filter(contract=contract, quantity__gt=0, invoice__state=Invoice.State.ISSUED)
    known = rows.exclude(REPLACED_INVOICE).order_by("-period_on", "-pk").values_list("invoice__number", "period_on")
    return list(dict.fromkeys(number for number, first in known if first and whole(contract, first) > last_on))
