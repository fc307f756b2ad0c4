"""Records from CSV files, keyed by their numbers (docs/import.md); billing.services.record_sorts says of which sorts.

Several rows with one number are the lines of one record: the first says everything, what the others say of the whole
must be empty or the same. Each record is written by the service that writes it for a page, all in one transaction: a
rehearsal does the same and takes it back. What is recorded already is never overwritten; a file that says something
else of it is refused, but for the promised day of an order.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from billing.services.records import Line, decimal
from customers.importing import Count, Preview, Report, chunks, first_lines, may_import, read_day
from customers.models import Customer
from office.csvfile import Column, Row, RowError, read_rows
from office.errors import Refused
from office.http import sentence
from office.models import User
from office.services import journal_write

GOODS = (
    Column("description", ("品名", "品目", "item"), limit=200),
    Column("quantity", ("数量",), required=True, limit=20),
    Column("unit", ("単位",), limit=10),
    Column("unit_price", ("単価", "unit price", "price"), limit=20),
    Column("rate", ("税率", "tax rate"), limit=10),
    Column("note", ("補足", "備考"), limit=200),
)
CODE = Column("code", ("お客様コード", "得意先コード", "customer code"), required=True, blanks=True, limit=40)
NO_CUSTOMER = gettext_noop("There is no customer with this code.")
NO_DAY = gettext_noop("This cell must not be empty.")
NO_NUMBER = gettext_noop("This is not a number.")
DIFFERS = gettext_noop("This differs from line %(line)s, which has the same number.")
RECORDED = gettext_noop(
    "This number is recorded already and says something else here. What is wrong is cancelled and written anew under "
    "another number."
)
ONCE = gettext_noop("This number already stands in line %(line)s.")
ORDER = {"created": 0, "updated": 1, "unchanged": 2}
T = TypeVar("T")
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """The rows of one number, read: what they say of the whole, and the lines."""

    rows: Sequence[Row]
    head: Values
    lines: Sequence[Line]

    @property
    def number(self) -> str:
        """Its number."""
        return self.rows[0].values["number"]


@dataclass(frozen=True)
class Sort:
    """How one sort of file is read and written. same: the column in which a known record differs, "" for none; new:
    writes a record; again: what a file may still say of a known one, returns whether it changed anything."""

    columns: tuple[Column, ...]
    label: str
    verb: str
    about: str
    head: Callable[[Row], dict[str, Any]]
    known: Callable[[set[str]], QuerySet[Any]]
    same: Callable[[Any, Group], str]
    new: Callable[[Group, Customer, User | None, datetime], object]
    again: Callable[[Any, Group, User | None, datetime], bool] = lambda *_known: False
    first: Callable[[Group], bool] = lambda _group: True  # these are written before the others
    single: bool = False  # one row each


def records_import(sort: Sort, *, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import a file; return what was done, or with `dry_run` what would be. Refused for files that cannot be read at
    all. Errors in rows come back in the report, and then nothing was written."""
    may_import(by)
    rows = read_rows(data, sort.columns)
    with transaction.atomic():
        file = _File(sort, rows, by, at)
        if file.errors or dry_run:
            transaction.set_rollback(True)
        else:
            journal_write(actor=by, verb=sort.verb, about=sort.about, detail=f"{len(file.acts)}", at=at)
    return file.report(dry_run)


class _File:
    """The records of one file, written as they are read."""

    def __init__(self, sort: Sort, rows: Sequence[Row], by: User | None, at: datetime) -> None:
        self.sort, self.by, self.at = sort, by, at
        self.errors: list[RowError] = [error for row in rows for error in row.errors]
        self.acts: list[tuple[Group, str, str]] = []
        self.headings = {column.name: column.headings[0] for column in sort.columns}
        parts = chunks({row.values.get("code", "") for row in rows})
        self.customers = {c.code: c for part in parts for c in Customer.objects.filter(code__in=part)}
        self.known: dict[str, Any] = {}
        for part in chunks({row.values.get("number", "") for row in rows}):
            self.known |= {record.number: record for record in sort.known(set(part))}
        groups = self._groups([row for row in rows if not row.errors])
        for group in sorted(groups, key=lambda group: not sort.first(group)):
            self._put(group)
        self.errors.sort(key=lambda error: error.line)

    def _groups(self, rows: Iterable[Row]) -> list[Group]:
        """Rows by number in the order in which the numbers come; those in which something is wrong are left out."""
        by_number: dict[str, list[Row]] = {}
        for row in rows:
            by_number.setdefault(row.values["number"], []).append(row)
        found = [self._group(some) for some in by_number.values()]
        return [group for group in found if group is not None]

    def _group(self, rows: Sequence[Row]) -> Group | None:
        before, first = len(self.errors), rows[0]
        head: dict[str, Any] = {}
        with self._at(first):
            head = self.sort.head(first)
        for row in rows[1:]:
            with self._at(row):
                if self.sort.single:
                    raise Refused("conflict", ONCE, field="number", line=first.line)
                self._compare(first, row)
        lines = []
        for row in rows:
            with self._at(row):
                lines.append(_line(row))
        return Group(rows, head, lines) if len(self.errors) == before else None

    def _compare(self, first: Row, row: Row) -> None:
        for name in ("code", *HEADS):
            if row.values.get(name) and row.values[name] != first.values.get(name):
                raise Refused("conflict", DIFFERS, field=name, line=first.line)

    def _put(self, group: Group) -> None:
        first, known = group.rows[0], self.known.get(group.number)
        with self._at(first, group):
            customer = self.customers.get(first.values["code"])
            if customer is None:
                raise Refused("invalid", NO_CUSTOMER, field="code")
            if known is None:
                self.sort.new(group, customer, self.by, self.at)
                act = "created"
            else:
                differs = "code" if known.customer_id != customer.pk else self.sort.same(known, group)
                if differs:
                    raise Refused("conflict", RECORDED, field=differs)
                act = "updated" if self.sort.again(known, group, self.by, self.at) else "unchanged"
            self.acts.append((group, act, customer.name))

    def _at(self, row: Row, group: Group | None = None) -> _Told:
        return _Told(self, row, group)

    def report(self, dry_run: bool) -> Report:
        """Return what was, or would be, done."""
        if self.errors:
            return Report(dry_run, errors=tuple(self.errors))
        counts = Count(self.sort.label, **Counter(act for _group, act, _name in self.acts))
        previews = [Preview(group.rows[0].line, act, group.number, name) for group, act, name in self.acts]
        previews.sort(key=lambda preview: (ORDER[preview.act], preview.line))
        return Report(dry_run, counts=(counts,), preview=first_lines(previews))


class _Told(suppress):
    """A refusal inside becomes an error of the row, of a line the error of that line's row."""

    def __init__(self, file: _File, row: Row, group: Group | None) -> None:
        super().__init__(Refused)
        self.file, self.row, self.group = file, row, group

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        """Note the refusal; anything else goes on."""
        if isinstance(error, Refused):
            row, place = self.row, error.facts.get("line")
            if self.group is not None and isinstance(place, int) and 0 < place <= len(self.group.rows):
                row = self.group.rows[place - 1]
                error = Refused(error.code, error.message, field=error.field, **{**error.facts, "line": row.line})
            heading = self.file.headings.get(error.field, "")
            self.file.errors.append(RowError(row.line, heading, sentence(error)))
        return bool(super().__exit__(kind, error, trace))


HEADS = (
    "ordered_on", "promised_on", "delivered_on", "kind", "order", "every", "in_advance", "first_on", "last_on",
)  # fmt: skip


def cell(row: Row, name: str, reader: Callable[[str], T]) -> T:
    """Return a cell as `reader` reads it; its refusal names the column."""
    try:
        return reader(row.values.get(name, ""))
    except Refused as refused:
        raise Refused(refused.code, refused.message, field=name) from refused


def day_of(row: Row, name: str) -> date:
    """Return the day in a cell that must hold one; its refusal names the column."""
    day = cell(row, name, read_day)
    if day is None:
        raise Refused("incomplete", NO_DAY, field=name)
    return day


def read_decimal(text: str) -> Decimal | None:
    """Return the number in a cell, None for an empty one; commas, 円 and ¥ may stand with it. Refused for words."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("円").lstrip("¥\\").strip()
    number = decimal(plain, 6) if plain else None
    if plain and number is None:
        raise Refused("invalid", NO_NUMBER)
    return number


def whole(text: str) -> int | None:
    """Return the whole number in a cell, with or without %, None for an empty one; Refused for anything else."""
    number = read_decimal(unicodedata.normalize("NFKC", text).removesuffix("%"))
    if number is not None and number != int(number):
        raise Refused("invalid", NO_NUMBER)
    return None if number is None else int(number)


def _line(row: Row) -> Line:
    quantity = cell(row, "quantity", read_decimal)
    of = row.values.get("of_delivery", "")
    return Line(
        quantity=Decimal(0) if quantity is None else quantity, description=row.values.get("description", ""),
        unit_price=cell(row, "unit_price", read_decimal), unit=row.values.get("unit", ""),
        rate=cell(row, "rate", whole), note=row.values.get("note", ""), order_line=cell(row, "order_line", whole),
        of=(of, cell(row, "of_line", whole) or 1) if of else None,
    )  # fmt: skip


def _differs(typed: Line, known: Any) -> str:
    """The column in which a line of the file says something else than the recorded one; what it leaves out agrees."""
    if typed.quantity != known.quantity:
        return "quantity"
    if typed.unit_price is not None and typed.unit_price != known.unit_price:
        return "unit_price"
    if typed.rate is not None and typed.rate != known.rate:
        return "rate"
    names = ("description", "unit", "note")
    return next((n for n in names if getattr(typed, n).strip() not in ("", getattr(known, n))), "")


def lines_differ(group: Group, known: Sequence[Any]) -> str:
    """Return the column in which a line of the file differs from the recorded one, "" when none does."""
    if len(known) != len(group.lines):
        return "number"
    pairs = zip(group.lines, known, strict=True)
    return next((name for typed, line in pairs if (name := _differs(typed, line))), "")
