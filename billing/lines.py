"""Lines of an invoice as somebody wrote them: read into `billing.tax`, or refused with the line and the word named."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from billing.tax import EXACT, MODES, RATES, ROUNDINGS, Line
from office.errors import Refused
from office.text import has_unseen
from office.tnumber import check_digit_fits, has_shape, normalised

MOST_LINES = 1_000
MOST_YEN = Decimal(999_999_999_999)  # of one line, either way
LONGEST = 200  # characters of a description
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
WORDS = gettext_noop("%(word)s: please give one of %(words)s.")
NO_LINES = gettext_noop("lines: please give 1 to %(most)s lines.")
NOT_A_LINE = gettext_noop("Line %(line)s: please give description, quantity, unit_price and rate.")
NO_TEXT = gettext_noop("Line %(line)s, description: please say in up to %(most)s characters what was sold.")
NO_NUMBER = gettext_noop(
    "Line %(line)s, %(word)s: please give a number with up to 12 digits before and 6 after the decimal point."
)
NO_RATE = gettext_noop("Line %(line)s, rate: please give 10, 8 or 0 (per cent).")
TOO_MUCH = gettext_noop("Line %(line)s: the amount is too large to be computed.")
T_NUMBER = gettext_noop("registration_number: please give T and 13 digits.")
T_WARNING = gettext_noop(
    "The check digit of %(number)s does not fit a corporate number. That is right for a sole trader; please compare it."
)


class Bill(NamedTuple):
    """Lines with how the issuer counts; the warning (a msgid, "" for none) is about the registration number."""

    mode: str
    rounding: str
    lines: tuple[Line, ...]
    number: str
    warning: str


def read_bill(asked: Mapping[str, Any]) -> Bill:
    """Return the bill written as JSON values: mode, rounding, lines, registration_number (practice 3-01).

    Refused unprocessable for anything that is not exactly one of these; the sentence names the line, counted from 1.
    """
    number, warning = _registration(asked.get("registration_number"))
    lines = asked.get("lines")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        raise Refused("unprocessable", NO_LINES, field="lines", most=MOST_LINES)
    mode, rounding = _one_of(asked, "mode", MODES), _one_of(asked, "rounding", tuple(ROUNDINGS))
    return Bill(mode, rounding, tuple(_line(at, line) for at, line in enumerate(lines, start=1)), number, warning)


def _registration(given: object) -> tuple[str, str]:
    """The format is law; a check digit that does not fit is told but let through: sole traders' follow no rule."""
    if given in (None, ""):
        return "", ""
    number = normalised(given) if isinstance(given, str) else ""
    if not has_shape(number):
        raise Refused("unprocessable", T_NUMBER, field="registration_number")
    return number, "" if check_digit_fits(number) else T_WARNING


def _one_of(asked: Mapping[str, Any], word: str, words: tuple[str, ...]) -> str:
    given = asked.get(word)
    if not isinstance(given, str) or given not in words:
        raise Refused("unprocessable", WORDS, field=word, word=word, words=", ".join(words))
    return given


def _line(at: int, given: object) -> Line:
    if not isinstance(given, dict) or not {"description", "quantity", "unit_price", "rate"} <= set(given):
        raise Refused("unprocessable", NOT_A_LINE, field="lines", line=at)
    line = Line(
        description=_description(at, given["description"]),
        quantity=_number(at, "quantity", given["quantity"]),
        unit_price=_number(at, "unit_price", given["unit_price"]),
        rate=_rate(at, given["rate"]),
    )
    if abs(EXACT.multiply(line.quantity, line.unit_price)) > MOST_YEN:
        raise Refused("unprocessable", TOO_MUCH, field="lines", line=at)
    return line


def _description(at: int, given: object) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if not 0 < len(text) <= LONGEST or has_unseen(text):
        raise Refused("unprocessable", NO_TEXT, field="lines", line=at, most=LONGEST)
    return text


def _number(at: int, word: str, given: object) -> Decimal:
    """Whole numbers, decimals and texts of both; a decimal of JSON counts as it is written, not in binary."""
    plain = format(Decimal(repr(given)), "f") if isinstance(given, float) else str(given)
    if isinstance(given, bool) or not isinstance(given, (int, float, str)) or not NUMBER.fullmatch(plain):
        raise Refused("unprocessable", NO_NUMBER, field="lines", line=at, word=word)
    return Decimal(plain)


def _rate(at: int, given: object) -> int:
    plain = str(int(given)) if isinstance(given, float) and given.is_integer() else str(given)  # JSON's 10.0 is 10
    if isinstance(given, (int, float, str)) and not isinstance(given, bool) and plain in map(str, RATES):
        return int(plain)
    raise Refused("unprocessable", NO_RATE, field="lines", line=at)
