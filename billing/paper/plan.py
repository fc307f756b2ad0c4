"""Which lines stand on which page. Pure arithmetic: heights in, pages out; lengths are in mm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple


class TooTall(ValueError):
    """A row that no page can hold; `at` is its place, -1 when already the head and the totals leave no room."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Room(NamedTuple):
    """What there is for rows: on the first page, on any other; and what the totals and a carried sum take of it."""

    first: float
    other: float
    totals: float
    carry: float


def pages(heights: Sequence[float], room: Room) -> list[range]:
    """Return the rows of each page, as many on each as fit.

    A page that goes on ends with the sum carried over, the next begins with it. The totals stand below the last row
    and never without one, so the page before gives a row away if it must. Without rows there is one page. TooTall when
    a row and what must stand with it are higher than a page.
    """
    made: list[range] = []
    start, count = 0, len(heights)
    while True:
        left = room.other - room.carry if made else room.first
        end, used = start, 0.0
        while end < count and used + heights[end] <= left:
            used, end = used + heights[end], end + 1
        if end == count and used + room.totals <= left:
            return [*made, range(start, end)]
        while end > start and (end == count or used + room.carry > left):
            end -= 1
            used -= heights[end]
        if end == start:
            raise TooTall(start if heights else -1)
        made.append(range(start, end))
        start = end


def carried(amounts: Sequence[int], made: Iterable[range]) -> list[int]:
    """Return the sum of all lines down to the end of each page."""
    return list(accumulate(sum(amounts[span.start : span.stop]) for span in made))
