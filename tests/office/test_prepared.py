"""Statements that are written once: the same rows as Django would write and find, on both databases."""

from __future__ import annotations

from datetime import datetime
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from office.models import Outbox, Team, User
from office.prepared import Prepared, insert, together, update

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def called(username: str) -> QuerySet[User]:
    return User.objects.filter(username=username).select_related("team", "boss").order_by()


def message(key: str, at: datetime, subject: str = "件名") -> Outbox:
    return Outbox(key=key, subject=subject, body="本文", try_at=at, created_at=at)


def test_a_prepared_query_finds_what_the_query_finds(cast: SimpleNamespace) -> None:
    prepared = Prepared(called, texts=1)
    for username in ("rep", "manager", "rep"):
        found = prepared.first(username)
        assert found == User.objects.get(username=username)
        with CaptureQueriesContext(connection) as asked:
            assert found is not None
            assert found.team == cast.team_a
            assert found.boss in (cast.manager, cast.branch)
        assert len(asked) == 0
    assert prepared.first("nobody") is None
    assert prepared.first("' OR 1=1 --") is None


def test_it_asks_once_and_nothing_is_left_of_the_one_before(cast: SimpleNamespace) -> None:
    prepared = Prepared(called, texts=1)
    prepared.first("rep")
    with CaptureQueriesContext(connection) as asked:
        assert prepared.first("director") == cast.director
    assert len(asked) == 1
    assert "'rep'" not in asked.captured_queries[0]["sql"]


def test_every_thread_has_its_own(cast: SimpleNamespace) -> None:
    prepared = Prepared(called, texts=1)
    prepared.first("rep")
    found: list[bool] = []
    thread = Thread(target=lambda: found.append(hasattr(prepared._kept, "compiler")))
    thread.start()
    thread.join()
    assert found == [False]


def test_rows_are_written_with_all_their_fields(db: None, at: datetime) -> None:
    insert([message("a", at), message("b", at, "別の件名")])
    first, second = Outbox.objects.order_by("key")
    assert (first.subject, second.subject, first.try_at, first.state) == ("件名", "別の件名", at, Outbox.State.DUE)


def test_a_row_that_is_there_is_given_the_new_values_and_keeps_the_rest(db: None, at: datetime) -> None:
    insert([message("a", at)])
    insert([message("a", at, "新しい件名"), message("b", at)], unique="key", updates=("subject",))
    assert dict(Outbox.objects.values_list("key", "subject")) == {"a": "新しい件名", "b": "件名"}


def test_hundreds_of_rows_are_written_too(db: None, at: datetime) -> None:
    insert([message(str(number), at) for number in range(700)], unique="key", updates=("subject",))
    assert Outbox.objects.count() == 700


def test_the_database_refuses_what_it_always_refuses(db: None, at: datetime) -> None:
    insert([message("a", at)])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([message("a", at)])


def test_a_row_is_changed_where_it_was_told_and_nowhere_else(cast: SimpleNamespace) -> None:
    team = Team.objects.get(pk=cast.team_a.pk)
    team.code, team.name = "z", "営業一課"
    update(team, ("name",))
    assert Team.objects.values_list("code", "name").get(pk=team.pk) == ("a", "営業一課")


def test_a_row_that_is_gone_is_not_changed_in_silence(cast: SimpleNamespace) -> None:
    with pytest.raises(Team.DoesNotExist):
        update(Team(pk=987654, code="q", name="無い課"), ("name",))


def test_what_is_written_together_takes_one_round_trip_where_it_can(cast: SimpleNamespace, at: datetime) -> None:
    team = Team.objects.get(pk=cast.team_a.pk)
    team.name = "営業一課; DROP TABLE office_team"
    with CaptureQueriesContext(connection) as asked, together():
        insert([message("a", at, "100%; '件名'")])
        update(team, ("name",))
        insert([message("b", at)])
        assert len(asked) == 0
    assert len(asked) == (1 if connection.vendor == "postgresql" else 3)
    assert dict(Outbox.objects.values_list("key", "subject")) == {"a": "100%; '件名'", "b": "件名"}
    assert Team.objects.get(pk=team.pk).name == "営業一課; DROP TABLE office_team"


def test_of_what_is_given_up_nothing_is_written(db: None, at: datetime) -> None:
    @together()
    def given_up() -> None:
        insert([message("a", at)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        given_up()
    insert([message("b", at)])
    assert list(Outbox.objects.values_list("key", flat=True)) == ["b"]


def test_a_row_that_is_gone_is_noticed_among_others(cast: SimpleNamespace, at: datetime) -> None:
    @transaction.atomic()
    @together()
    def all_or_nothing() -> None:
        insert([message("a", at)])
        update(Team(pk=987654, code="q", name="無い課"), ("name",))
        insert([message("b", at)])

    with pytest.raises(Team.DoesNotExist):
        all_or_nothing()
    assert not Outbox.objects.exists()
