"""The sender: nothing is lost, nothing is doubled, whatever dies in between."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries as Queries
from pytest_django import Settings

from office import clock
from office.errors import Refused
from office.models import JournalRow, Outbox, User
from office.services import Message, outbox_drop, outbox_put, outbox_retry, outbox_send
from office.services import outbox as outbox_module
from office.services.sender import ATTEMPTS, LEASE, message_id, wait_after
from tests.cast import make_user
from tests.office.sink import ScriptedServer

pytestmark = pytest.mark.both
Server = type[ScriptedServer]


@pytest.fixture
def server(settings: Settings) -> Server:
    settings.EMAIL_BACKEND = "tests.office.sink.ScriptedServer"
    ScriptedServer.bad, ScriptedServer.down, ScriptedServer.took = set(), False, []
    return ScriptedServer


def message(key: str, to: User, at: datetime, about: str = "") -> Message:
    return Message(key=key, to=to.pk, subject="確認: 東和工業様", body="ご確認ください", try_at=at, about=about)


def put(to: User, at: datetime, count: int = 1) -> None:
    outbox_put([message(f"note:{n}", to, at) for n in range(count)])


def test_a_message_is_sent_once(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    put(cast.rep, at)
    put(cast.rep, at)
    assert [outbox_send(at=at), outbox_send(at=at)] == [1, 0]
    row = Outbox.objects.get()
    assert (row.state, row.sent_at, row.attempts, row.lease) == ("sent", at, 1, "")
    assert server.took[0].extra_headers["Message-ID"] == message_id("note:0")
    assert server.took[0].to == ["rep@makoto.example"]


def test_writing_is_one_statement(cast: SimpleNamespace, at: datetime, django_assert_num_queries: Queries) -> None:
    with django_assert_num_queries(1):
        put(cast.rep, at, 30)


def test_nothing_leaves_before_its_time(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    put(cast.rep, at + timedelta(minutes=1))
    assert outbox_send(at=at) == 0
    assert outbox_send(at=at + timedelta(minutes=1)) == 1


def test_the_oldest_leave_first_and_no_more_than_asked(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    outbox_put([message(f"note:{n}", cast.rep, at - timedelta(hours=n)) for n in range(30)])
    assert outbox_send(at=at, limit=25) == 25
    assert sorted(Outbox.objects.filter(state="due").values_list("key", flat=True)) == [f"note:{n}" for n in range(5)]


def test_who_left_gets_nothing(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    put(cast.rep, at)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    assert outbox_send(at=at) == 0
    assert Outbox.objects.get().state == "dropped"


def test_who_may_no_longer_read_it_gets_nothing(
    cast: SimpleNamespace, at: datetime, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox_module._checks, "paper", lambda user, about: user == cast.manager)
    outbox_put([message(name, getattr(cast, name), at, about="paper 2026-0001") for name in ("rep", "manager")])
    assert outbox_send(at=at) == 1
    assert server.took[0].to == ["manager@makoto.example"]


def test_one_bad_address_does_not_hold_up_the_others(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    server.bad = {"rep2@makoto.example"}
    outbox_put([message(name, getattr(cast, name), at) for name in ("rep", "rep2", "tech")])
    assert outbox_send(at=at) == 2
    row = Outbox.objects.get(state="due")
    assert (row.key, row.try_at) == ("rep2", at + timedelta(minutes=1))
    assert "550" in row.last_error


def test_a_server_that_is_down_is_asked_again_and_again(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    put(cast.rep, at)
    server.down = True
    for minutes in (0, 1, 3, 7):
        assert outbox_send(at=at + timedelta(minutes=minutes)) == 0
    server.down = False
    assert outbox_send(at=at + timedelta(minutes=14)) == 0
    assert outbox_send(at=at + timedelta(minutes=15)) == 1


def test_it_is_given_up_after_three_days() -> None:
    waits = [wait_after(n) or timedelta() for n in range(1, ATTEMPTS)]
    assert waits[0] == timedelta(minutes=1)
    assert max(waits) == timedelta(hours=6)
    assert timedelta(days=3) <= sum(waits, timedelta()) < timedelta(days=3, hours=6)
    assert wait_after(ATTEMPTS) is None


def test_a_given_up_message_waits_for_a_person(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    put(cast.rep, at)
    server.down = True
    Outbox.objects.update(attempts=ATTEMPTS - 1)
    outbox_send(at=at)
    row = Outbox.objects.get()
    assert row.state == "dead"
    server.down = False
    assert outbox_send(at=at + timedelta(days=9)) == 0
    outbox_retry(pk=row.pk, by=cast.admin, at=at)
    assert outbox_send(at=at) == 1
    with pytest.raises(Refused) as refused:
        outbox_retry(pk=row.pk, by=cast.admin, at=at)
    assert refused.value.code == "conflict"
    assert JournalRow.objects.get().verb == "sent a message again"


def test_leaving_it_unsent_needs_a_reason(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at)
    row = Outbox.objects.get()
    Outbox.objects.update(state="dead")
    with pytest.raises(Refused) as refused:
        outbox_drop(pk=row.pk, reason=" ", by=cast.admin, at=at)
    assert refused.value.code == "incomplete"
    outbox_drop(pk=row.pk, reason="電話で伝えた", by=cast.admin, at=at)
    assert JournalRow.objects.get().detail == "電話で伝えた"
    assert Outbox.objects.get().state == "dropped"


def test_a_subject_cannot_bring_headers_of_its_own(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    outbox_put([Message(key="x", to=cast.rep.pk, subject="訪問\r\nBcc: a@b.example\u2028", body="", try_at=at)])
    assert outbox_send(at=at) == 1
    assert server.took[0].subject == "訪問 Bcc: a@b.example"


def test_a_receiver_without_an_address_is_told_to_a_person(cast: SimpleNamespace, at: datetime, server: Server) -> None:
    User.objects.filter(pk=cast.rep.pk).update(email="")
    put(cast.rep, at)
    outbox_send(at=at)
    assert "no e-mail address" in Outbox.objects.get().last_error


def test_a_worker_that_slept_through_its_lease_does_not_send(
    cast: SimpleNamespace, at: datetime, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cast.rep, at)
    start = clock.now()

    def asleep(name: str) -> None:
        """While the first worker sleeps after its claim, its lease runs out and a second one sends."""
        if name == "outbox.claimed":
            monkeypatch.setattr("office.faults.point", lambda name: None)
            monkeypatch.setattr("office.clock.now", lambda: start + LEASE + timedelta(seconds=1))
            assert outbox_send(at=at) == 1

    monkeypatch.setattr("office.faults.point", asleep)
    assert outbox_send(at=at) == 0
    assert len(server.took) == 1


# What a kill at each named line leaves behind: (fault point, mails that leave twice)
KILLS = [("outbox.claimed", 0), ("outbox.sending*2", 0), ("outbox.sent*2", 1), ("outbox.marked*2", 0)]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fault", "doubled"), KILLS)
def test_a_kill_at_any_line_loses_nothing(
    at: datetime, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, doubled: int
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "tests.office.sink.FileSink", str(tmp_path / "sink")
    put(make_user("rep"), at, 5)
    monkeypatch.setenv("MAKOTO_FAULT", fault)
    assert killed_while_sending(at) == 9
    monkeypatch.delenv("MAKOTO_FAULT")
    outbox_send(at=at)
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        outbox_send(at=at)
    taken = Counter((tmp_path / "sink").read_text().split())
    assert set(taken) == {message_id(f"note:{n}") for n in range(5)}
    assert sum(taken.values()) - len(taken) == doubled
    assert set(Outbox.objects.values_list("state", flat=True)) == {"sent"}


def killed_while_sending(at: datetime) -> int:
    """Send in a process of its own; returns the signal that ended it."""
    connections.close_all()
    if (child := os.fork()) == 0:
        try:
            outbox_send(at=at)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.django_db(transaction=True)
def test_five_senders_at_once_send_each_message_once(at: datetime, server: Server) -> None:
    put(make_user("rep"), at, 100)

    def send(_turn: int) -> int:
        try:
            return outbox_send(at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(send, range(10))) == 100
    ids = [mail.extra_headers["Message-ID"] for mail in server.took]
    assert len(ids) == len(set(ids)) == 100
