"""Business time and bank days in Japan. Pure: what the office decides comes in, the law comes from `jpholiday`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import jpholiday
from django.utils.translation import gettext_noop

from office.clock import JST, local_day
from office.errors import Refused

DAY = timedelta(days=1)
SATURDAY = 5
# Holidays are law for good, but the equinoxes are announced each February for the next year, and laws change.
# Later years are expected, and the screens say so (fault model 28).
ANNOUNCED_UNTIL = 2027
FIRST_YEAR = 1990  # what was before it nobody types in any more
LAST_YEAR = 2099  # beyond it nobody computes an equinox: only weekends are known
FAR = gettext_noop("Please give a day in the years %(least)s to %(most)s.")


def refuse_far(**days: date | None) -> None:
    """Refused invalid, naming the field, for a day typed in a year in which nothing of ours can lie; None is no day."""
    for field_name, day in days.items():
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Refused("invalid", FAR, field=field_name, least=FIRST_YEAR, most=LAST_YEAR)


@lru_cache(maxsize=20_000)
def holiday_name(day: date) -> str:
    """The name of the public holiday, "" on any other day (祝日法2条, 3条2項・3項)."""
    if day.year > LAST_YEAR:
        return ""
    return jpholiday.is_holiday_name(day) or ""


def is_announced(day: date) -> bool:
    """Whether the government has announced the holidays of that year; else they are only expected."""
    return day.year <= ANNOUNCED_UNTIL


def next_holidays(day: date, count: int) -> list[tuple[date, str]]:
    """The next public holidays from this day on, each with its name."""
    found: list[tuple[date, str]] = []
    while len(found) < count and day.year <= LAST_YEAR:
        if name := holiday_name(day):
            found.append((day, name))
        day += DAY
    return found


@lru_cache(maxsize=20_000)
def _is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and not holiday_name(day)


@lru_cache(maxsize=20_000)
def _business_day_after(closing_days: frozenset[date], day: date, count: int) -> date:
    step = DAY if count > 0 else -DAY
    left = abs(count)
    while left:
        day += step
        left -= _is_working_day(day) and day not in closing_days
    return day


@lru_cache(maxsize=20_000)
def _moment(day: date, hour: time) -> datetime:
    """A moment of a day in Japan; the same object for the same day, so that whatever is looked up by it is found."""
    return datetime.combine(day, hour, JST)


@dataclass(frozen=True)
class BusinessCalendar:
    """The days and hours our office works. All dates are Asia/Tokyo; all moments that come in are aware."""

    opens: time = time(9, 0)
    closes: time = time(17, 30)
    closing_days: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("the office must open before it closes")

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday, no public holiday, none of our closing days."""
        return _is_working_day(day) and day not in self.closing_days

    def is_bank_day(self, day: date) -> bool:
        """Banks close on Saturdays, Sundays, public holidays and 12/31 to 1/3 (銀行法15条, 施行令5条)."""
        year_end = (day.month, day.day) in {(12, 31), (1, 1), (1, 2), (1, 3)}
        return _is_working_day(day) and not year_end

    def is_open(self, at: datetime) -> bool:
        """Whether the office works at this moment; the closing moment itself is closed."""
        local = at.astimezone(JST)
        return self.is_business_day(local.date()) and self.opens <= local.time() < self.closes

    def opening_of(self, day: date) -> datetime:
        """The opening moment of this day, working or not."""
        return _moment(day, self.opens)

    def closing_of(self, day: date) -> datetime:
        """The closing moment of this day, working or not."""
        return _moment(day, self.closes)

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on when the office works: `at` itself while it is open."""
        if self.is_open(at):
            return at
        day = local_day(at)
        if self.is_business_day(day) and at < self.opening_of(day):
            return self.opening_of(day)
        return self.opening_of(self.business_day_after(day, 1))

    def last_closing(self, at: datetime) -> datetime:
        """The last moment up to `at` when the office worked: `at` itself while it is open."""
        if self.is_open(at):
            return at
        day = local_day(at)
        if self.is_business_day(day) and at >= self.closing_of(day):
            return self.closing_of(day)
        return self.closing_of(self.business_day_after(day, -1))

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """The moment so many business minutes later (earlier when negative).

        Work that ends with the office ends at closing, not at the next opening.
        """
        return self._forward(at, minutes) if minutes >= 0 else self._back(at, -minutes)

    def _forward(self, at: datetime, minutes: int) -> datetime:
        start, left = self.next_opening(at), timedelta(minutes=minutes)
        while start + left > (closing := self.closing_of(local_day(start))):
            left -= closing - start
            start = self.opening_of(self.business_day_after(local_day(start), 1))
        return start + left

    def _back(self, at: datetime, minutes: int) -> datetime:
        end, left = self.last_closing(at), timedelta(minutes=minutes)
        while end - left < (opening := self.opening_of(local_day(end))):
            left -= end - opening
            end = self.closing_of(self.business_day_after(local_day(end), -1))
        return end - left

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """The business minutes from one moment to another; 0 when it lies before."""
        found, day, last = timedelta(), local_day(start), local_day(end)
        while day <= last:
            if self.is_business_day(day):
                found += max(timedelta(), min(end, self.closing_of(day)) - max(start, self.opening_of(day)))
            day += DAY
        return int(found.total_seconds() // 60)

    def add_days(self, at: datetime, days: int) -> datetime:
        """The close of business so many business days after the day of `at` (before it when negative).

        0 is the same day while it can still be worked on, else the next business day.
        """
        day = local_day(at)
        if days:
            return self.closing_of(self.business_day_after(day, days))
        if self.is_business_day(day) and at < self.closing_of(day):
            return self.closing_of(day)
        return self.closing_of(self.business_day_after(day, 1))

    def business_day_after(self, day: date, count: int) -> date:
        """The count-th business day strictly after this day, or before it when negative; count is not 0."""
        return _business_day_after(self.closing_days, day, count)

    def bank_day(self, day: date, shift: Literal["before", "after"]) -> date:
        """The day itself when banks work, else the nearest bank day on the agreed side."""
        step = -DAY if shift == "before" else DAY
        while not self.is_bank_day(day):
            day += step
        return day

    def business_days_between(self, a: date, b: date) -> int:
        """Business days after `a` up to and including `b`; negative when `b` lies before `a`."""
        if b < a:
            return -self.business_days_between(b, a)
        return sum(self.is_business_day(day) for day in days_after(a, b))


def days_after(a: date, b: date) -> Iterator[date]:
    """Each day after `a` up to and including `b`."""
    while a < b:
        a += DAY
        yield a
