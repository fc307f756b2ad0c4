"""What every test has: plain static files, a fast password hash, empty caches, and the cast."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck
from pytest_django.plugin import blocking_manager_key

from config.messages import compile_catalogs
from office.cache import clear_all
from office.clock import JST
from office.models import User
from tests import database
from tests.cast import make_everybody

CHILD = pytest.StashKey[int]()  # who migrates the database that all others are copies of


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only tests need; everything else is tested as it runs."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if connection.vendor == "sqlite":  # a test database may lose everything at a power cut
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    # how long a busy machine takes to make an example up says nothing about what is tested
    hypothesis.settings.register_profile("makoto", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis.settings.load_profile("makoto")
    if hasattr(config, "workerinput"):
        database.begin_with_copy()
        return
    compile_catalogs(settings.BASE_DIR)  # once, before xdist starts its workers
    _sweep_up(settings.DATA_DIR)
    if config.getoption("numprocesses", None) and not config.option.collectonly:
        with config.stash[blocking_manager_key].unblock():
            config.stash[CHILD] = database.build()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The run on PostgreSQL reads only files that say `mark.both`: the others have nothing for it."""
    others = config.option.markexpr == "both" and collection_path.suffix == ".py"
    return True if others and "mark.both" not in collection_path.read_text() else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """What the processes copied is not needed any more."""
    if CHILD in config.stash:
        with config.stash[blocking_manager_key].unblock():
            database.drop(config.stash[CHILD])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that at the end no process waits for another."""
    items.sort(key=lambda item: not (item.get_closest_marker("drill") or item.get_closest_marker("browser")))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: going through all of it again and again would find nothing to free."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _sweep_up(folder: Path) -> None:
    """Take away what a killed run left: a journal beside a new database is an input/output error to SQLite."""
    for left in folder.glob("test*.sqlite3*-*"):  # of the processes, too: test.sqlite3_gw1-wal
        left.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """A test must not see what the one before it put into the process caches, nor speak its language."""
    clear_all()
    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards() -> Iterator[None]:
    """Emptying the tables after a test with real transactions is a DELETE on SQLite, which append-only rows refuse."""
    operations = SQLite.ops_class
    flush = operations.execute_sql_flush

    def guards_aside(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with _without_triggers(self):
            flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", guards_aside)
        yield


@contextmanager
def _without_triggers(operations: BaseDatabaseOperations) -> Iterator[None]:
    with operations.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers: list[tuple[str, str]] = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


@pytest.fixture
def at() -> datetime:
    """A Tuesday morning at ten, Japan time; the day before was a public holiday."""
    return datetime(2026, 11, 24, 10, 0, tzinfo=JST)


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    """Everybody of tests/cast.py, our own company and two customers."""
    return make_everybody()


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A browser in which this person is logged in."""

    def logged_in(user: User, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(user, backend="office.auth.Backend")
        return client

    return logged_in
