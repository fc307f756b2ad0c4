"""A residual item is done once somebody of the customer has signed it off, by name and on a day (practice 1-17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Promise
from customers.services import promise_keep, promise_reschedule
from incidents import verify
from incidents.letterslots import slots_of
from incidents.models import Leaf
from office.errors import Refused
from office.models import User
from office.services import token_create
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TWO = [{"what": "表示灯の調整", "due": "2026-12-04"}, {"what": "銘板の貼り替え", "due": "2026-12-03"}]

MENDED = {"対策日": "11月24日", "時間": "14"}  # as the repair period was recorded


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A defect that runs again; two items are left."""
    job = Job(cast, at, kind="defect", next_contact="none").planned()
    paper = job.offers(cast.rep)["submit", "repair_period"]["schema"]["example"]
    job.do(cast.rep, "submit", "repair_period", {**paper, "residuals": TWO})
    return job


def items(job: Job) -> list[Promise]:
    return list(Promise.objects.to_be_signed().filter(number=job.number).order_by("answer_by"))


def sign(job: Job, item: Promise, **more: Any) -> None:
    data = {"promise": item.pk, "signed_by": job.cast.okamoto.pk, "signed_on": job.at.date().isoformat(), **more}
    job.do(job.cast.rep, "sign_off", data=data)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"evidence": "済"}, "signed_by"), ({"evidence": "済", "signed_by": " "}, "signed_by"),
        ({"evidence": "済", "signed_by": "工場長 堀"}, "signed_on"),
    ],
)  # fmt: skip
def test_done_alone_closes_it_no_more(job: Job, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        promise_keep(promise_id=items(job)[0].pk, by=job.cast.rep, at=job.at, **said)
    assert (refused.value.code, refused.value.field) == ("incomplete", field)
    assert items(job)[0].state == "open"


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_lies_between_the_promise_and_today(job: Job, days: int) -> None:
    day = job.at.date() + timedelta(days=days)
    with pytest.raises(Refused) as refused:
        promise_keep(promise_id=items(job)[0].pk, signed_by="堀様", signed_on=day, by=job.cast.rep, at=job.at)
    assert (refused.value.code, refused.value.field) == ("invalid", "signed_on")


def test_signed_off_item_by_item_it_is_in_the_ledger_and_the_account(job: Job) -> None:
    first, second = items(job)
    assert first.what == "残件: 銘板の貼り替え"
    sign(job, first, note="現物をご覧いただいた")
    first.refresh_from_db()
    assert (first.state, first.evidence) == ("kept", "2026-11-24 専務取締役 岡本 ご確認\n現物をご覧いただいた")
    assert job.case.known["residuals"] is True
    assert slots_of(job.incident, job.at.date()) == {"件数": "1", **MENDED}  # what the letter says
    with pytest.raises(Refused, match="Choose an item"):
        sign(job, first)
    sign(job, second, signed_by=None, signed_by_name="製造課長 山田様")
    assert ("sign_off", "") not in job.offers(job.cast.rep)
    assert slots_of(job.incident, job.at.date()) == MENDED
    with pytest.raises(Refused, match="No residual item waits"):
        sign(job, second)
    assert Leaf.objects.filter(sort="sign_off").count() == 2
    assert list(verify.problems()) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"signed_by": None}, "signed_by"), ({"signed_by": 10**6}, "signed_by"), ({"promise": 10**6}, "promise"),
        ({"signed_on": "2026-11-25"}, "signed_on"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(job: Job, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        sign(job, items(job)[0], **more)
    assert refused.value.field == field


def test_other_promises_want_no_sign_off(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "submit", "visit")
    promise = Promise.objects.open().exclude(source__endswith=":signed").get()
    with pytest.raises(Refused, match="Choose an item"):
        sign(job, promise)
    promise_keep(promise_id=promise.pk, evidence="お伝えした", by=cast.rep, at=job.at)


def test_a_new_day_still_wants_the_sign_off(job: Job) -> None:
    first, later = items(job)[0], job.at + timedelta(days=20)
    moved = promise_reschedule(promise_id=first.pk, answer_by=later, agreement="岡本様", by=job.cast.rep, at=job.at)
    with pytest.raises(Refused):
        promise_keep(promise_id=moved.pk, evidence="済", by=job.cast.rep, at=job.at)
    sign(job, moved)
    moved.refresh_from_db()
    assert moved.state == "kept"


def test_merged_into_another_incident_it_still_wants_it(cast: SimpleNamespace, job: Job) -> None:
    other = Job(cast, job.at, kind="slow_answer", next_contact="none")
    job.do(cast.rep, "merge", data={"number": other.number})
    with pytest.raises(Refused):
        promise_keep(promise_id=items(other)[0].pk, evidence="済", by=cast.rep, at=job.at)


def test_on_the_pages_and_for_programs(job: Job, at: datetime, client_for: Callable[[User], Client]) -> None:
    first, second = items(job)
    page = f"/incidents/{job.number}/"
    with time_machine.travel(at, tick=False):
        rep = client_for(job.cast.rep)
        ledger = f"/customers/promises/{first.pk}/"
        assert 'name="signed_by"' in rep.get(ledger).content.decode()
        answer = rep.post(f"{ledger}keep/", {"evidence": "済"})
        assert answer.status_code == 422
        typed = {"signed_by": "工場長 堀様", "signed_on": "2026-11-24", "evidence": ""}
        assert rep.post(f"{ledger}keep/", typed).status_code == 302
        act = f"{page}acts/sign_off/"
        assert "残件: 表示灯の調整" in rep.get(act).content.decode()
        typed = {"promise": str(second.pk), "signed_by": str(job.cast.okamoto.pk), "signed_on": "2026-11-24"}
        assert rep.post(act, {**typed, "idempotency": "s"}).status_code == 302
        assert "専務取締役 岡本様 11/24(火)" in rep.get(f"{page}timeline/").content.decode()
        program = Client(headers={"authorization": f"Bearer {token_create(user=job.cast.rep, at=at)}"})
        rows = program.get(f"/api/v1/promises?number={job.number}").json()
        assert [(row["sign_off"], row["state"]) for row in rows] == [(True, "kept"), (True, "kept")]


def test_where_the_ledger_was_faster_the_page_says_that_none_is_left(
    job: Job, at: datetime, client_for: Callable[[User], Client]
) -> None:
    signed: dict[str, Any] = {"signed_by": "工場長 堀様", "signed_on": at.date(), "by": job.cast.rep, "at": at}
    for item in items(job):
        promise_keep(promise_id=item.pk, **signed)
    assert ("sign_off", "") not in job.offers(job.cast.rep)
    with time_machine.travel(at, tick=False):
        page = client_for(job.cast.rep).get(f"/incidents/{job.number}/acts/sign_off/").content.decode()
    assert "ご確認待ちの残件はありません" in page


def test_a_program_is_refused_with_a_sentence(job: Job, at: datetime) -> None:
    path = f"/api/v1/promises/{items(job)[0].pk}/keep"
    with time_machine.travel(at, tick=False):
        program = Client(headers={"authorization": f"Bearer {token_create(user=job.cast.rep, at=at)}"})
        answer = program.post(path, {"evidence": "済"}, content_type="application/json")
        assert (answer.status_code, "お客様のどなたが" in answer.json()["message"]) == (422, True)
        signed = {"signed_by": "工場長 堀様", "signed_on": "2026-11-24"}
        answer = program.post(path, signed, content_type="application/json")
        assert (answer.status_code, answer.json()["state"]) == (200, "kept")
