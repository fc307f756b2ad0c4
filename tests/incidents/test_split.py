"""Feature 10: two matters came in as one. One goes on with a number of its own, and nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Activity, CareHold, Promise
from customers.services import promise_keep
from incidents import verify
from incidents.models import Incident, IssuedLetter, Leaf, Submission
from incidents.pages import Whole, whole
from incidents.services import FirstReport, incident_open
from incidents.steps import Setting
from office.errors import Refused
from office.models import Outbox
from office.viewer import viewer_for
from tests.job import Job

pytestmark = pytest.mark.django_db
CLAIMS = [
    {"said": "請求書が来ない", "theme": "money"}, {"said": "機械がまた止まった", "theme": "thing"},
    {"said": "折返しがない", "theme": "information"},
]  # fmt: skip
SECOND = {"summary": "同じお電話で、機械がまた止まったとのお話", "kind": "defect", "severity": "A"}


def split(job: Job, **more: Any) -> Incident:
    job.do(job.cast.rep, "split", data={**SECOND, **more})
    return Incident.objects.exclude(number=job.number).latest("pk")


def claims_of(incident: Incident) -> tuple[list[str], str]:
    leaf = Leaf.objects.get(incident=incident, sort="claims", ended_at=None)
    paper = json.loads(leaf.text)
    return [claim["said"] for claim in paper["claims"]], paper["wish"]


def page(job: Job, number: str) -> Whole:
    return whole(job.viewer(job.cast.rep), number)


def test_the_second_matter_begins_with_its_report_and_its_boss_is_told(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.manager, "assign", data={"owner": cast.rep2.pk, "deputy": cast.rep.pk, "liaison": cast.tech.pk})
    other = split(job)
    assert (other.kind, other.severity, other.summary) == ("defect", "A", SECOND["summary"])
    people = (other.owner, other.deputy, other.liaison, other.created_by, other.told_to, other.team)
    assert people == (cast.rep2, cast.rep, cast.tech, cast.rep, cast.manager, cast.team_a)
    assert other.aware_at == job.incident.aware_at
    assert json.loads(Submission.objects.get(incident=other, step="report").text)["summary"] == SECOND["summary"]
    assert Activity.objects.open().filter(source=f"incident:{other.number}:read", who=cast.manager).exists()
    assert Outbox.objects.filter(key=f"incident:{other.number}:told:{cast.manager.pk}").count() == 1
    assert CareHold.objects.filter(customer=cast.towa).count() == 2
    assert list(verify.problems()) == []


def test_both_histories_name_the_other(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    first, second = split(job), split(job, summary="三つ目の件")
    assert job.case.known["split_into"] == [first.number, second.number]
    assert first.case["known"]["split_from"] == job.number
    here = [moment.text for moment in page(job, job.number).record.moments]
    assert f"別の件を事案{first.number}として分けた" in here
    assert f"別の件を事案{second.number}として分けた" in here
    (begun,) = page(job, first.number).record.moments
    assert begun.text == f"事案{job.number}から分けて、第一報を送りました"
    assert begun.words == SECOND["summary"]


def test_claims_go_where_they_are_chosen_to_go_and_the_wish_stays(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "note_claims", data={"claims": CLAIMS, "wish": "先に知らせてほしい", "confirmed": "yes"})
    other = split(job, claims=["機械がまた止まった"])
    assert claims_of(job.incident) == (["請求書が来ない", "折返しがない"], "先に知らせてほしい")
    assert claims_of(other) == (["機械がまた止まった"], "")
    assert (job.case.known["wish"], other.case["known"]["wish"]) == ("confirmed", "")
    assert list(verify.problems()) == []


def test_when_every_claim_goes_the_wish_goes_too(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "note_claims", data={"claims": CLAIMS[:1], "wish": "先に知らせてほしい"})
    other = split(job, claims=["請求書が来ない"])
    assert claims_of(other) == (["請求書が来ない"], "先に知らせてほしい")
    assert page(job, job.number).claims is None
    assert (job.case.known["wish"], other.case["known"]["wish"]) == ("", "noted")
    assert ("prepare_alternatives", "") not in job.offers(cast.rep)


def test_promises_chosen_go_along_and_the_others_stay(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    words = {"how": "phone", "promise_what": "点検に伺う", "promise_by": (at + timedelta(days=2)).isoformat()}
    job.do(cast.rep, "submit", "first_apology", words)
    goes, stays = Promise.objects.get(what="点検に伺う"), Promise.objects.exclude(what="点検に伺う").get()
    other = split(job, promises=[goes.pk])
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.number, stays.number) == (other.number, job.number)
    assert Activity.objects.get(source=f"promise:{goes.pk}").number == other.number
    promise_keep(promise_id=goes.pk, evidence="伺った", by=cast.rep, at=at)
    assert list(verify.problems()) == []


def test_points_of_the_apology_go_along(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    example = job.offers(cast.rep)["start", "visit"]["schema"]["example"]
    job.do(cast.rep, "start", "visit", {**example, "apology_points": "請求書の発行もれ\n機械の停止", "place": "本社"})
    other = split(job, points=["機械の停止"])
    old, new = (Setting(row, cast.rep, at, step="visit") for row in (job.incident, other))
    assert (old.points, new.points) == (["請求書の発行もれ"], ["機械の停止"])
    assert old.words["place"] == "本社", "the arrangement itself stays"


def test_the_invoice_goes_along_or_stays(cast: SimpleNamespace, at: datetime) -> None:
    data = {"summary": "請求書の件", "next_contact": "none"}
    for place, goes in enumerate((True, False)):
        first = FirstReport(cast.towa.pk, data, "missed_invoice", invoice=f"INV-{place}", key=f"i{place}")
        job = Job(cast, at)
        job.number = incident_open(viewer=viewer_for(cast.rep, at), report=first)[0].number
        other = split(job, invoice=goes)
        assert (job.incident.invoice, other.invoice) == (("", "INV-0") if goes else ("INV-1", ""))
    assert list(verify.problems()) == []


def test_letters_issued_stay_with_the_old_incident(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).printed()
    other = split(job)
    assert IssuedLetter.objects.get().incident == job.incident
    assert not page(job, other.number).letters
    assert list(verify.problems()) == []


def test_what_came_in_together_is_no_repeat(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    other = split(job, kind="missed_invoice", severity="B")
    assert other.severity == "B"
    assert "repeats" not in other.case["known"]


def test_the_same_request_twice_is_one_split(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    first = job.do(cast.rep, "split", data=SECOND, key="once")
    again = job.do(cast.rep, "split", data=SECOND, key="once")
    assert (first.fresh, again.fresh, first.seq) == (True, False, again.seq)
    assert Incident.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"summary": " "}, "summary"), ({"kind": "none"}, "kind"), ({"severity": "Z"}, "severity"),
        ({"claims": ["言っていない"]}, "claims"), ({"points": ["お詫びしない点"]}, "points"),
        ({"promises": [999]}, "promises"), ({"promises": [2**70]}, "promises"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_and_leaves_nothing(
    cast: SimpleNamespace, at: datetime, change: dict[str, Any], field: str
) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "note_claims", data={"claims": CLAIMS})
    head = job.incident.head_seq
    with pytest.raises(Refused) as refused:
        split(job, **change)
    assert refused.value.field == field
    assert (Incident.objects.count(), job.incident.head_seq) == (1, head)
    assert Leaf.objects.get().state == "open"


def test_a_promise_of_another_incident_does_not_go_along(cast: SimpleNamespace, at: datetime) -> None:
    job, foreign = Job(cast, at), Job(cast, at)
    theirs = Promise.objects.get(number=foreign.number)
    with pytest.raises(Refused):
        split(job, promises=[theirs.pk])
    theirs.refresh_from_db()
    assert theirs.number == foreign.number


@pytest.mark.parametrize("ended", ["withdraw", "void"])
def test_what_is_over_is_not_split(cast: SimpleNamespace, at: datetime, ended: str) -> None:
    job = Job(cast, at)
    job.do(cast.manager, ended)
    with pytest.raises(Refused) as refused:
        split(job)
    assert refused.value.code == "conflict"
    assert Incident.objects.count() == 1


def test_only_who_is_in_charge_splits(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    for name, allowed in (("rep", True), ("rep2", True), ("manager", True), ("tech", False), ("auditor", False)):
        assert (("split", "") in job.offers(getattr(cast, name))) == allowed, name
    with pytest.raises(Refused) as refused:
        job.do(cast.tech, "split", data=SECOND)
    assert refused.value.code == "forbidden"
