"""What one of us had to bear: kept for few, two go from then on, and the boss helps (practice 4-05, story 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from customers.selectors import activities_of, activities_seen
from incidents import verify
from incidents.models import Leaf
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
