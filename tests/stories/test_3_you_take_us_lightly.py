"""Story 3: "this month, or replace the machine". The day comes nearer, and Makoto speaks up before it is missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity, Appointment, Promise
from customers.services import (
    AppointmentData,
    appointment_change,
    appointment_check,
    appointment_make,
    call_record,
    promise_keep,
    reading_note,
)
from desk.gaps import temperature_sweep
from desk.notebook import calendar_of
from desk.selectors import today_for
from desk.temperature import temperature_of
from incidents import verify
from incidents.models import Incident
from incidents.policy import FINAL_STRETCH, LAST_CONTACT
from incidents.services import clashes_sweep, deadlines, final_stretch_sweep, visits_sweep
from office.clock import JST
from office.errors import Refused
from office.models import Outbox, User
from office.services import policy_set
from office.viewer import viewer_for
from tests.job import Job

pytestmark = pytest.mark.django_db
ULTIMATUM = {
    "day": "2026-11-30", "consequence": "今月中に直らなければ、機械を取り替えてほしい", "said_by_name": "工場長 堀",
    "expects": "役員に、窓口の方から状況を説明してほしい", "words": "時間は必要なだけ使っていい",
}  # fmt: skip
NOVEMBER = 11


def day(number: int, hour: int = 10, month: int = NOVEMBER) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=JST)


@pytest.fixture
def job(cast: SimpleNamespace) -> Job:
    """The machine fails almost weekly; rep owns the matter, rep2 is the one window; the plant manager has set a day."""
    job = Job(cast, day(17), kind="defect", summary="納めた機械が3か月のあいだ、毎週のように止まっている")
    job.planned()
    job.do(cast.manager, "assign", data={"owner": cast.rep.pk, "deputy": None, "liaison": cast.rep2.pk})
    job.do(cast.rep2, "set_final_date", data=ULTIMATUM)
    return job


def lists(user: User, kind: str = "") -> list[Activity]:
    found = Activity.objects.open().filter(who=user).exclude(kind__in=("step", "approval", "promise", "follow_up"))
    return list(found.filter(kind=kind) if kind else found)


def book(who: User, title: str, starts: datetime, ends: datetime, customer: Any = None) -> Appointment:
    data = AppointmentData(title=title, starts=starts, ends=ends, customer_id=customer and customer.pk)
    return appointment_make(who=who, data=data, by=who, at=day(20))


def test_the_last_day_counts_down_for_liaison_owner_and_manager(cast: SimpleNamespace, job: Job) -> None:
    for user in (cast.rep2, cast.rep, cast.manager):
        (row,) = lists(user, "deadline")
        assert row.due == datetime(2026, 11, 30, 17, 30, tzinfo=JST)
        assert today_for(viewer_for(user, day(18))).deadlines == [row]
    assert lists(cast.branch, "deadline") == []


def test_the_day_is_held_for_the_one_window(cast: SimpleNamespace, job: Job) -> None:
    (row,) = lists(cast.rep2, "day")
    assert row.starts == datetime(2026, 11, 30, 9, 0, tzinfo=JST)
    assert lists(cast.rep, "day") == []
    feed = calendar_of(cast.rep2, day(20)).decode()
    assert "SUMMARY:予定確保" in feed
    assert "DTSTART;VALUE=DATE:20261130" in feed, "the whole day is held in the phone's calendar"


def test_the_day_goes_to_nobody_else_by_a_change_of_people(cast: SimpleNamespace, job: Job) -> None:
    """Who else becomes owner does not hold it; it goes with the one window, and its new holder knows at once."""
    job.do(cast.manager, "assign", data={"owner": cast.tech.pk, "deputy": None, "liaison": cast.rep2.pk})
    assert [row.who for row in Activity.objects.open().filter(kind="day")] == [cast.rep2]
    job.do(cast.manager, "assign", data={"owner": cast.rep.pk, "deputy": None, "liaison": cast.rep.pk})
    assert [row.who for row in Activity.objects.open().filter(kind="day")] == [cast.rep]


def test_the_board_sits_waiting_and_nobody_has_come(cast: SimpleNamespace, job: Job) -> None:
    """Ten minutes after the start the window is told, ten later the owner, who can still ring the customer."""
    book(cast.rep2, "東和工業様 ご説明", day(30, 13), day(30, 14), cast.towa)
    told = []
    for minute in (9, 10, 20):
        deadlines(at=day(30, 13) + timedelta(minutes=minute))
        told.append([mail.to for mail in Outbox.objects.filter(key__startswith="arrival:").order_by("pk")])
    assert told == [[], [cast.rep2], [cast.rep2, cast.rep]]


def test_kind_words_change_no_date(cast: SimpleNamespace, job: Job) -> None:
    before = (dict(job.case.known), [row.due for row in lists(cast.rep2)])
    job.at = day(27)
    job.do(cast.rep2, "note", data={"text": "取り替えずに済みそうで、よかった", "said_by": "工場長 堀"})
    job.do(cast.rep2, "submit", "visit", {**job.offers(cast.rep2)["submit", "visit"]["schema"]["example"],
                                          "reaction": "accepted", "words": "ほぼ直りましたね"})  # fmt: skip
    assert (dict(job.case.known), [row.due for row in lists(cast.rep2)]) == before


def test_almost_all_is_solved_and_what_is_left_keeps_the_matter_open(cast: SimpleNamespace, job: Job) -> None:
    """One week of repair: a few items are left, each with its day. They keep the matter open, kind words or not."""
    job.at = day(20)
    paper = job.offers(cast.rep)["submit", "repair_period"]["schema"]["example"]
    left = [{"what": "非常停止の表示灯の調整", "due": "2026-12-04"}, {"what": "銘板の貼り替え", "due": "2026-12-04"}]
    job.do(cast.rep, "submit", "repair_period", {**paper, "residuals": left})
    promised = Promise.objects.open().filter(number=job.number, what__startswith="残件: ")
    assert {promise.answer_by.astimezone(JST).date() for promise in promised} == {day(4, month=12).date()}
    final_stretch_sweep(at=day(25))
    told = next(row.detail for row in lists(cast.rep2, "notice") if row.source.startswith("final-stretch:"))
    assert "最終期限まで3営業日" in told
    assert ("close", "") not in job.offers(cast.manager)


def test_the_technicians_appointment_reaches_owner_and_window_at_once(cast: SimpleNamespace, job: Job) -> None:
    visit = book(cast.tech, "東和工業 月末報告", day(30, 13), day(30, 14), cast.towa)
    assert visits_sweep(at=day(20)) == 2
    assert visits_sweep(at=day(20)) == 0, "told once"
    for user in (cast.rep, cast.rep2):
        (row,) = lists(user, "notice")
        assert row.detail == "技術の森さんが30日に東和工業様を訪問します。目的とご出席者を確かめますか。"
        mail = Outbox.objects.get(to=user, key__startswith="visit-notice:")
        assert (mail.subject, row.detail in mail.body) == ("確認: 東和工業様", True)
    data = AppointmentData(title="東和工業 月末報告", starts=visit.starts, ends=visit.ends, customer_id=cast.towa.pk,
                           purpose="残件のご報告", attendees="専務 岡本様ほか役員5名")  # fmt: skip
    appointment_change(pk=visit.pk, version=1, data=data, by=cast.tech, at=day(20))
    appointment_check(pk=visit.pk, by=cast.rep2, at=day(20))
    visits_sweep(at=day(20))
    assert lists(cast.rep, "notice") == []


def test_the_clash_with_the_meeting_in_the_house_is_shown_until_it_is_moved(cast: SimpleNamespace, job: Job) -> None:
    meeting = book(cast.rep2, "営業会議", day(30, 13), day(30, 15))
    clashes_sweep(at=day(20))
    (row,) = lists(cast.rep2, "notice")
    assert row.detail == "期限当日(30日)に社内会議が重なっています。会議の変更を頼みますか。"
    assert row.link == f"/customers/appointments/{meeting.pk}/"
    data = AppointmentData(title="営業会議", starts=day(27, 13), ends=day(27, 15))
    appointment_change(pk=meeting.pk, version=1, data=data, by=cast.rep2, at=day(20))
    clashes_sweep(at=day(20))
    assert lists(cast.rep2, "notice") == []


def test_going_to_that_customer_is_no_clash(cast: SimpleNamespace, job: Job) -> None:
    book(cast.rep2, "東和工業様 ご説明", day(30, 13), day(30, 15), cast.towa)
    assert clashes_sweep(at=day(20)) == 0


def test_the_final_stretch_keeps_the_days_it_was_opened_with(cast: SimpleNamespace, job: Job) -> None:
    for key, value in ((FINAL_STRETCH, 8), (LAST_CONTACT, 60)):
        policy_set(key=key, value=value, by=cast.admin, at=day(19), valid_from=day(19))
    assert final_stretch_sweep(at=day(24)) == 0
    assert final_stretch_sweep(at=day(25)) == 2
    Incident.objects.update(pins={})  # one that was opened before these were pinned: those valid when it was opened
    assert final_stretch_sweep(at=day(25)) == 0
    assert Activity.objects.open().filter(source__startswith="final-stretch:").count() == 2


def test_days_before_the_final_stretch_is_checked_once(cast: SimpleNamespace, job: Job) -> None:
    assert final_stretch_sweep(at=day(24)) == 0, "four business days are left"
    assert final_stretch_sweep(at=day(25)) == 2
    assert final_stretch_sweep(at=day(26)) == 0
    found = [row for row in lists(cast.rep2, "notice") if row.source.startswith("final-stretch:")]
    assert [row.detail for row in found] == [
        "最終期限まで3営業日、残件7件、最後のご連絡から8日です。期限当日に伺う人を確かめましょう。"
    ]


def test_a_call_the_day_before_is_a_contact(cast: SimpleNamespace, job: Job) -> None:
    call_record(customer_id=cast.towa.pk, contact_id=None, outcome="reached", note="", key="c", by=cast.rep2,
                at=day(24))  # fmt: skip
    final_stretch_sweep(at=day(25))
    (row,) = (row for row in lists(cast.rep, "notice") if row.source.startswith("final-stretch:"))
    assert "最後のご連絡から1日です" in row.detail


def test_the_window_cannot_stay_away_without_customer_and_manager(cast: SimpleNamespace, job: Job) -> None:
    with pytest.raises(Refused, match="Choose who of the customer"):
        job.do(cast.rep2, "ask_absence", data={"goes": cast.rep.pk, "agreed_on": "2026-11-17"})
    asked = {"goes": cast.rep.pk, "agreed_by_name": "工場長 堀", "agreed_on": "2026-11-17"}
    job.do(cast.rep2, "ask_absence", data=asked)
    assert [row.who for row in Activity.objects.open().filter(kind="day")] == [cast.rep2]
    with pytest.raises(Refused) as refused:
        job.do(cast.rep2, "allow_absence", data={})
    assert refused.value.code == "forbidden"
    job.do(cast.manager, "refuse_absence", data={"text": "窓口が伺うお約束です"})
    assert [row.who for row in Activity.objects.open().filter(kind="day")] == [cast.rep2]
    job.do(cast.rep2, "ask_absence", data=asked)
    job.do(cast.manager, "allow_absence", data={})
    assert [row.who for row in Activity.objects.open().filter(kind="day")] == [cast.rep]


def test_the_curve_shows_us_cooling_while_they_grow_warmer(cast: SimpleNamespace, job: Job) -> None:
    """After the repair the rep relaxes, and the board waits for the 30th: the owner is asked on the 26th."""
    for number in (5, 10, 12):
        call = {"customer_id": cast.towa.pk, "outcome": "reached", "by": cast.rep2, "key": f"c{number}"}
        call_record(**call, at=day(number))
    promise_keep(promise_id=Promise.objects.open().get().pk, evidence="お電話した", by=cast.rep, at=day(17, 17))
    for number, heat, words in ((17, 3, "直るまで待つ、とのお話"), (25, 5, "月末は役員の予定を空けてある、とのお話")):
        reading_note(customer=cast.towa, heat=heat, words=words, key=f"r{number}", by=cast.tech, at=day(number, 18))
    gaps = []
    for number in (20, 26):
        found = temperature_of(viewer_for(cast.rep, day(number)), cast.towa)
        assert found is not None
        assert found.now.stage == "trouble"
        gaps.append(found.now.gap)
    assert gaps == [-2, 2]
    assert [temperature_sweep(at=day(number)) for number in (20, 24, 26)] == [0, 0, 1]
    (row,) = (row for row in lists(cast.rep, "notice") if row.source.startswith("temperature:"))
    assert row.detail == "温度差2。次の一手はお客様のページをご覧ください。", "it tells nobody else of the incident"
    found = temperature_of(viewer_for(cast.rep, day(26)), cast.towa)
    assert found is not None
    assert found.touch is not None
    assert found.touch.words == "予定があります: 期限当日"


def test_the_story_as_it_should_have_been(cast: SimpleNamespace, job: Job) -> None:
    book(cast.tech, "東和工業 月末報告", day(30, 13), day(30, 14), cast.towa)
    book(cast.rep2, "営業会議", day(30, 13), day(30, 15))
    deadlines(at=day(20))
    deadlines(at=day(25))
    assert sorted(row.source.partition(":")[0] for row in lists(cast.rep2, "notice")) == [
        "clash", "final-stretch", "visit-notice",
    ]  # fmt: skip
    job.at = day(30, 14)
    job.do(
        cast.rep2,
        "meet_final_date",
        data={"words": "よく来てくれた。期限の話はここまでです", "said_by_name": "専務 岡本"},
    )
    deadlines(at=job.at)
    assert not Activity.objects.open().filter(kind__in=("deadline", "day")).exists()
    assert [row for row in lists(cast.rep2) if not row.source.startswith("visit-notice:")] == []
    assert list(verify.problems()) == []


def test_the_incident_shows_it_above_the_steps(
    cast: SimpleNamespace, job: Job, client_for: Callable[..., Client]
) -> None:
    book(cast.rep2, "営業会議", day(30, 13), day(30, 15))
    with time_machine.travel(day(25), tick=False):
        page = client_for(cast.rep2).get(f"/incidents/{job.number}/").content.decode()
        customer = client_for(cast.rep2).get(f"/customers/{cast.towa.pk}/").content.decode()
        today = client_for(cast.manager).get("/").content.decode()
        row = client_for(cast.rep2).get("/incidents/").content.decode()
    for found in (page, customer, today):
        assert "「今月中に直らなければ、機械を取り替えてほしい」" in found
        assert "あと3営業日" in found
        assert "役員に、窓口の方から状況を説明してほしい" in found
    assert page.index("最終期限(お客様ご指定)") < page.index('id="h-steps"')
    assert "期限当日(30日)に社内会議が重なっています。会議の変更を頼みますか。" in page
    assert "最終期限 " in row
