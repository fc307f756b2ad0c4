"""The figures of a sheet held against one another; they come from outside and none is put right here."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import TYPE_CHECKING

from office.errors import Refused

if TYPE_CHECKING:
    from billing.paper.content import Line, Mode, RateTotal, Rounding, Sheet

ROUNDINGS = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}


def refuse_unsound(sheet: Sheet) -> None:
    """Refuse (invalid) a sheet whose lines, sums per rate, total and payments do not agree, saying which."""
    for place, line in enumerate(sheet.lines, start=1):
        _line(place, line)
    rates = [total.rate for total in sheet.totals]
    if len(set(rates)) < len(rates) or not {line.rate for line in sheet.lines} <= set(rates):
        raise Refused("invalid", "Each tax rate of the lines needs exactly one sum")
    for total in sheet.totals:
        _rate(sheet, total)
    gross, paid = sum(total.gross for total in sheet.totals), sum(payment.amount for payment in sheet.payments)
    if gross != sheet.total:
        raise Refused("invalid", "The sums add up to %(parts)s yen, not %(total)s", **_yen(gross, sheet.total))
    if sheet.payments and paid != sheet.total:
        raise Refused("invalid", "The payments add up to %(parts)s yen, not %(total)s", **_yen(paid, sheet.total))


def _line(place: int, line: Line) -> None:
    """An amount is quantity times price, cut or rounded to whole yen."""
    if line.quantity is None or line.unit_price is None:
        return
    if abs(line.quantity * line.unit_price - line.amount) >= 1:
        raise Refused("invalid", "Line %(line)s: quantity times price is not its amount", line=place)


def _rate(sheet: Sheet, total: RateTotal) -> None:
    """The lines make the sum before tax or with it, and the tax is that of the rate, rounded once as the sheet says."""
    lines = sum(line.amount for line in sheet.lines if line.rate == total.rate)
    told = total.net if sheet.mode == "exclusive" else total.gross
    if lines != told:
        facts = {"rate": f"{total.rate}", **_yen(lines, told)}
        raise Refused("invalid", "The lines at %(rate)s %% add up to %(parts)s yen, not %(total)s", **facts)
    if total.net + total.tax != total.gross or not _rounded(lines, total, sheet.mode, sheet.rounding):
        raise Refused("invalid", "The tax at %(rate)s %% is not what its sum makes", rate=total.rate)


def _rounded(lines: int, total: RateTotal, mode: Mode, rounding: Rounding) -> bool:
    """Whether the tax is that of the sum, rounded by size: down is towards zero for what is taken off, too."""
    exact = Decimal(lines * total.rate) / (100 if mode == "exclusive" else 100 + total.rate)
    return total.tax == int(exact.to_integral_value(ROUNDINGS[rounding]))


def _yen(parts: int, total: int) -> dict[str, str]:
    return {"parts": f"{parts:,}", "total": f"{total:,}"}
