"""Nine kinds of trouble, each walked from its first report to its end by `actions` alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Activity, CareHold, Promise
from customers.services import promise_keep
from incidents import verify
from incidents.engine import playbooks
from incidents.models import Incident
from office.errors import Refused
from tests.job import Job

pytestmark = pytest.mark.django_db
KINDS_OF_TROUBLE = sorted(key for key, playbook in playbooks().items() if playbook.triaged)


def keep_promises(job: Job) -> bool:
    found = list(Promise.objects.open())
    for promise in found:
        promise_keep(promise_id=promise.pk, evidence="受領のご署名", by=job.cast.rep, at=job.at)
    return bool(found)


def test_there_are_nine() -> None:
    assert KINDS_OF_TROUBLE == [
        "defect", "forgotten_collection_day", "late_delivery", "missed_appointment", "missed_invoice", "own_use",
        "relationship", "slow_answer", "wrong_delivery",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS_OF_TROUBLE)
def test_a_program_that_knows_no_playbook_walks_it_to_the_end(cast: SimpleNamespace, at: datetime, kind: str) -> None:
    job = Job(cast, at, kind=kind)
    people = (cast.rep, cast.manager, cast.manager2, cast.branch, cast.director)
    while job.forward(*people) or keep_promises(job):
        pass
    assert job.incident.state == "closed"
    assert not Activity.objects.filter(number=job.number, state="open", source__startswith="incident:").exists()
    assert not CareHold.objects.exists()
    assert list(verify.problems()) == []


@pytest.mark.parametrize("kind", KINDS_OF_TROUBLE)
def test_what_came_in_untriaged_becomes_it_and_keeps_what_was_done(
    cast: SimpleNamespace, at: datetime, kind: str
) -> None:
    job = Job(cast, at, kind="untriaged")
    job.do(cast.rep, "submit", "first_apology")
    job.do(cast.manager, "change_kind", data={"kind": kind})
    assert job.case.steps["report"].state == "done"
    assert job.incident.kind == kind
    if "first_apology" in job.case.steps:
        assert job.case.steps["first_apology"].state == "done"


def test_a_boss_says_of_which_kind_it_is(cast: SimpleNamespace, at: datetime) -> None:
    """From the first report on; who was told of it, not the owner."""
    job = Job(cast, at, kind="untriaged")
    rows = Activity.objects.filter(label="Say of which kind it is")
    assert [(row.who, row.state) for row in rows] == [(cast.manager, "open")]
    job.do(cast.manager, "change_kind", data={"kind": "defect"})
    assert not rows.filter(state="open").exists()


def test_a_slight_matter_gets_no_letter(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="missed_appointment")
    job.do(cast.manager, "set_severity", data={"severity": "C", "text": "影響が小さいと分かった"})
    job.planned()
    assert (job.case.steps["letter"].state, job.case.steps["hand_over"].state) == ("skipped", "skipped")
    job.do(cast.manager, "set_severity", data={"severity": "B"})
    assert job.case.steps["letter"].state == "open"


def test_nothing_closes_over_a_residual_item(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="defect").planned()
    job.do(cast.rep, "submit", "repair_period")
    residual = Promise.objects.get(what__startswith="残件")
    people = (cast.rep, cast.manager, cast.manager2, cast.branch, cast.director)
    while job.forward(*people, but="sign_off"):
        pass
    with pytest.raises(Refused, match="promises to the customer"):
        job.do(cast.rep, "close", data={})
    for promise in Promise.objects.open().exclude(pk=residual.pk):
        promise_keep(promise_id=promise.pk, evidence="受領のご署名", by=cast.rep, at=job.at)
    with pytest.raises(Refused, match="promises to the customer"):
        job.do(cast.rep, "close", data={})
    job.do(cast.rep, "sign_off")
    job.do(cast.rep, "close", data={})
    residual.refresh_from_db()
    assert (residual.state, job.incident.state) == ("kept", "closed")


def test_nobody_is_told_how_to_use_it_before_they_were_heard(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="own_use")
    with pytest.raises(Refused, match="waiting"):
        job.do(cast.rep, "submit", "explain", {"how": "phone"})
    with pytest.raises(Refused, match="Note what the customer told us"):
        job.do(cast.rep, "submit", "hearing", {"told": ""})
    assert job.case.steps["letter"].state == "waiting"


def test_a_new_delivery_date_is_a_promise(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="late_delivery")
    day = (at + timedelta(days=6)).date()
    job.do(cast.rep, "submit", "new_date", {"delivers_on": day.isoformat(), "agreed": False})
    promise = Promise.objects.get(kind="time", what__startswith="納品")
    assert (promise.agreed, promise.answer_by.date()) == (False, day)
    job.do(cast.manager, "reopen", "new_date", {"text": "改めて"})
    with pytest.raises(Refused, match="past"):
        job.do(cast.rep, "submit", "new_date", {"delivers_on": "2026-11-01"})


def test_an_answer_and_an_apology_may_each_hold_a_promise(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="slow_answer", next_contact="none")
    by: dict[str, Any] = {"promise_by": (at + timedelta(days=1)).isoformat()}
    job.do(cast.rep, "submit", "first_apology", {"how": "phone", "promise_what": "資料をお届けする", **by})
    job.do(cast.rep, "submit", "answer", {"how": "phone", "promise_what": "続きをお返事する", **by})
    assert Promise.objects.count() == 2


def test_a_word_with_the_customer_clears_that_they_asked_again(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="slow_answer")
    job.do(cast.rep, "chase", data={"text": "まだですか"})
    assert job.incident.chased_at
    job.do(cast.rep, "submit", "answer")
    assert Incident.objects.get(number=job.number).chased_at is None


def test_a_replacement_is_handed_over_only_once_nothing_differs(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="wrong_delivery")
    job.do(cast.rep, "submit", "comparison")
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})
    example = job.offers(cast.rep)["submit", "recheck"]["schema"]["example"]
    with pytest.raises(Refused, match="waiting"):
        job.do(cast.rep, "submit", "replacement", {"how": "handed"})
    with pytest.raises(Refused, match="differs from the order"):
        job.do(cast.rep, "submit", "recheck", {**example, "accessory": "differs"})
    assert job.case.steps["replacement"].state == "waiting"
    job.do(cast.rep, "submit", "recheck", example)
    job.do(cast.rep, "submit", "replacement")
    assert job.case.steps["replacement"].state == "done"


def test_who_gets_the_money_back_gets_no_replacement(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="wrong_delivery")
    paper = job.offers(cast.rep)["submit", "comparison"]["schema"]["example"]
    job.do(cast.rep, "submit", "comparison", {**paper, "remedy": "refund"})
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})
    assert {job.case.steps[name].state for name in ("recheck", "replacement")} == {"skipped"}
