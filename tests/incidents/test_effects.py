"""An effect check passes on data: what our own record says stands beside it, and what speaks against it is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.services import NewPromise, promise_break, promise_keep, promise_make
from incidents.models import Measure, Submission
from incidents.services import Rule, measure_done, nightly_checks_sweep, nightly_put
from incidents.steps import Setting
from office.errors import Refused
from office.models import User
from office.services import token_create
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WORKED = {"worked": True, "evidence": "10月分をすべて照合した"}


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """Prevention is decided; its one measure is still to be carried out."""
    job = Job(cast, at, next_contact="none").planned()
    job.do(cast.manager, "submit", "prevention")
    return job


def carried_out(job: Job) -> Measure:
    pk = Measure.objects.get(incident__number=job.number).pk
    return measure_done(viewer=job.viewer(job.cast.rep), pk=pk, evidence="実施した")


def check(job: Job, **more: Any) -> None:
    job.do(job.cast.manager, "submit", "effect_check", {**WORKED, **more})


def against(job: Job) -> dict[str, tuple[int, int]]:
    setting = Setting(job.incident, job.cast.manager, job.at)
    return {effect.what: (effect.against, effect.of) for effect in setting.effects}


def refusal(job: Job, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        check(job, **more)
    return refused.value


def test_what_nobody_has_carried_out_has_not_worked_without_a_reason(job: Job) -> None:
    refused = refusal(job)
    assert (refused.code, refused.field) == ("incomplete", "despite")
    assert "実施済みの対策 1件中0件" in str(refused)
    check(job, worked=False)  # to say that it has not needs no reason
    assert job.case.steps["effect_check"].round == 1
    carried_out(job)
    check(job)
    assert job.case.steps["effect_check"].state == "done"


def test_a_night_that_failed_speaks_against_it_and_the_last_one_even_before_the_measure(job: Job) -> None:
    measure = Measure.objects.get(incident__number=job.number)
    nightly_put(viewer=job.viewer(job.cast.rep), measure=measure, rule=Rule("promises", 0, date(2026, 12, 31)))
    promise = promise_make(customer=job.cast.towa, new=NewPromise(source="a", what="別件"), by=job.cast.rep, at=job.at)
    promise_break(promise_id=promise.pk, reason="連絡しなかった", by=job.cast.rep, at=job.at)
    for night in range(2):
        nightly_checks_sweep(at=job.at.replace(hour=18) + timedelta(days=night))
    job.at += timedelta(days=3)
    carried_out(job)
    assert against(job)["nights"] == (1, 1)  # the first night lies before it was carried out and is not the last
    refused = refusal(job)
    assert (refused.field, "1晩中1晩" in str(refused)) == ("despite", True)
    check(job, despite="数えられたのは別件のお約束")
    row = Submission.objects.get(step="effect_check")
    shows = {one["what"]: (one["against"], one["of"]) for one in json.loads(row.text)["shows"]}
    assert shows == {"measures": (0, 1), "nights": (1, 1), "repeats": (0, 0), "promises": (0, 0)}
    assert job.case.steps["effect_check"].data["against"] == ["nights"]


def test_the_same_trouble_again_and_broken_promises_speak_against_it(job: Job) -> None:
    cast = job.cast
    carried_out(job)
    job.at += timedelta(days=1)
    Job(cast, job.at, kind="slow_answer", next_contact="none")
    kept, broken = (
        promise_make(
            customer=cast.towa, new=NewPromise(source=f"s{n}", what="ご報告", number=job.number), by=cast.rep, at=job.at
        )
        for n in range(2)
    )
    promise_keep(promise_id=kept.pk, evidence="お伝えした", by=cast.rep, at=job.at)
    assert {what: found[0] for what, found in against(job).items()} == dict.fromkeys(against(job), 0)
    Job(cast, job.at, next_contact="none")
    promise_break(promise_id=broken.pk, reason="失念", by=cast.rep, at=job.at)
    assert against(job) == {"measures": (0, 1), "nights": (0, 0), "repeats": (1, 1), "promises": (1, 2)}
    assert refusal(job).field == "despite"


def test_what_is_sent_as_the_record_is_not_believed(job: Job) -> None:
    carried_out(job)
    check(job, shows=[{"what": "nights", "since": "2026-01-01", "against": 0, "of": 999}])
    shows = json.loads(Submission.objects.get(step="effect_check").text)["shows"]
    assert [one["of"] for one in shows if one["what"] == "nights"] == [0]


def test_the_record_stands_on_the_page_and_the_reason_is_asked_beside_it(
    job: Job, at: datetime, client_for: Callable[[User], Client]
) -> None:
    url = f"/incidents/{job.number}/steps/effect_check/"
    typed = {"command": "submit", "submission": "0", "idempotency": "e", "worked": "yes", "evidence": "照合した"}
    with time_machine.travel(at, tick=False):
        boss = client_for(job.cast.manager)
        page = boss.get(url).content.decode()
        assert "実施済みの対策 1件中0件" in page
        assert 'name="despite"' in page
        answer = boss.post(url, typed)
        assert answer.status_code == 422
        assert "当社の記録と合いません: 実施済みの対策 1件中0件" in answer.content.decode()
        carried_out(job)
        assert 'name="despite"' not in boss.get(url).content.decode()
        assert boss.post(url, typed).status_code == 302
        assert "実施済みの対策 1件中1件" in boss.get(url).content.decode()  # as it was then


def test_a_program_is_refused_with_the_sentence_and_shown_what_would_be_taken(job: Job, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        program = Client(headers={"Authorization": f"Bearer {token_create(user=job.cast.manager, at=at)}"})
        body = {"command": "submit", "step": "effect_check", "data": WORKED, "idempotency_key": "k"}
        path = f"/api/v1/incidents/{job.number}"
        answer = program.post(f"{path}/commands", body, content_type="application/json")
        assert (answer.status_code, "対策 1件中0件" in answer.json()["message"]) == (422, True)
    assert job.offers(job.cast.manager)["submit", "effect_check"]["schema"]["example"]["despite"]
