"""The customer keeps watching after forgiving: what slips in aftercare brings the matter back (practice 4-24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from customers.services import NewPromise, promise_keep, promise_make
from incidents import verify
from incidents.models import Entry
from incidents.services import aftercare_sweep
from office.models import User
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = timedelta(days=1)
NOTHING = {"resumed": 0, "asked": 0}


def settled(cast: SimpleNamespace, at: datetime, kind: str = "slow_answer", **more: Any) -> Job:
    """Everything is done but follow-up and effect check."""
    job = Job(cast, at, kind=kind, next_contact="none", **more)
    while job.incident.state != "aftercare":
        assert job.forward(cast.rep, cast.manager, cast.manager2, cast.branch)
    for row in Activity.objects.filter(kind="promise").values_list("source", flat=True):
        promise_keep(promise_id=int(row.split(":")[1]), evidence="済", by=cast.rep, at=at)
    return job


def questions() -> list[tuple[User, str, str]]:
    rows = Activity.objects.open().filter(source__startswith="slip:").select_related("who").order_by("pk")
    return [(row.who, row.detail, row.link) for row in rows]


def test_the_same_trouble_resumes_it_once_and_the_history_says_why(
    cast: SimpleNamespace, at: datetime, client_for: Callable[[User], Client]
) -> None:
    job = settled(cast, at)
    assert aftercare_sweep(at=at + DAY) == NOTHING
    Job(cast, at + DAY, kind="slow_answer")
    assert aftercare_sweep(at=at + DAY) == {"resumed": 1, "asked": 0}
    assert (job.incident.state, job.case.steps["plan"].state) == ("open", "open")
    assert Activity.objects.open().get(source=f"incident:{job.number}:plan").who == cast.rep
    assert aftercare_sweep(at=at + DAY) == NOTHING
    job.at = at + 2 * DAY
    while job.incident.state != "aftercare":  # what came up before it settled again is no news
        assert job.forward(cast.rep, cast.manager, cast.manager2, cast.branch)
    assert aftercare_sweep(at=at + 3 * DAY) == NOTHING
    assert Entry.objects.filter(incident__number=job.number, actor=None).count() == 1
    with time_machine.travel(job.at, tick=False):
        page = client_for(cast.rep).get(f"/incidents/{job.number}/timeline/").content.decode()
    assert "経過観察中に同じ種類の事案が起きたため、再開しました" in page
    assert list(verify.problems()) == []


def test_what_came_up_before_or_was_none_resumes_nothing(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at, kind="slow_answer", next_contact="none")
    settled(cast, at + DAY)
    mistake = Job(cast, at + 2 * DAY, kind="slow_answer", next_contact="none")
    mistake.do(cast.manager, "void")
    assert aftercare_sweep(at=at + 2 * DAY) == NOTHING


def test_a_matter_split_off_is_no_new_trouble(cast: SimpleNamespace, at: datetime) -> None:
    job = settled(cast, at)
    job.at = at + DAY
    paper = {"kind": "slow_answer", "summary": "別のお問い合わせへのご返事も遅れていた"}
    job.do(cast.rep, "split", data={**job.offers(cast.rep)["split", ""]["schema"]["example"], **paper})
    assert aftercare_sweep(at=at + DAY) == NOTHING


def test_other_trouble_asks_the_owner_until_it_is_answered(cast: SimpleNamespace, at: datetime) -> None:
    job = settled(cast, at)
    other = Job(cast, at + DAY, kind="late_delivery", next_contact="none")
    assert aftercare_sweep(at=at + DAY) == {"resumed": 0, "asked": 1}
    assert questions() == [(
        cast.rep, f"経過観察中に「納期遅れ」({other.number})が起きました。この事案を再開しますか。",
        f"/incidents/{job.number}/?act=resume#more",
    )]  # fmt: skip
    assert aftercare_sweep(at=at + DAY) == NOTHING
    job.at = at + 2 * DAY
    job.do(cast.rep, "resume")
    assert (aftercare_sweep(at=at + 2 * DAY), questions()) == (NOTHING, [])


def test_nobody_is_asked_about_what_is_not_theirs_to_know(cast: SimpleNamespace, at: datetime) -> None:
    settled(cast, at)
    other = Job(cast, at + DAY, kind="late_delivery", next_contact="none")
    incident = other.incident
    incident.owner, incident.team, incident.deputy, incident.told_to = cast.rep_b, cast.team_b, None, None
    incident.save()
    cast.towa.owner, cast.towa.deputy = cast.rep_b, None
    cast.towa.save()
    assert (aftercare_sweep(at=at + DAY), questions()) == (NOTHING, [])


def test_a_promise_past_its_day_asks_until_it_is_kept(cast: SimpleNamespace, at: datetime) -> None:
    job = settled(cast, at)
    new = NewPromise(source="x", what="点検の結果", number=job.number, answer_by=at + DAY, agreed=True)
    promise = promise_make(customer=cast.towa, new=new, by=cast.rep, at=at)
    assert aftercare_sweep(at=at + DAY - timedelta(minutes=1)) == NOTHING
    assert aftercare_sweep(at=at + DAY + timedelta(minutes=1)) == {"resumed": 0, "asked": 1}
    assert [(who, words) for who, words, _link in questions()] == [
        (cast.rep, "お約束の期日を過ぎました。事案を再開しますか。")
    ]
    promise_keep(promise_id=promise.pk, evidence="済", by=cast.rep, at=at + 2 * DAY)
    assert (aftercare_sweep(at=at + 2 * DAY), questions()) == (NOTHING, [])
