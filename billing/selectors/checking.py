"""The list of the second pair of eyes (practice 0-13): every draft with what is to be looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import prefetch_related_objects

from billing.due import closing_before
from billing.findings import Beside, Finding, Listed, Went, findings
from billing.models import Invoice, InvoiceLine, Terms
from billing.policy import MOVED
from billing.selectors.billed import Billed
from billing.selectors.prices import PriceList
from billing.selectors.returns import lines_sold
from billing.selectors.three_way import notes_of
from office.models import User
from office.selectors import bank_accounts, policy
from office.viewer import Viewer

MOST = 500  # drafts in one list
SOURCES = (  # what a line names
    "delivery_line__order_line", "delivery_line__delivery", "delivery_line__of__delivery", "contract", "reduces",
)  # fmt: skip
LAST = 6  # invoices that tell what is usual


@dataclass(frozen=True)
class Draft:
    """A draft with its lines and what is to be looked at. mine: the viewer made it and so does not check it."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    findings: Sequence[Finding]
    before: int | None  # the total of the customer's invoice before this one, yen
    mine: bool

    @property
    def clean(self) -> bool:
        """Whether nothing is to be looked at."""
        return not self.findings

    @property
    def grave(self) -> bool:
        """Whether something is likely to be wrong."""
        return any(one.grave for one in self.findings)

    @property
    def moved(self) -> int | None:
        """How much more it is than the invoice before, yen."""
        return None if self.before is None else self.invoice.total - self.before


def has_made(invoice: Invoice, user: User) -> bool:
    """Whether this person has made or changed the draft, however often others have since: then another one checks it
    (practice 0-13)."""
    return user.pk == invoice.created_by_id or user.pk in {maker.pk for maker in invoice.makers.all()}


def drafts_to_check(viewer: Viewer) -> list[Draft]:
    """Return the drafts nobody has checked, those with the gravest differences first; eleven statements for all."""
    rows = Invoice.objects.filter(state=Invoice.State.DRAFT).select_related("customer", "created_by", "promise")
    found = drafts_of(list(rows.order_by("pk")[:MOST]), viewer)
    return sorted(found, key=lambda draft: (not draft.grave, draft.clean, -draft.invoice.total))


def drafts_of(invoices: Sequence[Invoice], viewer: Viewer) -> list[Draft]:
    """Return these invoices with what is to be looked at, in their order; ten statements for all of them."""
    prefetch_related_objects(invoices, "makers")
    lines: dict[int, list[InvoiceLine]] = defaultdict(list)
    for line in InvoiceLine.objects.filter(invoice__in=invoices).select_related(*SOURCES):
        lines[line.invoice_id].append(line)
    earlier = _earlier(invoices)
    billed = Billed(invoices, lines)
    terms = {row.customer_id: row for row in Terms.objects.filter(customer__in={i.customer_id for i in invoices})}
    prices_of = PriceList(
        {invoice.customer_id for invoice in invoices}, {line.description for some in lines.values() for line in some}
    )
    went = _went(line for some in lines.values() for line in some)
    sold = lines_sold(line.delivery_line for some in lines.values() for line in some if line.delivery_line)
    percent, accounts = int(policy(MOVED, viewer.at)), bool(bank_accounts())
    found = []
    for invoice in invoices:
        usual = earlier[invoice.customer_id]
        beside = Beside(
            usual=usual[:LAST], since=_since(invoice, terms.get(invoice.customer_id) or Terms()),
            last_prices=billed.prices(invoice), periods=billed.periods(invoice), moved_percent=percent,
            listed=_listed(invoice, lines[invoice.pk], prices_of), went=went, by_hand=billed.by_hand(invoice),
            sold=sold, payable=accounts or (terms.get(invoice.customer_id) or Terms()).way != Terms.Way.TRANSFER,
        )  # fmt: skip
        found.append(
            Draft(
                invoice, lines[invoice.pk], findings(invoice, lines[invoice.pk], beside),
                usual[0] if usual else None, has_made(invoice, viewer.user),
            )
        )  # fmt: skip
    return found


def _listed(invoice: Invoice, lines: Sequence[InvoiceLine], prices: PriceList) -> dict[int, Listed]:
    """What the price list said of what was delivered, on that day; what came back is worth what it was sold for.

    A customer's own price is of the sort that its terms say; that of everybody is without tax.
    """
    found = {}
    for line in lines:
        if line.delivery_line_id and line.quantity > 0:
            price = prices.on(invoice.customer_id, line.description, line.traded_on)
            if price is not None and not (invoice.inclusive and price.customer_id is None):
                found[line.place] = Listed(price.unit_price, price.from_on)
    return found


def _went(lines: Iterable[InvoiceLine]) -> dict[int, Went]:
    """What went of the lines of orders that are billed here: part of it may stand on other invoices, or on none yet."""
    sources = (line.delivery_line for line in lines if line.delivery_line)
    notes = notes_of(source.order_line_id for source in sources if source.order_line_id)
    return {
        key: Went(sum((one.quantity for one in some), Decimal(0)), [one.number for one in some if one.quantity > 0])
        for key, some in notes.items()
    }


def _since(invoice: Invoice, terms: Terms) -> date | None:
    """The first day that the cutoff takes in which the invoice was made for."""
    if invoice.closing_on is None:
        return None
    return closing_before(invoice.closing_on, terms.closing_day) + timedelta(days=1)


def _earlier(invoices: Sequence[Invoice]) -> dict[int, list[int]]:
    """The totals of the customers' issued invoices of the last half year, the newest first."""
    found: dict[int, list[int]] = defaultdict(list)
    if invoices:
        since = min(invoice.created_at for invoice in invoices) - timedelta(days=190)
        rows = Invoice.objects.filter(
            customer__in={invoice.customer_id for invoice in invoices}, state=Invoice.State.ISSUED,
            issued_on__gte=since.date(),
        ).exclude(kind=Invoice.Kind.RETURN)  # fmt: skip
        for customer_id, total in rows.order_by("-issued_on", "-pk").values_list("customer_id", "total"):
            found[customer_id].append(total)
    return found
