"""Pinned policy numbers and a calendar: everything a decision may know beside the case."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from office.errors import Refused

TOKYO = ZoneInfo("Asia/Tokyo")
_SPAN = re.compile(r"(?P<amounts>\d+(?:, \d+)*) (?P<unit>business hour|business day|minute|hour|day)s?")


class Calendar(Hashable, Protocol):
    """What the engine asks of the office calendar; all times are aware."""

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """Return the moment `minutes` business minutes after `at`."""

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the business minutes from one moment to another; 0 when it lies before."""

    def add_days(self, at: datetime, days: int) -> datetime:
        """Return the close of business `days` business days after `at`."""

    def closing_of(self, day: date) -> datetime:
        """Return the close of business of a day."""

    def is_business_day(self, day: date) -> bool:
        """Tell whether the office works on that day."""


class Span(NamedTuple):
    """A time allowed: "1 business hour", "same day", "5 business days", "3, 14, 30 days", "10, 120 minutes"."""

    unit: str
    amounts: tuple[int, ...]

    @staticmethod
    @lru_cache(maxsize=1024)
    def parse(text: str) -> Span:
        """Read a span as it stands in a playbook or a policy; ValueError when it is none."""
        if text == "same day":
            return Span("same day", (0,))
        found = _SPAN.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no span of time")
        return Span(found["unit"], tuple(int(n) for n in found["amounts"].split(", ")))


@dataclass(frozen=True)
class Rules:
    """The policy numbers an incident was opened with, and the calendar of today."""

    numbers: Mapping[str, str]
    calendar: Calendar

    def span(self, key: str, severity: str) -> Span:
        """The span of `<playbook>.<step>`, of its severity where one is set."""
        text = self.numbers.get(f"{key}.{severity}") or self.numbers.get(key)
        if text is None:
            raise Refused("conflict", "The policy has no number for %(key)s.", key=key)
        return Span.parse(text)

    def amount(self, key: str) -> int:
        """A plain number of the policy: yen, a count."""
        return int(self.numbers[key])

    def rounds(self, key: str, severity: str) -> int:
        """How many times a series comes round: one date each."""
        return len(self.span(key, severity).amounts)

    def due(self, key: str, round_: int, since: datetime, at: datetime, severity: str) -> datetime:
        """When round `round_` of a step is due. A series counts from `since`, everything else from `at`."""
        span = self.span(key, severity)
        amount = span.amounts[min(round_, len(span.amounts) - 1)]
        return _after(self.calendar, span.unit, amount, since if span.unit == "day" else at, severity)

    def alarms(self, step: str, due: datetime, severity: str) -> tuple[datetime, ...]:
        """When the ladder speaks up for a due: `ladder.<step>` where the policy has one, else `ladder`."""
        text = self.numbers.get(f"ladder.{step}") or self.numbers["ladder"]
        return _ladder(self.calendar, text, due, severity)


@lru_cache(maxsize=4096)  # most dues are the close of some business day, so most ladders have been counted before
def _ladder(calendar: Calendar, text: str, due: datetime, severity: str) -> tuple[datetime, ...]:
    span = Span.parse(text)
    return tuple(_after(calendar, span.unit, n, due, severity) for n in span.amounts)


def _after(calendar: Calendar, unit: str, amount: int, at: datetime, severity: str) -> datetime:
    if unit == "minute":
        return at + timedelta(minutes=amount)
    if unit == "hour" or (unit == "business hour" and severity == "A"):  # a grave matter knows no closing time
        return at + timedelta(hours=amount)
    if unit == "business hour":
        return calendar.add_minutes(at, amount * 60) if amount else at
    if unit == "business day":
        return calendar.add_days(at, amount)
    day = at.astimezone(TOKYO).date() + timedelta(days=amount)
    if unit == "same day":
        closing = calendar.closing_of(day)
        return closing if at < closing and calendar.is_business_day(day) else calendar.add_days(at, 1)
    while not calendar.is_business_day(day):  # a follow-up falls on the next day people are at work
        day += timedelta(days=1)
    return calendar.closing_of(day)
