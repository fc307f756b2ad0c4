"""A boss who was asked to come along does not answer: they, then the next one up and the owner are told (2-29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from customers.models import Activity
from incidents import verify
from incidents.counsel import counsel
from incidents.models import Entry, Incident, Leaf
from incidents.pages import whole
from incidents.services import wake
from office.errors import Refused
from office.models import Outbox, StandIn, User
from office.viewer import viewer_for
from tests.job import Job

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
REMINDED, ASK_ANOTHER = "Not answered yet: coming along", "Nobody has answered yet: ask somebody else to come along?"


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """Tuesday, ten o'clock: a planned incident; the visit is arranged for Friday at ten."""
    return arranged(Job(cast, at).planned(), timedelta(days=3))


def arranged(job: Job, ahead: timedelta) -> Job:
    data = {"starts": (job.at + ahead).isoformat(), "attendees": [job.cast.rep.pk], "meets": [job.cast.okamoto.pk]}
    job.do(job.cast.rep, "start", "visit", data)
    return job


def ask(job: Job, who: User) -> int:
    job.do(job.cast.rep, "ask_accompaniment", data={"who": who.pk})
    return Leaf.objects.filter(sort="accompany").latest("pk").pk


def mailed() -> list[tuple[str, str]]:
    """Who was told, and the sentence, without the number."""
    found = Outbox.objects.filter(key__contains=":accompany:").order_by("pk").select_related("to")
    return [(mail.to.username, mail.body.partition(" (")[0]) for mail in found if mail.to]


def labels(user: User) -> list[str]:
    return list(
        Activity.objects.open().filter(who=user, source__contains=":accompany:").values_list("label", flat=True)
    )


def test_first_they_then_the_next_one_up_and_the_owner(job: Job, cast: SimpleNamespace) -> None:
    ask(job, cast.manager)
    first = job.at + 4 * HOUR
    wake(at=first - timedelta(minutes=1))
    assert mailed() == []
    wake(at=first)
    told = "同行のお願いにお返事がまだありません"
    assert mailed() == [("manager", told)]
    row = Activity.objects.open().get(who=cast.manager, source__contains=":accompany:")
    assert (row.level, row.detail) == (1, REMINDED)
    assert labels(cast.branch) == labels(cast.rep) == []
    wake(at=job.at + timedelta(days=1, hours=1))
    another = "同行のお返事がまだありません。ほかの人にもお願いしますか"
    assert mailed()[1:] == [("manager", told), ("branch", told), ("rep", another)]
    assert (labels(cast.branch), labels(cast.rep)) == ([REMINDED], [ASK_ANOTHER])
    link = Activity.objects.get(label=ASK_ANOTHER).link
    assert link == f"/incidents/{job.number}/acts/ask_accompaniment/"


def test_however_often_it_is_swept_each_is_told_once(job: Job, cast: SimpleNamespace) -> None:
    ask(job, cast.manager)
    late = job.at + timedelta(days=2)
    assert wake(at=late)["alarms"] == 1, "what was slept through falls together"
    before = Entry.objects.count()
    for minutes in range(3):
        assert wake(at=late + timedelta(minutes=minutes))["alarms"] == 0
    assert (Entry.objects.count(), len(mailed())) == (before, 3)
    assert list(verify.problems()) == []


def test_the_answer_ends_it(job: Job, cast: SimpleNamespace) -> None:
    request = ask(job, cast.manager)
    wake(at=job.at + timedelta(days=1, hours=1))
    job.do(cast.manager, "answer_accompaniment", data={"request": request, "answer": "come"})
    assert labels(cast.branch) == labels(cast.rep) == []
    wake(at=job.at + timedelta(days=2))
    assert len(mailed()) == 3
    with pytest.raises(Refused, match="somebody else"):
        job.do(cast.branch, "answer_accompaniment", data={"request": request, "answer": "come"})


def test_an_answer_in_time_rings_nobody(job: Job, cast: SimpleNamespace) -> None:
    request = ask(job, cast.manager)
    no = {"request": request, "answer": "another_time", "reason": "出張のため"}
    job.do(cast.manager, "answer_accompaniment", data=no)
    wake(at=job.at + timedelta(days=2))
    assert mailed() == []


def test_a_moved_visit_ends_it_and_one_may_ask_again(job: Job, cast: SimpleNamespace) -> None:
    first = ask(job, cast.manager)
    wake(at=job.at + timedelta(days=1, hours=1))
    arranged(job, timedelta(days=6))
    assert labels(cast.branch) == labels(cast.rep) == []
    second = ask(job, cast.manager)
    assert labels(cast.manager) == ["You are asked to come along"], "the new request has taken the place of the old"
    with pytest.raises(Refused, match="asked for this visit already"):
        ask(job, cast.manager)
    with pytest.raises(Refused, match="settled already"):
        job.do(cast.manager, "answer_accompaniment", data={"request": first, "answer": "come"})
    assert [one.leaf.pk for one in counsel(Leaf.objects.order_by("pk"), job.case, cast.rep.pk).company] == [second]


@pytest.mark.parametrize("over", ["arrived", "begun"])
def test_nobody_is_told_once_the_visit_has_come(cast: SimpleNamespace, at: datetime, over: str) -> None:
    job = arranged(Job(cast, at).planned(), 2 * HOUR)
    ask(job, cast.manager)
    if over == "arrived":
        job.do(cast.rep, "read_brief", "visit", {})
        job.do(cast.rep, "arrived", "visit", {})
    wake(at=at + 2 * HOUR)
    assert (mailed(), labels(cast.rep)) == ([], [])
    assert Incident.objects.get(number=job.number).wake_at != at + HOUR, "it does not ring for ever"


def test_it_rings_half_way_to_a_visit_that_is_near(cast: SimpleNamespace, at: datetime) -> None:
    job = arranged(Job(cast, at).planned(), 2 * HOUR)
    ask(job, cast.manager)
    wake(at=at + HOUR - timedelta(minutes=1))
    assert mailed() == []
    wake(at=at + HOUR)
    assert [who for who, _told in mailed()] == ["manager", "branch", "rep"]


def test_the_next_one_up_answers_for_them(job: Job, cast: SimpleNamespace) -> None:
    request = ask(job, cast.manager)
    answer = {"request": request, "answer": "come"}
    with pytest.raises(Refused):
        job.do(cast.branch, "answer_accompaniment", data=answer)
    wake(at=job.at + timedelta(days=1, hours=1))
    job.at += timedelta(days=1, hours=2)
    assert job.offers(cast.branch)["answer_accompaniment", ""]["schema"]["example"] == answer
    job.do(cast.branch, "answer_accompaniment", data=answer)
    assert job.case.companions == {cast.branch.pk}


def test_a_stand_in_is_told_with_them(job: Job, cast: SimpleNamespace) -> None:
    day = job.at.date()
    StandIn.objects.create(absent=cast.manager, stand_in=cast.manager2, starts=day, ends=day + timedelta(days=3))
    ask(job, cast.manager)
    wake(at=job.at + timedelta(days=1, hours=1))
    assert [who for who, _told in mailed()] == ["manager", "manager2", "branch", "rep"]


def test_above_a_director_nobody_is_left(job: Job, cast: SimpleNamespace) -> None:
    ask(job, cast.director)
    wake(at=job.at + timedelta(days=1, hours=1))
    assert [who for who, _told in mailed()] == ["director", "rep"]
    assert list(verify.problems()) == []


def test_a_grave_one_rings_through_the_night(job: Job, cast: SimpleNamespace) -> None:
    job.do(cast.rep, "set_severity", data={"severity": "A"})
    ask(job, cast.manager)
    wake(at=job.at + 8 * HOUR)
    assert [who for who, _told in mailed()] == ["manager", "branch", "rep"]


def test_the_pages_say_it(
    job: Job, cast: SimpleNamespace, client_for: Callable[[User], Client], monkeypatch: Any
) -> None:
    request = ask(job, cast.manager)
    late = job.at + timedelta(days=1, hours=1)
    wake(at=late)
    monkeypatch.setattr("office.clock.now", lambda: late)
    for who in (cast.rep, cast.branch):
        page = client_for(who).get(f"/incidents/{job.number}/steps/visit/").content.decode()
        assert "お知らせし、その上の上司にも伝えました。" in page
        act = f"/incidents/{job.number}/acts/answer_accompaniment/?request={request}"
        assert (act in page) == (who == cast.branch)
    answer = client_for(cast.branch).get(f"/incidents/{job.number}/acts/answer_accompaniment/", {"request": request})
    assert answer.status_code == 200
    printed = client_for(cast.rep).get(f"/incidents/{job.number}/timeline/").content.decode()
    assert "同行" not in printed, "it stays in the house"
    assert "同行のお願いにお返事がまだないことをお知らせしました" in [
        moment.text for moment in whole(viewer_for(cast.rep, late), job.number).record.moments
    ]
