"""Rows that are only ever added: the database itself refuses UPDATE and DELETE, whoever asks (law 9)."""

from collections.abc import Callable

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


def append_only(*tables: str) -> RunPython:
    """The migration operation that guards these tables, and takes the guards away when it is undone."""
    return RunPython(_each(tables, _install), _each(tables, _remove), elidable=False)


def guard_name(table: str, verb: str) -> str:
    """The trigger's name: office_file_no_update."""
    return f"{table}_no_{verb.lower()}"


def missing_guards(connection: BaseDatabaseWrapper, tables: tuple[str, ...]) -> list[str]:
    """The guards that are not in the database though they should be, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        )
        present = {name for (name,) in cursor.fetchall()}
    return [name for table in tables for verb in VERBS if (name := guard_name(table, verb)) not in present]


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


def _remove(editor: BaseDatabaseSchemaEditor, table: str, verb: str) -> None:
    on = "" if editor.connection.vendor == "sqlite" else f' ON "{table}"'
    editor.execute(f'DROP TRIGGER "{guard_name(table, verb)}"{on}')
