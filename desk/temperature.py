"""温度差: how warm the customer is beside how much we do, week by week and stage by stage (practice 1-01).

A rep's heart is at the order, the customer's at delivery and payment: where theirs stands above ours, a next touch is
proposed. Theirs is what one of us has read, ours is counted from facts (customers.selectors.temperature).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from customers.models import Customer, Reading
from customers.policy import READING_DAYS, TEMPERATURE_DAYS, TEMPERATURE_GAP
from customers.selectors import Effort, efforts_of, readings_visible
from desk.stages import spans_of, stage_on
from desk.touches import Touch, next_touch
from office.clock import local_day
from office.selectors import policy
from office.viewer import Viewer

WEEK, WEEKS = timedelta(days=7), 26
LEAD = 4  # weeks that are shown before the first reading


@dataclass(frozen=True)
class Point:
    """A week's end: the stage, theirs as read last (None when nothing is in force), ours as counted."""

    day: date
    stage: str
    theirs: int | None
    ours: int

    @property
    def gap(self) -> int | None:
        """By how much theirs stands above ours; below it, negative."""
        return None if self.theirs is None else self.theirs - self.ours


@dataclass(frozen=True)
class Phase:
    """Weeks of one stage, one after the other, as the last of them stands."""

    stage: str
    first: date
    last: date
    theirs: int | None
    ours: int
    gap: int | None


@dataclass(frozen=True)
class Temperature:
    """The curve, the newest point last; the same by phases, the newest first; what is proposed now."""

    points: Sequence[Point]
    phases: Sequence[Phase]
    reading: Reading  # the newest
    apart: int  # the gap from which a touch is proposed
    days: int  # for which our contacts count
    touch: Touch | None

    @property
    def now(self) -> Point:
        """How it stands today."""
        return self.points[-1]


def temperature_of(viewer: Viewer, customer: Customer) -> Temperature | None:
    """Return how it stands with a visible customer; None, and one statement only, before anybody has read theirs."""
    since = viewer.at - WEEK * WEEKS
    readings = list(readings_visible(viewer).filter(customer=customer, at__lte=viewer.at, at__gt=since))
    if not readings:
        return None
    apart, days, holds = (int(policy(key, viewer.at)) for key in (TEMPERATURE_GAP, TEMPERATURE_DAYS, READING_DAYS))
    weeks = min(WEEKS, (viewer.at - readings[0].at) // WEEK + LEAD)
    moments = [viewer.at - WEEK * back for back in range(weeks, -1, -1)]
    effort = efforts_of([customer.pk], moments[0] - timedelta(days=days), viewer.at)[customer.pk]
    spans = spans_of(viewer, customer.pk, local_day(moments[0]))
    points = [
        Point(day, stage_on(spans, day), theirs(readings, at, holds), effort.heat(at, days))
        for at in moments
        if (day := local_day(at))
    ]
    gap = points[-1].gap
    touch = next_touch(viewer, customer.pk, points[-1].stage) if gap is not None and gap >= apart else None
    return Temperature(points, _phases(points), readings[-1], apart, days, touch)


def theirs(readings: Sequence[Reading], at: datetime, days: int) -> int | None:
    """Return the heat last read at a moment; None when that is longer ago than a reading is in force."""
    held = [row for row in readings if at - timedelta(days=days) < row.at <= at]
    return held[-1].heat if held else None


def gap_now(readings: Sequence[Reading], effort: Effort, at: datetime) -> int | None:
    """Return by how much theirs stands above ours at a moment; None without a reading in force."""
    read = theirs(readings, at, int(policy(READING_DAYS, at)))
    return None if read is None else read - effort.heat(at, int(policy(TEMPERATURE_DAYS, at)))


def _phases(points: Sequence[Point]) -> list[Phase]:
    found = [(stage, list(rows)) for stage, rows in groupby(points, lambda point: point.stage)]
    phases = [
        Phase(stage, rows[0].day, rows[-1].day, rows[-1].theirs, rows[-1].ours, rows[-1].gap) for stage, rows in found
    ]
    return phases[::-1]
