"""What the database itself refuses around incidents, whoever asks (law 9): the chain and what was submitted never
change, an issued letter never loses its number, its words or its bytes."""

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

from office.guards import guard_name

APPEND_ONLY = ("incidents_entry", "incidents_submission", "incidents_checkpoint")
LETTER = "incidents_issuedletter"
# Frozen from the moment the letter is in print. What may still change: when it reached the customer.
FROZEN = (
    "incident_id",
    "submission_id",
    "number",
    "replaces_id",
    "approved_by_id",
    "approved_at",
    "file_id",
    "issued_at",
)
FREEZE, KEEP = f"{LETTER}_frozen", guard_name(LETTER, "DELETE")


def issued_letters() -> RunPython:
    """The migration operation that guards issued letters; it comes after `office.guards.append_only`."""
    return RunPython(_install, _remove, elidable=False)


def missing_letter_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """The guards of issued letters that are not in the database though they should be, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        )
        present = {name for (name,) in cursor.fetchall()}
    return [name for name in (FREEZE, KEEP) if name not in present]


def _install(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    sqlite = editor.connection.vendor == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in FROZEN)
    frozen = f"OLD.file_id IS NOT NULL AND ({changed})"
    for name, verb, when in ((FREEZE, "UPDATE", f"WHEN ({frozen})"), (KEEP, "DELETE", "")):
        if sqlite:
            refuse = f"SELECT RAISE(ABORT, '{LETTER} is append-only');"
            editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{LETTER}" {when} BEGIN {refuse} END')
        else:
            call = f"FOR EACH ROW {when} EXECUTE FUNCTION makoto_append_only()"
            editor.execute(f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{LETTER}" {call}')


def _remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    on = "" if editor.connection.vendor == "sqlite" else f' ON "{LETTER}"'
    for name in (FREEZE, KEEP):
        editor.execute(f'DROP TRIGGER "{name}"{on}')
