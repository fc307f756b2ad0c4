"""A cause is suspected until something shows it (feature 54)."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from incidents.models import Submission
from incidents.steps import Setting
from incidents.steps.letter import known
from office.errors import Refused
from tests.job import Job

pytestmark = pytest.mark.django_db


def plan(job: Job, **changed: Any) -> dict[str, Any]:
    paper: dict[str, Any] = job.offers(job.cast.rep)["submit", "plan"]["schema"]["example"]
    return {**paper, **changed}


def test_a_confirmed_cause_names_what_shows_it(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    with pytest.raises(Refused) as refused:
        job.do(cast.rep, "submit", "plan", plan(job, cause_evidence=""))
    assert (refused.value.code, refused.value.field) == ("incomplete", "cause_evidence")
    assert not Submission.objects.filter(step="plan").exists()
    job.do(cast.rep, "submit", "plan", plan(job, cause_evidence="", cause_state="suspected"))


@pytest.mark.parametrize(
    ("changed", "is_fact"), [({}, True), ({"cause_state": "suspected"}, False), ({"fault": "inquiry"}, False)]
)
def test_the_letter_knows_what_is_only_suspected(
    cast: SimpleNamespace, at: datetime, changed: dict[str, Any], is_fact: bool
) -> None:
    job = Job(cast, at)
    inquiry = {"inquiry_until": "2026-12-04"} if "fault" in changed else {}
    paper = plan(job, **changed, **inquiry)
    job.do(cast.rep, "submit", "plan", paper)
    facts = known(Setting(job.incident, cast.rep, at, 1))
    assert (facts.cause, facts.suspected) == ((paper["cause"], "") if is_fact else ("", paper["cause"]))
