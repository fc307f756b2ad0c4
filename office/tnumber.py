"""The registration number of a qualified invoice (適格請求書発行事業者の登録番号): T and 13 digits."""

import re
import unicodedata

_SHAPE = re.compile(r"T\d{13}", re.ASCII)
_BETWEEN = re.compile(r"[\s\-‐‑–—−ー]+")


def normalised(text: str) -> str:
    """The number as it is stored: half-width, capital T, no hyphens; only codes are normalised, never names."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def has_shape(number: str) -> bool:
    """Whether it is a T and 13 digits. Every registration number is, so anything else is refused."""
    return bool(_SHAPE.fullmatch(number))


def check_digit_fits(number: str) -> bool:
    """Whether the first digit fits the other twelve, as in a corporate number (平成26年財務省令第70号2条).

    Proven for corporations only: sole traders' numbers follow no published rule, so a misfit is a warning.
    """
    first, base = int(number[1]), number[2:]
    weighed = sum(int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(base), start=1))
    return first == 9 - weighed % 9
