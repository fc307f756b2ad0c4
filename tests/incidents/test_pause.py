"""Our clock stands still for one of a few reasons, until a day; promises to the customer go on (feature 24)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from customers.models import Activity, Promise
from incidents import verify
from incidents.services import idle_sweep, wake
from office import clock
from office.calendar import BusinessCalendar
from office.clock import JST
from office.errors import Refused
from office.services import token_create
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
UNTIL = datetime(2026, 12, 1, 9, tzinfo=JST)  # a Tuesday, four business days after the day of `at`


def waits(job: Job, **changed: Any) -> None:
    data = {"reason": "parts", "until": UNTIL.date().isoformat(), "text": "軸受の入荷が火曜日になる", **changed}
    job.do(job.cast.rep, "pause", data=data)


def left(job: Job, at: datetime, step: str) -> int:
    due = job.case.steps[step].due
    assert due
    return BusinessCalendar().minutes_between(at, due)


def late(job: Job) -> list[str]:
    return [name for name, now in job.case.steps.items() if now.level]


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """Boss and customer know; the plan is due within four business hours."""
    job = Job(cast, at)
    job.do(cast.rep, "submit", "first_apology")
    return job


def test_of_each_due_the_business_time_that_was_left_is_left_again(job: Job) -> None:
    before = left(job, job.at, "plan")
    assert before > 0
    job.do(job.cast.rep, "start", "plan")  # begun, yet none that is arranged with the customer
    waits(job)
    assert left(job, UNTIL, "plan") == before
    wake(at=UNTIL - timedelta(minutes=1))
    assert late(job) == []
    assert job.incident.wake_at == UNTIL


def test_what_is_late_already_is_due_when_the_clock_goes_on(job: Job) -> None:
    job.at += timedelta(days=1)
    wake(at=job.at)
    assert late(job) == ["plan"]
    waits(job)
    assert (job.case.steps["plan"].due, late(job)) == (UNTIL, [])


def test_the_clock_goes_on_by_itself_and_the_owner_has_a_row(cast: SimpleNamespace, job: Job) -> None:
    waits(job)
    assert wake(at=UNTIL)["alarms"] >= 1
    row = Activity.objects.get(source=f"incident:{job.number}:pause_over")
    assert (row.who, row.state) == (cast.rep, "open")
    assert "ends" not in job.case.known["pause"]
    wake(at=UNTIL + timedelta(hours=1))
    assert Activity.objects.filter(source__endswith=":pause_over").count() == 1
    job.at = UNTIL + timedelta(hours=1)
    job.do(cast.rep, "submit", "plan")
    row.refresh_from_db()
    assert (row.state, job.case.known["pause"]) == ("done", {})
    assert list(verify.problems()) == []


def test_who_has_seen_it_says_so(cast: SimpleNamespace, job: Job, client: Client) -> None:
    waits(job)
    wake(at=UNTIL)
    job.at = UNTIL + timedelta(hours=1)
    job.do(cast.rep, "end_pause", data={})
    assert not Activity.objects.open().filter(source__endswith=":pause_over").exists()
    client.force_login(cast.rep)
    told = client.get(f"/incidents/{job.number}/").content.decode()
    assert "7日間の待機が終わり" in told
    assert "待機が終わったことを確かめました" in told


def test_it_goes_on_before_its_day_when_somebody_says_so(cast: SimpleNamespace, job: Job, client: Client) -> None:
    before = left(job, job.at, "plan")
    waits(job)
    job.at += timedelta(days=1)
    job.do(cast.manager, "end_pause", data={})
    assert left(job, job.at, "plan") == before
    assert job.case.known["pause"] == {}
    client.force_login(cast.rep)
    told = client.get(f"/incidents/{job.number}/").content.decode()
    assert "1日間の待機を終えました" in told
    assert "部品・資材の入荷待ち (12/1)" in told
    wake(at=UNTIL)
    assert not Activity.objects.filter(source__endswith=":pause_over").exists()


def test_what_opens_meanwhile_counts_from_the_end(cast: SimpleNamespace, job: Job) -> None:
    waits(job)
    job.do(cast.rep, "submit", "plan")
    due = job.case.steps["plan"].due
    assert due
    assert due < UNTIL, "who is asked for a signature meanwhile has their own day"
    job.do(cast.manager, "approve", "plan", {})
    assert all(now.due >= UNTIL for now in job.case.steps.values() if now.state == "open" and now.due)


def test_promises_and_an_arranged_visit_go_on(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    promised = Promise.objects.get().answer_by
    starts = at + timedelta(days=1)
    job.do(cast.rep, "start", "visit", {"starts": starts.isoformat(), "attendees": [cast.rep.pk, cast.manager.pk]})
    waits(job)
    assert (Promise.objects.get().answer_by, job.case.steps["visit"].due) == (promised, starts)
    wake(at=starts + timedelta(minutes=11))
    assert late(job) == ["visit"]
    assert (Activity.objects.get(source=f"promise:{Promise.objects.get().pk}").due) == promised


def test_a_visit_that_has_to_be_arranged_anew_waits_like_the_rest(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.rep, "start", "visit")
    job.do(cast.manager, "reopen", "plan", {"text": "原因が分かった"})
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})
    before = left(job, at, "visit")
    waits(job)
    assert left(job, UNTIL, "visit") == before


def test_what_was_asked_for_meanwhile_keeps_its_own_day(cast: SimpleNamespace, job: Job) -> None:
    waits(job)
    job.do(cast.rep, "submit", "plan")
    asked = job.case.steps["plan"].due
    job.do(cast.rep, "end_pause", data={})
    assert job.case.steps["plan"].due == asked


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"until": "2026-11-24"}, "until"), ({"until": "2027-11-24"}, "until"), ({"reason": "busy"}, "reason"),
     ({"text": ""}, "text")],
)  # fmt: skip
def test_it_stands_still_for_a_named_reason_until_a_day_ahead(job: Job, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        waits(job, **changed)
    assert caught.value.field == field


def test_nobody_stops_the_clock_before_the_customer_has_heard_nor_twice(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    with pytest.raises(Refused) as caught:
        waits(job)
    assert caught.value.code == "conflict"
    job.do(cast.rep, "submit", "first_apology")
    waits(job)
    with pytest.raises(Refused, match="stopped once"):
        waits(job)


def test_a_day_off_ends_it_on_the_next_one_on_which_we_work(job: Job) -> None:
    waits(job, until="2026-12-05")
    assert job.incident.wake_at == datetime(2026, 12, 7, 9, tzinfo=JST)


def test_while_it_waits_it_does_not_lie_idle(cast: SimpleNamespace, job: Job) -> None:
    later = datetime(2026, 12, 14, 10, tzinfo=JST)
    waits(job, until="2026-12-21")
    assert idle_sweep(at=later) == 0
    wake(at=datetime(2026, 12, 21, 9, tzinfo=JST))
    assert idle_sweep(at=datetime(2026, 12, 22, 10, tzinfo=JST)) == 0
    assert idle_sweep(at=datetime(2026, 12, 29, 10, tzinfo=JST)) > 0


def test_page_and_list_say_that_it_waits_and_that_our_dealings_are_at_stake(
    cast: SimpleNamespace, job: Job, client: Client
) -> None:
    client.force_login(cast.rep)
    assert f"/incidents/{job.number}/acts/pause/" in client.get(f"/incidents/{job.number}/").content.decode()
    page = client.post(
        f"/incidents/{job.number}/acts/pause/",
        {"reason": "parts", "until": "2099-12-01", "text": "入荷待ち", "idempotency": "p"},
    )
    assert page.status_code == 400  # what cannot be stands beside its field
    waits(job)
    job.do(cast.rep, "note_risk")
    for address in (f"/incidents/{job.number}/", "/incidents/", "/incidents/?order=priority"):
        text = client.get(address).content.decode()
        assert '待機中 <span class="nb">12/1' in text
        assert "取引停止のおそれ" in text
    assert "軸受の入荷が火曜日になる" in client.get(f"/incidents/{job.number}/").content.decode()
    printed = client.get(f"/incidents/{job.number}/timeline/").content.decode()
    assert "待機" not in printed
    job.do(cast.rep, "lift_risk")
    job.do(cast.rep, "end_pause", data={})
    text = client.get("/incidents/").content.decode()
    assert "待機中" not in text
    assert "取引停止のおそれ" not in text


def test_programs_are_told_and_let_it_go_on(cast: SimpleNamespace, job: Job) -> None:
    program = Client(headers={"authorization": f"Bearer {token_create(user=cast.rep, at=clock.now())}"})
    assert ("pause", "") in job.offers(cast.rep)
    waits(job)
    offers = job.offers(cast.rep)
    assert ("pause", "") not in offers
    assert ("end_pause", "") in offers
    told = program.get(f"/api/v1/incidents/{job.number}").json()["paused_until"]
    assert datetime.fromisoformat(told) == UNTIL
