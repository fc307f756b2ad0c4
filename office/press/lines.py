"""Break Japanese text into justified lines: WeasyPrint justifies at spaces only, and Japanese has none.

Lengths are in em. All lines of a paragraph are chosen together, for the least sum of stretched and squeezed
room (after Knuth and Plass), under 行頭・行末禁則 and 分離禁止. Stops and brackets give up their white half at the
ends of a line and where they meet (約物の詰め), and part of it wherever that fills a line better than stretching
does (追い込み). U+2060 keeps its neighbours together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from office.press.faces import characters

OPENING = "（「『【〔［｛〈《“‘"
CLOSING = "）」』】〕］｝〉》”’、。，．"
SOFT = "）」』】〕］｝〉》、，"  # may be squeezed inside a line; a full stop keeps its room there
NOT_FIRST = frozenset(
    CLOSING + "・：；？！‐ー々ゝゞヽヾ〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％℃円様" + ")]}!?,.:;%"
)
NOT_LAST = frozenset(OPENING + "〒￥¥№([{")
COUNTERS = frozenset("年月日時分号件台点個名通枚社回％期")
PAIRS = frozenset({"――", "……", "‥‥", "——"})
JOINER = "\u2060"
LONGEST_WORD = 24  # Latin letters in a row before a break is allowed all the same
WIDEST_GAP = 0.2  # a line that would need more stays ragged
SQUEEZE = 0.25  # a soft mark gives at most half of its white half inside a line
FEWEST_LAST = 3  # characters on the last line of a paragraph
RAGGED, LONELY, SPLIT = 50.0, 8.0, 0.6  # costs: a line left ragged, a nearly empty last line, a figure off its counter
CANDIDATES = 10  # breaks looked at for each line, from the longest down
Width = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Cell:
    """One step along the line: a character with its selector, or a Latin word."""

    text: str
    size: float
    head: float = 0.0  # white room at its start that a line may take back
    tail: float = 0.0  # and at its end
    tied: bool = False  # no break before it
    pulled: float = 0.0  # already taken back at its start: an opening bracket right after another
    closed: float = 0.0  # already taken back at its end: it meets another mark
    dear: bool = False  # a break before it is better avoided

    @property
    def soft(self) -> bool:
        """Whether it can give up white at its end inside a line."""
        return self.tail > 0 and self.text in SOFT


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its cells, indent, the room to add after each letter, and how much of its white the soft marks give."""

    cells: tuple[Cell, ...]
    indent: float = 0.0
    spread: float = 0.0
    squeeze: float = 0.0  # em taken from each soft mark inside the line

    @property
    def text(self) -> str:
        """The characters of the line."""
        return "".join(cell.text for cell in self.cells)

    @property
    def length(self) -> float:
        """From the left edge to the ink of the last character, in em."""
        first, last = self.cells[0], self.cells[-1]
        size = sum(cell.size for cell in self.cells) - first.head - last.tail
        letters = sum(len(_bare(cell.text)) for cell in self.cells)
        soft = sum(cell.soft for cell in self.cells[:-1]) + sum(cell.head > 0 for cell in self.cells[1:])
        return self.indent + size + self.spread * (letters - 1) - self.squeeze * soft


@lru_cache(maxsize=512)  # checking, previewing and printing ask for the same paragraphs
def lines(text: str, measure: float, indent: float = 0.0, *, width: Width) -> tuple[Line, ...]:
    """Return the lines of a paragraph, all but the last filled to the measure."""
    row = _row(text, width)
    if not row.cells:
        return ()
    return tuple(
        _filled(row, start, end, measure, 0.0 if start else indent)
        for start, end in pairwise(_breaks(row, measure, indent))
    )


def cells(text: str, width: Width) -> list[Cell]:
    """Return the cells of a text; brackets and stops close up where they meet."""
    row: list[Cell] = []
    joined = False
    for part in _parts(text):
        if part == JOINER:
            joined = bool(row)
            continue
        before = row[-1] if row else None
        cell = Cell(part, sum(map(width, _bare(part))))
        if part in OPENING:
            cell = replace(cell, head=cell.size / 2)
        elif part in CLOSING:
            cell = replace(cell, tail=cell.size / 2)
        if before:
            row[-1], cell = _met(before, cell)
            cell = replace(cell, tied=joined or _inseparable(before.text, part), dear=_dear(before.text, part))
        row.append(cell)
        joined = False
    return row


def _parts(text: str) -> Iterator[str]:
    """Yield Latin words whole, everything else one by one."""
    word = ""
    for part in characters(text):
        latin = "!" <= part <= "~"
        if word and (not latin or len(word) == LONGEST_WORD):
            yield word
            word = ""
        if latin:
            word += part
        else:
            yield part
    if word:
        yield word


def _bare(part: str) -> str:
    return part if len(part) == 1 or part.isascii() else part[0]


def _met(before: Cell, cell: Cell) -> tuple[Cell, Cell]:
    """Take back the white between two marks: 」、 and 。） and 」「 and （「 share one em and a half."""
    if before.tail and (cell.tail or cell.head):
        before = replace(before, size=before.size - before.tail, closed=before.tail, tail=0.0)
    elif before.text in OPENING and cell.head:
        cell = replace(cell, size=cell.size - cell.head, pulled=cell.head, head=0.0)
    return before, cell


def _inseparable(before: str, part: str) -> bool:
    return part[0] in NOT_FIRST or before[-1] in NOT_LAST or before + part in PAIRS


def _dear(before: str, part: str) -> bool:
    """金|3,000 and 12|月: allowed, but only when the rest of the paragraph gains by it."""
    return (before[-1].isdigit() and part in COUNTERS) or (before in {"第", "金", "約"} and part[0].isdigit())


class _Row(NamedTuple):
    """The cells of a paragraph with running sums, so that any stretch of it is weighed in one step."""

    cells: tuple[Cell, ...]
    sizes: tuple[float, ...]
    letters: tuple[int, ...]
    heads: tuple[int, ...]  # marks that can give at their start
    tails: tuple[int, ...]  # and at their end

    def short(self, start: int, end: int, room: float) -> float:
        """Return what a line lacks to the room; negative when it is too long."""
        return room - (self.sizes[end] - self.sizes[start]) + self.cells[start].head + self.cells[end - 1].tail

    def gaps(self, start: int, end: int) -> int:
        """Count the places where a line can be stretched."""
        return max(self.letters[end] - self.letters[start] - 1, 1)

    def soft(self, start: int, end: int) -> int:
        """Count the marks inside a line that can give up some of their white."""
        return self.heads[end] - self.heads[start + 1] + self.tails[end - 1] - self.tails[start]


@lru_cache(maxsize=256)  # every size of type asks for the same cells
def _row(text: str, width: Width) -> _Row:
    row = cells(text, width)
    return _Row(
        tuple(row),
        tuple(accumulate((cell.size for cell in row), initial=0.0)),
        tuple(accumulate((len(_bare(cell.text)) for cell in row), initial=0)),
        tuple(accumulate((int(cell.head > 0) for cell in row), initial=0)),
        tuple(accumulate((int(cell.soft) for cell in row), initial=0)),
    )


def _breaks(row: _Row, measure: float, indent: float) -> list[int]:
    """Return where lines begin, with the end of the row: the cheapest way through."""
    size = len(row.cells)
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    for start in range(size):
        if start not in best:
            continue
        for end, cost in _ends(row, start, measure - (0.0 if start else indent)):
            total = best[start][0] + cost
            if end not in best or total < best[end][0]:
                best[end] = (total, start)
    path = [size]
    while path[-1]:
        path.append(best[path[-1]][1])
    return path[::-1]


def _ends(row: _Row, start: int, room: float) -> Iterator[tuple[int, float]]:
    """Yield (end, cost) of the lines that can begin at start, at least one; from the longest down."""
    size, found = len(row.cells), 0
    limit = start + 1
    while limit < size and row.short(start, limit + 1, room) >= -SQUEEZE * row.soft(start, limit + 1) - 1e-6:
        limit += 1
    for end in range(limit, start, -1):
        if end == size:
            yield end, _last_cost(row, start)
        elif row.cells[end].tied:
            continue
        elif (cost := _cost(row, start, end, room)) is not None:
            yield end, cost + SPLIT * row.cells[end].dear
        else:
            continue
        found += 1
        if found == CANDIDATES:
            return
    if not found:
        yield limit, RAGGED * 2  # nothing legal fits: break where the line is full


def _last_cost(row: _Row, start: int) -> float:
    few = sum(len(cell.text) for cell in row.cells[start : start + FEWEST_LAST]) < FEWEST_LAST
    return LONELY if start and few else 0.0


def _cost(row: _Row, start: int, end: int, room: float) -> float | None:
    """Return how ugly the line gets when it is filled; None when it does not fit at all."""
    short = row.short(start, end, room)
    if short < -1e-6:
        give = SQUEEZE * row.soft(start, end)
        return None if -short > give + 1e-6 else (-short / give) ** 2
    gap = short / row.gaps(start, end)
    return RAGGED + gap if gap > WIDEST_GAP else (gap / 0.04) ** 2


def _filled(row: _Row, start: int, end: int, measure: float, indent: float) -> Line:
    """Return the line stretched or squeezed to the measure; the last one only squeezed."""
    made = Line(row.cells[start:end], indent)
    short, soft = row.short(start, end, measure - indent), row.soft(start, end)
    if short < -1e-6:
        return replace(made, squeeze=min(-short / soft, SQUEEZE)) if soft else made
    gap = short / row.gaps(start, end)
    return made if end == len(row.cells) or gap > WIDEST_GAP else replace(made, spread=gap)
