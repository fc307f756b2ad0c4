"""A defect names its machine; how often that machine, and the customer's as a whole, has failed is counted (1-14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from incidents import verify
from incidents.machines import Tally, failing, key_of, tally
from incidents.models import Incident
from incidents.policy import REPEAT_COUNT, REPEAT_MACHINE
from incidents.selectors import Filters, listed
from incidents.services import FirstReport, incident_open
from office.errors import Refused
from office.services import policy_set
from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor
from tests.job import REPORT, Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NEW = "/incidents/new/"


@pytest.fixture(autouse=True)
def rare(cast: SimpleNamespace, at: datetime) -> None:
    """A house in which only the same machine counts soon: the customer's fifth trouble, the machine's second."""
    policy_set(key=REPEAT_COUNT, value=5, by=cast.admin, at=at - timedelta(days=900))


def failed(cast: SimpleNamespace, at: datetime, machine: str = "", kind: str = "defect", severity: str = "B") -> Job:
    """A first report at a moment."""
    job = Job.__new__(Job)
    job.cast, job.at = cast, at
    report = FirstReport(
        customer_id=cast.towa.pk, data=REPORT, kind=kind, severity=severity, machine=machine, key=uuid4().hex
    )
    job.number = incident_open(viewer=job.viewer(cast.rep), report=report)[0].number
    return job


@pytest.mark.parametrize("typed", ["XY300-0457", "xy300 0457", "ＸＹ３００－０４５７", "XY-300ー0457", " xy300‐0457 "])
def test_one_machine_however_it_is_typed(typed: str) -> None:
    assert key_of(typed) == "xy3000457"


def test_what_differs_is_another_machine() -> None:
    assert len({key_of(one) for one in ("XY300-0457", "XY300-0458", "XY300.0457", "1号機", "2号機", "")}) == 6


def test_the_same_machine_again_weighs_more_and_the_incident_says_why(cast: SimpleNamespace, at: datetime) -> None:
    first = failed(cast, at - timedelta(days=30), "XY300-0457")
    other = failed(cast, at - timedelta(days=20), "1号機")
    second = failed(cast, at, "ｘｙ300 0457")
    assert [job.incident.severity for job in (first, other, second)] == ["B", "B", "A"]
    found = second.case.known["repeats"]["defect"]
    assert (found["machine"], found["count"], found["from"], found["to"]) == (1, 2, "B", "A")
    assert second.case.known["machine"] == "ｘｙ300 0457", "kept as typed"
    assert second.incident.machine == "xy3000457"
    assert list(verify.problems()) == []


def test_the_house_says_which_time(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key=REPEAT_MACHINE, value=3, by=cast.admin, at=at - timedelta(days=900))
    found = [failed(cast, at - timedelta(days=days), "1号機").incident.severity for days in (400, 20, 10, 0)]
    assert found == ["B", "B", "B", "A"], "the first is too long ago"


def test_other_kinds_customers_and_what_was_none_do_not_count(cast: SimpleNamespace, at: datetime) -> None:
    failed(cast, at - timedelta(days=9), "1号機", kind="own_use")
    failed(cast, at - timedelta(days=8), "1号機")
    Incident.objects.filter(kind="defect").update(customer=cast.hokuriku)
    failed(cast, at - timedelta(days=7), "1号機")
    Incident.objects.filter(kind="defect", customer=cast.towa).update(state="void")
    failed(cast, at - timedelta(days=6))
    last = failed(cast, at, "1号機")
    assert last.incident.severity == "B"
    assert tally(last.incident) == Tally("1号機", 1, 2, 365)


def test_named_later_it_weighs_more_once(cast: SimpleNamespace, at: datetime) -> None:
    failed(cast, at - timedelta(days=3), "XY300-0457")
    job = failed(cast, at, severity="C")
    failed(cast, at + timedelta(hours=1), "XY300-0457")  # reported after it: no earlier one
    job.at += timedelta(hours=2)
    assert tally(job.incident) == Tally("", 0, 2, 365)
    job.do(cast.tech, "name_machine", data={"machine": "xy300 0457"})
    assert (job.incident.severity, job.case.known["repeats"]["defect"]["machine"]) == ("B", 1)
    assert tally(job.incident) == Tally("xy300 0457", 2, 2, 365)
    job.do(cast.rep, "name_machine", data={"machine": "XY300-0457"})
    assert job.incident.severity == "B"
    assert list(verify.problems()) == []
    found = listed(job.viewer(cast.rep), Filters(q="xy300-0457")).rows
    assert job.number in [row.number for row in found], "the list finds it"


def test_what_turns_out_to_be_a_defect_counts_its_machine(cast: SimpleNamespace, at: datetime) -> None:
    failed(cast, at - timedelta(days=3), "1号機")
    job = failed(cast, at, "１号機", kind="untriaged")
    assert (job.incident.severity, tally(job.incident)) == ("B", None)
    job.do(cast.manager, "change_kind", data={"kind": "defect"})
    assert (job.incident.severity, tally(job.incident)) == ("A", Tally("１号機", 2, 2, 365))


@pytest.mark.parametrize(
    ("machine", "code"), [("", "incomplete"), (" - ", "invalid"), ("\x00", "invalid"), ("x" * 61, "incomplete")]
)
def test_what_cannot_be_named_is_refused(cast: SimpleNamespace, at: datetime, machine: str, code: str) -> None:
    job = failed(cast, at, "XY-1")
    with pytest.raises(Refused) as refused:
        job.do(cast.rep, "name_machine", data={"machine": machine})
    assert refused.value.code == code
    assert job.case.known["machine"] == "XY-1"


def test_the_same_name_is_not_named_again(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        failed(cast, at, "XY-1").do(cast.rep, "name_machine", data={"machine": "XY-1"})
    assert (refused.value.code, refused.value.field) == ("conflict", "machine")


def test_a_machine_is_named_where_something_fails(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused, match="does not work") as refused:
        Job(cast, at).do(cast.rep, "name_machine", data={"machine": "XY-1"})
    assert refused.value.code == "conflict"


@pytest.mark.parametrize("machine", ["-", "x" * 61, "a\x00b"])
def test_a_report_with_no_number_at_all_is_refused(cast: SimpleNamespace, at: datetime, machine: str) -> None:
    with pytest.raises(Refused) as refused:
        failed(cast, at, machine)
    assert (refused.value.code, refused.value.field) == ("invalid", "machine")
    assert not Incident.objects.exists()


def test_the_customer_page_counts_each_machine(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    for days, machine in ((5, "XY-1"), (4, "2号機"), (3, "xy1"), (2, "")):
        failed(cast, at - timedelta(days=days), machine)
    found, days = failing(cast.towa.pk, at)
    assert ([(one.machine, one.count) for one in found], days) == ([("xy1", 2), ("2号機", 1)], 365)
    with time_machine.travel(at, tick=False):
        page = client_for(cast.rep).get(f"/customers/{cast.towa.pk}/").content.decode()
    assert "機械ごとの不具合" in page
    assert page.index("xy1") < page.index("2号機")
    assert "機械ごとの不具合" not in client_for(cast.rep_b).get(f"/customers/{cast.hokuriku.pk}/").content.decode()


def test_the_pages(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    rep = client_for(cast.rep)
    fields: dict[str, Any] = {
        "customer": "東和工業株式会社",
        "summary": "停止した",
        "next_contact": "today",
        "kind": "defect",
    }
    refused = rep.post(NEW, {**fields, "machine": "--", "idempotency": "6a0f4a35-95d4-44f8-8f27-0c8f1dfd0001"})
    page = refused.content.decode()
    assert (refused.status_code, 'value="--"' in page, '<details class="card" open' in page) == (422, True, True)
    rep.post(NEW, {**fields, "machine": "XY-1", "idempotency": "6a0f4a35-95d4-44f8-8f27-0c8f1dfd0002"})
    rep.post(NEW, {**fields, "idempotency": "6a0f4a35-95d4-44f8-8f27-0c8f1dfd0003"})
    url = f"/incidents/{Incident.objects.order_by('-pk')[0].number}/"
    act = f"{url}acts/name_machine/"
    assert act in rep.get(url).content.decode()
    again = rep.post(act, {"machine": "x" * 61, "idempotency": "a"})
    assert again.status_code == 422
    done = rep.post(act, {"machine": "ＸＹ－１", "idempotency": "b"}, follow=True).content.decode()
    for words in ("ＸＹ－１", "この機械で2回目", "このお客様で2回目", "うち同じ機械で1件", "機番を記録しました"):
        assert words in done
    assert 'value="ＸＹ－１"' in rep.get(act).content.decode()


def test_by_api(cast: SimpleNamespace) -> None:
    api = Program(cast.rep)
    body = {"customer": cast.towa.pk, "summary": "停止した", "kind": "defect"}
    found = api.get(f"incidents/{api.post('incidents', **body, machine='XY-1')[1]['number']}")[1]
    assert found["defects"] == {"machine": "XY-1", "on_machine": 1, "of_customer": 1, "days": 365}
    again = api.get(f"incidents/{api.post('incidents', **body, machine='xy1')[1]['number']}")[1]
    assert (again["severity"], again["repeat"]["machine"], again["defects"]["on_machine"]) == ("A", 1, 2)
    rows = api.get(f"incidents/machines?customer={cast.towa.pk}")[1]
    assert [(row["machine"], row["count"]) for row in rows] == [("xy1", 2)]
    theirs = Program(cast.rep_b).get(f"incidents/machines?customer={cast.towa.pk}")
    assert (theirs[0], theirs[1]["code"]) == (404, "not_found")
    assert api.get("incidents/machines")[0] == 400
    assert api.get(f"incidents/machines?customer={2**70}")[0] in (400, 422)
    assert api.post("incidents", **body, machine="-")[0] == 400
    number = again["number"]
    sent = {"command": "name_machine", "data": {"machine": "XY-2"}, "idempotency_key": "k"}
    for _time in range(2):
        told = api.post(f"incidents/{number}/commands", **sent)
        assert (told[0], told[1]["defects"]["machine"]) == (200, "XY-2")
    assert api.post(f"incidents/{number}/commands", **{**sent, "idempotency_key": "l"})[0] == 409
