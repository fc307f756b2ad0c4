"""The same remedy fails a second time: severity A, the manager is told, and the history says why (practice 2-41)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from incidents import verify
from incidents.models import Incident
from incidents.policy import REMEDY_FAILS, REPEAT_COUNT
from incidents.services import FirstReport, incident_open
from office.errors import Refused
from office.models import Outbox, User
from office.services import policy_set
from tests.incidents.test_api import Program
from tests.job import REPORT, Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
DID_NOT_HOLD = {"text": "また振動が出た", "failed": True}


def another(cast: SimpleNamespace, at: datetime, kind: str = "defect", severity: str = "B") -> Job:
    """Another incident of towa, at a moment."""
    job = Job.__new__(Job)
    job.cast, job.at = cast, at
    report = FirstReport(customer_id=cast.towa.pk, data=REPORT, kind=kind, severity=severity, key=f"{at}{kind}")
    job.number = incident_open(viewer=job.viewer(cast.rep), report=report)[0].number
    return job


def repaired(cast: SimpleNamespace, at: datetime, severity: str = "B") -> Job:
    job = another(cast, at, severity=severity).planned()
    job.do(cast.rep, "submit", "repair_period")
    return job


def fails(job: Job) -> None:
    """The boss opens the repair again: it did not hold; then it is repaired again."""
    job.do(job.cast.manager, "reopen", "repair_period", DID_NOT_HOLD)
    job.do(job.cast.rep, "submit", "repair_period")


def told(job: Job) -> list[str]:
    rows = Activity.objects.open().filter(source=f"incident:{job.number}:failed")
    return [row.who.username for row in rows]


def history(job: Job, client: Client) -> str:
    return client.get(f"/incidents/{job.number}/timeline/").content.decode()


def test_once_is_no_repeat(cast: SimpleNamespace, at: datetime) -> None:
    job = repaired(cast, at)
    fails(job)
    assert (job.incident.severity, told(job)) == ("B", [])
    assert job.case.known["remedies"]["repair_period"]["failed"] == {"1": "did_not_hold"}


@pytest.mark.parametrize("severity", ["C", "B"])
def test_the_second_time_it_is_grave_and_the_boss_is_told_once(
    cast: SimpleNamespace, at: datetime, severity: str
) -> None:
    job = repaired(cast, at, severity)
    fails(job)
    fails(job)
    assert (job.incident.severity, job.case.severity, told(job)) == ("A", "A", ["manager"])
    mails = Outbox.objects.filter(key__contains=":failed:")
    assert [mail.to for mail in mails] == [cast.manager]
    assert list(verify.problems()) == []


def test_opened_again_to_be_put_right_is_no_failure(cast: SimpleNamespace, at: datetime) -> None:
    job = repaired(cast, at)
    for _ in range(2):
        job.do(cast.manager, "reopen", "repair_period", {"text": "停止時間を書き直す"})
        job.do(cast.rep, "submit", "repair_period")
    assert (job.incident.severity, job.case.known.get("remedies")) == ("B", None)


def test_of_other_steps_nothing_fails(cast: SimpleNamespace, at: datetime) -> None:
    job = repaired(cast, at)
    for _ in range(2):
        job.do(cast.manager, "reopen", "plan", DID_NOT_HOLD)
        job.do(cast.rep, "submit", "plan")
        job.do(cast.manager, "approve", "plan", {})
    assert (job.incident.severity, job.case.known.get("remedies")) == ("B", None)


class TestTheCustomer:
    def visited(self, job: Job, reaction: str) -> None:
        example = job.offers(job.cast.rep)["submit", "visit"]["schema"]["example"]
        job.do(job.cast.rep, "submit", "visit", {**example, "reaction": reaction, "conditions": "点検すること"})

    def test_does_not_accept_what_was_repaired(self, cast: SimpleNamespace, at: datetime) -> None:
        job = repaired(cast, at)
        self.visited(job, "not_accepted")
        assert job.case.known["remedies"]["repair_period"]["failed"] == {"1": "not_accepted"}
        self.visited(job, "not_accepted")
        assert job.incident.severity == "B", "one repair fails once, however often they say so"
        fails(job)
        assert job.incident.severity == "B"
        self.visited(job, "not_accepted")
        assert (job.incident.severity, told(job)) == ("A", ["manager"])

    @pytest.mark.parametrize("reaction", ["accepted", "conditional", "pending", "not_met", "banned"])
    def test_any_other_reaction_is_no_failure(self, cast: SimpleNamespace, at: datetime, reaction: str) -> None:
        job = repaired(cast, at)
        self.visited(job, reaction)
        assert job.case.known.get("remedies") is None

    def test_before_anything_was_repaired_it_is_about_the_apology(self, cast: SimpleNamespace, at: datetime) -> None:
        job = another(cast, at).planned()
        self.visited(job, "not_accepted")
        assert job.case.known.get("remedies") is None


class TestTheSameTroubleAgain:
    def test_counts_for_the_repair_before_it(self, cast: SimpleNamespace, at: datetime) -> None:
        policy_set(key=REPEAT_COUNT, value=9, by=cast.admin, at=at - timedelta(days=90))
        repaired(cast, at - timedelta(days=60))
        second = repaired(cast, at - timedelta(days=30))
        assert (second.incident.severity, second.case.known["remedies"]["repair_period"]["before"]) == ("B", 1)
        third = another(cast, at)
        assert (third.incident.severity, told(third)) == ("A", ["manager"])
        assert third.case.known["remedies"]["repair_period"]["raised"] == {"from": "B", "count": 2}
        assert list(verify.problems()) == []

    def test_adds_to_what_failed_here(self, cast: SimpleNamespace, at: datetime) -> None:
        policy_set(key=REPEAT_COUNT, value=9, by=cast.admin, at=at - timedelta(days=90))
        repaired(cast, at - timedelta(days=30))
        job = repaired(cast, at)
        fails(job)
        assert (job.incident.severity, told(job)) == ("A", ["manager"])

    def test_without_a_repair_it_is_only_a_repeat(self, cast: SimpleNamespace, at: datetime) -> None:
        for days in (30, 20):
            another(cast, at - timedelta(days=days), severity="C")
        job = another(cast, at, severity="C")
        assert (job.incident.severity, told(job)) == ("B", [])

    def test_after_a_change_of_kind(self, cast: SimpleNamespace, at: datetime) -> None:
        fails(repaired(cast, at - timedelta(days=30)))
        job = another(cast, at, kind="untriaged", severity="C")
        job.do(cast.rep, "change_kind", data={"kind": "defect"})
        assert (job.incident.severity, told(job)) == ("A", ["manager"])
        assert list(verify.problems()) == []

    def test_what_was_logged_by_mistake_counts_for_nothing(self, cast: SimpleNamespace, at: datetime) -> None:
        old = repaired(cast, at - timedelta(days=30))
        fails(old)
        old.do(cast.manager, "void", data={"text": "誤登録"})
        assert another(cast, at).case.known.get("remedies") is None


def test_the_house_may_switch_it_off(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key=REMEDY_FAILS, value=0, by=cast.admin, at=at - timedelta(days=90))
    job = repaired(cast, at)
    for _ in range(3):
        fails(job)
    assert (job.incident.severity, told(job)) == ("B", [])
    assert len(job.case.known["remedies"]["repair_period"]["failed"]) == 3, "the facts are kept all the same"
    assert another(cast, at + timedelta(days=1)).incident.severity == "A", "by the other rule: it is a repeat"
    assert not Activity.objects.filter(source__endswith=":failed").exists()


def test_an_incident_from_before_the_rule_is_left_alone(cast: SimpleNamespace, at: datetime) -> None:
    job = repaired(cast, at)
    pins = {name: text for name, text in job.incident.pins.items() if name != "remedy.fails"}
    Incident.objects.filter(number=job.number).update(pins=pins)
    for _ in range(2):
        fails(job)
    assert (job.incident.severity, told(job)) == ("B", [])


def test_what_was_done_for_the_wrong_delivery_counts_too(cast: SimpleNamespace, at: datetime) -> None:
    job = another(cast, at, kind="wrong_delivery")
    for step in ("first_apology", "comparison", "plan"):
        job.do(cast.rep, "submit", step)
    job.do(cast.manager, "approve", "plan", {})
    for step in ("recheck", "replacement"):
        job.do(cast.rep, "submit", step)
    for _ in range(2):
        job.do(cast.manager, "reopen", "replacement", DID_NOT_HOLD)
        job.do(cast.rep, "submit", "replacement")
    assert (job.incident.severity, told(job)) == ("A", ["manager"])


def test_only_a_boss_lowers_it_and_a_third_failure_raises_it_again(cast: SimpleNamespace, at: datetime) -> None:
    job = repaired(cast, at)
    fails(job)
    fails(job)
    with pytest.raises(Refused, match="boss lowers"):
        job.do(cast.rep, "set_severity", data={"severity": "B", "text": "軽い"})
    job.do(cast.manager, "set_severity", data={"severity": "B", "text": "別の箇所と分かった"})
    assert job.incident.severity == "B"
    fails(job)
    assert (job.incident.severity, told(job)) == ("A", ["manager"])


def test_it_ends_with_the_incident(cast: SimpleNamespace, at: datetime) -> None:
    job = repaired(cast, at)
    fails(job)
    fails(job)
    job.do(cast.manager, "withdraw", data={"text": "お申し出の取下げ"})
    assert told(job) == []


def test_page_history_and_programs_say_why(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    job = repaired(cast, at)
    fails(job)
    with time_machine.travel(at, tick=False):
        rep, boss = client_for(cast.rep), client_for(cast.manager)
        assert "うまくいっていません" not in history(job, rep)
        step = f"/incidents/{job.number}/steps/repair_period/"
        assert 'name="failed"' in boss.get(step).content.decode()
        assert 'name="failed"' not in boss.get(f"/incidents/{job.number}/steps/plan/").content.decode()
        typed = {"command": "reopen", "text": "また振動が出た", "failed": "on", "idempotency": "r1", "submission": "2"}
        assert boss.post(step, typed).status_code == 302
        assert job.incident.severity == "A"
        sentence = "社内基準: 修理がこれまでに2回うまくいっていません(処置が続かず、もう一度開いた)。"
        assert f"{sentence}重要度を「B 中」から「A 重大」にしました。" in history(job, rep)
        page = rep.get(f"/incidents/{job.number}/").content.decode()
        assert "修理: これまでに2回うまくいっていません" in page
        row = Activity.objects.open().get(source=f"incident:{job.number}:failed")
        rep.get(row.link)
        assert told(job) == ["manager"], "another reader ends nothing"
        assert row.link in boss.get("/").content.decode()
        boss.get(row.link)
        assert told(job) == []
    found: Any = Program(cast.rep).get(f"incidents/{job.number}")[1]["failed"]
    assert found == [{"remedy": "repair_period", "count": 2, "why": ["did_not_hold"] * 2, "before": "B"}]
    assert Program(cast.rep_b).get(f"incidents/{job.number}")[0] == 404
