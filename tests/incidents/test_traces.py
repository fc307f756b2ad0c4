"""Practices 4-06 and 4-08: the cause is looked for in our own log; what is taken over is the record's own sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from billing.models import Invoice
from customers.models import Activity, Appointment
from customers.services import (
    ActivityRow,
    AppointmentData,
    NewPromise,
    activities_put,
    appointment_arrive,
    appointment_make,
    promise_break,
    promise_chase,
    promise_keep,
    promise_make,
)
from incidents.models import Submission
from incidents.services import arrivals_sweep
from incidents.traces import traces
from office.errors import Refused
from office.models import User
from tests.job import Job

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Ledger = Callable[[str], None]


@pytest.fixture(autouse=True)
def _in_japanese() -> Iterator[None]:
    with translation.override("ja"):
        yield


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A relation to be mended, three weeks after other matters of the same customer began."""
    return Job(cast, at + 21 * DAY, kind="relationship")


def promised(cast: SimpleNamespace, at: datetime, source: str, **more: Any) -> int:
    new = NewPromise(source=source, what="カラスの極秘", answer_by=at + DAY, agreed=True, **more)
    return promise_make(customer=cast.towa, new=new, by=cast.rep, at=at).pk


def told(job: Job, user: User) -> list[str]:
    return [f"{trace.on:%m/%d} {trace.text}" for trace in traces(job.viewer(user), job.incident)]


def test_promises_tell_whether_they_were_kept(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    on_time, late, broken = (promised(cast, at, source) for source in ("a", "b", "c"))
    promised(cast, at, "d")  # past its day
    asked = promised(cast, at, "e")
    promise_chase(promise_id=asked, by=cast.rep2, at=at + timedelta(hours=1), key="k")
    promise_keep(promise_id=asked, evidence="済", by=cast.rep, at=at + DAY)
    promise_keep(promise_id=on_time, evidence="済", by=cast.rep, at=at + DAY)
    promise_keep(promise_id=late, evidence="済", by=cast.rep, at=at + 3 * DAY)
    promise_break(promise_id=broken, reason="手配もれ", by=cast.rep, at=at + DAY)
    assert sorted(told(job, cast.rep)) == [
        "11/24 約束についてお客様からの催促",
        "11/25 お約束の期日の2日後に果たした", "11/25 お約束の期日を過ぎている", "11/25 約束を果たせなかった",
    ]  # fmt: skip


def test_calls_and_follow_ups_past_their_day_are_told(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    late = at + 2 * DAY
    rows = [("in time", "done", at), ("late", "done", late), ("never", "open", None), ("gone", "dropped", at)]
    common: dict[str, Any] = {"label": "Visit", "who_id": cast.rep.pk, "customer_id": cast.towa.pk, "due": at}
    for source, state, done in rows:
        row = ActivityRow(source=source, kind=Activity.Kind.CALL, state=state, done_at=done, **common)
        activities_put([row], at=at - DAY)
    assert told(job, cast.rep) == ["11/24 訪問: まだ記録がなく、期日を21日過ぎている", "11/24 訪問: 期日の2日後に実施"]


def test_visits_and_chases_of_earlier_incidents_are_told(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    before = Job(cast, at, next_contact="none").planned()
    before.do(cast.rep, "chase")
    for told_first in (True, False):
        if not told_first:
            before.do(cast.manager, "reopen", "visit")
        before.do(cast.rep, "start", "visit")
        starts = datetime.fromisoformat(before.case.steps["visit"].data["starts"])
        before.do(cast.rep, "read_brief", "visit")
        before.at = starts - timedelta(minutes=5)
        if told_first:
            before.do(cast.rep, "told_late", "visit", {"minutes": 20})
        before.at = starts + timedelta(minutes=35)
        before.do(cast.rep, "arrived", "visit")
        before.do(cast.rep, "submit", "visit")
    found = [line[6:] for line in told(job, cast.rep)]
    assert found.count("訪問に35分遅れて到着") == 2, "a delay is told once, by the arrival"
    assert not any("遅れる旨を連絡" in line for line in found)
    assert found.count("お客様からの催促") == 1
    assert found.count("以前の事案: 請求もれ・請求誤り") == 1


def test_visits_of_our_calendars_late_or_missed_are_told(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    def visit(n: int, who: User) -> Appointment:
        data = AppointmentData(title="カラス", starts=at + n * DAY, ends=at + n * DAY + HOUR, customer_id=cast.towa.pk)
        return appointment_make(who=who, data=data, by=who, at=at)

    in_time, late, missed, _unwatched, ahead = (visit(n, cast.rep) for n in (1, 2, 3, 4, 30))
    appointment_arrive(pk=in_time.pk, by=cast.rep, at=in_time.starts)
    appointment_arrive(pk=late.pk, by=cast.rep, at=late.starts + timedelta(minutes=12))
    arrivals_sweep(at=missed.starts + timedelta(minutes=10))
    assert told(job, cast.rep) == ["11/27 訪問の到着が記録されていない", "11/26 訪問に12分遅れて到着"]
    assert told(job, cast.rep_b) == [], "another team's customer"
    assert ahead.starts > job.at


def test_invoices_that_came_late_are_told(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    day = at.date()
    common: dict[str, Any] = {"customer": cast.towa, "net": 1, "tax": 0, "total": 1, "created_at": at}
    Invoice.objects.create(number="I-1", planned_on=day, issued_on=day, state="issued", **common)
    Invoice.objects.create(number="I-2", planned_on=day, issued_on=day + 4 * DAY, state="issued", **common)
    Invoice.objects.create(number="I-3", planned_on=day, **common)
    assert sorted(told(job, cast.rep)) == [
        "11/24 請求書の発行予定日を21日過ぎている", "11/24 請求書を予定日の4日後に発行",
    ]  # fmt: skip
    assert told(job, cast.tech) == [], "invoices are not everybody's work"


def test_nobody_learns_of_what_they_may_not_see(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    secret = Job(cast, at, next_contact="none")
    secret.do(cast.rep, "chase")
    secret.do(cast.manager, "assign", data={"owner": cast.rep_b.pk})
    secret.incident.__class__.objects.filter(number=secret.number).update(team=cast.team_b, told_to=None, deputy=None)
    promised(cast, at, "s", number=secret.number, owner_id=cast.rep_b.pk)
    assert len(told(job, cast.director)) == 3
    assert told(job, cast.rep) == []


def test_what_is_older_than_the_rule_for_repeats_is_left_alone(cast: SimpleNamespace, at: datetime) -> None:
    promised(cast, at, "old")
    late = Job(cast, at + 400 * DAY, kind="relationship")
    assert told(late, cast.rep) == []


@pytest.mark.parametrize("step", ["signs", "plan"])
def test_a_fact_is_taken_over_in_the_words_of_the_record(
    cast: SimpleNamespace, at: datetime, job: Job, step: str
) -> None:
    pk = promised(cast, at, "a")
    fact = {"key": f"promise:{pk}", "text": "書き換えた文", "on": "2020-01-01"}
    if step == "plan":
        job.do(cast.rep, "submit", "signs")
    paper = job.offers(cast.rep)["submit", step]["schema"]["example"]
    job.do(cast.rep, "submit", step, {**paper, "found": [fact, fact], "cause_evidence": ""} if step == "plan" else {
        **paper, "found": [fact, fact], "evidence": ""})  # fmt: skip
    kept = json.loads(Submission.objects.filter(step=step).latest("pk").text)["found"]
    assert kept == [{"key": f"promise:{pk}", "on": "2026-11-25", "text": "お約束の期日を過ぎている"}]
    assert "カラス" not in json.dumps(kept, ensure_ascii=False), "no words of another record"


def test_a_confirmed_cause_is_shown_by_words_or_by_the_record(cast: SimpleNamespace, at: datetime) -> None:
    pk, job = promised(cast, at, "a"), Job(cast, at + 5 * DAY)
    job.do(cast.rep, "submit", "first_apology")
    paper = {**job.offers(cast.rep)["submit", "plan"]["schema"]["example"], "cause_evidence": ""}
    with pytest.raises(Refused) as refused:
        job.do(cast.rep, "submit", "plan", paper)
    assert refused.value.field == "cause_evidence"
    job.do(cast.rep, "submit", "plan", {**paper, "found": [{"key": f"promise:{pk}"}], "pattern": "daily"})
    assert job.case.facts("plan")["pattern"] == "daily"


def test_what_does_not_stand_in_the_record_is_refused(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    paper = job.offers(cast.rep)["submit", "signs"]["schema"]["example"]
    for key in ("promise:999", "nonsense", ""):
        with pytest.raises(Refused) as refused:
            job.do(cast.rep, "submit", "signs", {**paper, "found": [{"key": key}]})
        assert refused.value.field == "found"
    assert not Submission.objects.filter(step="signs").exists()
