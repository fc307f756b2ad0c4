"""Finding transactions as the law asks (電子帳簿保存法): by day, by amount, by partner, and by any of them together.

Every page is taken by keyset and nothing is counted beyond it, so a page costs the same among a million rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_noop

from billing.models import Invoice, Payment
from billing.selectors.invoices import invoices_visible, named, to_settle, unpaid
from customers.search import words
from customers.selectors import customers_visible, theirs
from office.errors import Refused
from office.http import whole_number
from office.viewer import Viewer

PAGE = 50
MOST_PARTNERS = 500  # named one by one, so that the database knows how many rows to expect
NO_PAGE = gettext_noop("This page of the list does not exist.")
TURNED = gettext_noop("The first day lies after the last one. Please exchange the two.")
LESS = gettext_noop("The smallest amount is above the largest. Please exchange the two.")
UNPAID = "unpaid"
OWED = "owed"  # to the customer, by return invoices
PLACE = re.compile(r"(\d{4}-\d\d-\d\d)?,(\d{1,18})", re.ASCII)

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; each part left empty asks nothing. Refused invalid when two bounds are the wrong way round.

    since, until: the day of issue, of a payment the day it came in. least, most: yen with tax. q: the partner in any
    spelling, or a number. before: where the page before ended, as `Page.older` says it, or a document number.
    """

    q: str = ""
    state: str = ""
    customer: int | None = None
    since: date | None = None
    until: date | None = None
    least: int | None = None
    most: int | None = None
    before: str = ""

    def __post_init__(self) -> None:
        """Refuse bounds that no row can lie between."""
        if self.since and self.until and self.since > self.until:
            raise Refused("invalid", TURNED, field="until")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise Refused("invalid", LESS, field="most")

    @property
    def by_day(self) -> bool:
        """Whether a span of days is asked for: then the latest day comes first."""
        return bool(self.since or self.until)

    def between(self, day: str, amount: str) -> Q:
        """Return the condition of the spans, on the columns that hold day and amount."""
        bounds = {
            f"{day}__gte": self.since, f"{day}__lte": self.until,
            f"{amount}__gte": self.least, f"{amount}__lte": self.most,
        }  # fmt: skip
        return Q(**{name: value for name, value in bounds.items() if value is not None})

    def given_back(self) -> Q:
        """Return the condition for what gives money back: its sum is below zero, but stands on its paper without the
        sign. Empty where no sum is looked for, or one that is below zero."""
        least, most = self.least or 0, self.most
        if (self.least, most) == (None, None) or least < 0 or (most is not None and most < 1):
            return Q()
        span = replace(self, least=None if most is None else -most, most=min(-least, -1))
        return span.between("issued_on", "total")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, the latest first, and where the next page starts; empty: there is none."""

    rows: Sequence[Row]
    older: str


def invoices_found(viewer: Viewer, wanted: Wanted) -> QuerySet[Invoice]:
    """Return the viewer's invoices that fit, with their figures: of a span of days in their order, else the last made
    first. A draft has no day of issue and is found by partner and amount. Refused invalid for no such page."""
    found = invoices_visible(viewer).filter(wanted.between("issued_on", "total") | wanted.given_back())
    if wanted.customer is not None:
        found = found.filter(customer=wanted.customer)
    if wanted.q:
        found = found.filter(_numbered(wanted.q) | partners(viewer, wanted.q))
    if wanted.state:
        narrow = {UNPAID: unpaid, OWED: to_settle}.get(wanted.state)
        found = narrow(found) if narrow else found.filter(state=wanted.state)
    if wanted.before:
        found = found.filter(_after(_last_invoice(viewer, wanted), "issued_on", by_day=wanted.by_day))
    return found.order_by("-issued_on", "-pk") if wanted.by_day else found.order_by("-pk")


def invoices_page(viewer: Viewer, wanted: Wanted, *, size: int = PAGE) -> Page[Invoice]:
    """Return one page of them, by one statement; one more looks the partner up."""
    rows = list(invoices_found(viewer, wanted)[: size + 1])
    return Page(rows[:size], _place(rows[size - 1].issued_on, rows[size - 1].pk) if len(rows) > size else "")


def payments_found(viewer: Viewer, wanted: Wanted) -> QuerySet[Payment]:
    """Return the money of the viewer's customers that fits, the latest first; counter-entries are among it.

    q: the partner; where none is found, a whole document number or the payer as the bank wrote it; `before` also the
    id of a payment.
    """
    found = Payment.objects.filter(theirs(viewer, "invoice__customer__"), wanted.between("received_on", "amount"))
    if wanted.customer is not None:
        found = found.filter(invoice__customer=wanted.customer)
    if wanted.q:
        # One or the other: a condition over both tables at once could use no index of either.
        keys = _partner_keys(viewer, wanted.q)
        named_so = Q(invoice__number__in=[wanted.q, wanted.q.upper()]) | Q(payer__startswith=wanted.q)
        found = found.filter(_of(keys, viewer, wanted.q, "invoice__") if keys else named_so)
    if wanted.before:
        found = found.filter(_after(_last_payment(viewer, wanted), "received_on", by_day=True))
    return found.select_related("invoice__customer", "recorded_by").order_by("-received_on", "-pk")


def payments_page(viewer: Viewer, wanted: Wanted, *, size: int = PAGE) -> Page[Payment]:
    """Return one page of them, as of invoices."""
    rows = list(payments_found(viewer, wanted)[: size + 1])
    return Page(rows[:size], _place(rows[size - 1].received_on, rows[size - 1].pk) if len(rows) > size else "")


Last = tuple[date | None, int]  # the day and the key of the row a page ended with


def _place(day: date | None, pk: int) -> str:
    """Where the next page starts, as it stands in an address."""
    return f"{day or ''},{pk}"


def _placed(before: str) -> Last | None:
    """What `_place` wrote; None for anything else."""
    found = PLACE.fullmatch(before)
    try:
        return (date.fromisoformat(found[1]) if found[1] else None, int(found[2])) if found else None
    except ValueError:
        return None


def _last_invoice(viewer: Viewer, wanted: Wanted) -> Last:
    seen = Invoice.objects.filter(theirs(viewer, "customer__"), named(wanted.before)).values_list("issued_on", "pk")
    last = _placed(wanted.before) or seen.first()
    if last is None or (wanted.by_day and last[0] is None):
        raise Refused("invalid", NO_PAGE)
    return last


def _last_payment(viewer: Viewer, wanted: Wanted) -> Last:
    seen = Payment.objects.filter(theirs(viewer, "invoice__customer__"), pk=whole_number(wanted.before))
    last = _placed(wanted.before) or seen.values_list("received_on", "pk").first()
    if last is None or last[0] is None:
        raise Refused("invalid", NO_PAGE)
    return last


def _after(last: Last, column: str, *, by_day: bool) -> Q:
    """What comes after the last row of the page before."""
    day, pk = last
    return Q(**{f"{column}__lte": day}) & ~Q(**{column: day, "pk__gte": pk}) if by_day else Q(pk__lt=pk)


def _numbered(query: str) -> Q:
    """A number from its beginning on: a word in the middle of it could not be looked up."""
    return Q(number__startswith=query) | Q(number__startswith=query.upper())


def partners(viewer: Viewer, query: str) -> Q:
    """Whose partner is found by a query."""
    return _of(_partner_keys(viewer, query), viewer, query)


def _partner_keys(viewer: Viewer, query: str) -> list[int]:
    """The customers found by a query, up to one more than MOST_PARTNERS; none for one that is only signs."""
    if not words(query):
        return []
    found = customers_visible(viewer).found_by(query).order_by()
    return list(found.values_list("pk", flat=True)[: MOST_PARTNERS + 1])


def _of(keys: list[int], viewer: Viewer, query: str, prefix: str = "") -> Q:
    """Whose customer is one of these; where they are too many to name, one of all that are found."""
    every = customers_visible(viewer).found_by(query).order_by().values("pk")
    return Q(**{f"{prefix}customer__in": every if len(keys) > MOST_PARTNERS else keys})
