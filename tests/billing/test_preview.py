"""The preview of terms: closings and payment days against a second library of holidays, a second way of counting."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import holidays
import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from billing.models import Terms
from billing.preview import answer, question
from office.calendar import BusinessCalendar
from office.errors import Refused
from office.models import User
from office.services import token_create

PATH = "/api/v1/billing/terms/preview"
HOLIDAYS = holidays.country_holidays("JP", years=range(2023, 2032))
DAY = timedelta(days=1)
DAYS = st.one_of(st.just("end"), st.integers(1, 28).map(str))
GOOD = {
    "closing_day": "20", "pay_month_offset": "1", "pay_day": "end", "shift": "before",
    "from": "2026-01-01", "count": "3",
}  # fmt: skip


def every_day(start: date) -> Iterator[date]:
    while True:
        yield start
        start += DAY


def is_the(word: str, day: date) -> bool:
    """Whether a day is the 20th, or the month's end because the next one is a first."""
    return (day + DAY).day == 1 if word == "end" else day.day == int(word)


def banks_work(day: date) -> bool:
    return not (day.isoweekday() > 5 or day in HOLIDAYS or f"{day:%m%d}" in ("1231", "0101", "0102", "0103"))


def by_walking(asked: dict[str, str]) -> list[tuple[date, date, date]]:
    """The same answer day by day: no arithmetic of months, and another library for the holidays."""
    closings = (day for day in every_day(date.fromisoformat(asked["from"])) if is_the(asked["closing_day"], day))
    found = []
    for _count in range(int(asked["count"])):
        closing = next(closings)
        firsts = (day for day in every_day(closing.replace(day=1)) if day.day == 1)
        for _month in range(int(asked["pay_month_offset"]) + 1):
            first = next(firsts)
        nominal = next(day for day in every_day(first) if is_the(asked["pay_day"], day))
        step = -DAY if asked["shift"] == "before" else DAY
        pay_on = nominal
        while not banks_work(pay_on):
            pay_on += step
        found.append((closing, nominal, pay_on))
    return found


@given(
    closing_day=DAYS, pay_day=DAYS, offset=st.integers(0, 6), shift=st.sampled_from(["before", "after"]),
    start=st.dates(date(2024, 1, 1), date(2029, 3, 31)), count=st.integers(1, 14),
)  # fmt: skip
def test_every_day_is_the_one_a_second_calendar_gives(
    closing_day: str, pay_day: str, offset: int, shift: str, start: date, count: int
) -> None:
    asked = {
        "closing_day": closing_day, "pay_day": pay_day, "pay_month_offset": str(offset), "shift": shift,
        "from": start.isoformat(), "count": str(count),
    }  # fmt: skip
    assert [tuple(row) for row in answer(question(asked))] == by_walking(asked)


def test_the_two_calendars_agree_on_every_day_of_seven_years() -> None:
    days = [date(2024, 1, 1) + DAY * n for n in range(2557)]
    assert days[-1] == date(2030, 12, 31)
    assert [day for day in days if BusinessCalendar().is_bank_day(day) != banks_work(day)] == []


def test_a_closing_on_the_first_day_asked_for_counts() -> None:
    found = answer(question(GOOD | {"from": "2026-12-20", "count": "2"}))
    assert [row.closing for row in found] == [date(2026, 12, 20), date(2027, 1, 20)]
    assert found[0] == (date(2026, 12, 20), date(2027, 1, 31), date(2027, 1, 29))


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("closing_day", value) for value in ("29", "0", "", "END", "２０")),
        *(("pay_day", value) for value in ("31", "1.5", "²")),
        *(("pay_month_offset", value) for value in ("7", "-1")),
        *(("shift", value) for value in ("none", "")),
        *(("count", value) for value in ("0", "121", "9" * 5000)),
        *(("from", value) for value in ("2026-02-29", "20260101", "", "1999-12-31", "9999-12-31", "2099-11-01")),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(word: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        answer(question(GOOD | {word: value}))
    assert (refused.value.status, refused.value.field) == (422, word)
    assert str(refused.value).startswith(word)


@pytest.fixture
def ask(cast: SimpleNamespace, at: datetime) -> Iterator[Callable[..., Any]]:
    with time_machine.travel(at, tick=False):
        client = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=at)}"})
        yield lambda **asked: client.get(PATH, asked)


def test_a_program_is_told_the_days(ask: Callable[..., Any]) -> None:
    assert ask(**GOOD | {"count": "2"}).json() == [
        {"closing": "2026-01-20", "nominal": "2026-02-28", "pay_on": "2026-02-27"},
        {"closing": "2026-02-20", "nominal": "2026-03-31", "pay_on": "2026-03-31"},
    ]
    default = ask().json()
    assert (len(default), default[0]) == (
        12, {"closing": "2026-11-30", "nominal": "2026-12-31", "pay_on": "2026-12-30"},
    )  # fmt: skip


def test_a_program_is_refused_in_japanese(ask: Callable[..., Any]) -> None:
    answer = ask(**GOOD | {"closing_day": "31"})
    assert answer.status_code == 422
    assert answer.json() == {
        "code": "unprocessable",
        "message": "closing_day：「end」か、1から28までの整数で指定してください。",
    }


def test_terms_are_tried_on_the_page_without_saving_them(
    cast: SimpleNamespace, client_for: Callable[[User], Client], at: datetime
) -> None:
    path, clerk = f"/billing/customers/{cast.towa.pk}/terms/", client_for(cast.billing)
    values = {
        "closing_day": 20,
        "pay_month_offset": 1,
        "pay_day": 10,
        "shift": "after",
        "thank_you": "key",
        "way": "transfer",
    }
    with time_machine.travel(at, tick=False):
        page = clerk.post(path, values | {"preview": "1"})
        text = page.content.decode()
    assert (page.status_code, Terms.objects.count()) == (200, 0)
    text = strip_tags(page.content.decode())
    assert "12/20(日)締め分" in text
    assert "2027年1月12日(火)" in text  # 1/10 is a Sunday, 1/11 a holiday
    assert page.context["form"]["closing_day"].value() == "20"
