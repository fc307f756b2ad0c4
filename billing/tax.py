"""Consumption tax as the law counts it: once per rate and invoice, never line by line (消令70条の10).

Pure: no database, no clock. The rules, in the order in which they apply:

1. A line's amount is quantity × unit price. Where that is not whole yen it is rounded as the issuer rounds; that is a
   price, not a tax, so it may be rounded line by line.
2. The amounts of one rate are added up. Lines below zero (returns, discounts) take part with their own rate.
3. Exclusive: tax = sum × rate. Inclusive: tax = sum × rate / (100 + rate). Rounded once, here and nowhere else.

Rounding is by size: what is rounded down comes nearer to zero. So a return of everything sold gives back the same tax.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from types import MappingProxyType
from typing import NamedTuple

EXCLUSIVE, INCLUSIVE = "exclusive", "inclusive"
MODES = (EXCLUSIVE, INCLUSIVE)
ROUNDINGS: Mapping[str, str] = MappingProxyType({"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP})
RATES = (10, 8, 0)  # per cent: standard, reduced, exempt; in the order in which they are printed
EXACT = Context(prec=60)  # digits enough that nothing is rounded before its time


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of an invoice. `unit_price` in yen, tax included or not as the invoice says; `rate` one of RATES."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    rate: int


class RateSum(NamedTuple):
    """What one rate comes to, in whole yen: net + tax = gross."""

    rate: int
    net: int
    tax: int
    gross: int


class Sums(NamedTuple):
    """What an invoice comes to: each rate that stands on it, and the whole with tax."""

    rates: tuple[RateSum, ...]
    total: int


def amount(line: Line, rounding: str) -> int:
    """Return the yen of one line: quantity × unit price, a fraction rounded as told by a word of ROUNDINGS."""
    return _yen(EXACT.multiply(line.quantity, line.unit_price), rounding)


def on(net: int, rate: int, rounding: str) -> int:
    """Return the tax in yen on so many yen before it; `rate` one of RATES, `rounding` a word of ROUNDINGS."""
    return _share(net, rate, 100, rounding)


def sums(lines: Iterable[Line], mode: str, rounding: str) -> Sums:
    """Return what these lines come to (practice 3-01). `mode` is one of MODES, `rounding` a word of ROUNDINGS."""
    by_rate: dict[int, int] = {}
    for line in lines:
        by_rate[line.rate] = by_rate.get(line.rate, 0) + amount(line, rounding)
    rates = tuple(_rate_sum(rate, by_rate[rate], mode, rounding) for rate in RATES if rate in by_rate)
    return Sums(rates, sum(row.gross for row in rates))


def _rate_sum(rate: int, added: int, mode: str, rounding: str) -> RateSum:
    if mode == EXCLUSIVE:
        tax = on(added, rate, rounding)
        return RateSum(rate, added, tax, added + tax)
    tax = _share(added, rate, 100 + rate, rounding)
    return RateSum(rate, added - tax, tax, added)


def _share(whole: int, part: int, of: int, rounding: str) -> int:
    """Return whole × part / of in whole yen. The quotient is exact to far more digits than decide its rounding."""
    return _yen(EXACT.divide(Decimal(whole * part), Decimal(of)), rounding)


def _yen(exact: Decimal, rounding: str) -> int:
    return int(exact.to_integral_value(ROUNDINGS[rounding]))
