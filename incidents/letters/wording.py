"""Dates, sums and sentences as a Japanese letter writes them, and how to read them back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from office.days import ERAS

ERA_YEARS = {name: start.year - 1 for start, name in ERAS}
HALF = str.maketrans("０１２３４５６７８９，－", "0123456789,-")

DATE = re.compile(
    r"(?:(?P<era>令和|平成|昭和)(?P<year>元|[0-9０-９]{1,2})年|(?P<full>[0-9０-９]{4})年)?"
    r"(?P<month>[0-9０-９]{1,2})月(?P<day>[0-9０-９]{1,2})日"
)
SLOT = re.compile(r"〔[^〕]*〕?")  # what the record does not know yet
MONEY = re.compile(r"[0-9０-９][0-9０-９,，]*(?=円)")


def yen(amount: int) -> str:
    """Return 3,427,964円."""
    return f"{amount:,}円"


class Mention(NamedTuple):
    """A date in a text; day is None for one that does not exist, such as 2月30日."""

    day: date | None
    quote: str


def dates_in(text: str, near: date | None) -> Iterator[Mention]:
    """Yield the dates of a text; one without a year is the one nearest to `near`."""
    for found in DATE.finditer(text):
        yield Mention(_day(found, near), found[0])


def amounts_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield (yen, as written) of every sum before 円."""
    for found in MONEY.finditer(text):
        digits = found[0].translate(HALF).replace(",", "")
        if len(digits) <= 15:
            yield int(digits), found[0]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each with its 。."""
    return [part for line in text.splitlines() for part in re.findall(r"[^。]+。?", line.strip()) if part.strip()]


def _day(found: re.Match[str], near: date | None) -> date | None:
    month, day = int(found["month"].translate(HALF)), int(found["day"].translate(HALF))
    if found["full"]:
        years = [int(found["full"].translate(HALF))]
    elif found["era"]:
        years = [ERA_YEARS[found["era"]] + (1 if found["year"] == "元" else int(found["year"].translate(HALF)))]
    elif near:
        years = [near.year - 1, near.year, near.year + 1]
    else:
        return None
    days = [made for year in years if (made := _made(year, month, day))]
    return min(days, key=lambda made: abs((made - (near or made)).days), default=None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
