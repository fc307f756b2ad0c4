"""Whatever is sent, the answer is a sentence, and nothing is half-written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin

import pytest
from django.test import Client
from pydantic import BaseModel

from incidents import store
from incidents.engine import LIFE, VERBS, Command, check_life
from incidents.models import Entry, Note
from incidents.orders import ORDERS
from incidents.parts import parts_of
from incidents.playbooks.missed_invoice import MissedInvoice
from incidents.services import FirstReport, incident_open
from incidents.steps import KINDS, Setting
from incidents.steps.reading import validated
from incidents.turn import Order
from incidents.words import told
from office.errors import Refused
from office.models import User
from office.services import token_create
from tests.job import REPORT, Job
from tests.proof.test_service_random import everything

pytestmark = pytest.mark.django_db
LONG_TEXT = "誠" * 100_000
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}${7*7}"


class Program:
    """A client of the API with somebody's token."""

    def __init__(self, user: User, at: datetime) -> None:
        self.client = Client(headers={"authorization": f"Bearer {token_create(user=user, at=at)}"})

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1/incidents{path}")
        return answer.status_code, answer.json()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        answer = self.client.post(f"/api/v1/incidents{path}", body, content_type="application/json")
        return answer.status_code, answer.json()


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at)


def refusal(job: Job, user: User, order: Order) -> Refused:
    """The refusal of a command, which has left everything as it was."""
    before = everything()
    with pytest.raises(Refused) as caught:
        store.execute(viewer=job.viewer(user), number=job.number, order=order)
    assert everything() == before
    return caught.value


def example(job: Job, command: str, step: str) -> dict[str, Any]:
    setting = Setting(job.incident, job.cast.rep, job.at, 1)
    if step and command == "submit":
        return KINDS[step].example(setting)
    arrangement = KINDS[step].arrangement_example if step and command == "start" else None
    return arrangement(setting) if arrangement else ORDERS[command].example(setting)


# -- order

# a state in words, or what is (not) in force, noted, asked for
IN_WORDS = (
    "「(対応中|前の手順待ち|着手前|完了)」",
    "定められて",
    "最終期限がない",
    "申し出はありません",
    "ご希望の核心",
)
NAMES_A_STATE = re.compile("|".join(IN_WORDS))
STATES = {"report": "done", "first_apology": "open", "plan": "submitted", "visit": "waiting", "letter": "waiting"}


def test_a_step_command_in_the_wrong_state_is_a_conflict_that_names_the_state(
    job: Job, subtests: pytest.Subtests
) -> None:
    job.do(job.cast.rep, "submit", "plan")
    assert {name: job.case.steps[name].state for name in STATES} == STATES
    for step, command in product(STATES, VERBS):
        if STATES[step] in VERBS[command].states and command != "confirm":
            continue
        with subtests.test(command=command, step=step):
            answer = refusal(job, job.cast.manager, job.order(command, step, example(job, command, step)))
            assert (answer.code, answer.facts["state"]) == ("conflict", STATES[step])
            assert STATES[step] in str(answer)


def test_a_void_incident_refuses_every_command_and_says_that_it_is_void(job: Job, subtests: pytest.Subtests) -> None:
    job.do(job.cast.manager, "void", "", {"text": "二重に登録した"})
    for command in (*VERBS, "close", "change_kind", "set_severity", "assign", "withdraw", "void", "chase"):
        step = "plan" if command in VERBS else ""
        with subtests.test(command=command):
            answer = refusal(job, job.cast.manager, job.order(command, step, example(job, command, step)))
            assert (answer.code, answer.facts["state"]) == ("conflict", "void")
            assert answer.facts["who"] == job.cast.manager.called


def test_a_program_is_told_the_state_in_words_and_in_its_language(job: Job, at: datetime) -> None:
    rep = Program(job.cast.rep, at)
    job.do(job.cast.rep, "start", "plan")

    def said(command: str, step: str = "") -> tuple[int, str]:
        body = {"command": command, "step": step, "idempotency_key": f"{command}{step}"}
        answer = rep.client.post(f"/api/v1/incidents/{job.number}/commands", body, content_type="application/json")
        return answer.status_code, answer.json()["message"]

    assert said("resume") == (409, "この事案は「対応中」です。")
    assert said("start", "visit") == (409, "いまはこの操作ができません。お詫び訪問は「前の手順待ち」です。")
    assert said("start", "plan")[1].endswith("いまは「着手」です。")
    assert said("told_to_customer")[1].startswith("補償の検討は「前の手順待ち」です。")
    assert said("bring_back_plan")[1].startswith("対応計画は「着手」です。")
    assert said("ask_accompaniment")[1].startswith("お詫び訪問は「前の手順待ち」です。")
    assert said("offer_made") == (409, "この事案は「対応中」です。開いた代替案はまだありません。")
    status, message = said("close")
    assert (status, message.split("、")[0]) == (422, "まだ終わっていない手順があります: 初動のお詫び")
    assert message.endswith(
        "対応計画、お詫び訪問、お詫び状、お詫び状のお渡し、補償の検討、再発防止、効果確認、継続フォロー。"
    )
    job.do(job.cast.manager, "void", "", {"text": "二重に登録した"})
    assert re.fullmatch(r"先に佐藤課長が.+この事案は「取消\(誤登録\)」です。", said("submit", "plan")[1])
    rep.client.cookies["django_language"] = "en"
    assert "Void (logged by mistake)" in said("chase")[1]


@pytest.mark.parametrize("command", LIFE)
def test_what_does_not_hold_yet_is_refused_with_a_state(job: Job, command: str, subtests: pytest.Subtests) -> None:
    for user in (job.cast.rep, job.cast.manager):
        with subtests.test(by=user.username):
            try:
                check_life(job.case, Command(command, user.pk, parts_of(job.viewer(user), job.incident, job.case)))
            except Refused as refused:
                if refused.code == "conflict":
                    words = told(refused, job.incident, job.at)
                    assert NAMES_A_STATE.search(words), words


@pytest.mark.parametrize("command", ["resume"])
def test_an_open_incident_cannot_be_resumed(command: str, job: Job) -> None:
    answer = refusal(job, job.cast.manager, job.order(command, "", {"text": "再開"}))
    assert (answer.code, answer.facts["state"]) == ("conflict", "open")


def test_a_stale_submission_is_refused(job: Job) -> None:
    job.do(job.cast.rep, "submit", "plan")
    stale = job.order("approve", "plan")
    job.do(job.cast.manager2, "send_back", "plan", {"text": "数字を"})
    job.do(job.cast.rep, "submit", "plan")
    answer = refusal(job, job.cast.manager, stale)
    assert (answer.code, answer.facts["who"]) == ("conflict", job.cast.rep.called)


def test_a_second_submit_of_the_same_page_is_refused(job: Job) -> None:
    twice = job.order("submit", "plan", example(job, "submit", "plan"))
    job.do(job.cast.rep, "submit", "plan")
    assert refusal(job, job.cast.rep2, twice).code == "conflict"


def test_an_auditor_only_reads(job: Job, subtests: pytest.Subtests) -> None:
    states = {step: job.case.steps[step].state for step in STATES}
    for name in (*VERBS, *LIFE):
        step = next((s for s in STATES if name in VERBS and states[s] in VERBS[name].states), "")
        with subtests.test(command=name):
            answer = refusal(job, job.cast.auditor, job.order(name, step, {}))
            assert answer.code in ("forbidden", "conflict", "not_found", "incomplete")


@pytest.mark.parametrize(("name", "code"), [("abracadabra", "invalid"), ("", "invalid"), ("__class__", "invalid")])
def test_an_unknown_command_is_refused(name: str, code: str, job: Job) -> None:
    assert refusal(job, job.cast.rep, job.order(name)).code == code


def test_a_step_that_does_not_exist_is_refused(job: Job, subtests: pytest.Subtests) -> None:
    for command, step in product(VERBS, ("nowhere", "")):
        with subtests.test(command=command, step=step):
            answer = refusal(job, job.cast.rep, Order(command, "k", step, 0, {"text": "理由"}))
            assert answer.code in ("not_found", "incomplete")


# -- what is not theirs


def test_a_foreign_incident_answers_like_one_that_never_was(job: Job) -> None:
    program, never = Program(job.cast.rep_b, job.at), "2026-9999"
    for path in ("/{}", "/{}/commands"):
        foreign, unknown = (
            program.post(path.format(number), {"command": "note", "data": {"text": "x"}})
            if "commands" in path
            else program.get(path.format(number))
            for number in (job.number, never)
        )
        assert foreign == unknown
        assert foreign[0] == 404


@pytest.mark.parametrize("who", ["contact", "colleague"])
def test_a_foreign_persons_id_answers_like_one_that_never_was(who: str, job: Job) -> None:
    theirs = job.cast.hokuriku.contacts.get().pk
    field, ids = ("meets", (theirs, 10**6)) if who == "contact" else ("attendees", (10**6, 10**9))
    data = example(job, "submit", "plan")
    answers = [refusal(job, job.cast.rep, job.order("submit", "plan", {**data, field: [pk]})) for pk in ids]
    assert (answers[0].code, str(answers[0])) == (answers[1].code, str(answers[1]))


# -- what is in the papers


def papers() -> Iterator[tuple[str, str, type[BaseModel]]]:
    """(command, step, paper) of everything that can be sent."""
    for step in MissedInvoice.steps:
        yield "submit", step, KINDS[step].paper
        if arrangement := KINDS[step].arrangement:
            yield "start", step, arrangement
    yield from ((name, "", form.paper) for name, form in ORDERS.items() if name not in ("submit", "start"))


def takes(annotation: Any, kind: type) -> bool:
    return annotation is kind or any(
        takes(part, kind) for part in get_args(annotation) if get_origin(annotation) is not Literal
    )


FIELDS = [
    (command, step, name, field.annotation)
    for command, step, paper in papers()
    for name, field in paper.model_fields.items()
]
PAPERS = sorted({(command, step) for command, step, _name, _annotation in FIELDS})


def code_of(job: Job, command: str, step: str, data: dict[str, Any]) -> str:
    """How the paper itself is answered, whatever the state of its step."""
    setting = Setting(job.incident, job.cast.rep, job.at, 1)
    kind = KINDS.get(step)
    try:
        if kind and command == "submit":
            kind.facts(validated(kind.paper, data), setting)
        elif kind and kind.arrangement and kind.arrangement_facts:
            kind.arrangement_facts(validated(kind.arrangement, data), setting)
        else:
            validated(ORDERS[command].paper, data)
    except Refused as refused:
        return refused.code
    return "taken"


def sample(job: Job, command: str, step: str) -> dict[str, Any]:
    return (
        example(job, command, step) if step else ORDERS[command].example(Setting(job.incident, job.cast.rep, job.at, 1))
    )


@pytest.mark.parametrize(("text", "code"), [("a\0b", "invalid"), (LONG_TEXT, "incomplete")], ids=["nul", "100 kB"])
def test_what_no_text_may_be_is_refused_in_every_text(
    text: str, code: str, job: Job, subtests: pytest.Subtests
) -> None:
    for command, step, name, annotation in FIELDS:
        if takes(annotation, str):
            with subtests.test(command=command, step=step, field=name):
                assert code_of(job, command, step, {**sample(job, command, step), name: text}) == code


def test_unknown_fields_and_wrong_types_are_refused(job: Job, subtests: pytest.Subtests) -> None:
    for command, step in PAPERS:
        with subtests.test(command=command, step=step):
            data = sample(job, command, step)
            assert code_of(job, command, step, {**data, "status": "closed"}) == "incomplete"
            for name in (n for c, s, n, _annotation in FIELDS if (c, s) == (command, step)):
                for wrong in ({"a": 1}, [[1]], [{"x": None}], float("nan"), 1.5):
                    assert code_of(job, command, step, {**data, name: wrong}) != "taken"


@pytest.mark.parametrize("amount", [-1, 2**63, 10**30, 1.5, "1e3", "平成", None, float("inf")])
def test_yen_are_whole_and_within_reason(amount: Any, job: Job) -> None:
    data = {**example(job, "submit", "compensation"), "decision": "compensate", "amount": amount}
    assert code_of(job, "submit", "compensation", data) == "incomplete"


DATES = [(c, s, n) for c, s, n, a in FIELDS if takes(a, datetime) or "date" in str(a)]


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31", "0001-01-01", "2026-02-30", "R7.1.1"],
)
def test_dates_at_the_end_of_time_are_answered_with_a_sentence(
    moment: str, job: Job, subtests: pytest.Subtests
) -> None:
    for command, step, name in (found for found in DATES if found[1] != "letter"):
        with subtests.test(command=command, step=step, field=name):
            data = {**sample(job, command, step), name: moment}
            assert code_of(job, command, step, data) in ("invalid", "incomplete", "taken")


@pytest.mark.parametrize("pk", [2**31, 2**63, -(2**63) - 1, 10**30])
def test_ids_beyond_what_a_database_counts_are_refused(pk: int, job: Job) -> None:
    plan = example(job, "submit", "plan")
    for data in ({**plan, "attendees": [pk]}, {**plan, "meets": [pk]}):
        assert refusal(job, job.cast.rep, job.order("submit", "plan", data)).code in ("invalid", "incomplete")
    assert refusal(job, job.cast.manager, job.order("assign", "", {"owner": pk})).code in ("invalid", "incomplete")
    report = FirstReport(customer_id=pk, data=REPORT, key="huge")
    with pytest.raises(Refused):
        incident_open(viewer=job.viewer(job.cast.rep), report=report)


def test_what_looks_like_a_program_is_kept_as_text(job: Job) -> None:
    job.do(job.cast.rep, "note", "", {"text": XSS})
    assert Note.objects.get().text == XSS
    assert XSS not in Entry.objects.latest("pk").body


# -- at the door


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "{",
        '{"command": 1}', '{"command": "note", "data": []}', '{"command": "note", "submission": "x"}',
        '{"command": "note", "idempotency_key": "' + "k" * 65 + '"}', '{"command": "submit", "submission": 1e30}',
        '{"command": "note", "data": {"text": "a\\u0000b"}}', "\ud800", '{"command": {"$ne": 1}}',
    ],
)  # fmt: skip
def test_a_broken_body_is_answered_with_a_code_and_a_sentence(body: str, job: Job) -> None:
    program, before = Program(job.cast.rep, job.at), everything()
    status, answer = program.post(f"/{job.number}/commands", body.encode("utf-8", "surrogatepass"))
    assert 400 <= status < 500
    assert answer.keys() == {"code", "message"}
    assert everything() == before


def test_no_refusal_speaks_of_our_insides(job: Job) -> None:
    program = Program(job.cast.rep, job.at)
    answers = [
        program.post(f"/{job.number}/commands", {"command": name, "step": "plan"})[1] for name in (*VERBS, *LIFE)
    ]
    text = json.dumps([answer.get("message", "") for answer in answers])
    assert not re.search(r"Traceback|incidents\.|django|sqlite|psycopg", text, re.IGNORECASE)
