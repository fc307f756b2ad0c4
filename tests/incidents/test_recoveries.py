"""How dealings stand after an incident, and whom a customer who was won back has sent to us (practice 2-38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from customers.models import Promise
from customers.services import promise_keep
from incidents import verify
from incidents.models import Incident, Leaf
from incidents.recoveries import recoveries, referrals_of
from office.errors import Refused
from office.keys import KEYS
from office.services import token_create
from office.viewer import viewer_for
from tests.cast import make_customer
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[..., Client]
BACK = {"outcome": "closer", "words": "「かえって信頼できる会社だと分かった」"}


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A missed appointment, walked to its end."""
    return ended(Job(cast, at, kind="slow_answer"))


def ended(job: Job) -> Job:
    people = (job.cast.rep, job.cast.manager, job.cast.branch, job.cast.director)
    while job.incident.state != "closed":
        for promise in Promise.objects.open():
            promise_keep(promise_id=promise.pk, evidence="お伝えした", by=job.cast.rep, at=job.at)
        assert job.forward(*people)
    return job


def referral(job: Job, **changes: Any) -> None:
    known = {
        "name": "三河精工株式会社",
        "by": job.cast.okamoto.pk,
        "on": f"{job.at:%Y-%m-%d}",
        "words": "同業の集まりで",
    }
    job.do(changes.pop("as_", job.cast.rep), "note_referral", data=known | changes)


def test_how_dealings_stand_is_noted_once_the_work_is_done(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="slow_answer")
    for name in ("note_recovery", "note_referral"):
        assert (name, "") not in job.offers(cast.rep)
        with pytest.raises(Refused) as refused:
            job.do(cast.rep, name, data=BACK if name == "note_recovery" else {"name": "x", "on": "2026-11-24"})
        assert refused.value.code == "conflict"
    ended(job).do(cast.rep, "note_recovery", data=BACK)
    assert job.case.known["recovery"] == "closer"
    job.do(cast.manager, "note_recovery", data={"outcome": "thinner", "words": "ご注文が月一度になった"})
    assert [leaf.state for leaf in Leaf.objects.filter(sort="recovery").order_by("pk")] == ["replaced", "open"]
    assert list(verify.problems()) == []


@pytest.mark.parametrize("data", [{"outcome": "vip", "words": "x"}, {"outcome": "closer", "words": " "}, {}])
def test_an_outcome_is_one_of_four_with_what_shows_it(job: Job, data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        job.do(job.cast.rep, "note_recovery", data=data)
    assert not Leaf.objects.filter(sort="recovery").exists()


@pytest.mark.parametrize(
    ("code", "field", "changes"),
    [
        ("invalid", "on", {"on": "2026-11-25"}), ("invalid", "by", {"by": 999_999}),
        ("incomplete", "name", {"name": " "}), ("invalid", "customer", {"customer": 999_999}),
        ("invalid", "customer", {"customer": KEYS.stop}), ("invalid", "customer", {"customer": -1}),
    ],
)  # fmt: skip
def test_a_referral_is_refused(job: Job, code: str, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        referral(job, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Leaf.objects.filter(sort="referral").exists()


def test_nobody_refers_themselves(job: Job) -> None:
    with pytest.raises(Refused):
        referral(job, customer=job.cast.towa.pk)


def test_a_colleague_notes_a_referral_but_not_how_dealings_stand(job: Job) -> None:
    referral(job, as_=job.cast.tech)
    assert ("note_recovery", "") not in job.offers(job.cast.tech)


def test_a_firm_that_is_ours_by_now_is_named_by_its_id(job: Job, at: datetime) -> None:
    cast = job.cast
    mikawa = make_customer("C-0009", "三河精工株式会社", cast.rep)
    referral(job, name="", customer=mikawa.pk)
    viewer = viewer_for(cast.rep, at)
    sent, sent_by = referrals_of(viewer, cast.towa.pk)
    assert ([one.sheet.name for one in sent], sent_by) == (["三河精工株式会社"], [])
    sent, sent_by = referrals_of(viewer, mikawa.pk)
    assert ([one.incident.number for one in sent_by], sent) == ([job.number], [])
    assert referrals_of(viewer_for(cast.rep_b, at), mikawa.pk) == ([], []), "the incident is not theirs to see"


def test_words_name_no_customer_in_disguise(job: Job, at: datetime) -> None:
    referral(job, words=f'"customer":{job.cast.hokuriku.pk},')
    assert referrals_of(viewer_for(job.cast.director, at), job.cast.hokuriku.pk) == ([], [])


def test_they_are_counted_over_twelve_months(cast: SimpleNamespace, job: Job, at: datetime) -> None:
    viewer = viewer_for(cast.manager, at)
    found = recoveries(viewer)
    assert ({key: n for key, n in found.counts.items() if n}, found.referred) == ({"": 1}, 0)
    job.do(cast.rep, "note_recovery", data=BACK)
    referral(job)
    other = Job(cast, at)
    other.do(cast.manager, "rest")
    Job(cast, at).do(cast.manager, "void")
    Job(cast, at)
    found = recoveries(viewer)
    assert {key: n for key, n in found.counts.items() if n} == {"closer": 1, "at_rest": 1}
    assert (found.ended, found.referred, found.referrals[0].sheet.name) == (2, 1, "三河精工株式会社")
    later = recoveries(viewer_for(cast.manager, at + timedelta(days=400)))
    assert (later.ended, later.referred) == (0, 0)
    elsewhere = recoveries(viewer_for(cast.manager_b, at))
    assert (elsewhere.ended, elsewhere.referred) == (0, 0)


def test_they_stand_on_incident_customer_and_the_page_of_those_who_lead(
    cast: SimpleNamespace, job: Job, client_for: ClientFor
) -> None:
    rep, here = client_for(cast.rep), f"/incidents/{job.number}/"
    assert f"{here}acts/note_recovery/" in rep.get(here).content.decode()
    answer = rep.post(f"{here}acts/note_recovery/", BACK | {"idempotency": "a"})
    assert answer.status_code == 302
    typed = {"name": "三河精工", "customer": "", "by": str(cast.okamoto.pk), "by_name": "", "on": f"{job.at:%Y-%m-%d}",
             "words": "", "idempotency": "b"}  # fmt: skip
    for _double in range(2):
        assert rep.post(f"{here}acts/note_referral/", typed).status_code == 302
    assert Leaf.objects.filter(sort="referral").count() == 1
    page = rep.get(here).content.decode()
    for words in ("以前より深いお付き合い", "かえって信頼できる会社だと分かった", "三河精工", "専務取締役 岡本様"):
        assert words in page
    page = rep.get(f"/customers/{cast.towa.pk}/").content.decode()
    for words in ("以前より深いお付き合い", "三河精工", job.number):
        assert words in page
    page = client_for(cast.manager).get("/incidents/recoveries/").content.decode()
    for words in ("以前より深いお付き合い", "三河精工", job.number, "<svg viewBox"):
        assert words in page
    assert "/incidents/recoveries/" in client_for(cast.manager).get("/incidents/").content.decode()
    assert "三河精工" not in client_for(cast.manager_b).get("/incidents/recoveries/").content.decode()
    assert "三河精工" not in rep.get(f"{here}timeline/").content.decode(), "the printed account tells what happened"


def test_a_form_that_lacks_something_is_shown_again(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    there = f"/incidents/{job.number}/acts/note_referral/"
    typed = {"name": "", "customer": "", "by": "", "by_name": "", "on": f"{job.at:%Y-%m-%d}", "words": ""}
    rep = client_for(cast.rep)
    for wrong in ({}, {"name": "x", "customer": "どこにもない会社"}, {"name": "x", "on": "来週"}):
        answer = rep.post(there, typed | wrong | {"idempotency": "a"})
        assert answer.status_code == 422
        assert answer.context["form"].errors
    assert not Leaf.objects.exists() or not Leaf.objects.filter(sort="referral").exists()


def test_programs_note_and_count_them(cast: SimpleNamespace, job: Job) -> None:
    bearer = {"Authorization": f"Bearer {token_create(user=cast.rep, at=job.at)}"}

    def send(command: str, data: dict[str, Any]) -> Any:
        body = {"command": command, "data": data, "idempotency_key": command}
        path = f"/api/v1/incidents/{job.number}/commands"
        return Client().post(path, body, content_type="application/json", headers=bearer)

    assert send("note_recovery", BACK).status_code == 200
    assert send("note_referral", {"name": "三河精工", "on": f"{job.at:%Y-%m-%d}"}).status_code == 200
    assert send("note_referral", {"on": f"{job.at:%Y-%m-%d}"}).status_code == 200, "the same key is answered"
    found = Client().get("/api/v1/recoveries", headers=bearer).json()
    assert (found["counts"]["closer"], found["referred"]) == (1, 1)
    assert found["referrals"][0] == {
        "incident": job.number, "from_customer": cast.towa.pk, "name": "三河精工", "customer": None, "by": "",
        "on": f"{job.at:%Y-%m-%d}", "words": "",
    }  # fmt: skip
    body = {"command": "note_recovery", "data": {"outcome": "vip"}, "idempotency_key": "x"}
    path = f"/api/v1/incidents/{job.number}/commands"
    wrong = Client().post(path, body, content_type="application/json", headers=bearer)
    assert wrong.status_code in (400, 422)


def test_what_goes_on_again_is_not_told_as_recovered(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    job.do(cast.rep, "note_recovery", data=BACK)
    job.do(cast.manager, "resume")
    assert Incident.objects.get().state == "open"
    assert "以前より深いお付き合い" not in client_for(cast.rep).get(f"/customers/{cast.towa.pk}/").content.decode()
    assert recoveries(viewer_for(cast.manager, job.at)).ended == 0
