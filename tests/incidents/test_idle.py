"""Never leave it lying: nothing moved on an incident for the days of the house rule (practice 4-04, feature 28)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity, Call
from customers.services import NewPromise, promise_keep, promise_make
from incidents.models import Entry
from incidents.services import idle_sweep, measure_done, paper_save, wake
from office.clock import JST
from office.models import User
from office.services import policy_set
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """Reported on Tuesday, 24 November, and left there."""
    return Job(cast, at, next_contact="none")


def day(n: int, hour: int = 9) -> datetime:
    return datetime(2026, 12, n, hour, tzinfo=JST)


def told() -> list[User]:
    return [row.who for row in Activity.objects.open().filter(source__startswith="idle:").order_by("pk")]


def test_after_five_business_days_the_owner_is_told_after_eight_the_boss(cast: SimpleNamespace, job: Job) -> None:
    wake(at=day(1) - timedelta(hours=1))  # the clock's own alarms move nothing
    assert Entry.objects.filter(incident__number=job.number, actor=None).exists()
    assert (idle_sweep(at=datetime(2026, 11, 30, 17, tzinfo=JST)), told()) == (0, [])
    assert (idle_sweep(at=day(1)), idle_sweep(at=day(1, 10)), told()) == (1, 0, [cast.rep])
    row = Activity.objects.get(source__startswith="idle:")
    assert (row.link, row.number, row.due) == (
        f"/incidents/{job.number}/",
        job.number,
        day(1, 17) + timedelta(minutes=30),
    )
    assert row.detail == "11/24(火)から記入・お電話・下書きがありません。次は何をしますか。"
    idle_sweep(at=day(3))
    assert told() == [cast.rep]
    idle_sweep(at=day(4))
    assert told() == [cast.rep, cast.manager]


def test_a_move_ends_it_and_it_may_begin_anew(cast: SimpleNamespace, job: Job) -> None:
    idle_sweep(at=day(4))
    job.at = day(4, 12)
    job.do(cast.rep, "submit", "first_apology")
    assert (idle_sweep(at=day(4, 13)), told()) == (0, [])
    idle_sweep(at=day(11, 13))
    assert told() == [cast.rep]


def _called(job: Job) -> None:
    source = f"incident:{job.number}:chased"
    Call.objects.create(customer=job.cast.towa, key="c", source=source, outcome="absent", at=job.at, by=job.cast.rep)


def _drafted(job: Job) -> None:
    paper_save(viewer=job.viewer(job.cast.rep), incident=job.incident, step="plan", data={"cause": "a"}, row_version=0)


def _kept(job: Job) -> None:
    new = NewPromise(source="s", what="ご報告", number=job.number)
    promise = promise_make(customer=job.cast.towa, new=new, by=job.cast.rep, at=job.at)
    promise_keep(promise_id=promise.pk, evidence="お伝えした", by=job.cast.rep, at=job.at)


@pytest.mark.parametrize("move", [_called, _drafted, _kept])
def test_what_moves_it_without_an_entry(job: Job, move: Callable[[Job], None]) -> None:
    job.at = day(1)
    move(job)
    assert idle_sweep(at=day(4)) == 0
    assert idle_sweep(at=day(8, 10)) == 1


def test_a_measure_carried_out_is_a_move(cast: SimpleNamespace, job: Job) -> None:
    job.planned().do(cast.manager, "submit", "prevention")
    job.at = day(1)
    measure_done(viewer=job.viewer(cast.rep), pk=job.incident.measures.get().pk, evidence="実施した")
    assert idle_sweep(at=day(4)) == 0


def test_where_a_visit_lies_ahead_nobody_is_asked_and_in_aftercare_neither(cast: SimpleNamespace, job: Job) -> None:
    job.planned().do(cast.rep, "start", "visit", {"starts": day(9, 14).isoformat(), "attendees": [cast.rep.pk]})
    assert idle_sweep(at=day(8)) == 0
    assert idle_sweep(at=day(9, 15)) == 2
    other = Job(cast, day(1), next_contact="none")
    other.do(cast.manager, "withdraw")
    assert idle_sweep(at=day(25)) == 0
    assert {row.number for row in Activity.objects.open().filter(source__startswith="idle:")} == {job.number}


def test_the_days_are_a_house_rule(cast: SimpleNamespace, job: Job) -> None:
    policy_set(key="incidents.idle", value=(2,), by=cast.admin, at=job.at)
    assert idle_sweep(at=datetime(2026, 11, 26, 10, tzinfo=JST)) == 1
    idle_sweep(at=day(24))
    assert told() == [cast.rep], "with one number the boss is not told"
