"""What random commands and hard reading found, kept as one short story each."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity
from incidents import verify
from incidents.engine import Command, decide
from incidents.playbooks.untriaged import Untriaged
from incidents.services import render_letters, wake
from office.errors import Refused
from tests.incidents.test_engine import BOSS, DIRECTOR, LEADS, PLAN, RULES, Walk
from tests.job import Job

LADDER = frozenset({"manager", "branch_head", "director"})


def change_kind(walk: Walk, kind: str) -> None:
    walk.do("change_kind", actor=BOSS, parts=LEADS, playbook=kind, version=1)
    walk.playbook = {"untriaged": Untriaged}.get(kind, walk.playbook)


def test_a_kind_changed_there_and_back_gives_no_number_twice() -> None:
    walk = Walk().planned()
    missed_invoice = walk.playbook
    change_kind(walk, "untriaged")
    change_kind(walk, "missed_invoice")
    walk.playbook = missed_invoice
    assert (walk.state("plan"), walk.case.steps["plan"].submission) == ("done", 1)


def test_a_director_who_signs_first_leaves_the_managers_part_to_a_manager() -> None:
    walk = Walk().planned()
    walk.do("submit", "compensation", 9, LEADS, decision="compensate", amount=5_000_000)
    walk.do("approve", "compensation", DIRECTOR, LADDER)
    assert walk.case.steps["compensation"].asks == ("manager",)
    walk.do("approve", "compensation", BOSS, LEADS)
    assert walk.state("compensation") == "done"


def test_a_plan_resumed_before_its_turn_is_due_for_nobody() -> None:
    walk = Walk().to_plan()
    walk.do("agreed_by_mouth", "plan")
    walk.do("reopen", "report", BOSS, LEADS)
    walk.do("withdraw")
    walk.do("resume", actor=BOSS, parts=LEADS)
    plan = walk.case.steps["plan"]
    assert (plan.state, plan.due, plan.alarms) == ("waiting", None, ())


def test_a_plan_sent_back_takes_no_late_signature_of_the_first_submission() -> None:
    walk = Walk().to_plan()
    late = Command("approve", BOSS, LEADS, "plan", walk.case.steps["plan"].submission)
    walk.do("send_back", "plan", BOSS, LEADS)
    walk.do("submit", "plan", **PLAN)
    with pytest.raises(Refused, match="plan"):
        decide(walk.playbook, walk.case, late, walk.at, RULES)


# -- in the record


@pytest.mark.django_db
def test_ringing_the_same_alarms_again_after_a_reopening_is_a_new_entry(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})
    job.do(cast.rep, "submit", "visit")
    job.do(cast.manager, "submit", "prevention")
    steps = ("first_apology", "letter", "compensation", "effect_check", "follow_up")
    for _ in range(2):
        assert all(job.case.steps[step].state == "open" for step in steps)
        job.at += timedelta(days=120)
        assert wake(at=job.at)["alarms"] == len(steps)  # more than fit into the 80 letters of a key
        for command in ("skip", "reopen"):
            for step in steps:
                job.do(cast.manager, command, step, {"text": "もう一度"})
    assert list(verify.problems()) == []


@pytest.mark.django_db
def test_a_letter_approved_anew_is_not_handed_over_in_its_old_print(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).printed()
    job.do(cast.manager, "reopen", "letter", {"text": "訪問日が変わった"})
    job.do(cast.rep, "submit", "letter")
    job.do(cast.branch, "approve", "letter", {})
    assert ("submit", "hand_over") not in job.offers(cast.rep)
    render_letters(at=at)
    assert ("submit", "hand_over") in job.offers(cast.rep)


@pytest.mark.django_db
def test_a_measure_left_out_of_the_next_paper_leaves_the_list(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    line = job.offers(cast.manager)["submit", "prevention"]["schema"]["example"]["measures"][0]
    job.do(cast.manager, "submit", "prevention", {"measures": [line, {**line, "what": "二重の確認"}]})
    job.do(cast.manager, "reopen", "prevention", {"text": "一つにまとめる"})
    job.do(cast.manager, "submit", "prevention", {"measures": [line]})
    open_ones = Activity.objects.filter(source__startswith="measure:", state="open")
    assert [row.source for row in open_ones] == [f"measure:{job.number}:0"]


@pytest.mark.django_db
def test_an_untriaged_incident_with_nothing_left_to_do_asks_for_its_kind(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="untriaged")
    job.do(cast.rep, "submit", "first_apology")
    asked = Activity.objects.get(source=f"incident:{job.number}:kind")
    assert (asked.state, asked.who) == ("open", cast.manager)
    job.do(cast.manager, "change_kind", "", {"kind": "missed_invoice"})
    asked.refresh_from_db()
    assert asked.state == "done"
