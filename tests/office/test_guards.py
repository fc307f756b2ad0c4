from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from office.guards import APPEND_ONLY, guard_name, missing_guards
from office.models import File, JournalRow
from office.services import file_store, journal_write

pytestmark = pytest.mark.both


@pytest.fixture
def rows(db: None, at: datetime) -> tuple[JournalRow, File]:
    journal_write(actor=None, verb="tested", about="guards", at=at)
    return JournalRow.objects.get(), file_store(name="a.txt", content_type="text/plain", data=b"a", by=None, at=at)


def test_a_row_cannot_be_changed(rows: tuple[JournalRow, File]) -> None:
    for row in rows:
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()


def test_a_row_cannot_be_deleted(rows: tuple[JournalRow, File]) -> None:
    for row in rows:
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_a_lost_guard_is_noticed(db: None) -> None:
    assert missing_guards(connection, APPEND_ONLY) == []
    name = guard_name("office_file", "DELETE")
    on = "" if connection.vendor == "sqlite" else " ON office_file"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert missing_guards(connection, APPEND_ONLY) == [name]
