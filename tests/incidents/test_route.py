"""Another boss is chosen later, without a reason; who may sign what stays as it was (practice 2-28)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from incidents import verify
from office.errors import Refused
from office.models import StandIn, User
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A plan waits for the manager."""
    job = Job(cast, at)
    job.do(cast.rep, "submit", "first_apology")
    job.do(cast.rep, "submit", "plan")
    return job


def asked(job: Job) -> dict[str, str]:
    """What waits for whose approval."""
    rows = Activity.objects.open().filter(number=job.number, kind="approval").select_related("who")
    return {row.source.split(":", 2)[2]: row.who.username for row in rows}


def choose(job: Job, boss: User, by: User | None = None) -> None:
    job.do(by or job.cast.rep, "choose_boss", data={"boss": boss.pk})


def test_what_waits_moves_to_the_other_list(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    assert asked(job) == {"plan:manager:1": "manager"}
    choose(job, cast.manager2)
    assert asked(job) == {"plan:manager:1": "manager2"}
    with time_machine.travel(job.at, tick=False):
        lists = {boss: client_for(getattr(cast, boss)).get("/approvals/").content.decode()
                 for boss in ("manager", "manager2")}  # fmt: skip
    assert {boss: job.number in page for boss, page in lists.items()} == {"manager": False, "manager2": True}
    job.do(cast.manager2, "approve", "plan", {})
    assert job.case.steps["plan"].state == "done"
    assert list(verify.problems()) == []


def test_it_holds_for_what_comes_later_and_back_again(cast: SimpleNamespace, job: Job) -> None:
    choose(job, cast.branch)
    job.do(cast.branch, "send_back", "plan", {"text": "数字を足す"})
    job.do(cast.rep, "submit", "plan")
    assert asked(job) == {"plan:manager:2": "branch"}
    choose(job, cast.manager)
    assert asked(job) == {"plan:manager:2": "manager"}
    assert job.case.known["route"] is None


def test_the_first_boss_may_still_sign(cast: SimpleNamespace, job: Job) -> None:
    choose(job, cast.branch)
    job.do(cast.manager, "approve", "plan", {})
    assert job.case.steps["plan"].signed == (cast.manager.pk,)


def test_four_eyes_hold(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "take_back", "plan", {})
    job.do(cast.manager, "assign", data={"owner": cast.rep.pk, "deputy": cast.manager2.pk, "liaison": None})
    job.do(cast.manager2, "submit", "plan")  # a deputy who is a manager writes the plan
    choose(job, cast.manager2)
    assert asked(job) == {"plan:manager:2": "branch"}, "neither who wrote it nor, unless nobody is left, the first boss"
    with pytest.raises(Refused) as refused:
        job.do(cast.manager2, "approve", "plan", {})
    assert refused.value.code == "forbidden"


def test_limits_hold(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    choose(job, cast.manager2)
    example = job.offers(cast.manager)["submit", "compensation"]["schema"]["example"]
    paper = {**example, "decision": "compensate", "amount": 500_000}
    job.do(cast.manager, "submit", "compensation", paper)
    assert asked(job) == {"compensation:manager:1": "manager2", "compensation:branch_head:1": "branch"}
    job.do(cast.manager2, "approve", "compensation", {})
    assert job.case.steps["compensation"].state == "submitted"
    with pytest.raises(Refused):
        job.do(cast.manager2, "approve", "compensation", {})
    job.do(cast.branch, "approve", "compensation", {})
    assert job.case.steps["compensation"].state == "done"


def test_nobody_else_left_it_is_the_first_boss_after_all(cast: SimpleNamespace, job: Job) -> None:
    choose(job, cast.branch)
    User.objects.filter(pk__in=[cast.branch.pk, cast.director.pk, cast.manager2.pk]).update(is_active=False)
    job.do(cast.rep, "take_back", "plan", {})
    job.do(cast.rep, "submit", "plan")
    assert asked(job) == {"plan:manager:2": "manager"}


def test_an_absence_goes_the_same_way(cast: SimpleNamespace, job: Job) -> None:
    choose(job, cast.branch)
    said = {"day": "2026-12-01", "consequence": "取替え", "expects": "ご説明", "said_by_name": "岡本様"}
    job.do(cast.rep, "set_final_date", data=said)
    away = {"goes": cast.rep2.pk, "agreed_on": "2026-11-24", "agreed_by_name": "岡本様"}
    job.do(cast.rep, "ask_absence", data=away)
    assert {name.partition(":")[0]: who for name, who in asked(job).items()}["absence"] == "branch"


def test_whoever_stands_in_for_the_chosen_one_has_it_before_them(
    cast: SimpleNamespace, job: Job, client_for: ClientFor
) -> None:
    day = job.at.date()
    StandIn.objects.create(absent=cast.branch, stand_in=cast.manager_b, starts=day, ends=day + timedelta(days=3))
    choose(job, cast.branch)
    with time_machine.travel(job.at, tick=False):
        assert job.number in client_for(cast.manager_b).get("/approvals/").content.decode()


@pytest.mark.parametrize("boss", ["rep2", "rep", "manager_b", "billing", "auditor", "admin", "manager"])
def test_who_may_not_decide_or_is_asked_already_is_not_chosen(cast: SimpleNamespace, job: Job, boss: str) -> None:
    with pytest.raises(Refused) as refused:
        choose(job, getattr(cast, boss))
    assert (refused.value.code, refused.value.field) == ("invalid", "boss")
    assert asked(job) == {"plan:manager:1": "manager"}


@pytest.mark.parametrize("boss", [0, -1, 2**70])
def test_nobody_is_nobody(cast: SimpleNamespace, job: Job, boss: int) -> None:
    with pytest.raises(Refused):
        job.do(cast.rep, "choose_boss", data={"boss": boss})


def test_only_who_is_in_charge_chooses(cast: SimpleNamespace, job: Job) -> None:
    for user in (cast.manager, cast.branch, cast.tech):
        assert ("choose_boss", "") not in job.offers(user)
        with pytest.raises(Refused) as refused:
            choose(job, cast.branch, by=user)
        assert refused.value.code == "forbidden"


def test_on_the_page_and_in_the_history_without_a_reason(
    cast: SimpleNamespace, job: Job, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    url = f"/incidents/{job.number}/"
    with time_machine.travel(job.at, tick=False):
        client = client_for(cast.rep)
        assert f"{url}acts/choose_boss/" in client.get(url).content.decode()
        form = client.get(f"{url}acts/choose_boss/").content.decode()
        assert "理由は伺いません" in form
        options = [f'value="{user.pk}"' in form for user in (cast.manager2, cast.branch, cast.director)]
        assert (options, f'value="{cast.manager.pk}"' in form) == ([True] * 3, False)
        answer = client.post(f"{url}acts/choose_boss/", {"boss": cast.manager2.pk, "idempotency": "b1"})
        assert answer.status_code == 302
        with django_assert_max_num_queries(9):
            page = client.get(url).content.decode()
        assert "承認のお願い先を変えました" in page
        assert "山本課長代理の承認待ち" in page.replace("さん", "")
        assert client.post(f"{url}acts/choose_boss/", {"boss": "x", "idempotency": "b2"}).status_code == 422
        assert client_for(cast.rep_b).get(f"{url}acts/choose_boss/").status_code == 404
