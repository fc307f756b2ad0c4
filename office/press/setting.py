"""Small things every sheet is made of: a broken line, text in a cell, a spread label, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise

from office.press import faces
from office.press.lines import Cell, Line, lines

POINT = 25.4 / 72  # mm
DRAFT = '<div class="draft">下書き</div>'  # stands on every page, and is read out of it


def wrapped(text: str, room: float) -> list[Line]:
    """Return the lines of a text with line ends of its own, broken to `room` 字."""
    return [line for part in text.splitlines() for line in lines(part.strip(), room, width=faces.width)]


def packed(parts: Iterable[str], room: float) -> list[str]:
    """Return rows of parts a 字 apart, as many in each as fit into `room` 字; a part longer than a row is broken."""
    rows: list[str] = []
    for part in parts:
        whole = f"{rows[-1]}　{part}" if rows else part
        if rows and sum(map(faces.width, whole)) <= room:
            rows[-1] = whole
        else:
            rows += [line.text for line in lines(part, room, width=faces.width)]
    return rows


def line_html(line: Line) -> str:
    """Return one line; marks stand only where white is taken back."""
    style = [f"letter-spacing:{line.spread:.4f}em"] * bool(line.spread)
    style += [f"padding-left:{line.indent:g}em"] * bool(line.indent)
    shown = f' style="{";".join(style)}"' if style else ""
    return f'<span class="line"{shown}>{cells_html(line)}</span>'


def cells_html(line: Line) -> str:
    """Return what stands in a line, without the line: enough for a text that is but one."""
    return "".join(_cell_html(before, cell, line.squeeze) for before, cell in pairwise((None, *line.cells)))


def _cell_html(before: Cell | None, cell: Cell | None, squeeze: float) -> str:
    assert cell is not None  # pairwise begins with the only None
    soft = squeeze if cell.soft else 0.0
    head = cell.pulled or (cell.head if before is None else squeeze if cell.head else 0.0)
    tail = cell.closed or soft
    if not head and not tail:
        return escape(cell.text)
    room = [f"margin-left:{-head:.4f}em"] * bool(head) + [f"margin-right:{-tail:.4f}em"] * bool(tail)
    return f'<i style="{";".join(room)}">{escape(cell.text)}</i>'


def spread(label: str, count: int) -> str:
    """Return a label spread over so many 字 (均等割付)."""
    gap = (count - len(label)) / (len(label) - 1) if len(label) > 1 else 0
    if gap <= 0:
        return escape(label)
    return f'<span style="letter-spacing:{gap:.3f}em">{escape(label[:-1])}</span>{escape(label[-1])}'
