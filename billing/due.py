"""When a payment is due: computed from the customer's terms, never typed (practice 1-08).

Pure: no database, no clock.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal, NamedTuple

from django.utils.translation import gettext_noop

from billing.models import Instalment, Terms
from office.calendar import BusinessCalendar, refuse_far
from office.errors import Refused

MONTH_END = 0
SUM_DIFFERS = gettext_noop("The parts add up to %(parts)s yen, the invoice to %(total)s yen.")
NOT_MONEY = gettext_noop("Each part needs an amount above zero.")
BOTH_OR_NEITHER = gettext_noop("Each part needs either an amount or a percentage.")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a payment: an amount in yen, or a percentage of the total or of what the parts before it leave (the
    balance); the last part given in percent takes what rounding leaves.

    `base` is the day whose closing counts; None means that of the invoice.
    """

    kind: str = Instalment.Kind.FINAL
    amount: int | None = None
    percent: Decimal | None = None
    of: Literal["total", "balance"] = "total"
    base: date | None = None


WHOLE = (Part(percent=Decimal(100)),)
BALANCE = Part(percent=Decimal(100), of="balance")


class PaymentDay(NamedTuple):
    """One closing with its payment day: as the terms say, and the bank day it moves to."""

    closing: date
    nominal: date
    pay_on: date


def closing_on(day: date, closing_day: int) -> date:
    """Return the closing that takes in `day`. 20日締め takes in the 20th; a closing does not move for holidays."""
    if closing_day == MONTH_END:
        return day_in_month(day.year, day.month, MONTH_END)
    months = 0 if day.day <= closing_day else 1
    return day_in_month(day.year, day.month + months, closing_day)


A_MONTH_AND_MORE = 40  # days: so long before a closing is a day of the closing before it


def closing_before(closing: date, closing_day: int) -> date:
    """Return the closing a month before this one."""
    return closing_on(closing - timedelta(days=A_MONTH_AND_MORE), closing_day)


def nominal_on(base: date, terms: Terms) -> date:
    """Return the payment day by the terms alone, for something delivered on `base`, before banks are asked."""
    closing = closing_on(base, terms.closing_day)
    return day_in_month(closing.year, closing.month + terms.pay_month_offset, terms.pay_day)


def paid_before_closing(terms: Terms) -> bool:
    """Return whether the payment day lies before the closing it pays: paid in the same month, on an earlier day."""
    if terms.pay_month_offset or terms.pay_day == MONTH_END:
        return False
    return terms.closing_day == MONTH_END or terms.pay_day < terms.closing_day


def due_on(base: date, terms: Terms, banks: BusinessCalendar) -> date:
    """Return the day the money moves: the nominal day, moved over days on which banks are closed as agreed."""
    return banks.bank_day(nominal_on(base, terms), "before" if terms.shift == Terms.Shift.BEFORE else "after")


def payment_days(terms: Terms, start: date, count: int, banks: BusinessCalendar) -> list[PaymentDay]:
    """Return `count` closings, one a month, from the next on or after `start` on (practice 1-08).

    Whatever was delivered up to a closing is paid on its day: `nominal_on` and `due_on` of the closing itself.
    """
    first = closing_on(start, terms.closing_day)
    closings = [day_in_month(first.year, first.month + month, terms.closing_day) for month in range(count)]
    return [PaymentDay(day, nominal_on(day, terms), due_on(day, terms, banks)) for day in closings]


def day_in_month(year: int, month: int, day: int) -> date:
    """Return that day of a month; `day` 0 is the last one, `month` may run past 12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, day or calendar.monthrange(year, month)[1])


def amounts(total: int, parts: Sequence[Part]) -> list[int]:
    """Return the yen of each part. Percentages are cut to whole yen, the last part given in percent takes what is left
    by that when the parts make the whole.

    Refused when the sum differs from `total` or a part would be nothing.
    """
    if any((part.amount is None) == (part.percent is None) for part in parts):
        raise Refused("invalid", BOTH_OR_NEITHER, field="parts")
    exact, found = list[Decimal](), list[int]()
    for part in parts:
        exact.append(_share(total, total - sum(exact, Decimal(0)), part))
        found.append(int(_share(total, Decimal(total - sum(found)), part).to_integral_value(ROUND_DOWN)))
    shares = [index for index, part in enumerate(parts) if part.percent is not None]
    if shares and sum(exact) == total:
        found[shares[-1]] += total - sum(found)
    if sum(found) != total:
        raise Refused("invalid", SUM_DIFFERS, field="parts", parts=sum(found), total=total)
    if any(amount <= 0 for amount in found):
        raise Refused("invalid", NOT_MONEY, field="parts")
    return found


def instalments(
    total: int, base: date, terms: Terms, banks: BusinessCalendar, parts: Sequence[Part] = WHOLE
) -> list[Instalment]:
    """Return the unsaved instalments of an invoice of `total` yen whose days count from `base`."""
    for part in parts:
        refuse_far(parts=part.base)
    return [
        Instalment(
            kind=part.kind,
            amount=amount,
            base_on=part.base or base,
            nominal_on=nominal_on(part.base or base, terms),
            due_on=due_on(part.base or base, terms, banks),
        )
        for part, amount in zip(parts, amounts(total, parts), strict=True)
    ]


def _share(total: int, balance: Decimal, part: Part) -> Decimal:
    if part.amount is not None:
        return Decimal(part.amount)
    return (balance if part.of == "balance" else Decimal(total)) * (part.percent or Decimal(0)) / 100
