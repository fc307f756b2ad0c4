"""Two at once: one wins, the other hears who was first; nothing is doubled and no number is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from types import SimpleNamespace
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import connection

from billing.due import Part
from billing.services import thank_you_calls_sweep
from customers.models import Activity, Promise
from incidents import store, verify
from incidents.models import Checkpoint, Entry, Incident, IssuedLetter
from incidents.policy import REPEAT_COUNT
from incidents.services import FirstReport, checkpoint, incident_open, render_letters, wake
from incidents.turn import Done, Order
from office.errors import Refused
from office.models import Counter as Numbers
from office.models import File, Outbox, User
from office.services import Message, outbox_put, outbox_send, policy_set
from office.viewer import viewer_for
from tests.billing.test_thank_you import billed
from tests.job import REPORT, Job
from tests.office.sink import ScriptedServer
from tests.proof.dice import often

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
T = TypeVar("T")


class Crowd:
    """Threads that all do something in the same moment."""

    def __init__(self, size: int) -> None:
        self.barrier, self.pool = Barrier(size), ThreadPoolExecutor(size)

    def at_once(self, *doings: Callable[[], T]) -> list[T | Refused]:
        """What each has led to; a refusal is an answer, anything else it raises fails the test."""
        return list(self.pool.map(self._one, doings))

    def _one(self, do: Callable[[], T]) -> T | Refused:
        self.barrier.wait(20)
        try:
            return do()
        except Refused as refused:
            return refused

    def _close(self, _thread: int) -> None:
        self.barrier.wait(20)
        connection.close()

    def leave(self) -> None:
        """Close every thread's connection: PostgreSQL drops no database that somebody still looks at."""
        list(self.pool.map(self._close, range(self.barrier.parties)))
        self.pool.shutdown()


@pytest.fixture
def two() -> Iterator[Crowd]:
    crowd = Crowd(2)
    yield crowd
    crowd.leave()


@pytest.fixture
def ten() -> Iterator[Crowd]:
    crowd = Crowd(10)
    yield crowd
    crowd.leave()


def give(job: Job, user: User, order: Order) -> Callable[[], Done]:
    viewer = job.viewer(user)
    return lambda: store.execute(viewer=viewer, number=job.number, order=order)


def test_two_managers_decide_at_once_and_exactly_one_wins(cast: SimpleNamespace, at: datetime, two: Crowd) -> None:
    job = Job(cast, at)
    plan = job.offers(cast.rep)["submit", "plan"]["schema"]["example"]
    won: Counter[str] = Counter()
    for round_ in range(often(100, 1000)):
        if job.case.steps["plan"].state == "done":
            job.do(cast.manager, "reopen", "plan", {"text": "もう一度"})
        job.do(cast.rep, "submit", "plan", plan)
        yes, no = job.order("approve", "plan"), job.order("send_back", "plan", {"text": "数字を"})
        both = [give(job, cast.manager, yes), give(job, cast.manager2, no)]
        turn = -1 if round_ % 2 else 1  # a busy machine may always let the same thread start first
        answers = two.at_once(*both[::turn])[::turn]
        (lost,) = [answer for answer in answers if isinstance(answer, Refused)]
        first = cast.manager2 if lost is answers[0] else cast.manager
        assert (lost.code, lost.facts["who"]) == ("conflict", first.called)
        assert "2026-11-24 10:00" in str(lost)
        won[first.username] += 1
    assert set(won) == {"manager", "manager2"}, won
    assert list(verify.problems()) == []


def test_two_incidents_are_never_merged_into_each_other(cast: SimpleNamespace, at: datetime, two: Crowd) -> None:
    for _round in range(often(20, 200)):
        one, other = Job(cast, at), Job(cast, at)
        answers = two.at_once(
            give(one, cast.manager, one.order("merge", data={"number": other.number})),
            give(other, cast.manager, other.order("merge", data={"number": one.number})),
        )
        assert any(isinstance(answer, Refused) for answer in answers)
        assert {one.incident.state, other.incident.state} != {"merged"}
    assert list(verify.problems()) == []


def test_two_splits_at_once_take_a_promise_along_once(cast: SimpleNamespace, at: datetime, two: Crowd) -> None:
    words = {"how": "phone", "promise_what": "点検に伺う", "promise_by": (at + timedelta(days=2)).isoformat()}
    for _round in range(often(10, 200)):
        job = Job(cast, at)
        job.do(cast.rep, "submit", "first_apology", words)
        goes = Promise.objects.get(number=job.number, what="点検に伺う")
        second = {"summary": "機械がまた止まったとのお話", "kind": "defect", "promises": [goes.pk]}
        orders = [(user, job.order("split", data=second)) for user in (cast.rep, cast.manager)]
        before = Incident.objects.count()
        answers = two.at_once(*(give(job, user, order) for user, order in orders))
        assert sum(isinstance(answer, Refused) for answer in answers) == 1
        assert Incident.objects.count() == before + 1
        goes.refresh_from_db()
        assert goes.number == Incident.objects.latest("pk").number
    assert list(verify.problems()) == []


def test_two_people_on_sibling_steps_do_not_disturb_each_other(cast: SimpleNamespace, at: datetime, two: Crowd) -> None:
    for _round in range(often(10, 100)):
        job = Job(cast, at)
        apology, plan = (
            job.offers(cast.rep)["submit", step]["schema"]["example"] for step in ("first_apology", "plan")
        )
        answers = two.at_once(
            give(job, cast.rep, job.order("submit", "first_apology", apology)),
            give(job, cast.rep2, job.order("submit", "plan", plan)),
        )
        assert all(isinstance(answer, Done) and answer.fresh for answer in answers)
    assert list(verify.problems()) == []


@pytest.mark.parametrize("command", ["note", "submit"])
def test_the_same_key_twice_at_once_makes_one_entry(
    command: str, cast: SimpleNamespace, at: datetime, two: Crowd
) -> None:
    for _round in range(often(10, 100)):
        job = Job(cast, at)
        step = "plan" if command == "submit" else ""
        order = job.order(command, step, job.offers(cast.rep)[command, step]["schema"]["example"])
        answers = two.at_once(*[give(job, cast.rep, order)] * 2)
        assert sorted(answer.fresh for answer in answers if isinstance(answer, Done)) == [False, True]
        assert Entry.objects.filter(key=order.key).count() == 1
    assert list(verify.problems()) == []


def test_the_same_first_report_twice_at_once_makes_one_incident(
    cast: SimpleNamespace, at: datetime, two: Crowd
) -> None:
    rounds, viewer = often(10, 100), viewer_for(cast.rep, at)
    for _round in range(rounds):
        report = FirstReport(customer_id=cast.towa.pk, data=REPORT, key=uuid4().hex)
        answers = two.at_once(*[partial(incident_open, viewer=viewer, report=report)] * 2)
        assert len({answer[0].number for answer in answers if not isinstance(answer, Refused)}) == 1
    numbers = sorted(int(number[5:]) for number in Incident.objects.values_list("number", flat=True))
    assert numbers == list(range(1, rounds + 1)), "a number was lost or given twice"
    assert Numbers.objects.get(key="incident:2026").value == rounds


def test_ten_sweeps_at_once_ring_each_alarm_once(cast: SimpleNamespace, at: datetime, ten: Crowd) -> None:
    jobs = [Job(cast, at) for _ in range(5)]
    later = at + timedelta(days=1)
    rung = ten.at_once(*[lambda: wake(at=later)["alarms"]] * 10)
    assert sum(n for n in rung if isinstance(n, int)) == 2 * len(jobs)  # the first apology and the plan of each
    assert Entry.objects.filter(actor=None).count() == len(jobs)
    assert list(verify.problems()) == []


def test_ten_senders_at_once_send_each_mail_once(
    cast: SimpleNamespace, at: datetime, ten: Crowd, settings: SimpleNamespace
) -> None:
    settings.EMAIL_BACKEND = "tests.office.sink.ScriptedServer"
    ScriptedServer.bad, ScriptedServer.down, ScriptedServer.took = set(), False, []
    keys = [f"note:{n}" for n in range(60)]
    outbox_put([Message(key=key, to=cast.rep.pk, subject="確認", body="本文", try_at=at) for key in keys])
    sent = ten.at_once(*[lambda: outbox_send(at=at)] * 10)
    assert sum(n for n in sent if isinstance(n, int)) == len(keys)
    assert Counter(mail.extra_headers["Message-ID"] for mail in ScriptedServer.took).most_common(1)[0][1] == 1
    assert not Outbox.objects.exclude(state="sent", attempts=1).exists()


def test_ten_printers_at_once_issue_each_letter_once(cast: SimpleNamespace, at: datetime, ten: Crowd) -> None:
    policy_set(key=REPEAT_COUNT, value=20, by=cast.admin, at=at)  # a repeat would be grave: another one signs
    for _ in range(3):
        job = Job(cast, at).planned()
        job.do(cast.rep, "submit", "letter")
        job.do(cast.branch, "approve", "letter", {})
    printed = ten.at_once(*[lambda: render_letters(at=at)["letters"]] * 10)
    assert sum(n for n in printed if isinstance(n, int)) == 3
    assert File.objects.count() == IssuedLetter.objects.filter(file__isnull=False).count() == 3


def test_ten_checkpoints_at_once_make_each_day_once(cast: SimpleNamespace, at: datetime, ten: Crowd) -> None:
    Job(cast, at)
    ten.at_once(*[lambda: checkpoint(at=at + timedelta(days=3))] * 10)
    assert Checkpoint.objects.count() == 3
    assert Outbox.objects.filter(key__startswith="checkpoint:").count() == 3
    assert list(verify.problems()) == []


def test_ten_sweeps_at_once_open_each_thank_you_call_once(cast: SimpleNamespace, at: datetime, ten: Crowd) -> None:
    for _ in range(10):
        billed(cast, at, (Part(amount=1_100_000),))
    morning = at.replace(month=10, day=30)
    answers = ten.at_once(*[lambda: thank_you_calls_sweep(at=morning)] * 10)
    assert not [answer for answer in answers if isinstance(answer, Refused)]
    calls = Activity.objects.filter(source__startswith="thank-you:", state="open")
    assert calls.count() == len(set(calls.values_list("source", flat=True))) == 10
