"""What one of us had to bear: kept for few, two go from then on, and the boss helps (practice 4-05, story 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from customers.models import Activity, Appointment
from customers.selectors import activities_of, activities_seen
from customers.services import AppointmentData, appointment_change, appointment_delete, appointment_make
from incidents import verify
from incidents.models import Leaf
from incidents.services import alone_sweep
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.incidents.web.test_bargain import text_of
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
FACTS, HELP = "四十分のお電話で個人へのお言葉", "お電話は私が受けます"


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """The plan is approved; nothing is arranged yet."""
    return Job(cast, at, next_contact="none").planned()


def note(job: Job, user: User | None = None, **more: Any) -> int:
    data = {"happened_at": job.at.isoformat(), "sort": "words", "text": FACTS, **more}
    job.do(user or job.cast.rep, "note_abuse", data=data)
    return Leaf.objects.filter(sort="abuse").latest("pk").pk


def arrange(job: Job, *going: User) -> None:
    starts = (job.at + timedelta(days=1)).isoformat()
    job.do(job.cast.rep, "start", "visit", {"starts": starts, "attendees": [user.pk for user in going]})


def waiting(job: Job) -> list[User]:
    rows = Activity.objects.open().filter(source__startswith=f"incident:{job.number}:quiet:abuse:")
    return [row.who for row in rows]


def test_from_then_on_two_go(job: Job) -> None:
    cast = job.cast
    arrange(job, cast.rep)
    note(job)
    job.do(cast.rep, "read_brief", "visit")
    with pytest.raises(Refused, match="Two of us go to this customer"):
        job.do(cast.rep, "on_the_way", "visit", {})
    for going in ((cast.rep,), (cast.rep, cast.rep), ()):
        with pytest.raises(Refused) as refused:
            arrange(job, *going)
        assert (refused.value.code, refused.value.field) == ("incomplete", "attendees")
    assert len(job.offers(cast.rep)["start", "visit"]["schema"]["example"]["attendees"]) == 2
    arrange(job, cast.rep, cast.manager)
    job.do(cast.rep, "on_the_way", "visit", {})


def test_in_another_incident_of_the_customer_two_go_as_well_and_not_for_ever(job: Job) -> None:
    note(job)
    job.do(job.cast.manager, "withdraw")
    other = Job(job.cast, job.at, kind="missed_appointment", next_contact="none").planned()
    with pytest.raises(Refused, match="Two of us go"):
        arrange(other, job.cast.rep)
    other.at += timedelta(days=366)
    arrange(other, job.cast.rep)


def test_the_boss_is_told_and_helps(job: Job) -> None:
    cast = job.cast
    leaf = note(job, cast.tech)  # whoever had to bear it writes it
    assert waiting(job) == [cast.manager]
    assert ("answer_abuse", "") not in job.offers(cast.manager2)
    with pytest.raises(Refused, match="The incident is open"):
        job.do(cast.branch, "answer_abuse", data={"leaf": leaf, "text": "x"})
    job.do(cast.manager, "answer_abuse", data={"leaf": leaf, "text": HELP})
    assert (waiting(job), Leaf.objects.get(pk=leaf).state) == ([], "answered")
    note(job, who=cast.branch.pk)
    assert waiting(job) == [cast.branch]
    note(job, cast.manager)  # the boss's own: who stands above the boss
    assert waiting(job)[1:] != [cast.manager]
    assert list(verify.problems()) == []


def test_it_is_handed_over_to_somebody_else_with_the_bosss_help(job: Job) -> None:
    cast = job.cast
    leaf = note(job, hand_over="yes")
    job.do(cast.manager, "assign", data={"owner": cast.rep2.pk, "deputy": cast.manager2.pk})
    assert (waiting(job), Leaf.objects.get(pk=leaf).state) == ([], "handed_over")
    assert job.incident.owner == cast.rep2
    with pytest.raises(Refused, match="Two of us go"):
        job.do(cast.rep2, "start", "visit", {"starts": (job.at + timedelta(days=1)).isoformat()})
    assert list(verify.problems()) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [({"happened_at": "2030-01-01T10:00"}, "happened_at"), ({"who": 10**6}, "who"), ({"text": ""}, "text")],
)
def test_what_cannot_be_is_refused_beside_its_field(job: Job, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        note(job, **more)
    assert refused.value.field == field


def test_only_a_boss_of_this_incident_can_be_told(job: Job) -> None:
    for user in (job.cast.rep, job.cast.rep2, job.cast.manager_b):
        with pytest.raises(Refused, match="Choose a boss"):
            note(job, who=user.pk)


@pytest.mark.parametrize("name", ["rep2", "manager2", "branch", "director", "auditor", "tech", "rep", "manager"])
def test_the_few_read_it_and_nobody_else_meets_a_word_of_it(
    job: Job, at: datetime, name: str, client_for: Callable[[User], Client]
) -> None:
    leaf = note(job)
    job.do(job.cast.manager, "answer_abuse", data={"leaf": leaf, "text": HELP})
    note(job)
    user: User = getattr(job.cast, name)
    page, customer = f"/incidents/{job.number}/", f"/customers/{job.cast.towa.pk}/"
    with time_machine.travel(at, tick=False):
        program = Client(headers={"authorization": f"Bearer {token_create(user=user, at=at)}"})
        browser = client_for(user)
        told = [text_of(program, f"/api/v1{page[:-1]}")]
        paths = (page, f"{page}timeline/", f"{page}steps/visit/", customer, "/", f"/search/?q={job.number}",
                 f"/office/journal/?q={job.number}", f"{page}acts/answer_abuse/?leaf={leaf}")  # fmt: skip
        told += [text_of(browser, path) for path in paths]
        assert "2名で伺います" in told[1]
    few = name in ("rep", "manager")
    for word in (FACTS, HELP):
        assert any(word in text for text in told) == few, word
    answer = json.loads(told[0])
    assert ({"abuse", "abuse_answer"} <= {leaf["sort"] for leaf in answer["leaves"]}) == few
    assert ({"note_abuse", "answer_abuse"} <= {line["command"] for line in answer["timeline"]}) == few


def test_the_row_of_the_boss_says_nothing_and_is_on_no_other_list(job: Job) -> None:
    note(job)
    row = Activity.objects.open().get(source__contains=":quiet:abuse:")
    assert (row.label, row.kind, row.deputy) == ("Please look at this incident", "personal", None)
    for user in (job.cast.rep2, job.cast.manager2, job.cast.director):
        viewer = viewer_for(user, job.at)
        assert row not in activities_seen(viewer)
        assert row not in activities_of(viewer, job.cast.towa.pk)


def test_on_the_pages(job: Job, at: datetime, client_for: Callable[[User], Client]) -> None:
    page = f"/incidents/{job.number}/"
    with time_machine.travel(at, tick=False):
        rep, boss = client_for(job.cast.rep), client_for(job.cast.manager)
        assert "理由のある厳しいお叱りは" in rep.get(f"{page}acts/note_abuse/").content.decode()
        typed = {"happened_at": "2026-11-24T09:10", "sort": "hours", "text": FACTS, "hand_over": "yes", "who": ""}
        assert rep.post(f"{page}acts/note_abuse/", {**typed, "idempotency": "n"}).status_code == 302
        leaf = Leaf.objects.get(sort="abuse").pk
        seen = boss.get(page).content.decode()
        assert "担当交代の希望" in seen
        assert "読めるのは田中さん、佐藤課長だけです" in seen
        assert "?act=assign#more" in seen
        assert FACTS in boss.get(f"{page}acts/answer_abuse/?leaf={leaf}").content.decode()
        answer = boss.post(f"{page}acts/answer_abuse/", {"leaf": leaf, "text": HELP, "idempotency": "a"})
        assert answer.status_code == 302
        assert HELP in rep.get(page).content.decode()
        alone = {"command": "start", "starts": "2026-11-25T14:00", "attendees": [str(job.cast.rep.pk)]}
        refused = rep.post(f"{page}steps/visit/", {**alone, "submission": "0", "idempotency": "v"})
        assert (refused.status_code, "もう1名を選んでください" in refused.content.decode()) == (422, True)


class TestElsewhereToo:
    """Where two go they go to every visit: of our calendars, of a follow-up, on a deadline day."""

    @pytest.fixture
    def borne(self, job: Job) -> Job:
        note(job)
        return job

    def book(self, job: Job, who: User, *, days: int = 2, along: User | None = None) -> Appointment:
        starts = job.at + timedelta(days=days)
        data = AppointmentData(title="定例のご訪問", starts=starts, ends=starts + timedelta(hours=1),
                               customer_id=job.cast.towa.pk, companion_id=along.pk if along else None)  # fmt: skip
        return appointment_make(who=who, data=data, by=who, at=job.at)

    def refused(self, act: Callable[[], object], field: str) -> None:
        with pytest.raises(Refused, match="Two of us go to this customer") as refused:
            act()
        assert (refused.value.code, refused.value.status, refused.value.field) == ("conflict", 409, field)

    def test_no_visit_of_our_calendars_is_for_one_alone(self, borne: Job) -> None:
        cast = borne.cast
        self.refused(lambda: self.book(borne, cast.rep), "companion")
        assert not Appointment.objects.exists()
        self.book(borne, cast.rep, along=cast.tech)
        rows = Appointment.objects.order_by("pk")
        assert [(row.who, row.customer, row.title) for row in rows] == [
            (cast.rep, cast.towa, "定例のご訪問"), (cast.tech, cast.towa, "定例のご訪問"),
        ]  # fmt: skip
        self.book(borne, cast.rep2)  # a third who joins them
        self.refused(lambda: self.book(borne, cast.rep2, days=5), "companion")
        for wrong in (cast.rep2.pk, 10**6):
            data = AppointmentData(title="x", starts=borne.at, ends=borne.at + timedelta(days=1), companion_id=wrong)
            with pytest.raises(Refused, match="goes along"):
                appointment_make(who=cast.rep2, data=data, by=cast.rep2, at=borne.at)

    def test_who_moves_a_visit_takes_the_other_along(self, borne: Job) -> None:
        cast, row = borne.cast, self.book(borne, borne.cast.rep, along=borne.cast.tech)
        later = row.starts + timedelta(days=1)
        alone = AppointmentData(title="定例", starts=later, ends=later + timedelta(hours=1), customer_id=cast.towa.pk)
        self.refused(
            lambda: appointment_change(pk=row.pk, version=1, data=alone, by=cast.rep, at=borne.at), "companion"
        )
        both = replace(alone, companion_id=cast.tech.pk)
        appointment_change(pk=row.pk, version=1, data=both, by=cast.rep, at=borne.at)
        assert set(Appointment.objects.values_list("who", "starts")) == {(cast.rep.pk, later), (cast.tech.pk, later)}
        said = replace(alone, purpose="ご説明")  # the time stays: nothing is asked
        appointment_change(pk=row.pk, version=2, data=said, by=cast.rep, at=borne.at)

    def test_other_customers_other_times_and_what_is_over(self, borne: Job) -> None:
        cast, ended = borne.cast, borne.at - timedelta(days=1)
        past = AppointmentData(title="x", starts=ended, ends=ended + timedelta(hours=1), customer_id=cast.towa.pk)
        other = replace(past, starts=borne.at, ends=borne.at + timedelta(hours=1), customer_id=cast.hokuriku.pk)
        inside = replace(other, customer_id=None)
        for data in (past, other, inside):
            appointment_make(who=cast.rep, data=data, by=cast.rep, at=borne.at)
        borne.at += timedelta(days=366)
        self.book(borne, cast.rep)

    def test_a_follow_up_on_the_spot_names_both(self, borne: Job) -> None:
        cast = borne.cast
        arrange(borne, cast.rep, cast.manager)
        borne.do(cast.rep, "submit", "visit")
        paper = {"how": "visit", "to": [cast.okamoto.pk], "reaction": "accepted"}
        for went in ([], [cast.rep.pk]):
            alone = partial(borne.do, cast.rep, "submit", "follow_up", {**paper, "attendees": went})
            self.refused(alone, "attendees")
        borne.do(cast.rep, "submit", "follow_up", {**paper, "attendees": [cast.rep.pk, cast.manager.pk]})
        borne.do(cast.rep, "submit", "follow_up", {**paper, "how": "phone"})
        assert list(verify.problems()) == []

    def test_the_deadline_day_is_held_by_two(self, borne: Job) -> None:
        cast = borne.cast
        day = {"day": f"{borne.at + timedelta(days=6):%Y-%m-%d}", "consequence": "取り替えてほしい",
               "expects": "ご説明", "said_by": cast.okamoto.pk}  # fmt: skip
        for along in ({}, {"companion": cast.rep.pk}):
            self.refused(partial(borne.do, cast.rep, "set_final_date", data={**day, **along}), "companion")
        assert "companion" in borne.offers(cast.rep)["set_final_date", ""]["schema"]["example"]
        borne.do(cast.rep, "set_final_date", data={**day, "companion": cast.manager.pk})

        def held() -> set[User]:
            return {row.who for row in Activity.objects.open().filter(kind="day")}

        assert held() == {cast.rep, cast.manager}
        instead = {"goes": cast.rep2.pk, "agreed_by": cast.okamoto.pk, "agreed_on": f"{borne.at:%Y-%m-%d}"}
        takes_over = {**instead, "goes": cast.manager.pk}
        self.refused(lambda: borne.do(cast.rep, "ask_absence", data=takes_over), "companion")
        borne.do(cast.rep, "ask_absence", data={**instead, "companion": cast.tech.pk})
        assert held() == {cast.rep, cast.manager}
        borne.do(cast.branch, "allow_absence")
        assert held() == {cast.rep2, cast.tech}
        borne.at += timedelta(days=6)
        borne.do(cast.tech, "arrive_on_day")
        borne.do(cast.rep, "meet_final_date")
        assert held() == set()
        assert list(verify.problems()) == []

    def test_who_goes_alone_all_the_same_is_told_until_somebody_goes_along(self, job: Job) -> None:
        cast, day = job.cast, {"day": f"{job.at + timedelta(days=6):%Y-%m-%d}", "consequence": "x", "expects": "x"}
        job.do(cast.rep, "set_final_date", data={**day, "said_by": cast.okamoto.pk})
        booked = self.book(job, cast.rep2)
        assert alone_sweep(at=job.at) == 0
        note(job)
        assert (alone_sweep(at=job.at), alone_sweep(at=job.at)) == (2, 0)

        def told() -> set[tuple[User, str]]:
            rows = Activity.objects.open().filter(source__startswith="alone:").select_related("who")
            return {(row.who, row.link) for row in rows}

        page = f"/incidents/{job.number}/#final"
        assert told() == {(cast.rep2, f"/customers/appointments/{booked.pk}/"), (cast.rep, page)}
        self.book(job, cast.tech)
        self.book(job, cast.tech, days=6, along=cast.manager)
        assert (alone_sweep(at=job.at), told()) == (0, set())
        appointment_delete(pk=booked.pk, by=cast.rep2, at=job.at)
        assert alone_sweep(at=job.at) == 1
        assert {who for who, _link in told()} == {cast.tech}

    def test_on_the_pages_and_by_program(self, borne: Job, at: datetime, client_for: Callable[[User], Client]) -> None:
        cast = borne.cast
        sentence = "このお客様へは2名で伺います"
        with time_machine.travel(at, tick=False):
            browser = client_for(cast.rep)
            typed = {"title": "定例", "starts": "2026-11-26T14:00", "ends": "2026-11-26T15:00", "customer": "C-0001",
                     "idempotency": str(uuid4()), "version": 0}  # fmt: skip
            answer = browser.post("/customers/appointments/new/", typed)
            assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
            assert browser.post("/customers/appointments/new/", {**typed, "companion": cast.tech.pk}).status_code == 302
            program = Client(headers={"authorization": f"Bearer {token_create(user=cast.rep, at=at)}"})
            body = {"title": "定例", "starts": "2026-11-27T14:00+09:00", "ends": "2026-11-27T15:00+09:00",
                    "customer": cast.towa.pk, "idempotency_key": "p"}  # fmt: skip
            post = partial(program.post, "/api/v1/appointments", content_type="application/json")
            refused = post(json.dumps(body))
            assert (refused.status_code, sentence in refused.json()["message"]) == (409, True)
            assert post(json.dumps({**body, "companion": "nobody"})).status_code == 400
            assert post(json.dumps({**body, "companion": "tech"})).status_code == 201
        assert Appointment.objects.filter(who=cast.tech).count() == 2
