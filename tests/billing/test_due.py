"""Payment days come from the terms and the bank calendar, against the holidays of 2026 and 2027."""

from datetime import date
from decimal import Decimal

import pytest

from billing.due import Part, amounts, closing_on, due_on, instalments, nominal_on
from billing.models import Terms
from office.calendar import BusinessCalendar
from office.errors import Refused

BANKS = BusinessCalendar()


def terms(closing: int = 0, offset: int = 1, pay: int = 0, shift: str = "before") -> Terms:
    return Terms(closing_day=closing, pay_month_offset=offset, pay_day=pay, shift=shift)


@pytest.mark.parametrize(
    ("day", "closing", "expected"),
    [
        (date(2026, 11, 20), 20, date(2026, 11, 20)),  # 20日締め takes in the 20th
        (date(2026, 11, 21), 20, date(2026, 12, 20)),
        (date(2026, 12, 21), 20, date(2027, 1, 20)),
        (date(2028, 2, 29), 0, date(2028, 2, 29)),
        (date(2026, 2, 10), 0, date(2026, 2, 28)),
        (date(2026, 11, 22), 22, date(2026, 11, 22)),  # a Sunday: a closing does not move
    ],
)
def test_a_closing_takes_in_its_own_day(day: date, closing: int, expected: date) -> None:
    assert closing_on(day, closing) == expected


@pytest.mark.parametrize(
    ("base", "agreed", "before", "after"),
    [
        # 2026-10-31 is a Saturday
        (date(2026, 9, 10), terms(), date(2026, 10, 30), date(2026, 11, 2)),
        # 2026-12-31: banks are closed until 1/3, a Sunday
        (date(2026, 11, 10), terms(), date(2026, 12, 30), date(2027, 1, 4)),
        # 2026-05-05: 5/3 is a Sunday, so 5/6 is a substitute holiday
        (date(2026, 4, 1), terms(pay=5), date(2026, 5, 1), date(2026, 5, 7)),
        # 2026-09-22: citizens' holiday between 9/21 and 9/23
        (date(2026, 8, 1), terms(pay=22), date(2026, 9, 18), date(2026, 9, 24)),
        # 2027-03-21 is a Sunday and a holiday, 3/22 the substitute
        (date(2027, 2, 1), terms(pay=21), date(2027, 3, 19), date(2027, 3, 23)),
        # 2027-09-21 and 22 are ordinary days: 20 and 23 do not enclose a single one
        (date(2027, 8, 1), terms(pay=21), date(2027, 9, 21), date(2027, 9, 21)),
        # 2026-11-23 Monday, holiday
        (date(2026, 10, 1), terms(pay=23), date(2026, 11, 20), date(2026, 11, 24)),
        # 20日締め翌々月10日払い; 2026-01-10 is a Saturday and 1/12 a holiday
        (date(2025, 11, 5), terms(closing=20, offset=2, pay=10), date(2026, 1, 9), date(2026, 1, 13)),
    ],
)
def test_a_payment_day_moves_over_closed_banks(base: date, agreed: Terms, before: date, after: date) -> None:
    assert due_on(base, agreed, BANKS) == before
    agreed.shift = "after"
    assert due_on(base, agreed, BANKS) == after


def test_twenty_days_closing_paid_at_the_end_of_next_month() -> None:
    assert nominal_on(date(2026, 11, 21), terms(closing=20)) == date(2027, 1, 31)


def test_our_own_closing_days_do_not_close_the_banks() -> None:
    ours = BusinessCalendar(closing_days=frozenset({date(2026, 10, 30)}))
    assert due_on(date(2026, 9, 10), terms(), ours) == date(2026, 10, 30)


def test_percentages_are_cut_and_the_last_takes_the_rest() -> None:
    thirds = [Part(percent=Decimal("33.3")), Part(percent=Decimal("33.3")), Part(percent=Decimal("33.4"))]
    assert amounts(1_000_001, thirds) == [333_000, 333_000, 334_001]


def test_amounts_and_percentages_mix() -> None:
    parts = [Part(kind="deposit", amount=300), Part(kind="final", percent=Decimal(70))]
    assert amounts(1000, parts) == [300, 700]


def test_a_part_may_be_of_the_balance() -> None:
    parts = [
        Part(kind="deposit", percent=Decimal(30)),
        Part(kind="interim", percent=Decimal(50), of="balance"),
        Part(percent=Decimal(100), of="balance"),
    ]
    assert amounts(1_000_000, parts) == [300_000, 350_000, 350_000]
    assert amounts(1_001, parts) == [300, 350, 351]  # the last takes what rounding leaves
    assert amounts(999, [Part(kind="deposit", amount=333), *parts[1:]]) == [333, 333, 333]
    with pytest.raises(Refused, match="above zero"):
        amounts(333, [Part(kind="deposit", amount=333), Part(percent=Decimal(100), of="balance")])


@pytest.mark.parametrize(
    "parts",
    [
        [Part(amount=999)],
        [Part(percent=Decimal(50))],
        [Part(amount=1000), Part(amount=0)],
        [Part()],
        [Part(amount=1000, percent=Decimal(100))],
        [Part(amount=1100), Part(amount=-100)],
    ],
)
def test_parts_that_do_not_add_up_are_refused(parts: list[Part]) -> None:
    with pytest.raises(Refused) as refused:
        amounts(1000, parts)
    assert refused.value.field == "parts"


def test_each_part_may_count_from_its_own_day() -> None:
    parts = [Part(kind="deposit", amount=400, base=date(2026, 9, 1)), Part(kind="final", amount=600)]
    rows = instalments(1000, date(2026, 11, 10), terms(), BANKS, parts)
    assert [(r.kind, r.amount, r.nominal_on, r.due_on) for r in rows] == [
        ("deposit", 400, date(2026, 10, 31), date(2026, 10, 30)),
        ("final", 600, date(2026, 12, 31), date(2026, 12, 30)),
    ]
