"""What every CSV import shares: its report, who may import, how dates, yen and yes are read as people write them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext_noop

from office.calendar import FIRST_YEAR, LAST_YEAR
from office.csvfile import RowError
from office.errors import Refused
from office.models import User
from office.roles import Role

IMPORTERS = frozenset({Role.BILLING.value, Role.ADMIN.value, Role.BRANCH_HEAD.value})
NOT_ALLOWED = gettext_noop("Files are imported by billing clerks, the branch head and the system administrator.")
NO_DATE = gettext_noop("This is not a date. Please write 2026-11-24, 2026/11/24 or R8.11.24.")
NO_YEN = gettext_noop("This is not an amount in whole yen.")
NO_ANSWER = gettext_noop("Please write 1 or 0.")
ERAS = {"R": 2018, "H": 1988, "令和": 2018, "平成": 1988}  # the year before the first
DATE = re.compile(r"(?P<era>R|H|令和|平成)?(?P<year>\d{1,4}|元)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?")
COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
YEN = re.compile(r"[¥\\]?(?P<sign>[-▲△]?)(?P<yen>\d{1,13}|\d{1,3}(,\d{3}){1,4})円?")
YES, NO = (
    {"1", "yes", "true", "y", "はい", "○", "〇", "有", "お断り"},
    {"", "0", "no", "false", "n", "いいえ", "×", "無"},
)
CHUNK = 500  # values in one IN (…): SQLite and PostgreSQL both take them
PREVIEW = 20
T = TypeVar("T")


@dataclass(frozen=True)
class Count:
    """How many rows of one kind were, or in a dry run would be, made, changed or left alone. `label` is a msgid."""

    label: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Preview:
    """One row as it would be imported. `act`: created, updated or unchanged."""

    line: int
    act: str
    key: str
    name: str


@dataclass(frozen=True)
class Report:
    """What an import did. With any error nothing was written; in a dry run nothing is."""

    dry_run: bool
    counts: tuple[Count, ...] = ()
    errors: tuple[RowError, ...] = ()
    preview: tuple[Preview, ...] = field(default=())

    @property
    def done(self) -> bool:
        """Whether the file is in."""
        return not self.errors and not self.dry_run


def may_import(by: User | None) -> None:
    """Refuse people whose work it is not; None is the command line, which has no roles."""
    if by is not None and not IMPORTERS & set(by.roles):
        raise Refused("forbidden", NOT_ALLOWED)


def read_day(text: str) -> date | None:
    """Return the date in a cell, None for an empty one; Refused for anything that is no day of the calendar."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if not plain:
        return None
    found = DATE.fullmatch(plain) or COMPACT.fullmatch(plain)
    if found is None:
        raise Refused("invalid", NO_DATE)
    parts = found.groupdict()
    year = (1 if parts["year"] == "元" else int(parts["year"])) + ERAS.get(parts.get("era") or "", 0)
    try:
        day = date(year, int(parts["month"]), int(parts["day"]))
    except ValueError as error:
        raise Refused("invalid", NO_DATE) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused("invalid", NO_DATE)
    return day


def read_yen(text: str) -> int | None:
    """Return the whole yen in a cell, None for an empty one; Refused for fractions, words and sums beyond reason."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not plain:
        return None
    found = YEN.fullmatch(plain)
    if found is None:
        raise Refused("invalid", NO_YEN)
    amount = int(found["yen"].replace(",", ""))
    return -amount if found["sign"] else amount


def read_yes(text: str) -> bool:
    """Return whether a cell says yes; an empty one says no; Refused for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain not in YES | NO:
        raise Refused("invalid", NO_ANSWER)
    return plain in YES


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the values in lists of at most `size`."""
    whole = list(values)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def first_lines(previews: Sequence[Preview]) -> tuple[Preview, ...]:
    """Return what a person looks at before saying yes."""
    return tuple(previews[:PREVIEW])
