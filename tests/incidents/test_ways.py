"""Each reaction of the customer has its own way forward, and none is a dead end (features 33 to 38, practice 4-21)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity, Promise
from customers.services import promise_keep
from incidents import verify
from office.clock import JST
from office.errors import Refused
from office.models import Outbox, User
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WORDS = "点検の結果を書面で見せてほしい"


def visited(job: Job, reaction: str, **more: Any) -> Job:
    met = [] if reaction == "not_met" else [job.cast.okamoto.pk]
    why = "急なご来客" if reaction == "not_met" else ""
    paper = {"met": met, "why_not": why, "reaction": reaction, "words": "承知した", **more}
    job.do(job.cast.rep, "submit", "visit", paper)
    return job


def rows(part: str) -> dict[User, str]:
    """Who has an open row with this in its source, and what it says."""
    return {row.who: row.label for row in Activity.objects.open().filter(source__contains=f":{part}:")}


def page(job: Job, user: User, client: Client, place: str = "") -> str:
    client.force_login(user)
    return client.get(f"/incidents/{job.number}/{place}").content.decode()


def finished(job: Job) -> None:
    """Every step is done and every promise kept, except that the incident is closed."""
    people = (job.cast.rep, job.cast.manager, job.cast.manager2, job.cast.branch, job.cast.director)
    while job.forward(*people, but="close"):
        pass
    for promise in Promise.objects.open():
        promise_keep(promise_id=promise.pk, evidence="お届けした", by=job.cast.rep, at=job.at)


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at, next_contact="none").planned()


# --- accepted on a condition


def test_conditions_are_written(cast: SimpleNamespace, job: Job) -> None:
    with pytest.raises(Refused) as caught:
        visited(job, "conditional")
    assert (caught.value.code, caught.value.field) == ("incomplete", "conditions")


def test_conditions_go_to_the_boss_and_are_settled_by_an_agreement(
    cast: SimpleNamespace, job: Job, client: Client
) -> None:
    visited(job, "conditional", conditions=WORDS)
    assert rows("conditions") == {
        cast.manager: "Look at the customer's conditions", cast.rep: "Settle the customer's conditions",
    }  # fmt: skip
    for place in ("", "steps/compensation/"):
        assert WORDS in page(job, cast.manager, client, place)
    job.do(cast.rep, "agreement")
    assert rows("conditions") == {}
    assert "条件付きでご納得いただいています" not in page(job, cast.rep, client)
    assert list(verify.problems()) == []


def test_nothing_closes_over_open_conditions_until_they_accept(cast: SimpleNamespace, job: Job) -> None:
    visited(job, "conditional", conditions=WORDS)
    while ("submit", "follow_up") not in job.offers(cast.rep):
        assert job.forward(cast.rep, cast.manager, cast.manager2, cast.branch, but="close")
    job.do(cast.rep, "submit", "follow_up", {"how": "phone", "reaction": "pending"})
    assert len(rows("conditions")) == 2
    job.do(cast.manager, "skip", "follow_up", {"text": "ご意向"})
    finished(job)
    with pytest.raises(Refused, match="condition that is not settled"):
        job.do(cast.rep, "close", data={})
    job.do(cast.manager, "reopen", "follow_up", {"text": "確かめる"})
    job.do(cast.rep, "submit", "follow_up", {"how": "phone", "reaction": "accepted"})
    assert rows("conditions") == {}
    finished(job)
    job.do(cast.rep, "close", data={})
    assert job.incident.state == "closed"


# --- waits and sees


def test_who_waits_and_sees_knows_when_we_make_contact(cast: SimpleNamespace, job: Job, client: Client) -> None:
    with pytest.raises(Refused) as caught:
        visited(job, "pending")
    assert (caught.value.code, caught.value.field) == ("incomplete", "promise_by")
    agreed = datetime(2026, 12, 10, 14, tzinfo=JST)  # later than the three days of the series
    visited(job, "pending", promise_by=agreed.isoformat())
    promise = Promise.objects.get()
    assert (promise.answer_by, promise.kind, promise.agreed) == (agreed, "time", True)
    assert job.case.steps["follow_up"].due == agreed
    assert "様子を見る)とのことです。12/10(木)に" in page(job, cast.rep, client)
    job.at = agreed
    job.do(cast.rep, "submit", "follow_up", {"how": "phone", "reaction": "accepted"})
    now = job.case.steps["follow_up"]
    assert now.due
    assert now.since
    assert (now.round, (now.due - now.since).days) == (2, 30)  # the 14 days lie before the day they agreed to
    with time_machine.travel(agreed + timedelta(minutes=1), tick=False):
        assert "様子を見る)とのことです" not in page(job, cast.rep, client)


def test_what_they_were_promised_in_words_stays_in_words(cast: SimpleNamespace, job: Job) -> None:
    visited(
        job, "pending", promise_what="試験の結果をお知らせする", promise_by=(job.at + timedelta(days=2)).isoformat()
    )
    assert Promise.objects.get().what == "試験の結果をお知らせする"


# --- nobody met, not accepted


def test_alternatives_that_were_sealed_may_be_offered_then(cast: SimpleNamespace, job: Job, client: Client) -> None:
    job.wished().do(cast.rep, "prepare_alternatives")
    job.do(cast.manager, "agree_alternatives")
    assert "代替案が開きました" not in page(job, cast.rep, client)
    visited(job, "not_accepted")
    assert "代替案が開きました" in page(job, cast.rep, client, "steps/visit/")


@pytest.mark.parametrize(
    ("reaction", "words"), [("not_met", "改めて日時をいただきます"), ("not_accepted", "ご納得いただけていません")]
)
def test_who_goes_again_reads_why_and_until_when(
    cast: SimpleNamespace, job: Job, client: Client, reaction: str, words: str
) -> None:
    visited(job, reaction)
    now = job.case.steps["visit"]
    assert (now.state, now.round) == ("open", 1)
    assert now.due
    for place in ("", "steps/visit/"):
        text = page(job, cast.rep, client, place)
        assert words in text
        assert f"{now.due.astimezone(JST):%-m/%-d}" in text
    job.do(cast.rep, "start", "visit")
    assert words not in page(job, cast.rep, client)


# --- to stay away


def banned(job: Job) -> Job:
    job.do(job.cast.rep, "start", "visit", {
        "starts": (job.at + timedelta(hours=2)).isoformat(), "attendees": [job.cast.rep.pk, job.cast.manager.pk],
    })  # fmt: skip
    return visited(job, "banned")


def test_asked_to_stay_away_the_boss_is_asked_at_once(cast: SimpleNamespace, job: Job, client: Client) -> None:
    banned(job)
    assert rows("ban") == {cast.manager: "The customer has asked us to stay away. How shall we go on?"}
    assert Outbox.objects.filter(to=cast.manager, key__contains=":ban:").count() == 1
    assert job.case.known["ban"]["who"] == sorted([cast.rep.pk, cast.manager.pk])
    assert "訪問お断りのお申し出があります" in page(job, cast.rep, client, "steps/visit/")
    assert "choose_way" not in page(job, cast.rep, client)
    assert "acts/choose_way/" in page(job, cast.manager, client)
    assert client.get(f"/incidents/{job.number}/acts/choose_way/").status_code == 200
    finished(job)
    with pytest.raises(Refused, match="not yet said how we go on"):
        job.do(cast.rep, "close", data={})


def test_a_letter_takes_the_place_of_the_visit(cast: SimpleNamespace, job: Job, client: Client) -> None:
    banned(job).do(cast.manager, "choose_way", data={"way": "letter", "text": "専務様あてに書面をお送りする"})
    assert rows("ban") == {}
    text = page(job, cast.rep, client)
    assert "専務様あてに書面をお送りする" in text
    assert f"/incidents/{job.number}/steps/letter/" in text
    assert job.case.steps["visit"].state == "done"
    finished(job)
    job.do(cast.rep, "close", data={})


def test_somebody_else_goes_and_nobody_of_those_before(cast: SimpleNamespace, job: Job, client: Client) -> None:
    banned(job)
    for who, code in ((None, "incomplete"), (cast.rep.pk, "invalid"), (2**40, "invalid")):
        with pytest.raises(Refused) as caught:
            job.do(cast.manager, "choose_way", data={"way": "other_person", "who": who, "text": "別の者で"})
        assert (caught.value.code, caught.value.field) == (code, "who")
    job.do(cast.manager, "choose_way", data={"way": "other_person", "who": cast.branch.pk, "text": "支店長が伺う"})
    visit = job.case.steps["visit"]
    assert (visit.state, visit.round) == ("open", 1)
    text = page(job, cast.rep, client, "steps/visit/")
    assert f'value="{cast.branch.pk}" checked' in text or "checked" in text
    starts = (job.at + timedelta(days=1)).isoformat()
    for going in ([], [cast.rep.pk], [cast.branch.pk, cast.manager.pk]):
        with pytest.raises(Refused) as caught:
            job.do(cast.rep, "start", "visit", {"starts": starts, "attendees": going})
        assert (caught.value.code, caught.value.field) == ("incomplete", "attendees")
    assert job.offers(cast.rep)["start", "visit"]["schema"]["example"]["attendees"] == [cast.branch.pk]
    job.do(cast.rep, "start", "visit")
    visited(job, "accepted")
    assert job.case.steps["visit"].state == "done"
    assert list(verify.problems()) == []


def test_nobody_but_a_boss_chooses_and_only_when_asked_to_stay_away(cast: SimpleNamespace, job: Job) -> None:
    with pytest.raises(Refused) as caught:
        job.do(cast.manager, "choose_way", data={"way": "letter", "text": "書面で"})
    assert caught.value.code == "conflict"
    banned(job)
    with pytest.raises(Refused) as caught:
        job.do(cast.rep, "choose_way", data={"way": "letter", "text": "書面で"})
    assert caught.value.code == "forbidden"


def test_a_call_that_asks_us_to_stay_away_reaches_the_boss_too(cast: SimpleNamespace, job: Job) -> None:
    visited(job, "accepted")
    job.do(cast.rep, "submit", "follow_up", {"how": "phone", "reaction": "banned"})
    assert job.case.known["ban"]["who"] == [cast.rep.pk]
    assert rows("ban")
    assert Outbox.objects.filter(to=cast.manager, key__contains=":ban:follow_up:").count() == 1


def test_an_older_edition_asks_for_no_conditions(cast: SimpleNamespace, job: Job) -> None:
    incident = job.incident
    incident.version, incident.case["version"] = 2, 2
    incident.save(update_fields=["version", "case"])
    visited(job, "pending")
    assert job.case.steps["visit"].state == "done"
