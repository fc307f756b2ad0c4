"""The figures of billing (practices 3-06, 3-03, 1-08, 3-07): on time, not billed yet, expected, sent back and
corrected, questions answered.

Each is asked for the viewer's customers only, and only as far back as it is shown.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN

from django.db.models import Case, Count, F, Q, When
from django.db.models.functions import TruncDate

from billing.models import Instalment, Invoice
from billing.policy import UNISSUED_AFTER, UNSENT_AFTER
from billing.selectors.errors import our_errors
from billing.selectors.inquiries import Answered, answered
from billing.selectors.receipts import claims_open
from billing.selectors.unbilled import is_return, lines_unbilled
from customers.models import Customer
from customers.selectors import theirs
from office.clock import JST, local_day
from office.roles import APPROVERS, Role
from office.selectors import business_calendar, policy
from office.viewer import Viewer

MONTHS = 6
AGES = ((0, 7), (8, 30), (31, 60), (61, None))  # days since the delivery
AHEAD = BEHIND = 60  # days of payments that are expected, or were
MOST_CUSTOMERS = 8
# The day on which an invoice went to its customer; of one that was issued elsewhere, that of its issue.
GONE_OUT = Case(When(issued_by=None, paper="", then=F("issued_on")), default=TruncDate("sent_at", tzinfo=JST))


@dataclass(frozen=True)
class OnTime:
    """Of the invoices promised for a month: how many went out in time."""

    month: date  # its first day
    on_time: int
    late: int

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all; None where nothing was promised."""
        count = self.on_time + self.late
        return self.on_time * 100 // count if count else None


@dataclass(frozen=True)
class Age:
    """What was delivered so many days ago and is on no invoice: lines and yen before tax."""

    first: int
    last: int | None
    count: int
    yen: int


@dataclass(frozen=True)
class Expected:
    """What is still to come of one payment day."""

    day: date
    count: int
    yen: int
    past: bool


@dataclass(frozen=True)
class Errors:
    """How often invoices of a customer were corrected, or sent back by who checked them."""

    customer: Customer
    corrected: int
    sent_back: int


@dataclass(frozen=True)
class Figures:
    """All of them."""

    on_time: list[OnTime]
    unbilled: list[Age]
    expected: list[Expected]
    errors: list[Errors]
    answered: list[Answered]


def reads_figures(viewer: Viewer) -> bool:
    """Return whether the figures are offered to this viewer: whoever decides, bills or audits."""
    return bool(viewer.roles & (APPROVERS | {Role.BILLING.value, Role.AUDITOR.value}))


def figures(viewer: Viewer) -> Figures:
    """Return the figures of the viewer's customers as of now."""
    today = local_day(viewer.at)
    start = _month_before(today.replace(day=1), MONTHS - 1)
    return Figures(
        on_time=_on_time(viewer, start, today), unbilled=_unbilled(viewer, today), expected=_expected(viewer, today),
        errors=_errors(viewer, start), answered=answered(viewer, _months(today), viewer.at),
    )  # fmt: skip


def _months(today: date) -> list[date]:
    """The first days of the months that are shown, the oldest first."""
    return [_month_before(today.replace(day=1), back) for back in range(MONTHS - 1, -1, -1)]


def _month_before(first: date, months: int) -> date:
    for _count in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _on_time(viewer: Viewer, start: date, today: date) -> list[OnTime]:
    """Promised is the day planned, else some business days past the cutoff: as many as the watch gives for issuing and
    for sending. One that has not gone out is late once its day has passed; a correction has no day of its own."""
    moved = Q(issued_on__gte=start) | Q(state__in=[Invoice.State.DRAFT, Invoice.State.CHECKED])
    rows = Invoice.objects.filter(theirs(viewer, "customer__"), moved, corrects=None).order_by()
    days, more = business_calendar(), sum(int(policy(key, viewer.at)) for key in (UNISSUED_AFTER, UNSENT_AFTER))
    found: dict[date, Counter[bool]] = defaultdict(Counter)
    grouped = rows.values_list("planned_on", "closing_on", GONE_OUT).annotate(count=Count("pk"))
    for planned, closing, out, count in grouped:
        promised = planned or (days.business_day_after(closing, more) if closing else None)
        if promised is None or promised < start or (out is None and promised >= today) or promised > today:
            continue
        found[promised.replace(day=1)][out is not None and out <= promised] += count
    return [OnTime(month, found[month][True], found[month][False]) for month in _months(today)]


def _unbilled(viewer: Viewer, today: date) -> list[Age]:
    lines = lines_unbilled(today).filter(theirs(viewer, "delivery__customer__"))
    sums = [[0, 0] for _age in AGES]
    for line in lines:
        if is_return(line):
            continue
        days = (today - line.delivery.delivered_on).days
        place = next(place for place, (_first, last) in enumerate(AGES) if last is None or days <= last)
        sums[place][0] += 1
        sums[place][1] += int((line.left * line.unit_price).quantize(1, ROUND_DOWN))
    return [Age(first, last, count, yen) for (first, last), (count, yen) in zip(AGES, sums, strict=True)]


def _expected(viewer: Viewer, today: date) -> list[Expected]:
    start, end = today - timedelta(days=BEHIND), today + timedelta(days=AHEAD)
    near = Instalment.objects.filter(due_on__range=(start, end)).values("invoice")
    claims, _customers = claims_open(Q(invoice__in=near) & theirs(viewer, "invoice__customer__"))
    count: Counter[date] = Counter()
    yen: Counter[date] = Counter()
    for claim in claims:
        if start <= claim.due_on <= end:
            count[claim.due_on] += 1
            yen[claim.due_on] += claim.yen
    return [Expected(day, count[day], yen[day], day < today) for day in sorted(count)]


def _errors(viewer: Viewer, start: date) -> list[Errors]:
    since = Q(issued_on__gte=start) | Q(state__in=[Invoice.State.DRAFT, Invoice.State.CHECKED])
    corrected = Count("pk", filter=our_errors())
    sent_back = Count("pk", filter=~Q(refused=""))
    wanted = ~Q(refused="") | our_errors()
    rows = Invoice.objects.filter(theirs(viewer, "customer__"), since, wanted).order_by().values("customer")
    found = [(row["customer"], row["c"], row["s"]) for row in rows.annotate(c=corrected, s=sent_back)]
    found = sorted(found, key=lambda one: (-(one[1] + one[2]), one[0]))[:MOST_CUSTOMERS]
    customers = Customer.objects.in_bulk([pk for pk, *_counts in found])
    return [Errors(customers[pk], fixed, back) for pk, fixed, back in found]
