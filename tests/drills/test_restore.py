"""The night the server dies: back up, lose everything, restore, by the documented commands alone, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from config.environment import BASE_DIR
from tests.job import Job

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


def manage(data: Path, url: str, *words: str) -> str:
    """What a command prints in a house with its own folder and database."""
    environment = os.environ | {"MAKOTO_DATA": str(data), "DATABASE_URL": url, "MAKOTO_ENV": "demo"}
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def url_of(name: str) -> str:
    """The address of a database beside the one of the tests."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    with_ = connection.settings_dict
    return f"postgres://{with_['USER']}@{with_['HOST']}:{with_['PORT']}/{name}"


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database on a new machine."""
    if connection.vendor == "sqlite":
        yield url_of(str(tmp_path / "new" / "makoto.sqlite3"))
        return
    name = f"restored_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield url_of(name)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_everything_comes_back_and_nothing_goes_out_twice(
    cast: SimpleNamespace, at: datetime, tmp_path: Path, new_database: str
) -> None:
    job = Job(cast, at).printed()
    old, new, backup = tmp_path / "old", tmp_path / "new", tmp_path / "backup"
    old.mkdir()
    new.mkdir()
    manage(old, url_of(str(connection.settings_dict["NAME"])), "backup", str(backup))
    note = json.loads((backup / "backup.json").read_text())
    assert note["incidents"] == 1

    restored = json.loads(manage(new, new_database, "restore", str(backup)))
    assert restored["messages_held"] >= 1
    assert "as they were written" in manage(new, new_database, "verify")
    asked = (
        "from incidents.models import *; from office.models import *; i = Incident.objects.get(); "
        "print(i.number, i.head_hash, IssuedLetter.objects.get().file.sha256, "
        "Outbox.objects.filter(state__in=('due', 'leased')).count())"
    )
    incident = job.incident
    letter = incident.letters.get()
    assert letter.file is not None
    said = manage(new, new_database, "shell", "--no-imports", "-c", asked).split()
    assert said == [incident.number, incident.head_hash, letter.file.sha256, "0"]
