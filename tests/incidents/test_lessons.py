"""ふりかえり: what a customer who drifted away has taught is passed on to other accounts, without names (2-34)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from incidents import verify
from incidents.lessons import lessons, lessons_for
from incidents.models import Incident, Leaf
from incidents.services import FirstReport, incident_open
from office.errors import Refused
from office.services import token_create
from office.viewer import viewer_for
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[..., Client]
LESSON = "原因を決めつける前に、現物をお客様と一緒に確かめる"
REST = {"until": "2027-03-01", "text": "東和工業様のご意向で、ご連絡を控える", "lesson": LESSON}


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A customer of team a has drifted away."""
    found = Job(cast, at, kind="wrong_delivery")
    found.do(cast.manager, "rest", data=REST)
    return found


def elsewhere(cast: SimpleNamespace, at: datetime, kind: str = "wrong_delivery") -> Incident:
    """The same kind of trouble with a customer of team b, which sees nothing of team a."""
    report = FirstReport(customer_id=cast.hokuriku.pk, data={"summary": "付属品が違う"}, kind=kind, key=f"e{kind}")
    return incident_open(viewer=viewer_for(cast.rep_b, at), report=report)[0]


def test_whoever_lets_it_rest_writes_the_lesson(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    for lacking in ({}, {"lesson": "  "}):
        with pytest.raises(Refused) as refused:
            job.do(cast.manager, "rest", data={"until": "2027-03-01", "text": "x", **lacking})
        assert (refused.value.code, refused.value.field) == ("incomplete", "lesson")
    assert job.incident.state == "open"
    job.do(cast.manager, "rest", data=REST)
    assert (job.incident.state, Leaf.objects.get(sort="lesson").by) == ("at_rest", cast.manager)
    assert list(verify.problems()) == []


@pytest.mark.parametrize("name", ["東和工業", "東和工業株式会社", "岡本", "北陸精機株式会社"])
def test_a_lesson_names_nobody(cast: SimpleNamespace, at: datetime, name: str) -> None:
    job = Job(cast, at)
    with pytest.raises(Refused, match="leave out") as refused:
        job.do(cast.manager, "rest", data={**REST, "lesson": f"{name}様に先に伺う"})
    assert (refused.value.code, refused.value.field) == ("invalid", "lesson")
    assert not Leaf.objects.filter(sort="lesson").exists()
    assert job.incident.state != "at_rest"


def test_resting_on_changes_the_lesson_in_force(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.manager, "rest", data={**REST, "until": "2027-06-01", "lesson": "まず最後まで伺う"})
    assert [one.text for one in lessons()] == ["まず最後まで伺う"]
    job.do(cast.manager, "resume")
    assert [one.text for one in lessons()] == ["まず最後まで伺う"], "what was learnt stays learnt"


def test_it_reaches_similar_cases_of_other_customers_only(cast: SimpleNamespace, job: Job, at: datetime) -> None:
    assert [(one.kind, one.text) for one in lessons_for(elsewhere(cast, at))] == [("品違い", LESSON)]
    assert lessons_for(elsewhere(cast, at, "defect")) == []
    assert lessons_for(Job(cast, at, kind="wrong_delivery").incident) == [], "who was there knows it"


def test_the_newest_three_are_shown(cast: SimpleNamespace, at: datetime) -> None:
    for n in range(4):
        job = Job(cast, at + timedelta(hours=n), kind="wrong_delivery")
        job.do(cast.manager, "rest", data={**REST, "lesson": f"教え{n}"})
    assert [one.text for one in lessons_for(elsewhere(cast, at))] == ["教え3", "教え2", "教え1"]


def test_another_owner_meets_it_with_the_plan_and_among_similar_cases(
    cast: SimpleNamespace, job: Job, at: datetime, client_for: ClientFor
) -> None:
    other, rep_b = elsewhere(cast, at), client_for(cast.rep_b)
    here = f"/incidents/{other.number}/"
    for path in (f"{here}steps/plan/", f"{here}similar/"):
        page = rep_b.get(path).content.decode()
        assert LESSON in page, path
        for secret in (job.number, "東和", "田中", "佐藤", "ご意向"):
            assert secret not in page, (path, secret)
    assert LESSON not in rep_b.get(f"{here}steps/report/").content.decode()
    assert LESSON not in rep_b.get(here).content.decode(), "the incident stays calm"
    Incident.objects.filter(pk=other.pk).update(state="withdrawn")
    assert LESSON not in rep_b.get(f"{here}steps/plan/").content.decode(), "what is over needs none"
    assert LESSON in client_for(cast.director).get("/incidents/recoveries/").content.decode()


def test_it_is_written_on_the_page_of_the_act(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    job, manager = Job(cast, at), client_for(cast.manager)
    there = f"/incidents/{job.number}/acts/rest/"
    typed = {**REST, "idempotency": "a"}
    for wrong in ({"lesson": ""}, {"lesson": "岡本専務に伺う"}):
        answer = manager.post(there, typed | wrong)
        assert answer.status_code in (400, 422)
        assert answer.context["form"].errors["lesson"]
    assert manager.post(there, typed).status_code == 302
    assert manager.get(there).context["form"].initial["lesson"] == LESSON
    page = client_for(cast.rep).get(f"/incidents/{job.number}/").content.decode()
    assert LESSON in page
    assert REST["text"] in page, "the reason stands in the timeline"


def test_programs_write_and_read_it(cast: SimpleNamespace, at: datetime) -> None:
    job, other = Job(cast, at, kind="wrong_delivery"), elsewhere(cast, at)

    def bearer(user: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {token_create(user=user, at=at)}"}

    def send(data: dict[str, Any], key: str) -> Any:
        body, path = (
            {"command": "rest", "data": data, "idempotency_key": key},
            f"/api/v1/incidents/{job.number}/commands",
        )
        return Client().post(path, body, content_type="application/json", headers=bearer(cast.manager))

    assert send({"until": "2027-03-01", "text": "x"}, "1").status_code == 422
    assert send({**REST, "lesson": "岡本様に伺う"}, "2").status_code == 400
    assert send(REST, "3").status_code == 200
    path = f"/api/v1/incidents/{other.number}/lessons"
    found = Client().get(path, headers=bearer(cast.rep_b)).json()
    assert [(one.pop("kind"), one.pop("text"), list(one)) for one in found] == [("品違い", LESSON, ["on"])]
    assert Client().get(path, headers=bearer(cast.rep)).status_code == 404
    assert Client().get("/api/v1/recoveries", headers=bearer(cast.rep_b)).json()["lessons"][0]["text"] == LESSON
