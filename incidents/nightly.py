"""What a nightly check can count of one customer, each by a question the app asks anyway; and the record of a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Max, Q

from billing.models import Invoice
from billing.selectors.waiting import orders_waiting
from billing.selectors.watch import LATE, gaps
from customers.models import Promise
from incidents.models import Incident, Measure, Night, NightlyCheck
from office.clock import JST

What = NightlyCheck.What


def _unbilled(customer_id: int, _since: date, at: datetime) -> int:
    return sum(gap.kind in LATE for gap in gaps(at, customer_id))


def _corrected(customer_id: int, since: date, _at: datetime) -> int:
    rows = Invoice.objects.filter(customer=customer_id, corrects__isnull=False, state=Invoice.State.ISSUED)
    return rows.filter(issued_on__gte=since).count()


def _promises(customer_id: int, since: date, at: datetime) -> int:
    start = datetime.combine(since, time(), JST)
    broken = Q(state=Promise.State.BROKEN, ended_at__gte=start)
    late = Q(state=Promise.State.OPEN, answer_by__lt=at, answer_by__gte=start)
    return Promise.objects.filter(broken | late, customer=customer_id).count()


def _undated(customer_id: int, _since: date, at: datetime) -> int:
    return sum(row.kind == "undated" for row in orders_waiting(at, customer_id))


COUNTED: Mapping[str, Callable[[int, date, datetime], int]] = {
    What.UNBILLED: _unbilled, What.CORRECTED: _corrected, What.PROMISES: _promises, What.UNDATED: _undated,
}  # fmt: skip


@dataclass(frozen=True)
class Watched:
    """A check with its record: how many nights it ran, how many failed, the last of them, what it counted last."""

    check: NightlyCheck
    nights: int
    failed: int
    failed_last: date | None
    last: int | None


def watched(measures: list[Measure]) -> list[Watched]:
    """The checks of these measures with their records; two statements at most."""
    checks = NightlyCheck.objects.filter(measure__in=measures).select_related("measure").order_by("pk")
    rows = checks.annotate(
        ran=Count("nights"), bad=Count("nights", filter=Q(nights__failed=True)),
        bad_last=Max("nights__day", filter=Q(nights__failed=True)), ran_last=Max("nights__day"),
    )  # fmt: skip
    found = list(rows)
    wanted = Q(pk__in=[])
    for row in found:
        wanted |= Q(check_of=row, day=vars(row)["ran_last"])
    last = dict(Night.objects.filter(wanted).values_list("check_of", "count"))
    return [Watched(row, vars(row)["ran"], vars(row)["bad"], vars(row)["bad_last"], last.get(row.pk)) for row in found]


def watched_of(incident: Incident) -> list[Watched]:
    """Those of an incident: what its effect check can pass on."""
    return watched(list(Measure.objects.filter(incident=incident)))
