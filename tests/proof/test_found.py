"""What random commands and hard reading found, kept as one short story each."""

from __future__ import annotations

import pytest

from incidents.engine import Command, decide
from incidents.playbooks.untriaged import Untriaged
from office.errors import Refused
from tests.incidents.test_engine import BOSS, DIRECTOR, LEADS, PLAN, RULES, Walk

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
