"""What terms of payment would mean, asked in words before anything is saved (practice 1-08).

Pure: the answer depends on the question, the public holidays and nothing else.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_noop

from billing.due import MONTH_END, PaymentDay, payment_days
from billing.models import Terms
from billing.models.terms import LAST_DAY, MOST_MONTHS
from office.calendar import LAST_YEAR, BusinessCalendar
from office.errors import Refused

END = "end"  # the month's last day
FIRST_YEAR = 2000  # what was agreed before is no longer paid
MOST = 120  # closings in one answer
DAY = gettext_noop("%(word)s: please give “end” or a whole number from 1 to %(most)s.")
NUMBER = gettext_noop("%(word)s: please give a whole number from %(least)s to %(most)s.")
SHIFT = gettext_noop("%(word)s: please give “before” or “after”.")
DATE = gettext_noop("%(word)s: please give a date such as 2026-01-31.")
YEARS = gettext_noop("%(word)s: all days must lie in the years %(least)s to %(most)s, whose holidays can be told.")


class Question(NamedTuple):
    """Terms, the day from which closings are asked for, and of how many months."""

    terms: Terms
    start: date
    months: int


def question(asked: Mapping[str, str]) -> Question:
    """Return the question written as text: closing_day, pay_month_offset, pay_day, shift, from, count.

    Each word must be there. Refused unprocessable, naming the word, when one cannot be read.
    """
    terms = Terms(
        closing_day=_day(asked, "closing_day"),
        pay_month_offset=_number(asked, "pay_month_offset", 0, MOST_MONTHS),
        pay_day=_day(asked, "pay_day"),
        shift=_shift(asked, "shift"),
    )
    return Question(terms, _date(asked, "from"), _number(asked, "count", 1, MOST))


def answer(question: Question) -> list[PaymentDay]:
    """Return the closings and their payment days. Refused when they leave the years whose holidays can be told."""
    _in_time(question.start)
    found = payment_days(question.terms, question.start, question.months, BusinessCalendar())
    _in_time(found[-1].pay_on)
    return found


def _in_time(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _refused(YEARS, "from", least=FIRST_YEAR, most=LAST_YEAR)


def _day(asked: Mapping[str, str], field: str) -> int:
    if asked[field] == END:
        return MONTH_END
    found = _whole(asked[field])
    if found is None or not 1 <= found <= LAST_DAY:
        raise _refused(DAY, field, most=LAST_DAY)
    return found


def _number(asked: Mapping[str, str], field: str, least: int, most: int) -> int:
    found = _whole(asked[field])
    if found is None or not least <= found <= most:
        raise _refused(NUMBER, field, least=least, most=most)
    return found


def _shift(asked: Mapping[str, str], field: str) -> str:
    if asked[field] not in Terms.Shift.values:
        raise _refused(SHIFT, field)
    return asked[field]


def _date(asked: Mapping[str, str], field: str) -> date:
    try:
        found = date.fromisoformat(asked[field])
    except ValueError:
        raise _refused(DATE, field) from None
    if found.isoformat() != asked[field]:  # 20260101 and 2026-W01-1 are dates too, but not the form we answer in
        raise _refused(DATE, field)
    return found


def _whole(text: str) -> int | None:
    """Return the number written in at most four plain digits, else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _refused(message: str, field: str, **facts: object) -> Refused:
    return Refused("unprocessable", message, field=field, word=field, **facts)
