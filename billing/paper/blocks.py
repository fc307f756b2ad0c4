"""What an invoice is set from: blocks that know their height. Numbers in mm are those of invoice.css."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from office.press import faces
from office.press.lines import JOINER
from office.press.setting import POINT, cells_html, line_html, packed, spread, wrapped

SIZE, SMALL, TINY = 9.5, 8.5, 8.0  # pt: text, the issuer, notes
PITCH, SMALL_PITCH, TINY_PITCH = 5.0, 4.6, 3.6  # mm from line to line
WIDTH = 174.0  # mm of the sheet between its margins
LABEL = 8 * SIZE * POINT  # mm: a label spread to 6 字, and 2 字 of room


class Block(NamedTuple):
    """A part of the sheet: its HTML, and its height with the room above it, in mm."""

    html: str
    height: float


class Text(NamedTuple):
    """A text broken into lines: its HTML, and how many lines."""

    html: str
    lines: int


def text(told: str, room: float, size: float = SIZE) -> Text:
    """Return a text in lines of so many mm; its own line ends stay."""
    made = wrapped(told, room / (size * POINT))
    return Text(cells_html(made[0]) if len(made) == 1 else "".join(map(line_html, made)), len(made))


def parted(parts: Iterable[str], room: float, size: float = SIZE) -> Text:
    """Return parts a 字 apart, in lines of so many mm that end with a part where they can."""
    return text("\n".join(packed(parts, room / (size * POINT))), room, size)


def fitted(told: str, room: float, size: float = SIZE) -> str:
    """Return a text in one line, smaller when it is wider than its room in mm: no figure is ever cut off."""
    told = one_line(told)
    wide = width(told, size)
    return f'<span style="font-size:{size * room / wide:.2f}pt">{escape(told)}</span>' if wide > room else escape(told)


def one_line(told: str) -> str:
    """Return a text without line ends: where there is room for one line only, it stays one."""
    return "　".join(part.strip() for part in told.splitlines())


def width(told: str, size: float = SIZE) -> float:
    """Return how wide a text is in one line, in mm."""
    return sum(map(faces.width, told)) * size * POINT


def tied(told: str, end: str) -> str:
    """Return the text with an end that never begins a line."""
    return told.rstrip() + "".join(JOINER + char for char in end)


def labelled(kind: str, rows: Iterable[tuple[str, Text]], between: float = 0) -> Block:
    """Return a table of texts with their labels spread to one width; between: mm below each row."""
    rows = list(rows)
    html = "".join(f'<tr><th scope="row">{spread(label, 6)}</th><td>{told.html}</td></tr>' for label, told in rows)
    height = sum(PITCH * told.lines + between for _, told in rows)
    return Block(f'<table class="{kind}">{html}</table>' if rows else "", height)


def columns(rows: Sequence[Sequence[str]], room: float) -> Text:
    """Return rows whose parts stand below one another, a 字 apart; broken like any text when they do not fit so."""
    gap, rows = SIZE * POINT, [[one_line(part) for part in row] for row in rows]
    wide = [max(width(part) for part in column) + gap for column in zip(*rows, strict=True)]
    if sum(wide) - gap > room:
        return text("\n".join("　".join(row) for row in rows), room)
    html = "".join(
        '<span class="line">'
        + "".join(
            f'<span class="part" style="width:{size:.3f}mm">{escape(part)}</span>'
            for part, size in zip(row, wide, strict=True)
        )
        + "</span>"
        for row in rows
    )
    return Text(html, len(rows))
