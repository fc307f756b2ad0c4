"""Moments of the demo: relative to now, in office hours, and never in the future unless asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from office.calendar import BusinessCalendar
from office.clock import JST, local_day

NOTICE = timedelta(minutes=90)  # nobody arranges a visit for the next minute
LATEST = time(16, 30)  # nor for closing time
NOMINAL = 28  # the last day that every month has


@dataclass(frozen=True)
class Days:
    """The days around `now` as the office works them."""

    now: datetime
    calendar: BusinessCalendar

    @property
    def anchor(self) -> datetime:
        """The last moment up to now at which somebody was at work."""
        return self.calendar.last_closing(self.now)

    @property
    def today(self) -> date:
        """The day in Japan."""
        return local_day(self.now)

    def minutes_ago(self, minutes: int) -> datetime:
        """So many minutes of work before the anchor: "this morning" while the office is open."""
        return self.calendar.add_minutes(self.anchor, -minutes)

    def ago(self, days: int, clock: str = "10:00") -> datetime:
        """An hour of a business day before that of the anchor; days is 1 or more."""
        return _at(self.calendar.business_day_after(local_day(self.anchor), -days), clock)

    def ahead(self, days: int, clock: str = "17:00") -> datetime:
        """An hour of a business day after today; days is 1 or more."""
        return _at(self.calendar.business_day_after(self.today, days), clock)

    def next_visit(self) -> datetime:
        """The first half hour at which a visit can be arranged: today while there is time, else next morning."""
        wanted = (self.now + NOTICE).astimezone(JST)
        start = wanted.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=-(-wanted.minute // 30) * 30)
        open_today = self.calendar.is_business_day(self.today) and local_day(start) == self.today
        if open_today and start.time() <= LATEST:
            return max(start, _at(self.today, "10:00"))
        return self.ahead(1, "10:30")

    def bank_day(self) -> date:
        """The last day up to the anchor's on which money moved."""
        return self.calendar.bank_day(local_day(self.anchor), "before")

    def month_before(self, months: int, day: int) -> date:
        """A day of a month before this one; day is 28 at most."""
        year, month = divmod(self.today.year * 12 + self.today.month - 1 - months, 12)
        return date(year, month + 1, min(day, NOMINAL))

    def work(self, day: date, clock: str = "10:00") -> datetime:
        """An hour of that day, or of the business day before it."""
        open_ = day if self.calendar.is_business_day(day) else self.calendar.business_day_after(day, -1)
        return _at(open_, clock)


def _at(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), JST)
