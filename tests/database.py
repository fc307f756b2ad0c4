"""One test database is migrated, while the processes of a run still start; they begin with copies of it."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

LOCK = Path(settings.DATA_DIR) / "test.lock"  # held by the one who migrates, and given back even when it dies
creation: Any = connection.creation
MASTER: str = creation._get_test_db_name()  # no test runs on it


def build() -> int:
    """Migrate MASTER in a child process; return its number. Whoever comes through the lock finds the child done."""
    lock = os.open(LOCK, os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if child := os.fork():
        os.close(lock)
        return child
    code = 1
    try:
        with redirect_stdout(io.StringIO()):  # a migration has made the cache's table; Django would tell of it
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def drop(child: int) -> None:
    """Throw away what `build` made."""
    os.waitpid(child, 0)
    creation._destroy_test_db(MASTER, 0)
    LOCK.unlink()


def begin_with_copy_of_its_own() -> None:
    """The same in a fork of the process that has built MASTER: under a name that no other has."""
    connection.settings_dict["TEST"]["NAME"] = f"{MASTER}_{os.getpid()}"
    begin_with_copy()


def begin_with_copy() -> None:
    """Let this process's test database begin as a copy of MASTER: nothing is left to migrate."""
    create = creation._create_test_db

    def copied(*args: Any, **options: Any) -> str:
        with LOCK.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
        if connection.vendor == "postgresql":
            connection.settings_dict["TEST"]["TEMPLATE"] = MASTER
        name: str = create(*args, **options)
        if connection.vendor == "sqlite":
            shutil.copyfile(MASTER, name)
        return name

    creation._create_test_db = copied
