"""Statements written once and asked often. Django takes longer to write a SELECT of many joins or an INSERT of many
columns than the database to carry it out, and a command does both with a row locked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """A query that differs from call to call in some texts only; `ask` builds it of those texts."""

    def __init__(self, ask: Callable[..., QuerySet[M]], texts: int) -> None:
        self._ask = ask
        self._marks = tuple(f"\ufdd0{place}" for place in range(texts))  # no text of ours: it is no character
        self._kept = threading.local()  # a written query belongs to a connection, and a connection to a thread

    def first(self, *texts: str) -> M | None:
        """The first row for these texts, with what it was told to join; one statement."""
        connection = connections[DEFAULT_DB_ALIAS]
        if getattr(self._kept, "connection", None) is not connection:
            self._write(connection)
        compiler, values = self._kept.compiler, dict(zip(self._marks, texts, strict=True))
        parameters = tuple(values.get(parameter, parameter) for parameter in self._kept.parameters)
        compiler.as_sql = lambda *args, **options: (self._kept.sql, parameters)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        rows: Any = SimpleNamespace(db=connection.alias, query=query, _known_related_objects={})
        return next(iter(ModelIterable(rows)), None)

    def _write(self, connection: Any) -> None:
        kept = self._kept
        kept.compiler = compiler = self._ask(*self._marks).query.get_compiler(connection=connection)
        kept.sql, kept.parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        compiler.get_converters = lambda expressions: converters
        kept.connection = connection


class _Statement(NamedTuple):
    sql: str
    values: list[Any]
    row: Model | None = None  # the one row an UPDATE must find


class _Insert(NamedTuple):
    fields: tuple[Field[Any, Any], ...]
    head: str
    row: str
    tail: str


_gathered = threading.local()


@contextmanager
def together() -> Iterator[None]:
    """What is inserted and updated inside is written at its end: in one round trip where the database takes several
    statements at once (PostgreSQL), else one after the other. Nothing inside may read what it has written."""
    statements: list[_Statement] = []
    _gathered.statements = statements
    try:
        yield
    finally:
        del _gathered.statements
    _write(statements)


def insert(rows: Sequence[Model], *, unique: str = "", updates: tuple[str, ...] = ()) -> None:
    """Write rows of one model, in one statement unless they are hundreds; they are not told their keys.

    unique: the field that tells which row is meant; of one that is there already the fields `updates` are set.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    statement = _insert(type(rows[0]), unique, updates)
    most = connection.ops.bulk_batch_size(statement.fields, rows)
    for place in range(0, len(rows), most):
        some = rows[place : place + most]
        values = [_value(row, field, connection) for row in some for field in statement.fields]
        _give(_Statement(f"{statement.head} {', '.join([statement.row] * len(some))}{statement.tail}", values))


def update(row: Model, names: tuple[str, ...]) -> None:
    """Write these fields of a row that is there, and locked by whoever calls; DoesNotExist when it is not."""
    fields, sql = _update(type(row), names)
    values = [_value(row, field, connections[DEFAULT_DB_ALIAS]) for field in fields]
    _give(_Statement(sql, [*values, row.pk], row))


def _give(statement: _Statement) -> None:
    """Keep it for whoever gathers, or write it."""
    gathered: list[_Statement] | None = getattr(_gathered, "statements", None)
    if gathered is None:
        _write([statement])
    else:
        gathered.append(statement)


def _write(statements: Sequence[_Statement]) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(statements) > 1:
            values = [value for statement in statements for value in statement.values]
            cursor.execute("; ".join(statement.sql for statement in statements), values)
            for place, statement in enumerate(statements):
                if place:
                    cursor.nextset()
                _found(statement, cursor.rowcount)
        else:
            for statement in statements:
                cursor.execute(statement.sql, statement.values)
                _found(statement, cursor.rowcount)


def _found(statement: _Statement, count: int) -> None:
    if statement.row is not None and count != 1:
        raise type(statement.row).DoesNotExist  # type: ignore[attr-defined]  # each model is given its own


def _value(row: Model, field: Field[Any, Any], connection: Any) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


# Both databases spell these so; what stands in them are names of our own models.


@lru_cache(maxsize=64)
def _insert(model: type[Model], unique: str, updates: tuple[str, ...]) -> _Insert:
    fields = tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)
    columns = ", ".join(_column(field) for field in fields)
    changed = ", ".join(f"{_column(field)} = EXCLUDED.{_column(field)}" for field in _fields(model, updates))
    tail = f" ON CONFLICT ({_column(*_fields(model, (unique,)))}) DO UPDATE SET {changed}" if unique else ""
    head = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES"
    return _Insert(fields, head, f"({', '.join(['%s'] * len(fields))})", tail)


@lru_cache(maxsize=64)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[tuple[Field[Any, Any], ...], str]:
    fields, key = _fields(model, names), model._meta.pk
    changed = ", ".join(f"{_column(field)} = %s" for field in fields)
    return fields, f"UPDATE {_quoted(model._meta.db_table)} SET {changed} WHERE {_column(key)} = %s"  # noqa: S608  # our names


def _fields(model: type[Model], names: tuple[str, ...]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.get_field(name) for name in names)  # type: ignore[misc]  # columns, no relations back


def _column(field: Any) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)
