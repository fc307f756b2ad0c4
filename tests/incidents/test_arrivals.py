"""No arrival is recorded: who goes is told after ten minutes, a deputy only where it matters most (practice 4-02)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity, Appointment
from customers.services import (
    AppointmentData,
    appointment_arrive,
    appointment_change,
    appointment_delete,
    appointment_late,
    appointment_make,
)
from incidents.models import Incident
from incidents.policy import VISIT_LADDER
from incidents.selectors import incidents_visible
from incidents.services import arrivals_sweep
from office.clock import JST
from office.errors import Refused
from office.models import Outbox, User
from office.services import policy_set, token_create
from office.viewer import viewer_for
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
HOUR = timedelta(hours=1)
FINAL = {"day": "2026-11-30", "consequence": "機械を取り替えてほしい", "expects": "窓口の方の説明",
         "said_by_name": "岡本様"}  # fmt: skip


def clock(hour: int, minute: int = 0, day: int = 30) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=JST)


def visit(cast: SimpleNamespace, starts: datetime, who: User | None = None, **more: Any) -> Appointment:
    data = AppointmentData(title="定例のご訪問", starts=starts, ends=starts + HOUR, customer_id=cast.towa.pk, **more)
    return appointment_make(who=who or cast.rep, data=data, by=cast.rep, at=clock(9, day=20))


def told() -> dict[str, str]:
    """Who is told of a missing arrival now, and in which words."""
    rows = Activity.objects.open().filter(source__startswith="arrival:").select_related("who")
    return {row.who.username: row.detail for row in rows}


def minutes(starts: datetime, count: int = 60) -> list[int]:
    """What the clock tells, minute by minute."""
    return [arrivals_sweep(at=starts + timedelta(minutes=n)) for n in range(count)]


def missed(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at, kind="missed_appointment", summary="定例にお伺いできなかった")


def test_who_goes_is_told_once_after_ten_minutes_and_nobody_else(cast: SimpleNamespace) -> None:
    visit(cast, clock(14))
    counts = minutes(clock(14))
    assert [n for n, count in enumerate(counts) if count] == [10]
    assert told() == {"rep": "14:00 定例のご訪問"}
    assert [mail.to for mail in Outbox.objects.filter(key__startswith="arrival:")] == [cast.rep]
    arrivals_sweep(at=clock(9, day=30) + timedelta(days=1))
    assert told() == {}, "it ends with its day"


def test_an_arrival_keeps_it_quiet_and_ends_it(cast: SimpleNamespace) -> None:
    row = visit(cast, clock(14))
    appointment_arrive(pk=row.pk, by=cast.rep, at=clock(13, 55))
    assert sum(minutes(clock(14))) == 0
    later = visit(cast, clock(16))
    arrivals_sweep(at=clock(16, 11))
    assert set(told()) == {"rep"}
    appointment_arrive(pk=later.pk, by=cast.rep2, at=clock(16, 12))
    assert told() == {}
    assert sum(minutes(clock(16))) == 0
    later.refresh_from_db()
    assert later.arrived_by == cast.rep2


def test_who_told_the_customer_is_missed_later(cast: SimpleNamespace) -> None:
    row = visit(cast, clock(14))
    appointment_late(pk=row.pk, minutes=30, at=clock(13, 50))
    assert [n for n, count in enumerate(minutes(clock(14))) if count] == [40]
    appointment_late(pk=row.pk, minutes=15, at=clock(14, 45))
    assert told() == {}
    assert [n for n, count in enumerate(minutes(clock(15))) if count] == [10], "the new time is told anew"


def test_another_time_or_none_ends_it(cast: SimpleNamespace) -> None:
    row = visit(cast, clock(14))
    arrivals_sweep(at=clock(14, 10))
    data = AppointmentData(title="定例", starts=clock(17), ends=clock(18), customer_id=cast.towa.pk)
    appointment_change(pk=row.pk, version=1, data=data, by=cast.rep, at=clock(14, 12))
    arrivals_sweep(at=clock(14, 13))
    assert told() == {}
    assert arrivals_sweep(at=clock(17, 10)) == 1
    appointment_delete(pk=row.pk, by=cast.rep, at=clock(17, 11))
    arrivals_sweep(at=clock(17, 12))
    assert told() == {}


def test_another_time_forgets_the_arrival(cast: SimpleNamespace) -> None:
    row = visit(cast, clock(10))
    appointment_arrive(pk=row.pk, by=cast.rep, at=clock(10))
    data = AppointmentData(title="定例", starts=clock(17), ends=clock(18), customer_id=cast.towa.pk)
    moved = appointment_change(pk=row.pk, version=1, data=data, by=cast.rep, at=clock(10, 5))
    assert (moved.arrived_at, moved.arrived_by) == (None, None)


def test_in_the_house_nobody_waits(cast: SimpleNamespace) -> None:
    data = AppointmentData(title="営業会議", starts=clock(14), ends=clock(15))
    row = appointment_make(who=cast.rep, data=data, by=cast.rep, at=clock(9))
    assert sum(minutes(clock(14))) == 0
    with pytest.raises(Refused, match="in the house"):
        appointment_arrive(pk=row.pk, by=cast.rep, at=clock(14))


@pytest.mark.parametrize(
    ("minutes_", "at", "code"),
    [(3, clock(13), "invalid"), (300, clock(13), "invalid"), (15, clock(9, day=29), "conflict")],
)
def test_what_cannot_be_recorded_is_a_sentence(cast: SimpleNamespace, minutes_: int, at: datetime, code: str) -> None:
    row = visit(cast, clock(14))
    with pytest.raises(Refused) as refused:
        appointment_late(pk=row.pk, minutes=minutes_, at=at)
    assert refused.value.code == code
    with pytest.raises(Refused, match="another day"):
        appointment_arrive(pk=row.pk, by=cast.rep, at=clock(9, day=29))
    appointment_arrive(pk=row.pk, by=cast.rep, at=clock(14))
    with pytest.raises(Refused, match="already"):
        appointment_late(pk=row.pk, minutes=15, at=clock(14, 1))


class TestTheDeputy:
    def test_is_told_after_a_missed_one_and_only_at_the_first_visit(self, cast: SimpleNamespace) -> None:
        missed(cast, clock(10, day=24))
        first = visit(cast, clock(14, day=26))
        counts = minutes(clock(14, day=26))
        assert {n: count for n, count in enumerate(counts) if count} == {10: 1, 20: 1}
        assert told()["rep2"] == "田中さんの14:00の到着記録がありません。お客様への連絡をお願いできますか。"
        appointment_arrive(pk=first.pk, by=cast.rep, at=clock(14, 59, day=26))
        assert told() == {}
        visit(cast, clock(14, day=27))
        minutes(clock(14, day=27))
        assert set(told()) == {"rep"}, "we have been there since"

    def test_is_told_again_as_long_as_nobody_has_been_there(self, cast: SimpleNamespace) -> None:
        visit(cast, clock(14, day=26))
        minutes(clock(14, day=26))
        assert set(told()) == {"rep"}
        visit(cast, clock(14, day=27))
        minutes(clock(14, day=27))
        assert set(told()) == {"rep", "rep2"}, "yesterday's was missed: nobody recorded an arrival"

    def test_what_was_logged_by_mistake_was_not_missed(self, cast: SimpleNamespace) -> None:
        missed(cast, clock(10, day=24)).do(cast.manager, "void", data={"text": "誤登録"})
        visit(cast, clock(14, day=26))
        minutes(clock(14, day=26))
        assert set(told()) == {"rep"}

    def test_an_apology_visit_in_between_was_a_visit(self, cast: SimpleNamespace) -> None:
        job = missed(cast, clock(10, day=24)).planned()
        job.do(cast.rep, "submit", "visit")
        visit(cast, clock(14, day=26))
        minutes(clock(14, day=26))
        assert set(told()) == {"rep"}

    def test_when_the_deputy_goes_it_is_who_looks_after_the_customer(self, cast: SimpleNamespace) -> None:
        missed(cast, clock(10, day=24))
        visit(cast, clock(14, day=26), who=cast.rep2)
        minutes(clock(14, day=26))
        assert set(told()) == {"rep", "rep2"}

    def test_hears_after_the_minutes_of_the_house(self, cast: SimpleNamespace) -> None:
        policy_set(key=VISIT_LADDER, value=(15, 45), by=cast.admin, at=clock(9, day=20), valid_from=clock(9, day=20))
        missed(cast, clock(10, day=24))
        visit(cast, clock(14, day=26))
        assert {n: count for n, count in enumerate(minutes(clock(14, day=26))) if count} == {15: 1, 45: 1}


class TestADeadlineDay:
    @pytest.fixture
    def job(self, cast: SimpleNamespace) -> Job:
        job = Job(cast, clock(10, day=24))
        job.do(cast.rep, "set_final_date", data={**FINAL, "at_time": "14:00"})
        return job

    def test_a_visit_on_it_reaches_the_deputy(self, cast: SimpleNamespace, job: Job) -> None:
        row = visit(cast, clock(11))
        assert {n: count for n, count in enumerate(minutes(clock(11))) if count} == {10: 1, 20: 1}
        assert set(told()) == {"rep", "rep2"}
        numbers = Activity.objects.open().filter(source__startswith="arrival:").values_list("number", flat=True)
        assert set(numbers) == {job.number}, "it follows the incident: who may not open it learns nothing"
        appointment_arrive(pk=row.pk, by=cast.rep, at=clock(11, 30))
        assert sum(minutes(clock(14))) == 0, "somebody of us is there"

    def test_it_keeps_the_minutes_it_was_opened_with(self, cast: SimpleNamespace, job: Job) -> None:
        new = clock(9, day=26)
        policy_set(key=VISIT_LADDER, value=(15, 45), by=cast.admin, at=new, valid_from=new)
        visit(cast, clock(11))
        assert {n: count for n, count in enumerate(minutes(clock(11))) if count} == {10: 1, 20: 1}

    def test_without_a_visit_the_customers_time_counts(self, cast: SimpleNamespace, job: Job) -> None:
        assert {n: count for n, count in enumerate(minutes(clock(14))) if count} == {10: 1, 20: 1}
        assert told()["rep"] == "14:00 期限当日"
        job.at = clock(14, 25)
        job.do(cast.rep, "arrive_on_day")
        arrivals_sweep(at=clock(14, 26))
        assert told() == {}
        assert ("arrive_on_day", "") not in job.offers(cast.rep)

    def test_without_a_time_nobody_is_missed(self, cast: SimpleNamespace) -> None:
        job = Job(cast, clock(10, day=24))
        job.do(cast.rep, "set_final_date", data=FINAL)
        assert sum(arrivals_sweep(at=clock(hour, 30)) for hour in range(9, 22)) == 0

    def test_a_date_met_is_no_deadline(self, cast: SimpleNamespace, job: Job) -> None:
        job.do(cast.rep, "meet_final_date", data={"words": "もう結構です", "said_by_name": "岡本様"})
        visit(cast, clock(11))
        minutes(clock(11))
        assert set(told()) == {"rep"}

    def test_the_arrival_is_recorded_on_the_day_by_those_it_concerns(self, cast: SimpleNamespace, job: Job) -> None:
        assert ("arrive_on_day", "") not in job.offers(cast.rep)
        with pytest.raises(Refused, match="has not come yet"):
            job.do(cast.rep, "arrive_on_day", data={})
        job.at = clock(13, 50)
        assert ("arrive_on_day", "") not in job.offers(cast.tech)
        with pytest.raises(Refused) as refused:
            job.do(cast.tech, "arrive_on_day", data={})
        assert refused.value.code == "forbidden"
        job.do(cast.manager, "arrive_on_day", data={})
        assert sum(minutes(clock(14))) == 0
        later = {"day": "2026-12-04", "agreed_on": "2026-11-30", "agreed_by_name": "岡本様", "at_time": "10:00"}
        job.do(cast.rep, "move_final_date", data=later)
        assert arrivals_sweep(at=datetime(2026, 12, 4, 10, 10, tzinfo=JST)) == 1, "the new day is a day of its own"

    def test_whoever_of_another_team_goes_instead_opens_it_until_the_day_is_over(
        self, cast: SimpleNamespace, job: Job
    ) -> None:
        asked = {"goes": cast.rep_b.pk, "agreed_on": "2026-11-24", "agreed_by_name": "岡本様"}
        job.do(cast.rep, "ask_absence", data=asked)
        assert not incidents_visible(viewer_for(cast.rep_b, job.at)).exists()
        job.do(cast.manager, "allow_absence", data={})
        assert incidents_visible(viewer_for(cast.rep_b, job.at)).exists()
        job.at = clock(14, 30)
        job.do(cast.rep_b, "arrive_on_day")
        job.do(cast.manager, "lift_final_date", data={"words": "もう結構です", "said_by": cast.okamoto.pk})
        assert not incidents_visible(viewer_for(cast.rep_b, job.at)).exists()

    def test_whoever_goes_instead_records_it(self, cast: SimpleNamespace, job: Job) -> None:
        asked = {"goes": cast.tech.pk, "agreed_on": "2026-11-24", "agreed_by_name": "岡本様"}
        job.do(cast.rep, "ask_absence", data=asked)
        job.do(cast.manager, "allow_absence", data={})
        minutes(clock(14))
        assert set(told()) == {"tech", "rep2"}
        job.at = clock(14, 30)
        job.do(cast.tech, "arrive_on_day")
        assert Incident.objects.get().case["known"]["final_arrived"] == "2026-11-30"


def test_the_apology_visit_rings_by_itself_and_not_twice(cast: SimpleNamespace) -> None:
    job = missed(cast, clock(10, day=24)).planned()
    starts = {"starts": clock(14, day=26).isoformat(), "attendees": [cast.rep.pk], "apology_points": "お待たせしたこと"}
    job.do(cast.rep, "start", "visit", data=starts)
    visit(cast, clock(14, day=26))
    assert sum(minutes(clock(14, day=26))) == 0, "the calendar has the same visit"


def test_on_the_page_and_by_program(cast: SimpleNamespace, client_for: ClientFor) -> None:
    row, other = visit(cast, clock(14)), visit(cast, clock(16))
    with time_machine.travel(clock(13, 50), tick=False):
        client, url = client_for(cast.rep), f"/customers/appointments/{row.pk}/"
        assert "到着した" in client.get(url).content.decode()
        assert client.post(f"{url}late/", {"minutes": "x"}).status_code == 400
        assert client.post(f"{url}late/", {"minutes": "30"}).status_code == 302
        assert "遅れる旨を連絡済み" in client.get(url).content.decode()
        assert client.post(f"{url}arrived/").status_code == 302
        page = client.get(url).content.decode()
        assert ("13:50" in page, f"{url}arrived/" in page) == (True, False)
        assert client_for(cast.rep_b).post(f"{url}arrived/").status_code == 404
        assert client_for(cast.auditor).post(f"{url}arrived/").status_code == 403
        program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=clock(13))}"})
        api = f"/api/v1/appointments/{other.pk}"
        told_late = program.post(f"{api}/late", json.dumps({"minutes": 20}), content_type="application/json")
        assert told_late.json()["expected"] == "2026-11-30T07:20:00Z"
        assert program.post(f"{api}/late", "{}", content_type="application/json").status_code == 200
        assert program.post(f"{api}/arrived").json()["arrived_at"] == "2026-11-30T04:50:00Z"
        assert program.post(f"{api}/late", "{}", content_type="application/json").status_code == 409


def test_on_the_incidents_page_only_on_the_day(cast: SimpleNamespace, client_for: ClientFor) -> None:
    job = Job(cast, clock(10, day=24))
    job.do(cast.rep, "set_final_date", data={**FINAL, "at_time": "14:00"})
    url, client = f"/incidents/{job.number}/", client_for(cast.rep)
    for day, shown in ((29, False), (30, True)):
        with time_machine.travel(clock(13, 50, day=day), tick=False):
            assert ("到着した(期限当日)" in client.get(url).content.decode()) is shown
    with time_machine.travel(clock(13, 55), tick=False):
        client.post(f"{url}command/", {"command": "arrive_on_day", "idempotency": "a1"})
        page = client.get(url).content.decode()
    assert "期限当日に到着しました" in page
    assert "到着した(期限当日)" not in page
