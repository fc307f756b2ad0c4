"""Of a defect that has come back, or has left something, the customer hears every week (practice 1-14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity, Call
from incidents.services import weekly_sweep
from office.clock import JST
from office.models import User
from office.services import policy_set
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def day(month: int, n: int, hour: int = 9) -> datetime:
    return datetime(2026, month, n, hour, tzinfo=JST)


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """Reported on Tuesday, 24 November; the same trouble came up in October."""
    Job(cast, at - timedelta(days=40), kind="defect", next_contact="none")
    return Job(cast, at, kind="defect", next_contact="none")


def told() -> list[User]:
    return [row.who for row in Activity.objects.open().filter(source__startswith="weekly:").order_by("pk")]


def test_the_owner_is_asked_the_day_before_and_the_boss_once_a_week_is_over(cast: SimpleNamespace, job: Job) -> None:
    assert (weekly_sweep(at=day(11, 27, 17)), told()) == (0, [])
    assert (weekly_sweep(at=day(11, 30)), weekly_sweep(at=day(11, 30, 10)), told()) == (1, 0, [cast.rep])
    row = Activity.objects.get(source__startswith="weekly:")
    assert (row.number, row.link) == (job.number, f"/incidents/{job.number}/")
    assert row.due == day(12, 1, 17) + timedelta(minutes=30)
    assert row.detail == "お客様への前回のご連絡は11/24(火)です。進み具合と残りの件、期日をお伝えしましょう。"
    weekly_sweep(at=day(12, 1, 18))
    assert told() == [cast.rep]
    weekly_sweep(at=day(12, 2))
    assert told() == [cast.rep, cast.manager]


def _reached(job: Job) -> None:
    Call.objects.create(customer=job.cast.towa, key="c", outcome="reached", at=job.at, by=job.cast.rep)


def _noted(job: Job) -> None:
    job.do(job.cast.rep, "note", data={"text": "今週は止まっていないとのこと", "said_by": "工場長 堀様"})


def _apologised(job: Job) -> None:
    job.do(job.cast.rep, "submit", "first_apology")


@pytest.mark.parametrize("spoken", [_reached, _noted, _apologised])
def test_a_contact_ends_it_for_a_week(cast: SimpleNamespace, job: Job, spoken: Callable[[Job], None]) -> None:
    weekly_sweep(at=day(12, 2))
    job.at = day(12, 2, 10)
    spoken(job)
    assert (weekly_sweep(at=day(12, 2, 11)), told()) == (0, [])
    assert (weekly_sweep(at=day(12, 7)), told()) == (0, [])
    assert (weekly_sweep(at=day(12, 8)), told()) == (1, [cast.rep])


@pytest.mark.parametrize("outcome", ["absent", "message_left"])
def test_a_call_that_reached_nobody_is_none(cast: SimpleNamespace, job: Job, outcome: str) -> None:
    Call.objects.create(customer=cast.towa, key="c", outcome=outcome, at=day(11, 27), by=cast.rep)
    assert (weekly_sweep(at=day(12, 1)), told()) == (1, [cast.rep])


def test_a_week_that_ends_on_a_holiday_is_made_no_longer(cast: SimpleNamespace, job: Job) -> None:
    Call.objects.create(customer=cast.towa, key="c", outcome="reached", at=day(11, 28), by=cast.rep)
    assert (weekly_sweep(at=day(12, 2)), told()) == (0, [])  # until Friday, since the fifth is a Saturday
    assert (weekly_sweep(at=day(12, 3)), told()) == (1, [cast.rep])
    weekly_sweep(at=day(12, 7))
    assert told() == [cast.rep, cast.manager]


def test_neither_a_first_defect_nor_another_trouble(cast: SimpleNamespace, at: datetime) -> None:
    for kind in ("defect", "late_delivery"):
        Job(cast, at, kind=kind, next_contact="none")
    assert weekly_sweep(at=day(12, 10)) == 0


def test_an_item_that_waits_for_its_sign_off_is_reason_enough(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="defect", next_contact="none").planned()
    paper = job.offers(cast.rep)["submit", "repair_period"]["schema"]["example"]
    job.do(cast.rep, "submit", "repair_period", {**paper, "residuals": [{"what": "表示灯の調整", "due": "2026-12-24"}]})
    assert (weekly_sweep(at=day(12, 1)), told()) == (1, [cast.rep])
    item = job.offers(cast.rep)["sign_off", ""]["schema"]["example"]
    job.do(cast.rep, "sign_off", data=item)
    assert (weekly_sweep(at=day(12, 1)), told()) == (0, [])


def test_not_while_the_clock_stands_still(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.manager, "acknowledge")
    job.do(cast.rep, "submit", "first_apology")
    weekly_sweep(at=day(12, 2))
    assert told() == [cast.rep, cast.manager]
    job.at = day(12, 2, 10)
    job.do(cast.manager, "pause", data={"reason": "parts", "until": "2026-12-21", "text": "軸受の入荷を待つ"})
    assert (weekly_sweep(at=day(12, 2, 11)), told()) == (0, [])


def test_the_liaison_is_asked_too(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.manager, "assign", data={"owner": cast.rep.pk, "liaison": cast.rep2.pk})
    weekly_sweep(at=day(12, 1))
    assert told() == [cast.rep, cast.rep2]


def test_the_house_says_how_long_a_week_is(cast: SimpleNamespace, at: datetime) -> None:
    before = at - timedelta(days=60)
    policy_set(key="incidents.status.days", value=14, by=cast.admin, at=before)
    for days in (40, 0):
        Job(cast, at - timedelta(days=days), kind="defect", next_contact="none")
    assert weekly_sweep(at=day(12, 4)) == 0
    assert weekly_sweep(at=day(12, 7)) == 1
