"""What the database itself refuses, whoever asks (law 9): rows that are only ever added know no UPDATE and no DELETE,
rows that are frozen from some moment on keep their columns."""

from collections.abc import Callable
from typing import NamedTuple

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

VERBS = ("UPDATE", "DELETE")
APPEND_ONLY = ("office_journalrow", "office_file")

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION makoto_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


class Frozen(NamedTuple):
    """A table whose rows are frozen once `once` holds: an SQL condition on OLD, spelled alike for both databases.

    `columns` never change from then on, those `set_once` only from nothing, others may; such a row is never deleted.
    `kept`: nor is any other row. A column that a later migration adds is guarded from that one on (`frozen_anew`).
    """

    table: str
    once: str
    columns: tuple[str, ...]
    kept: bool = False
    set_once: tuple[str, ...] = ()

    @property
    def guards(self) -> tuple[str, str]:
        """The names of its two triggers."""
        return f"{self.table}_frozen", guard_name(self.table, "DELETE")


def frozen(*rules: Frozen) -> RunPython:
    """The migration operation that guards such rows; it comes after `append_only`."""

    def install(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for rule in rules:
            _freeze(editor, rule)

    def remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for rule in rules:
            for name in rule.guards:
                _drop(editor, name, rule.table)

    return RunPython(install, remove, elidable=False)


def frozen_anew(*rules: Frozen) -> RunPython:
    """The migration operation that guards such rows by these rules instead of by those they had before, if any."""

    def install(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for rule in rules:
            for name in rule.guards:
                _drop(editor, name, rule.table, there="IF EXISTS ")
            _freeze(editor, rule)

    return RunPython(install, RunPython.noop, elidable=False)


def append_only(*tables: str) -> RunPython:
    """The migration operation that guards these tables, and takes the guards away when it is undone."""
    return RunPython(_each(tables, _install), _each(tables, _remove), elidable=False)


def guard_name(table: str, verb: str) -> str:
    """The trigger's name: office_file_no_update."""
    return f"{table}_no_{verb.lower()}"


def missing_guards(
    connection: BaseDatabaseWrapper, tables: tuple[str, ...] = (), rules: tuple[Frozen, ...] = ()
) -> list[str]:
    """The guards that are not in the database though they should be, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        )
        present = {name for (name,) in cursor.fetchall()}
    wanted = [guard_name(table, verb) for table in tables for verb in VERBS]
    return [name for name in (*wanted, *(name for rule in rules for name in rule.guards)) if name not in present]


def _each(
    tables: tuple[str, ...], do: Callable[[BaseDatabaseSchemaEditor, str, str], None]
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def run(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(_POSTGRESQL_FUNCTION, params=None)
        for table in tables:
            for verb in VERBS:
                do(editor, table, verb)

    return run


def _install(editor: BaseDatabaseSchemaEditor, table: str, verb: str) -> None:
    name = guard_name(table, verb)
    if editor.connection.vendor == "sqlite":
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only');"
        editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" BEGIN {refuse} END')
    else:
        call = "EXECUTE FUNCTION makoto_append_only()"
        editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table}" FOR EACH ROW {call}')


def _freeze(editor: BaseDatabaseSchemaEditor, rule: Frozen) -> None:
    sqlite = editor.connection.vendor == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    with editor.connection.cursor() as cursor:
        there = {column.name for column in editor.connection.introspection.get_table_description(cursor, rule.table)}
    other = [f"NEW.{column} {differs} OLD.{column}" for column in rule.columns if column in there]
    other += [f"(OLD.{column} IS NOT NULL AND NEW.{column} {differs} OLD.{column})" for column in rule.set_once]
    changed = " OR ".join(other)
    freeze, keep = rule.guards
    gone = "" if rule.kept else f"WHEN ({rule.once})"
    for name, verb, when in ((freeze, "UPDATE", f"WHEN ({rule.once} AND ({changed}))"), (keep, "DELETE", gone)):
        if sqlite:
            refuse = f"SELECT RAISE(ABORT, '{rule.table} is append-only');"
            editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{rule.table}" {when} BEGIN {refuse} END')
        else:
            call = f"FOR EACH ROW {when} EXECUTE FUNCTION makoto_append_only()"
            editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{rule.table}" {call}')


def _remove(editor: BaseDatabaseSchemaEditor, table: str, verb: str) -> None:
    _drop(editor, guard_name(table, verb), table)


def _drop(editor: BaseDatabaseSchemaEditor, name: str, table: str, there: str = "") -> None:
    on = "" if editor.connection.vendor == "sqlite" else f' ON "{table}"'
    editor.execute(f'DROP TRIGGER {there}"{name}"{on}')
