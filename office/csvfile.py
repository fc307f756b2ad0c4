"""Reading a CSV file that somebody made with a spreadsheet, in UTF-8 or in Windows Japanese (CP932)."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from office.errors import Refused
from office.text import has_unseen

LIMIT = 20 * 1024 * 1024  # bytes
ROWS = 200_000
LEAD = 30  # lines above the headings of a file that was not made for us
csv.field_size_limit(100_000)  # characters in one cell


@dataclass(frozen=True)
class Column:
    """A column we read: our name for it, the headings people give it, whether it must be there, its length.

    Every cell of a required column must be filled, unless `blanks` lets it be empty.
    """

    name: str
    headings: tuple[str, ...]
    required: bool = False
    limit: int = 200  # characters
    blanks: bool = False


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row. line: as a text editor counts; column: its heading; message: an English msgid."""

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Row:
    """One row: the line it starts on, its cells by column name (stripped, else as typed), and what is wrong."""

    line: int
    values: dict[str, str]
    errors: tuple[RowError, ...] = ()


def read_rows(data: bytes, columns: Sequence[Column], *, foreign: bool = False) -> list[Row]:
    """All rows below the heading line. Columns may stand in any order, unknown ones are ignored, empty rows skipped.

    A `foreign` file was not made for us (a bank's): lines may stand above its headings, and where several of its
    headings name one column, the one that we list first counts.

    Refused invalid, naming the line, for what spoils the whole file: too large, an unknown encoding, a NUL, an open
    quote, a missing or doubled heading. What spoils a row stands in Row.errors.
    """
    lines = _records(_decoded(data))
    headings = _heading_line(lines, columns, LEAD if foreign else 0)
    places = _places(headings, columns, foreign=foreign)
    width = len(headings)
    rows = [
        _row(line, cells[:width] if foreign else cells, width, places)
        for line, cells in lines
        if any(map(str.strip, cells))
    ]
    if len(rows) > ROWS:
        raise Refused("invalid", "The file has more than %(limit)s rows. Please split it.", field="file", limit=ROWS)
    return rows


def _decoded(data: bytes) -> str:
    if len(data) > LIMIT:
        limit = LIMIT // 2**20
        raise Refused("invalid", "The file is too large. The limit is %(limit)s MB.", field="file", limit=limit)
    if (place := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, place) + 1
        raise Refused("invalid", "Line %(line)s holds a null character. Nothing was read.", field="file", line=line)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("invalid", "The file is neither UTF-8 nor Shift_JIS. Please save it again as CSV.", field="file")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on; a cell may hold line breaks."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Refused(
                "invalid",
                "Line %(line)s has a quotation mark that is not closed, or too long a cell. Nothing was read.",
                field="file",
                line=line,
            ) from None
        yield line, cells


def _heading_line(lines: Iterator[tuple[int, list[str]]], columns: Sequence[Column], lead: int) -> list[str]:
    """The first line that holds every required heading; the very first where there is none within `lead` more."""
    _line, first = next(lines, (1, []))
    headings = first
    for _count in range(lead):
        if all(
            not column.required or not _names(column).keys().isdisjoint(map(_plain, headings)) for column in columns
        ):
            return headings
        if (following := next(lines, None)) is None:
            break
        headings = following[1]
    return first


def _places(headings: Sequence[str], columns: Sequence[Column], *, foreign: bool) -> dict[int, Column]:
    """Which cell holds which column."""
    plain = [_plain(heading) for heading in headings]
    found: dict[int, Column] = {}
    for column in columns:
        places = [place for name in _names(column) for place, heading in enumerate(plain) if heading == name]
        if len(places) > 1 and not foreign:
            raise Refused("invalid", "The column %(column)s stands twice.", field="file", column=column.headings[0])
        if column.required and not places:
            raise Refused("invalid", "The column %(column)s is missing.", field="file", column=column.headings[0])
        found |= dict.fromkeys(places[:1], column)
    return found


def _names(column: Column) -> dict[str, None]:
    """The headings of a column as they are compared, the preferred ones first."""
    return dict.fromkeys(map(_plain, (*column.headings, column.name)))


def _plain(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).strip().casefold()


def _row(line: int, cells: Sequence[str], width: int, places: dict[int, Column]) -> Row:
    values = {column.name: cells[place].strip() if place < len(cells) else "" for place, column in places.items()}
    errors = [error for column in places.values() if (error := _wrong(line, column, values[column.name]))]
    if len(cells) > width:
        errors.append(RowError(line, "", "The row has more cells than the heading line."))
    return Row(line, values, tuple(errors))


def _wrong(line: int, column: Column, value: str) -> RowError | None:
    heading = column.headings[0]
    if column.required and not column.blanks and not value:
        return RowError(line, heading, "This cell must not be empty.")
    if len(value) > column.limit:
        return RowError(line, heading, "This cell is too long.")
    if has_unseen(value):
        return RowError(line, heading, "This cell holds characters that cannot be seen.")
    return None
