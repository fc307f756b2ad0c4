"""Cause and prevention in full before anybody goes again, and in every letter (practice 0-05); nobody is laid the fault
of their own use unheard (practices 2-14, 2-15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from customers.models import Promise
from customers.services import promise_agree
from incidents.engine import Command, Progress
from incidents.engine.cause import FIRST_MET
from incidents.words import told
from office.clock import local_day
from office.errors import Refused
from tests.incidents.test_engine import AT, OWNS, PLAN, REP
from tests.incidents.test_guards import BOTH, at_step, kinds_with, ordered, refusal
from tests.job import Job

INQUIRY = {"fault": "inquiry", "cause_stated": False, "inquiry_until": "2026-12-04"}
OPEN = [INQUIRY, {"cause_state": "suspected"}, {"prevention_stated": False}]
MET = {"met": [1], "reaction": "not_accepted"}
AHEAD = {"starts": AT.isoformat(), "attendees": [REP], "read": [REP]}


def asked(step: str, kind: str, plan: dict[str, Any], round_: int = 0, **known: Any) -> Any:
    """An incident whose step is open in this round, with this plan."""
    case = at_step(step, kind)
    now = Progress(state="open", round=round_)
    steps = {**case.steps, "plan": case.steps["plan"]._replace(data={**PLAN, **plan}), step: now}
    return case._replace(steps=steps, known=known)


# --- whoever goes again


@pytest.mark.parametrize("plan", OPEN)
@pytest.mark.parametrize("kind", kinds_with("visit"))
def test_nobody_goes_again_before_the_cause_is_in_full(kind: str, plan: dict[str, Any]) -> None:
    again = asked("visit", kind, plan, 1, first_met=0)
    ahead = again._replace(steps={**again.steps, "visit": again.steps["visit"]._replace(started=True, data=AHEAD)})
    for case, name, facts in (
        (again, "start", {"starts": AT.isoformat()}), (again, "submit", MET), (ahead, "on_the_way", {}),
    ):  # fmt: skip
        refused = refusal(case, Command(name, REP, OWNS, "visit", 0, facts))
        assert (refused.code, refused.facts["missing"]) == ("conflict", ["cause_in_full_to_go_again"])
    assert ordered(asked("visit", kind, {}, 1, first_met=0), Command("submit", REP, OWNS, "visit", 0, MET))


@pytest.mark.parametrize("plan", OPEN)
def test_a_first_visit_may_say_that_we_inquire(plan: dict[str, Any]) -> None:
    for round_, known in ((0, {}), (2, {}), (0, {FIRST_MET: 0}), (1, {FIRST_MET: 1})):
        case = asked("visit", "missed_invoice", plan, round_, **known)  # nobody was met before, or its paper is mended
        assert ordered(case, Command("submit", REP, OWNS, "visit", 0, MET))


@pytest.mark.parametrize(("plan", "lacking"), [(OPEN[0], "inquiry"), (OPEN[1], "suspected"), (OPEN[2], "prevention")])
@pytest.mark.parametrize("kind", sorted({*kinds_with("letter")} & {*kinds_with("plan")}))
def test_a_letter_says_cause_and_prevention_in_full(kind: str, plan: dict[str, Any], lacking: str) -> None:
    letter = Command("submit", REP, BOTH, "letter", 0, {"signatory": 2, "must_fix": 0})
    refused = refusal(asked("letter", kind, plan), letter)
    assert (refused.code, refused.facts["lacking"]) == ("conflict", lacking)
    assert ordered(asked("letter", kind, {}), letter)


def test_an_older_edition_goes_on_as_it_was() -> None:
    case = asked("visit", "missed_invoice", INQUIRY, 1, first_met=0)._replace(version=2)
    assert ordered(case, Command("submit", REP, OWNS, "visit", 0, MET))


def test_a_plan_left_out_says_no_cause() -> None:
    case = asked("visit", "missed_invoice", {}, 1, first_met=0)
    left_out = case._replace(steps={**case.steps, "plan": Progress(state="skipped", doer=2)})
    assert refusal(left_out, Command("submit", REP, OWNS, "visit", 0, MET)).facts["lacking"] == "inquiry"


# --- the customer's own use


@pytest.mark.parametrize("kind", kinds_with("plan"))
def test_the_fault_of_ones_own_use_needs_a_hearing(kind: str) -> None:
    use = {**PLAN, "fault": "use"}
    case = at_step("plan", kind)
    refused = refusal(case, Command("submit", REP, OWNS, "plan", 0, use))
    assert (refused.code, refused.field, refused.facts["missing"]) == (
        "conflict", "fault", ["heard_before_use_is_confirmed"]
    )  # fmt: skip
    assert ordered(case, Command("submit", REP, OWNS, "plan", 0, {**use, "cause_state": "suspected"}))
    unheard = case._replace(left={"hearing": Progress(state="done", data={"heard": False})})
    assert refusal(unheard, Command("submit", REP, OWNS, "plan", 0, use)).code == "conflict"
    heard = case._replace(left={"hearing": Progress(state="done", data={"heard": True})})
    assert ordered(heard, Command("submit", REP, OWNS, "plan", 0, use))


@pytest.mark.parametrize(
    ("hearing", "regret", "missing"),
    [
        (Progress(state="skipped", doer=2), Progress(state="done"), ["heard_before_it_is_explained"]),
        (
            Progress(state="done", data={"heard": True}), Progress(state="skipped", doer=2),
            ["regretted_before_it_is_explained"],
        ),
    ],
)  # fmt: skip
def test_what_was_left_out_is_done_before_the_use_is_explained(
    hearing: Progress, regret: Progress, missing: list[str]
) -> None:
    case = at_step("explain", "own_use")
    case = case._replace(steps={**case.steps, "hearing": hearing, "regret": regret})
    refused = refusal(case, Command("submit", REP, OWNS, "explain", 0, {}))
    assert (refused.code, refused.facts["missing"]) == ("conflict", missing)
    now = {"hearing": Progress(state="done", data={"heard": True}), "regret": Progress(state="done")}
    assert ordered(case._replace(steps={**case.steps, **now}), Command("submit", REP, OWNS, "explain", 0, {}))


# --- through the services


def plan(job: Job, **changed: Any) -> dict[str, Any]:
    paper: dict[str, Any] = job.offers(job.cast.rep)["submit", "plan"]["schema"]["example"]
    return {**paper, **changed}


def inquiring(job: Job, days: int = 4) -> str:
    """The plan is approved while we inquire; until when."""
    until = local_day(job.at + timedelta(days=days)).isoformat()
    job.do(job.cast.rep, "submit", "first_apology")
    job.do(job.cast.rep, "submit", "plan", plan(job, cause="", inquiry_until=until))
    return until


def visited(job: Job) -> None:
    met = list(job.case.facts("plan")["meets"])
    job.do(job.cast.rep, "submit", "visit", {"met": met, "reaction": "not_accepted", "words": "原因は何だったのですか"})


@pytest.mark.django_db
def test_until_when_we_inquire_is_a_promise_that_nobody_was_told_yet(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, next_contact="none")
    until = inquiring(job)
    assert not Promise.objects.exists()
    job.do(cast.manager, "approve", "plan", {})
    promise = Promise.objects.get()
    assert (local_day(promise.answer_by).isoformat(), promise.agreed, promise.kind) == (until, False, "time")
    assert promise.to_contact_id == cast.okamoto.pk


@pytest.mark.django_db
@pytest.mark.parametrize("told_them", [False, True])
def test_a_plan_made_anew_takes_the_place_of_a_day_nobody_has_heard_of(
    cast: SimpleNamespace, at: datetime, told_them: bool
) -> None:
    job = Job(cast, at, next_contact="none")
    inquiring(job)
    job.do(cast.rep, "agreed_by_mouth", "plan", {"text": "電話で了承"})
    first = Promise.objects.get()
    if told_them:
        promise_agree(promise_id=first.pk, by=cast.rep, at=at)
    job.do(cast.rep, "bring_back_plan")
    later = local_day(at + timedelta(days=9)).isoformat()
    job.do(cast.rep, "submit", "plan", plan(job, fault="inquiry", cause="", inquiry_until=later))
    job.do(cast.manager, "approve", "plan", {})
    states = list(Promise.objects.order_by("pk").values_list("state", flat=True))
    assert states == (["open", "open"] if told_them else ["released", "open"])


@pytest.mark.django_db
def test_the_owner_is_led_from_the_second_visit_to_the_plan_and_back(
    cast: SimpleNamespace, at: datetime, client: Client
) -> None:
    job = Job(cast, at)
    until = inquiring(job)
    job.do(cast.manager, "approve", "plan", {})
    client.force_login(cast.rep)
    job.do(cast.rep, "start", "visit")
    day = datetime.fromisoformat(until)
    brief = client.get(f"/incidents/{job.number}/steps/visit/").content.decode()
    assert f"{day.month}/{day.day}" in brief
    visited(job)
    assert ("start", "visit") not in job.offers(cast.rep)
    forward = list(job.offers(cast.rep).forward())
    assert ("bring_back_plan", "") in forward
    assert ("rehearse", "") not in forward
    assert "想定問答を用意します" not in client.get(f"/incidents/{job.number}/steps/visit/").content.decode()
    with pytest.raises(Refused) as caught:
        job.do(cast.rep, "start", "visit", {"starts": (at + timedelta(days=1)).isoformat()})
    assert caught.value.code == "conflict"
    assert "原因は調査中" in told(caught.value, job.incident, at)
    page = client.get(f"/incidents/{job.number}/steps/visit/").content.decode()
    assert "原因は調査中" in page
    assert "原因は調査中" in client.get(f"/incidents/{job.number}/steps/letter/").content.decode()
    assert 'value="bring_back_plan"' in client.get(f"/incidents/{job.number}/steps/plan/").content.decode()
    job.do(cast.rep, "bring_back_plan")
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})
    assert ("start", "visit") in job.offers(cast.rep)
    assert "原因は調査中" not in client.get(f"/incidents/{job.number}/steps/visit/").content.decode()
    job.do(cast.rep, "start", "visit")


@pytest.mark.django_db
def test_every_kind_that_confirms_a_use_is_led_to_the_hearing(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="defect")
    job.do(cast.rep, "submit", "first_apology")
    paper = plan(job, fault="use")
    with pytest.raises(Refused, match="has not been heard"):
        job.do(cast.rep, "submit", "plan", paper)
    job.do(cast.rep, "change_kind", data={"kind": "own_use"})
    job.do(cast.rep, "submit", "hearing")
    job.do(cast.rep, "change_kind", data={"kind": "defect"})  # it was not only the use, after all
    job.do(cast.rep, "submit", "plan", paper)
