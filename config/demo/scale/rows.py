"""Unsaved rows of many walks, and their writing in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max

from customers.models import Activity, CareHold, Promise
from incidents.models import Entry, Incident, IssuedLetter, Measure, Note, Opened, Submission
from office.models import File

BATCH = 500
NAMED: tuple[type[models.Model], ...] = (Note, IssuedLetter, Promise)  # entries and activities name their ids


def keys() -> Callable[[type[models.Model]], int]:
    """The next free primary key of a table: rows that others name by id get it before they are saved."""
    counters: dict[type[models.Model], Iterator[int]] = {
        model: count((model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1) for model in NAMED
    }
    return lambda model: next(counters[model])


@dataclass
class Rows:
    """What some walks have left, table by table, in the order of writing."""

    incidents: list[Incident] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    letters: list[IssuedLetter] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    holds: list[CareHold] = field(default_factory=list)

    @transaction.atomic
    def write(self) -> None:
        """Write and forget them; one transaction."""
        for name in self.__dataclass_fields__:
            rows: list[models.Model] = getattr(self, name)
            if rows:
                type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
            rows.clear()

    @staticmethod
    def reset_keys() -> None:
        """Tell the database which keys were given here (PostgreSQL counts by itself otherwise)."""
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), list(NAMED)):
                cursor.execute(sql)
