"""A decided compensation stays a promise until the number of its document is recorded (feature 50)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity, Promise
from customers.services import promise_keep, promise_reschedule
from incidents import verify
from incidents.policy import COMPENSATION_DAYS
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.services import policy_set, token_create
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
DECIDED = {"decision": "compensate", "amount": 50_000, "basis": "停止4時間分"}


def decide(job: Job, **more: Any) -> None:
    job.do(job.cast.manager, "submit", "compensation", {**DECIDED, **more})
    job.do(job.cast.branch, "approve", "compensation", {})


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at).planned()


def promised() -> Promise:
    return Promise.objects.open().exclude(document="").get()


def lists(promise: Promise) -> set[str]:
    rows = Activity.objects.open().filter(source__startswith=f"promise:{promise.pk}").select_related("who")
    return {row.who.username for row in rows}


def test_signed_it_is_a_promise_with_its_day_on_the_lists_of_billing(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.manager, "submit", "compensation", {**DECIDED, "how": "refund", "by": "2026-12-04"})
    assert not Promise.objects.exclude(document="").exists(), "nothing is promised before it is signed"
    job.do(cast.branch, "approve", "compensation", {})
    promise = promised()
    assert (promise.document, promise.amount, promise.what) == ("refund", 50_000, "補償: ご返金 50,000円")
    assert (local_day(promise.answer_by).isoformat(), promise.agreed) == ("2026-12-04", False)
    assert lists(promise) == {"rep", "billing", "billing2"}
    assert list(verify.problems()) == []


def test_without_a_day_it_has_that_of_the_house(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    decide(job)
    assert local_day(promised().answer_by).isoformat() == "2026-12-08"
    policy_set(key=COMPENSATION_DAYS, value=3, by=cast.admin, at=at)
    second = Job(cast, at + timedelta(minutes=1)).planned()
    decide(second)
    assert local_day(promised_of(second).answer_by).isoformat() == "2026-11-27"


def promised_of(job: Job) -> Promise:
    return Promise.objects.open().exclude(document="").get(number=job.number)


@pytest.mark.parametrize(
    ("how", "billed"), [("credit", True), ("refund", True), ("replacement", False), ("free_repair", False)]
)
def test_billing_has_what_billing_makes(cast: SimpleNamespace, job: Job, how: str, billed: bool) -> None:
    decide(job, how=how)
    assert (lists(promised()) == {"rep", "billing", "billing2"}) is billed


@pytest.mark.parametrize("decision", ["none", "nothing_to_compensate"])
def test_no_compensation_is_no_promise(cast: SimpleNamespace, job: Job, decision: str) -> None:
    decide(job, decision=decision)
    assert not Promise.objects.exclude(document="").exists()


def test_it_is_kept_by_the_number_of_its_document_alone(cast: SimpleNamespace, job: Job) -> None:
    decide(job)
    promise = promised()
    for number in ("", "  "):
        with pytest.raises(Refused, match="number of the document") as refused:
            promise_keep(promise_id=promise.pk, evidence="お伝えした", document_number=number, by=cast.rep, at=job.at)
        assert (refused.value.code, refused.value.field) == ("incomplete", "document_number")
    promise_keep(promise_id=promise.pk, document_number="R-2026-0042", by=cast.billing, at=job.at)
    promise.refresh_from_db()
    assert (promise.state, promise.document_number, promise.ended_by) == ("kept", "R-2026-0042", cast.billing)
    assert lists(promise) == set(), "and everybody's row is done"


def test_an_incident_does_not_close_over_it(cast: SimpleNamespace, job: Job) -> None:
    decide(job)
    people = (cast.rep, cast.manager, cast.manager2, cast.branch, cast.director)
    while job.forward(*people):
        pass
    for promise in Promise.objects.open().filter(document=""):
        promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=job.at)
    job.at += timedelta(days=400)
    while job.forward(*people):
        pass
    for promise in Promise.objects.open().filter(document=""):
        promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=job.at)
    with pytest.raises(Refused, match="promises"):
        job.do(cast.rep, "close", data={})
    promise_keep(promise_id=promised().pk, document_number="R-1", by=cast.billing, at=job.at)
    job.do(cast.rep, "close", data={})
    assert job.incident.state == "closed"


def test_telling_the_customer_agrees_on_the_day_and_makes_no_second_promise(cast: SimpleNamespace, job: Job) -> None:
    decide(job)
    told = {
        "told_on": "2026-11-24",
        "to": [cast.okamoto.pk],
        "what": "値引きの請求書",
        "by": "2026-11-30T17:00:00+09:00",
    }
    before = Promise.objects.count()
    job.do(cast.rep, "told_to_customer", data=told)
    assert Promise.objects.count() == before
    promise = promised()
    assert (promise.agreed, local_day(promise.answer_by).isoformat()) == (True, "2026-11-30")
    due = Activity.objects.filter(source__startswith=f"promise:{promise.pk}").values_list("due", flat=True)
    assert {local_day(day).isoformat() for day in due if day} == {"2026-11-30"}


def test_a_new_day_takes_the_lists_along(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    decide(job)
    old = promised()
    new = promise_reschedule(
        promise_id=old.pk, answer_by=at + timedelta(days=30), agreement="小川様 11/24", by=cast.rep, at=at
    )
    assert (lists(old), lists(new)) == (set(), {"rep", "billing", "billing2"})
    assert (new.document, new.amount) == ("credit", 50_000)


def test_decided_anew_the_first_is_owed_no_more(cast: SimpleNamespace, job: Job) -> None:
    decide(job)
    first = promised()
    job.do(cast.manager, "reopen", "compensation", {"text": "金額を見直す"})
    decide(job, amount=80_000)
    first.refresh_from_db()
    assert (first.state, lists(first), promised().amount) == ("released", set(), 80_000)
    job.do(cast.manager, "reopen", "compensation", {"text": "ご辞退"})
    decide(job, decision="none")
    assert not Promise.objects.open().exclude(document="").exists()


def test_withdrawn_nobody_waits_for_it(cast: SimpleNamespace, job: Job) -> None:
    decide(job)
    promise = promised()
    job.do(cast.manager, "withdraw", data={"text": "お申し出の取下げ"})
    promise.refresh_from_db()
    assert (promise.state, lists(promise)) == ("released", set())


def test_merged_it_goes_along(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    decide(job)
    other = Job(cast, at)
    job.do(cast.rep, "merge", data={"number": other.number})
    numbers = (
        Activity.objects.open().filter(source__startswith=f"promise:{promised().pk}").values_list("number", flat=True)
    )
    assert set(numbers) == {other.number}


def test_a_day_gone_by_is_refused(cast: SimpleNamespace, job: Job) -> None:
    with pytest.raises(Refused) as refused:
        job.do(cast.manager, "submit", "compensation", {**DECIDED, "by": "2026-11-20"})
    assert refused.value.field == "by"


def test_billing_finds_it_and_enters_the_number(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    decide(job)
    promise = promised()
    url = f"/customers/promises/{promise.pk}/"
    with time_machine.travel(job.at, tick=False):
        clerk = client_for(cast.billing2)
        page = clerk.get("/billing/").content.decode()
        assert "補償の書類(作成待ち)" in page
        assert url in page
        assert url in clerk.get("/").content.decode()
        shown = clerk.get(url).content.decode()
        assert "返還請求書・訂正請求書の番号" in shown
        assert f'href="/incidents/{job.number}/"' not in shown, "billing opens no incident"
        answer = clerk.post(f"{url}keep/", {"evidence": "作成した"})
        assert (answer.status_code, Promise.objects.get(pk=promise.pk).state) == (422, "open")
        assert clerk.post(f"{url}keep/", {"document_number": "R-2026-0042"}).status_code == 302
        assert "R-2026-0042" in client_for(cast.rep).get(url).content.decode()
        assert "補償の書類" not in clerk.get("/billing/").content.decode()


def test_others_of_another_team_do_not(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    decide(job, how="free_repair")
    url = f"/customers/promises/{promised().pk}/"
    with time_machine.travel(job.at, tick=False):
        for user in (cast.rep_b, cast.billing):
            assert client_for(user).get(url).status_code == 404
        assert url not in client_for(cast.billing).get("/billing/").content.decode()


def test_programs_record_the_number(cast: SimpleNamespace, job: Job) -> None:
    decide(job)
    client = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=job.at)}"})
    url = f"/api/v1/promises/{promised().pk}"
    assert client.get(url).json()["document"] == "credit"
    for body, status in (({"evidence": "作成した"}, 422), ({"document_number": "R-1"}, 200)):
        answer = client.post(f"{url}/keep", json.dumps(body), content_type="application/json")
        assert answer.status_code == status
    assert (answer.json()["document_number"], answer.json()["state"]) == ("R-1", "kept")
