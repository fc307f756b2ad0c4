"""A backup is a folder: the database, the secret key, and a note that says what they must be.

It is taken while people work: SQLite copies through its online backup, PostgreSQL through pg_dump. Files and letters
are rows, so there is nothing else to copy.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from incidents.models import Checkpoint, Incident

NOTE = "backup.json"
SQLITE_FILE = "makoto.sqlite3"
POSTGRES_FILE = "makoto.pgdump"
KEY_FILE = "secret.key"


class BackupError(Exception):
    """A backup or a restore that cannot be done, in one sentence."""


def backup_make(*, folder: Path, at: datetime) -> dict[str, Any]:
    """Write a backup into `folder`, which must not exist or be empty; return its note.

    It grows beside it as `<folder>.partial`, so a folder with the right name is always whole.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. A backup never overwrites another.")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    files = [_copy_sqlite(partial) if _is_sqlite() else _dump_postgres(partial), *_copy_key(partial)]
    note = {
        "made_at": at.isoformat(),
        "files": {path.name: _sha256(path) for path in files},
        "incidents": Incident.objects.count(),
        "checkpoint": _newest_checkpoint(),
    }
    (partial / NOTE).write_text(json.dumps(note, indent=2) + "\n")
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    return note


def backup_restore(*, folder: Path) -> dict[str, Any]:
    """Bring a backup back into an empty installation; return its note. Nothing is touched before all is checked."""
    note = _read_note(folder)
    for name, sha256 in note["files"].items():
        path = folder / name
        if not path.exists() or _sha256(path) != sha256:
            raise BackupError(f"{path} is not the file that was backed up. Take another backup.")
    wanted = SQLITE_FILE if _is_sqlite() else POSTGRES_FILE
    if wanted not in note["files"]:
        raise BackupError(f"This backup holds {', '.join(note['files'])}; DATABASE_URL asks for {wanted}.")
    _restore_sqlite(folder) if _is_sqlite() else _restore_postgres(folder)
    if KEY_FILE in note["files"]:
        _put_private(folder / KEY_FILE, settings.DATA_DIR / KEY_FILE)
    return note


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _copy_sqlite(folder: Path) -> Path:
    path = folder / SQLITE_FILE
    with closing(sqlite3.connect(_database_name())) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)  # all pages in one step: one moment, whatever is written meanwhile
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupError(f"The copy of {_database_name()} is damaged. Check the disk.")
    path.chmod(0o600)
    return path


def _restore_sqlite(folder: Path) -> None:
    target = Path(_database_name())
    connection.close()
    if target.exists() and target.stat().st_size:
        raise BackupError(f"{target} already holds data. Restore into an empty MAKOTO_DATA, or move it away first.")
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    _put_private(folder / SQLITE_FILE, target)


def _dump_postgres(folder: Path) -> Path:
    path = folder / POSTGRES_FILE
    _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={path}")
    path.chmod(0o600)
    return path


def _restore_postgres(folder: Path) -> None:
    if connection.introspection.table_names():
        raise BackupError("The database already holds tables. Restore into a newly created one.")
    connection.close()
    options = ("--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_database_name()}")
    _postgres("pg_restore", *options, str(folder / POSTGRES_FILE), name_in_environment=False)


def _postgres(program: str, *arguments: str, name_in_environment: bool = True) -> None:
    """Run a PostgreSQL program against our database; the password goes by the environment, not by the command line."""
    database = settings.DATABASES["default"]
    given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    login = {variable: str(database[key]) for variable, key in given.items() if database.get(key)}
    if name_in_environment:
        login["PGDATABASE"] = _database_name()
    try:
        result = subprocess.run(  # noqa: S603 - fixed programs, no shell
            [program, *arguments], env=os.environ | login, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupError(f"{program} is not installed. It comes with the package postgresql-client.") from None
    if result.returncode:
        raise BackupError(f"{program} failed: {result.stderr.strip()}")


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _copy_key(folder: Path) -> list[Path]:
    key = settings.DATA_DIR / KEY_FILE
    if not key.exists():
        return []  # production keeps it in the environment: docs/operations.md says where to write it down
    _put_private(key, folder / KEY_FILE)
    return [folder / KEY_FILE]


def _put_private(source: Path, target: Path) -> None:
    """Copy in one step for whoever looks: the finished file takes the target's place."""
    draft = target.with_name(target.name + ".partial")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    draft.replace(target)


def _read_note(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / NOTE).read_text()))
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no finished backup: {NOTE} is missing.") from None


def _newest_checkpoint() -> dict[str, str] | None:
    newest = Checkpoint.objects.order_by("-day").first()
    return {"day": newest.day.isoformat(), "hash": newest.hash} if newest else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
