"""How dates, money, people and states are written."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import lucide
import pytest
import time_machine
from django.utils import translation

from office.clock import JST
from office.templatetags import makoto

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JST)  # a Tuesday


def words(html: object) -> str:
    return re.sub("<[^>]+>", "", str(html))


@pytest.fixture(autouse=True)
def _japanese() -> Iterator[None]:
    """In Japanese, and in the year whose days are written without it."""
    translation.activate("ja")
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("due", "said", "level"),
    [
        (NOW - timedelta(days=3), "期限超過 3日", "over"),
        (NOW - timedelta(hours=11), "期限超過 1日", "over"),
        (NOW - timedelta(minutes=1), "期限超過 1分", "over"),
        (NOW - timedelta(hours=2, minutes=5), "期限超過 2時間5分", "over"),
        (NOW, "本日 10:00", "soon"),
        (NOW.replace(hour=17), "本日 17:00", "soon"),
        (NOW.replace(hour=23, minute=59), "本日 23:59", "soon"),
        (NOW.replace(hour=0) + timedelta(days=1), "明日 11/25(水)", "later"),
        (NOW + timedelta(days=2), "11/26(木)", "later"),
        (NOW + timedelta(days=4), "11/28(土)", "later"),
        (datetime(2027, 1, 1, 9, tzinfo=JST), "2027/1/1(金・祝)", "later"),
    ],
)
def test_a_due_moment_in_words(due: datetime, said: str, level: str) -> None:
    drawn = makoto.due(due, NOW)
    assert words(drawn) == said
    assert f"is-{level}" in drawn
    assert f'datetime="{due.isoformat(timespec="minutes")}"' in drawn


def test_no_due_is_nothing() -> None:
    assert makoto.due(None, NOW) == ""


def test_a_moment_in_utc_is_shown_in_tokyo() -> None:
    assert makoto.clock(datetime(2026, 11, 24, 0, 20, tzinfo=UTC)) == "9:20"
    assert words(makoto.day(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))) == "11/24(火)"


@pytest.mark.parametrize(
    ("day", "colour"), [(date(2026, 11, 28), "sat"), (date(2026, 11, 29), "sun"), (date(2026, 11, 23), "sun")]
)
def test_weekends_and_holidays_are_coloured_and_named(day: date, colour: str) -> None:
    assert f'class="{colour}"' in makoto.day(day)


def test_a_holiday_says_its_name() -> None:
    assert 'title="勤労感謝の日"' in makoto.day(date(2026, 11, 23))


def test_a_long_date() -> None:
    assert words(makoto.longday(date(2026, 11, 25))) == "2026年11月25日(水)"


def test_english_dates_are_english() -> None:
    with translation.override("en"):
        assert words(makoto.longday(date(2026, 11, 25))) == "25 Nov 2026 (Wed)"


@pytest.mark.parametrize(("amount", "said"), [(1234567, "1,234,567円"), (0, "0円"), (-11000, "▲11,000円"), (None, "")])
def test_yen(amount: int | None, said: str) -> None:
    assert makoto.yen(amount) == said


@pytest.mark.parametrize(
    ("minutes", "said", "level"),
    [(0, "お待たせ 1分", "soon"), (59, "お待たせ 59分", "soon"), (60, "お待たせ 1時間", "over")],
)
def test_a_waiting_customer(minutes: int, said: str, level: str) -> None:
    drawn = makoto.waiting(NOW - timedelta(minutes=minutes), NOW)
    assert words(drawn) == said
    assert f"is-{level}" in drawn


def test_a_person_is_an_initial_and_a_name() -> None:
    user = SimpleNamespace(surname="𠮷田", username="x", called="𠮷田さん")
    assert words(makoto.person(user)) == "𠮷𠮷田さん"  # type: ignore[arg-type]
    assert words(makoto.person(user, "主担当")) == "𠮷主担当 𠮷田"  # type: ignore[arg-type]
    assert makoto.person(None) == ""


def test_an_icon_is_silent_or_speaks() -> None:
    assert 'aria-hidden="true"' in makoto.icon("check")
    assert 'aria-label="電話"' in makoto.icon("phone", "電話")
    with pytest.raises(lucide.IconDoesNotExist):
        makoto.icon("no-such-icon")


def test_a_label_cannot_break_out_of_an_icon() -> None:
    assert "<b>" not in makoto.icon("phone", '"><b>')


def test_a_tag_escapes_what_it_is_given() -> None:
    assert "&lt;b&gt;" in makoto.state_tag("over", "check", "<b>")


def test_a_telephone_address_keeps_digits_only() -> None:
    assert makoto.tel("052-555-0101 (内線)") == "tel:0525550101"
    assert makoto.tel("+81 52-555-0101") == "tel:+81525550101"


def test_what_is_in_half_a_day_is_counted_down() -> None:
    assert makoto.until(NOW + timedelta(minutes=55), NOW) == "55分後"
    assert makoto.until(NOW - timedelta(minutes=1), NOW) == makoto.until(NOW + timedelta(days=2), NOW) == ""


def test_a_past_moment_is_short_on_the_same_day() -> None:
    assert makoto.lately(NOW.replace(hour=9), NOW) == "9:00"
    assert words(makoto.lately(NOW - timedelta(days=4), NOW)) == "11/20(金)"
