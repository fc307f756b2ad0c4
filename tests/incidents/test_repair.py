"""The repair period the customer gave us: its dates, a log for each day, who is asked for today's (practice 1-16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from incidents import verify
from incidents.models import Submission
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A defect: Tuesday 24 November to Monday 30, as the customer gave it."""
    job = Job(cast, at, kind="defect", next_contact="none").planned()
    job.do(cast.rep, "set_repair_period", data={"starts": "2026-11-24", "ends": "2026-11-30", "plan": "軸受の交換"})
    return job


def asked(job: Job) -> str:
    """For which day an entry is asked of the owner; empty for none."""
    row = Activity.objects.open().filter(source=f"incident:{job.number}:repair_log").first()
    if row is None:
        return ""
    assert (row.who, row.link) == (job.cast.rep, f"/incidents/{job.number}/acts/log_repair/")
    assert row.due is not None
    assert row.due == business_calendar().closing_of(local_day(row.due))
    return local_day(row.due).isoformat()


def log(job: Job, on: str, user: User | None = None, **more: Any) -> None:
    data = {"on": on, "done": f"{on}の作業", "who": [job.cast.tech.pk], **more}
    job.do(user or job.cast.rep, "log_repair", data=data)


def test_each_business_day_of_the_period_is_asked_for_until_it_is_logged(job: Job) -> None:
    assert asked(job) == "2026-11-24"
    log(job, "2026-11-24", job.cast.tech)  # whoever has done it writes it
    assert asked(job) == "2026-11-25"
    job.at += timedelta(days=3)
    assert asked(job) == "2026-11-25", "what is missing stays on the list"
    log(job, "2026-11-27")
    assert asked(job) == "2026-11-30", "nobody is asked for a Saturday"
    log(job, "2026-11-26")  # a day written afterwards
    assert asked(job) == "2026-11-30"
    job.at += timedelta(days=3)
    log(job, "2026-11-30")
    assert asked(job) == ""
    assert list(verify.problems()) == []


def test_another_period_asks_anew_and_an_end_asks_no_more(job: Job) -> None:
    log(job, "2026-11-24")
    job.do(job.cast.rep, "set_repair_period", data={"starts": "2026-12-01", "ends": "2026-12-02"})
    assert asked(job) == "2026-12-01"
    job.do(job.cast.rep, "submit", "repair_period")
    assert asked(job) == ""
    with pytest.raises(Refused, match="No repair is under way"):
        log(job, "2026-11-24")
    job.do(job.cast.manager, "reopen", "repair_period", {"text": "また止まった", "failed": True})
    assert asked(job) == "2026-12-01"
    job.do(job.cast.manager, "withdraw")
    assert asked(job) == ""


@pytest.mark.parametrize(
    ("command", "data", "field"),
    [
        ("set_repair_period", {"starts": "2026-12-02", "ends": "2026-12-01"}, "ends"),
        ("set_repair_period", {"starts": "2026-11-02", "ends": "2026-11-06"}, "ends"),
        ("set_repair_period", {"starts": "2026-11-24", "ends": "2028-11-24"}, "ends"),
        ("log_repair", {"on": "2026-11-25", "done": "先の作業", "who": [1]}, "on"),
        ("log_repair", {"on": "2026-11-24", "done": "誰かの作業", "who": [10**6]}, "who"),
        ("log_repair", {"on": "2026-11-24", "done": "", "who": [1]}, "done"),
        ("log_repair", {"on": "2026-11-24", "done": "誰もしていない", "who": []}, "who"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(job: Job, command: str, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        job.do(job.cast.rep, command, data=data)
    assert refused.value.field == field


def test_it_stands_on_the_incident_and_in_the_account_and_begins_the_paper(
    job: Job, at: datetime, client_for: Callable[[User], Client]
) -> None:
    page = f"/incidents/{job.number}/"
    with time_machine.travel(at, tick=False):
        rep = client_for(job.cast.rep)
        form = rep.get(f"{page}acts/log_repair/").content.decode()
        assert 'value="2026-11-24"' in form
        typed = {"on": "2026-11-24", "done": "軸受2個を交換", "who": str(job.cast.tech.pk), "next": "明日は試運転"}
        assert rep.post(f"{page}acts/log_repair/", {**typed, "idempotency": "r"}).status_code == 302
        log(job, "2026-11-23")
        told = [rep.get(address).content.decode() for address in (page, f"{page}timeline/")]
        for text in told:
            assert "軸受2個を交換" in text
            assert "明日は試運転" in text
            assert "森さん" in text
        assert "作業日誌 11/24(火)" in told[1]
        paper = rep.get(f"{page}steps/repair_period/").content.decode()
        assert "11/23(月) 2026-11-23の作業\n11/24(火) 軸受2個を交換" in paper
        assert 'name="starts" value="2026-11-24"' in paper
    job.do(job.cast.rep, "submit", "repair_period")
    assert json.loads(Submission.objects.get(step="repair_period").text)["done"]


def test_a_kind_without_a_repair_knows_of_none(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    assert {("set_repair_period", ""), ("log_repair", "")}.isdisjoint(job.offers(cast.rep))
