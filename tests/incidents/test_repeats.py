"""The same trouble again weighs more, by a rule of the house, and the incident says why (1-14, 2-41, 3-04)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from incidents import verify
from incidents.models import Incident
from incidents.policy import REPEAT_COUNT, REPEAT_DAYS
from incidents.services import FirstReport, incident_open
from office.errors import Refused
from office.models import User
from office.services import policy_set
from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor
from tests.job import REPORT, Job

pytestmark = pytest.mark.django_db


def again(cast: SimpleNamespace, at: datetime, severity: str = "B", kind: str = "missed_invoice") -> Job:
    """Another incident of towa, at a moment."""
    job = Job.__new__(Job)
    job.cast, job.at = cast, at
    report = FirstReport(
        customer_id=cast.towa.pk, data=REPORT, kind=kind, severity=severity, key=f"{at}{kind}{severity}"
    )
    job.number = incident_open(viewer=job.viewer(cast.rep), report=report)[0].number
    return job


@pytest.mark.parametrize(
    ("kind", "said", "becomes"),
    [("defect", "C", "B"), ("defect", "B", "A"), ("missed_invoice", "B", "A"), ("missed_invoice", "A", "A")],
)
def test_the_second_within_a_year_weighs_one_step_more(
    cast: SimpleNamespace, at: datetime, kind: str, said: str, becomes: str
) -> None:
    first = again(cast, at - timedelta(days=300), kind=kind)
    second = again(cast, at, said, kind)
    assert (first.incident.severity, second.incident.severity) == ("B", becomes)
    assert second.case.severity == becomes
    assert second.case.known["repeats"][kind]["earlier"] == [first.incident.pk]
    assert list(verify.problems()) == []


def test_another_kind_another_customer_or_a_long_time_ago_is_no_repeat(cast: SimpleNamespace, at: datetime) -> None:
    again(cast, at - timedelta(days=366))
    again(cast, at - timedelta(days=2), kind="defect")
    Incident.objects.filter(kind="defect").update(customer=cast.hokuriku)
    assert again(cast, at).incident.severity == "B"
    assert again(cast, at, kind="defect").incident.severity == "B"


@pytest.mark.parametrize("state", ["void", "withdrawn", "merged"])
def test_what_was_none_is_not_counted(cast: SimpleNamespace, at: datetime, state: str) -> None:
    again(cast, at - timedelta(days=3))
    Incident.objects.update(state=state)
    assert again(cast, at).incident.severity == "B"


def test_the_house_sets_days_and_times(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key=REPEAT_COUNT, value=3, by=cast.admin, at=at - timedelta(days=90))
    policy_set(key=REPEAT_DAYS, value=30, by=cast.admin, at=at - timedelta(days=90))
    found = [again(cast, at - timedelta(days=days)).incident.severity for days in (50, 20, 10, 0)]
    assert found == ["B", "B", "B", "A"]


def test_what_a_case_keeps_stays_small(cast: SimpleNamespace, at: datetime) -> None:
    for n in range(23, 0, -1):
        again(cast, at - timedelta(days=n))
    found = again(cast, at).case.known["repeats"]["missed_invoice"]
    assert (found["count"], len(found["earlier"])) == (23, 20)
    assert found["earlier"] == sorted(Incident.objects.order_by("-opened_at").values_list("pk", flat=True)[1:21])


def test_a_kind_that_is_found_later_counts_too_and_only_once(cast: SimpleNamespace, at: datetime) -> None:
    again(cast, at - timedelta(days=3))
    job = again(cast, at, "C", kind="untriaged")
    assert job.incident.severity == "C"
    for kind in ("missed_invoice", "defect", "missed_invoice"):
        job.do(cast.rep, "change_kind", data={"kind": kind})
    assert (job.incident.severity, job.case.severity) == ("A", "A")  # a step above its floor
    assert job.case.known["repeats"]["missed_invoice"]["from"] == "B"
    assert list(verify.problems()) == []


def test_it_is_lowered_by_a_boss_with_a_reason_only(cast: SimpleNamespace, at: datetime) -> None:
    again(cast, at - timedelta(days=3))
    job = again(cast, at)
    with pytest.raises(Refused, match="boss lowers") as refused:
        job.do(cast.rep, "set_severity", data={"severity": "B", "text": "軽いと思う"})
    assert refused.value.code == "forbidden"
    with pytest.raises(Refused, match="why") as refused:
        job.do(cast.manager, "set_severity", data={"severity": "B"})
    assert (refused.value.code, refused.value.field) == ("incomplete", "text")
    job.do(cast.manager, "set_severity", data={"severity": "B", "text": "別の機械の話と分かった"})
    assert job.incident.severity == "B"
    job.do(cast.rep, "set_severity", data={"severity": "A"})  # upwards everybody in charge may


def test_a_plain_severity_is_not_lowered_in_silence_either(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="defect")
    with pytest.raises(Refused, match="why"):
        job.do(cast.rep, "set_severity", data={"severity": "C"})
    job.do(cast.rep, "set_severity", data={"severity": "C", "text": "影響がないと分かった"})
    assert job.incident.severity == "C"


def hint(page: str) -> str:
    return page.partition("同じ種類(")[2].partition("</div>")[0]


def test_the_page_says_why_and_links_what_the_reader_may_open(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    foreign, own = again(cast, at - timedelta(days=9)), again(cast, at - timedelta(days=5))
    Incident.objects.filter(number=foreign.number).update(
        owner=cast.rep_b, deputy=None, liaison=None, told_to=cast.manager_b, team=cast.team_b
    )
    job = again(cast, at)
    words = hint(client_for(cast.rep).get(f"/incidents/{job.number}/").content.decode())
    assert "過去365日に2件あります" in words
    assert "「B 中」から「A 重大」" in words
    assert own.number in words
    assert foreign.number not in words
    assert "ほか1件" in words
    everything = hint(client_for(cast.director).get(f"/incidents/{job.number}/").content.decode())
    assert foreign.number in everything
    assert "ほか" not in everything
    assert hint(client_for(cast.rep).get(f"/incidents/{own.number}/").content.decode())
    job.do(cast.manager, "set_severity", data={"severity": "B", "text": "別の機械"})
    words = hint(client_for(cast.rep).get(f"/incidents/{job.number}/").content.decode())
    assert "2件あります" in words
    assert "上げています" not in words


def test_a_page_with_a_repeat_costs_no_more(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    again(cast, at - timedelta(days=3))
    job, client = again(cast, at), client_for(cast.rep)
    with django_assert_max_num_queries(9):
        assert client.get(f"/incidents/{job.number}/").status_code == 200


def test_a_program_is_told_the_same(cast: SimpleNamespace, at: datetime) -> None:
    first = again(cast, at - timedelta(days=3))
    job = again(cast, at)

    def told(user: User) -> object:
        return Program(user).get(f"incidents/{job.number}")[1]["repeat"]

    same = {"count": 1, "days": 365, "before": "B", "after": "A", "corrected": [], "machine": 0}
    assert told(cast.rep) == {**same, "seen": [first.number]}
    Incident.objects.filter(number=first.number).update(owner=cast.rep_b, deputy=None, told_to=None, team=cast.team_b)
    assert told(cast.rep) == {**same, "seen": []}
    assert Program(cast.rep).get(f"incidents/{first.number}")[0] == 404


def test_a_program_that_calls_a_missed_invoice_slight_is_told_why_not(cast: SimpleNamespace, at: datetime) -> None:
    report = {"customer": cast.towa.pk, "summary": "請求もれ", "kind": "missed_invoice", "severity": "C"}
    status, refused = Program(cast.rep).post("incidents", **report)
    assert (status, refused["message"]) == (400, "この種類の事案の重要度はB以上です。")
    job = Job(cast, at)
    with pytest.raises(Refused, match="at least of severity B"):
        job.do(cast.manager, "set_severity", data={"severity": "C", "text": "軽いと思う"})
    assert job.incident.severity == "B"
