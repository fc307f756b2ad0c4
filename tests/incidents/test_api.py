"""A program that knows no playbook walks an incident by `actions` alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from customers.models import Promise
from customers.services import promise_keep
from incidents.models import Entry, Incident
from incidents.services import render_letters
from office import clock
from office.models import User
from office.services import token_create

pytestmark = pytest.mark.django_db
REHEARSE = "先に想定問答(強いお叱り・お取引停止のお話・お返事がない)を用意してください。"


class Program:
    """A client of the API with somebody's token."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client(headers={"authorization": f"Bearer {token_create(user=user, at=clock.now())}"})

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1/{path}")
        return answer.status_code, answer.json()

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        answer = self.client.post(f"/api/v1/{path}", body, content_type="application/json")
        return answer.status_code, answer.json()


@pytest.fixture
def programs(cast: SimpleNamespace) -> dict[str, Program]:
    names = ("rep", "rep_b", "manager", "manager2", "branch", "director")
    return {name: Program(getattr(cast, name)) for name in names}


@pytest.fixture
def number(cast: SimpleNamespace, programs: dict[str, Program]) -> str:
    status, answer = programs["rep"].post(
        "incidents", customer=cast.towa.pk, kind="missed_invoice", summary="請求書が届いていない", idempotency_key="one"
    )
    assert status == 201
    return str(answer["number"])


def test_a_grave_visit_is_no_program_s_before_its_rehearsal(
    cast: SimpleNamespace, programs: dict[str, Program]
) -> None:
    body = {"customer": cast.towa.pk, "kind": "missed_invoice", "summary": "監査で判明した", "severity": "A"}
    number = programs["rep"].post("incidents", **body, idempotency_key="grave")[1]["number"]
    path, both = f"incidents/{number}/commands", {name: programs[name] for name in ("rep", "manager")}
    result = {"command": "submit", "step": "visit", "data": {"met": [cast.okamoto.pk], "reaction": "accepted"}}
    taken: list[tuple[str, str]] = []
    while ("submit", "visit") not in taken:
        found = forward(both, number)
        assert found, f"no way forward after {taken}"
        program, action = found
        if action["command"] == "rehearse":
            status, answer = programs["rep"].post(path, **result)
            assert (status, answer) == (422, {"code": "incomplete", "message": REHEARSE})
        body = {key: action[key] for key in ("command", "step", "submission")}
        assert program.post(path, **body, data=action["schema"]["example"])[0] == 200
        taken.append((action["command"], action["step"]))
    assert ("rehearse", "") in taken


def forward(programs: dict[str, Program], number: str) -> tuple[Program, dict[str, Any]] | None:
    for program in programs.values():
        status, incident = program.get(f"incidents/{number}")
        if status == 200 and (action := next((a for a in incident["actions"] if a["forward"]), None)):
            return program, action
    return None


def test_the_whole_job_by_actions_alone(cast: SimpleNamespace, programs: dict[str, Program], number: str) -> None:
    for turn in range(60):
        render_letters(at=clock.now())
        found = forward(programs, number)
        if found is None and (promise := Promise.objects.open().first()):
            promise_keep(promise_id=promise.pk, evidence="電話でお伝えした", by=cast.rep, at=clock.now())
            continue
        if found is None:
            break
        program, action = found
        status, answer = program.post(
            f"incidents/{number}/commands", command=action["command"], step=action["step"],
            submission=action["submission"], data=action["schema"]["example"], idempotency_key=f"k{turn}",
        )  # fmt: skip
        assert status == 200, (action["command"], action["step"], answer)
    assert programs["rep"].get(f"incidents/{number}")[1]["state"] == "closed"


def test_an_incident_says_its_steps_and_who(programs: dict[str, Program], number: str) -> None:
    _, incident = programs["rep"].get(f"incidents/{number}")
    plan = next(step for step in incident["steps"] if step["key"] == "plan")
    assert (plan["label"], plan["state"], plan["who"]) == ("対応計画", "open", "田中さん")


def test_the_same_key_opens_one_incident(cast: SimpleNamespace, programs: dict[str, Program], number: str) -> None:
    body = {"customer": cast.towa.pk, "summary": "もう一度", "idempotency_key": "one"}
    assert programs["rep"].post("incidents", **body) == (200, {"number": number})


def test_a_repeated_command_leaves_one_entry(programs: dict[str, Program], number: str) -> None:
    for _ in range(2):
        status, _body = programs["rep"].post(
            f"incidents/{number}/commands", command="submit", step="first_apology", submission=0,
            data={"how": "phone"}, idempotency_key="twice",
        )  # fmt: skip
        assert status == 200
    assert Entry.objects.filter(key="twice").count() == 1


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("rep", {"command": "submit", "step": "visit"}, 409),
        ("rep", {"command": "approve", "step": "plan"}, 409),
        ("manager", {"command": "submit", "step": "plan"}, 403),
        ("rep", {"command": "submit", "step": "plan", "data": {"fault": "ours"}}, 422),
        ("rep", {"command": "submit", "step": "plan", "data": {"fault": 1}}, 422),
        ("rep", {"command": "submit", "step": "nowhere"}, 404),
        ("rep", {"command": "explode"}, 400),
        ("rep_b", {"command": "note", "data": {"text": "x"}}, 404),
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(
    programs: dict[str, Program], number: str, who: str, body: dict[str, Any], status: int
) -> None:
    answered, answer = programs[who].post(f"incidents/{number}/commands", **{"idempotency_key": "k", **body})
    assert (answered, set(answer)) == (status, {"code", "message"})


def test_a_foreign_number_answers_like_one_that_never_was(programs: dict[str, Program], number: str) -> None:
    assert programs["rep_b"].get(f"incidents/{number}") == programs["rep_b"].get("incidents/2026-9999")


def test_without_a_token_nothing_is_told(number: str) -> None:
    assert Client().get(f"/api/v1/incidents/{number}").status_code == 401


def test_the_list_shows_what_is_mine(programs: dict[str, Program], number: str) -> None:
    assert [row["number"] for row in programs["rep"].get("incidents")[1]] == [number]
    assert programs["rep_b"].get("incidents")[1] == []


def test_a_page_of_statements_stays_constant(
    programs: dict[str, Program], number: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    rows = Incident.objects.filter(number=number)
    original = rows.get()
    for n in range(30):
        original.pk, original.number, original.start_key = None, f"2026-1{n:03d}", None
        original.save(force_insert=True)
    with django_assert_max_num_queries(5):
        assert len(programs["rep"].get("incidents")[1]) == 25


def test_the_time_is_the_clocks(number: str) -> None:
    assert isinstance(Incident.objects.get(number=number).opened_at, datetime)


def command(program: Program, number: str, name: str, step: str = "", submission: int = 0, **data: Any) -> Any:
    """What a command is answered; taken."""
    status, answer = program.post(
        f"incidents/{number}/commands", command=name, step=step, submission=submission, data=data,
        idempotency_key=uuid4().hex,
    )  # fmt: skip
    assert status == 200, answer
    return answer


def example(program: Program, number: str, name: str, step: str = "") -> dict[str, Any]:
    actions = program.get(f"incidents/{number}")[1]["actions"]
    found = next(action for action in actions if (action["command"], action["step"]) == (name, step))
    return dict(found["schema"]["example"])


def test_whoever_approves_by_program_reads_what_they_approve(programs: dict[str, Program], number: str) -> None:
    rep, manager = programs["rep"], programs["manager"]
    plan = {**example(rep, number, "submit", "plan"), "cause": "照合の工程がなかった"}
    command(rep, number, "submit", "plan", **plan)
    paper = manager.get(f"incidents/{number}")[1]["papers"][-1]
    assert (paper["step"], paper["submission"], paper["by"]) == ("plan", 1, "田中さん")
    assert paper["data"]["cause"] == "照合の工程がなかった"
    command(manager, number, "send_back", "plan", 1, text="影響を数字で")
    command(rep, number, "submit", "plan", 1, **plan)
    command(manager, number, "approve_with_remark", "plan", 2, text="専務様にも")
    seen = rep.get(f"incidents/{number}")[1]
    remarks = {row["submission"]: row["remarks"] for row in seen["papers"] if row["step"] == "plan"}
    assert {n: [(r["command"], r["by"], r["text"]) for r in found] for n, found in remarks.items()} == {
        1: [("send_back", "佐藤課長", "影響を数字で")], 2: [("approve_with_remark", "佐藤課長", "専務様にも")],
    }  # fmt: skip
    told = [(line["command"], line["who"], line["words"]) for line in seen["timeline"]]
    assert told[0] == ("approve_with_remark", "佐藤課長", "専務様にも")
    assert told[-1] == ("open", "田中さん", "請求書が届いていない")


def test_the_record_is_the_one_the_page_shows(
    programs: dict[str, Program], number: str, cast: SimpleNamespace, client_for: Callable[[User], Client]
) -> None:
    rep = programs["rep"]
    command(rep, number, "note", text="締めに入らないとのお話", said_by="小川")
    command(rep, number, "submit", "first_apology", **example(rep, number, "submit", "first_apology"))
    page = client_for(cast.rep).get(f"/incidents/{number}/").content.decode()
    timeline = rep.get(f"incidents/{number}")[1]["timeline"]
    assert [line["who"] for line in timeline if line["customer"]] == ["お客様", "小川様"]
    for line in timeline:
        assert escape(line["text"]) in page
        assert escape(line["words"]) in page


def test_what_is_between_two_people_is_in_nobody_elses_record(programs: dict[str, Program], number: str) -> None:
    rep, manager, sealed = programs["rep"], programs["manager"], "倉庫の予備機との交換"
    command(rep, number, "note_claims", **example(rep, number, "note_claims"))
    command(rep, number, "prepare_alternatives", options=[{"what": sealed, "kind": "replace", "cost": 987_654}])
    command(manager, number, "agree_alternatives", **example(manager, number, "agree_alternatives"))
    for name, program in programs.items():
        status, answer = program.get(f"incidents/{number}")
        commands = {line["command"] for line in answer.get("timeline", ())}
        assert (sealed in json.dumps(answer, ensure_ascii=False)) == (name in ("rep", "manager")), name
        assert ("prepare_alternatives" in commands) == (name in ("rep", "manager")), name
        assert status == (404 if name == "rep_b" else 200)


def test_whoever_was_only_asked_is_told_nothing_more_with_their_answer(
    programs: dict[str, Program], number: str, cast: SimpleNamespace
) -> None:
    asked = programs["rep_b"]
    command(programs["rep"], number, "ask_opinion", text="どう思いますか", who=[cast.rep_b.pk])
    assert asked.get(f"incidents/{number}")[1]["papers"]
    given = example(asked, number, "answer_opinion")
    answer = command(asked, number, "answer_opinion", **given)
    assert (answer["papers"], answer["timeline"]) == ([], [])
    assert asked.get(f"incidents/{number}")[0] == 404


def test_a_paper_of_a_former_kind_is_read_by_nobody_as_on_the_pages(programs: dict[str, Program], number: str) -> None:
    rep, manager = programs["rep"], programs["manager"]
    command(rep, number, "submit", "first_apology", **example(rep, number, "submit", "first_apology"))
    command(manager, number, "change_kind", kind="own_use")
    assert [paper["step"] for paper in rep.get(f"incidents/{number}")[1]["papers"]] == ["report"]
