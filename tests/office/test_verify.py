from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from office import clock
from office.errors import Refused
from office.models import Outbox
from office.services import Message, file_store, outbox_put
from office.services.files import LIMIT
from office.verify import problems


def test_a_sound_house_has_none(cast: SimpleNamespace, at: datetime) -> None:
    file_store(name="a.pdf", content_type="application/pdf", data=b"%PDF", by=cast.rep, at=at)
    outbox_put([Message(key="a", to=cast.rep.pk, subject="s", body="b", try_at=at)])
    assert list(problems()) == []


@pytest.mark.both
def test_a_changed_file_is_named(db: None, at: datetime) -> None:
    disable = (
        "DROP TRIGGER office_file_no_update"
        if connection.vendor == "sqlite"
        else "ALTER TABLE office_file DISABLE TRIGGER office_file_no_update"
    )
    with connection.cursor() as cursor:
        cursor.execute(disable)
        stored = file_store(name="a.pdf", content_type="application/pdf", data=b"%PDF", by=None, at=at)
        cursor.execute("UPDATE office_file SET data = %s", [b"%PDf"])
    guard, changed = problems()
    assert "office_file_no_update" in guard
    assert changed.startswith(f"file {stored.pk} (a.pdf)")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"state": "sent"}, "without a time"),
        ({"sent_at": clock.now()}, "not marked as sent"),
        ({"state": "leased"}, "by nobody"),
        ({"state": "leased", "lease": "x", "leased_until": clock.now() - timedelta(hours=2)}, "long ago"),
        ({"to": None}, "no receiver"),
    ],
)
def test_an_odd_message_is_named(cast: SimpleNamespace, at: datetime, facts: dict[str, object], word: str) -> None:
    outbox_put([Message(key="a", to=cast.rep.pk, subject="s", body="b", try_at=at)])
    Outbox.objects.update(**facts)
    (problem,) = problems()
    assert word in problem


def test_a_file_too_large_is_refused(db: None, at: datetime) -> None:
    with pytest.raises(Refused, match="too large"):
        file_store(name="a", content_type="x/y", data=bytes(LIMIT + 1), by=None, at=at)


def test_a_file_name_cannot_break_a_header(db: None, at: datetime) -> None:
    stored = file_store(name="a\r\nX: y\u2028.pdf", content_type="application/pdf", data=b"", by=None, at=at)
    assert stored.name == "a X: y .pdf"
