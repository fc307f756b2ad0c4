"""The chain, what was submitted and issued letters cannot be changed by a program, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, models, transaction

from incidents.guards import APPEND_ONLY, LETTERS
from incidents.models import Checkpoint, Entry, IssuedLetter, Submission
from incidents.services import checkpoint
from office.guards import missing_guards
from tests.job import Job
from tests.proof.owner import put_guards_aside

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def letter(cast: SimpleNamespace, at: datetime) -> IssuedLetter:
    Job(cast, at).printed()
    checkpoint(at=at + timedelta(days=1))
    return IssuedLetter.objects.get()


@contextmanager
def refused_by_the_database() -> Iterator[None]:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        yield


@pytest.mark.parametrize("model", [Entry, Submission, Checkpoint])
def test_what_was_written_is_neither_changed_nor_deleted(model: type[models.Model], letter: IssuedLetter) -> None:
    rows = model._default_manager.all()
    assert rows.exists()
    with refused_by_the_database():
        rows.update(at=letter.approved_at)
    with refused_by_the_database():
        rows._raw_delete(rows.db)  # past Django's own protection of rows that others point to


@pytest.mark.parametrize("column", ["number", "file", "submission", "approved_by", "issued_at"])
def test_a_letter_in_print_keeps_number_words_and_bytes(column: str, letter: IssuedLetter) -> None:
    other = {"number": "営発2026-9999", "file": None, "submission": Submission.objects.first(),
             "approved_by": letter.incident.owner, "issued_at": None}  # fmt: skip
    with refused_by_the_database():
        IssuedLetter.objects.filter(pk=letter.pk).update(**{column: other[column]})


def test_an_issued_letter_is_never_deleted(letter: IssuedLetter) -> None:
    with refused_by_the_database():
        letter.delete()


def test_the_day_a_letter_reached_the_customer_can_still_be_noted(letter: IssuedLetter) -> None:
    assert IssuedLetter.objects.update(handed_over_at=letter.approved_at) == 1


def test_a_letter_not_yet_in_print_can_still_count_its_attempts(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.rep, "submit", "letter")
    job.do(cast.branch, "approve", "letter", {})
    assert IssuedLetter.objects.update(attempts=3, problem="no font") == 1


def test_a_guard_put_aside_is_noticed(letter: IssuedLetter) -> None:
    assert missing_guards(connection, APPEND_ONLY, (LETTERS,)) == []
    put_guards_aside()
    assert len(missing_guards(connection, APPEND_ONLY)) == 6
    assert missing_guards(connection, (), (LETTERS,)) == list(LETTERS.guards)
