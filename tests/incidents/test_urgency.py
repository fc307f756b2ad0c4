"""How urgent the customer called it, and how we treat it (practice 2-03)."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from incidents.models import Incident
from incidents.urgency import treated, urgency
from tests.incidents.web.conftest import ClientFor
from tests.job import Job

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("severity", "days", "ours"),
    [("B", -2, "at_once"), ("B", 0, "at_once"), ("A", 9, "at_once"), ("B", 2, "soon"), ("C", 20, "no_hurry")],
)
def test_how_we_treat_it_follows_from_severity_and_the_earliest_due(
    at: datetime, severity: str, days: int, ours: str
) -> None:
    assert treated(Incident(severity=severity, due=at + timedelta(days=days)), at) == ours


def test_only_a_difference_is_said(at: datetime) -> None:
    incident = Incident(severity="B", due=at + timedelta(hours=2))
    found = urgency({"urgency_said": "no_hurry"}, incident, at)
    assert found is not None
    assert found.due == incident.due
    assert urgency({"urgency_said": "at_once"}, incident, at) is None
    assert urgency({"urgency_said": ""}, incident, at) is None
    assert urgency({"urgency_said": "no_hurry"}, Incident(severity="B", due=None), at) is None


def test_no_hurry_is_still_due_today_and_both_stand_side_by_side(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    job = Job(cast, at, urgency_said="no_hurry")
    said, plain = job.incident, Job(cast, at).incident
    assert said.due == plain.due
    client = client_for(cast.rep)
    page = client.get(f"/incidents/{said.number}/").content.decode()
    assert "お客様のお言葉は「急がない」" in page
    assert "当社の扱いは本日中" in page
    assert "当社の扱いは" not in client.get(f"/incidents/{plain.number}/").content.decode()


def test_it_stands_in_the_brief(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    job = Job(cast, at, urgency_said="no_hurry").planned()
    job.do(cast.rep, "start", "visit")
    assert (
        "お客様のお言葉は「急がない」"
        in client_for(cast.rep).get(f"/incidents/{job.number}/steps/visit/").content.decode()
    )
