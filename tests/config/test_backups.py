"""A backup brings everything back, and nothing over what is there. On SQLite; PostgreSQL by its own programs."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from config import backups
from config.backups import BackupError, backup_make, backup_restore
from office.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="copies a file"),
]


@pytest.fixture
def backup(cast: SimpleNamespace, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of the cast's house, made from a data folder of its own."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_text("the key")
    monkeypatch.setattr(settings, "DATA_DIR", data)
    folder = tmp_path / "backup"
    backup_make(folder=folder, at=at)
    return folder


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backup: Path) -> Path:
    """An installation without data; its database would be the returned file."""
    data = tmp_path / "empty"
    data.mkdir()
    monkeypatch.setattr(settings, "DATA_DIR", data)
    monkeypatch.setattr(backups, "_database_name", lambda: str(data / "makoto.sqlite3"))
    return data / "makoto.sqlite3"


def test_what_was_backed_up_comes_back(backup: Path, empty: Path) -> None:
    backup_restore(folder=backup)
    with closing(sqlite3.connect(empty)) as database:
        assert database.execute("SELECT count(*) FROM office_user").fetchone() == (User.objects.count(),)
    assert (empty.parent / "secret.key").read_text() == "the key"
    assert empty.stat().st_mode & 0o077 == 0


def test_the_note_names_files_and_the_newest_checkpoint(backup: Path) -> None:
    note = json.loads((backup / "backup.json").read_text())
    assert set(note["files"]) == {"makoto.sqlite3", "secret.key"}
    assert "checkpoint" in note


def test_a_backup_is_taken_while_somebody_writes(cast: SimpleNamespace, at: datetime, tmp_path: Path) -> None:
    with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE office_user SET title = 'half done'")
        backup_make(folder=tmp_path / "now", at=at)
        other.rollback()
    with closing(sqlite3.connect(tmp_path / "now" / "makoto.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM office_user WHERE title = 'half done'").fetchone() == (0,)


def test_a_backup_overwrites_no_other(backup: Path, at: datetime) -> None:
    with pytest.raises(BackupError, match="is not empty"):
        backup_make(folder=backup, at=at)


def test_a_restore_overwrites_no_data(backup: Path, empty: Path) -> None:
    empty.write_bytes(b"something")
    with pytest.raises(BackupError, match="already holds data"):
        backup_restore(folder=backup)
    assert empty.read_bytes() == b"something"


def test_a_changed_file_is_not_restored(backup: Path, empty: Path) -> None:
    with (backup / "makoto.sqlite3").open("ab") as file:
        file.write(b"x")
    with pytest.raises(BackupError, match="not the file that was backed up"):
        backup_restore(folder=backup)
    assert not empty.exists()


def test_a_backup_that_was_cut_is_not_taken_for_one(backup: Path, empty: Path) -> None:
    (backup / "backup.json").unlink()
    with pytest.raises(BackupError, match="no finished backup"):
        backup_restore(folder=backup)


def test_the_commands_say_it_in_a_sentence(backup: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(backup))
