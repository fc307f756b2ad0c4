"""Business time against a naive reference that walks minute by minute, and a second table of holidays."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.calendar import BusinessCalendar, holiday_name, is_announced, next_holidays
from office.clock import JST, local_day

# The second truth: the list of the Cabinet Office as quoted, month/day.
HOLIDAYS = {
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
}
OFFICE = BusinessCalendar(
    opens=time(9, 0), closes=time(17, 30), closing_days=frozenset({date(2026, 12, 29), date(2026, 12, 30)})
)
TABLE = {date(year, *map(int, day.split("/"))) for year, days in HOLIDAYS.items() for day in days.split()}

days = st.dates(date(2026, 1, 10), date(2027, 12, 1))
moments = st.datetimes(datetime(2026, 1, 10), datetime(2027, 11, 1)).map(lambda at: at.replace(tzinfo=JST))
minutes = moments.map(lambda at: at.replace(second=0, microsecond=0))


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in TABLE and day not in OFFICE.closing_days


def is_working_minute(at: datetime) -> bool:
    return works(at.date()) and time(9, 0) <= at.time() < time(17, 30)


@pytest.mark.parametrize("year", sorted(HOLIDAYS))
def test_the_holidays_are_those_the_government_announced(year: int) -> None:
    every = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert {day for day in every if holiday_name(day)} == {day for day in TABLE if day.year == year}


def test_two_days_between_holidays_are_ordinary() -> None:
    assert OFFICE.is_business_day(date(2027, 9, 21))
    assert OFFICE.is_business_day(date(2027, 9, 22))
    assert holiday_name(date(2026, 9, 22)) == "国民の休日"


def test_later_years_are_only_expected() -> None:
    assert is_announced(date(2027, 12, 31))
    assert not is_announced(date(2035, 5, 3))
    assert not OFFICE.is_business_day(date(2035, 1, 1))


def test_beyond_the_computed_years_only_weekends_are_known() -> None:
    assert OFFICE.is_business_day(date(2100, 1, 1))
    assert next_holidays(date(2099, 12, 30), 5) == []


def test_the_next_holidays_begin_today() -> None:
    assert next_holidays(date(2026, 11, 23), 2) == [(date(2026, 11, 23), "勤労感謝の日"), (date(2027, 1, 1), "元日")]


@given(moments)
def test_the_office_is_open_in_working_minutes_only(at: datetime) -> None:
    assert OFFICE.is_open(at) == is_working_minute(at)


@given(minutes)
@settings(max_examples=40)
def test_the_next_opening_is_the_first_working_minute(at: datetime) -> None:
    expected = at
    while not is_working_minute(expected):
        expected += timedelta(minutes=1)
    assert OFFICE.next_opening(at) == expected


@given(minutes, st.integers(1, 1500))
@settings(max_examples=40)
def test_minutes_are_counted_one_working_minute_at_a_time(at: datetime, count: int) -> None:
    end, left = at, count
    while left:
        left -= is_working_minute(end)
        end += timedelta(minutes=1)
    assert OFFICE.add_minutes(at, count) == end


@given(minutes, st.integers(1, 1500))
@settings(max_examples=40)
def test_minutes_before_are_counted_back(at: datetime, count: int) -> None:
    start, left = at, count
    while left:
        start -= timedelta(minutes=1)
        left -= is_working_minute(start)
    assert OFFICE.add_minutes(at, -count) == start


@given(moments, st.integers(1, 40))
def test_days_end_at_the_close_of_the_nth_working_day(at: datetime, count: int) -> None:
    day, left = at.date(), count
    while left:
        day += timedelta(days=1)
        left -= works(day)
    assert OFFICE.add_days(at, count) == datetime.combine(day, time(17, 30), JST)


@given(moments)
def test_the_same_day_lasts_until_closing_else_it_is_the_next_working_day(at: datetime) -> None:
    due = OFFICE.add_days(at, 0)
    assert due > at
    assert works(local_day(due))
    assert due <= OFFICE.add_days(at, 1)


@given(days, days)
def test_days_between_are_counted_after_the_first_up_to_the_last(a: date, b: date) -> None:
    first, last = sorted((a, b))
    count = sum(works(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert OFFICE.business_days_between(a, b) == (count if a <= b else -count)


@given(days, st.sampled_from(["before", "after"]))
def test_a_bank_day_is_the_nearest_one_on_the_agreed_side(day: date, shift: str) -> None:
    def bank(day: date) -> bool:
        return day.weekday() < 5 and day not in TABLE and f"{day:%m%d}" not in {"1231", "0101", "0102", "0103"}

    expected = day
    while not bank(expected):
        expected += timedelta(days=1 if shift == "after" else -1)
    assert OFFICE.bank_day(day, shift) == expected  # type: ignore[arg-type]


def test_a_day_is_the_japanese_one_whatever_the_zone_of_the_moment() -> None:
    late_in_utc = datetime.fromisoformat("2026-11-24T23:30:00+00:00")  # 08:30 on the 25th in Tokyo
    assert OFFICE.next_opening(late_in_utc) == datetime(2026, 11, 25, 9, 0, tzinfo=JST)


@given(moments, st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_minutes_between_are_those_that_were_added(at: datetime, count: int) -> None:
    start = OFFICE.next_opening(at.replace(second=0, microsecond=0))
    assert OFFICE.minutes_between(start, OFFICE.add_minutes(start, count)) == count
    assert OFFICE.minutes_between(OFFICE.add_minutes(start, count), start) == 0


def test_work_that_ends_with_the_office_ends_at_closing() -> None:
    at = datetime(2026, 11, 20, 16, 30, tzinfo=JST)  # a Friday before a long weekend
    assert OFFICE.add_minutes(at, 60) == datetime(2026, 11, 20, 17, 30, tzinfo=JST)
    assert OFFICE.add_minutes(at, 61) == datetime(2026, 11, 24, 9, 1, tzinfo=JST)


def test_an_office_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="open before"):
        BusinessCalendar(opens=time(18), closes=time(9))
