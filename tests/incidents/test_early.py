"""An early report is credited; of a late one nothing is said but when (practice 2-26)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from incidents.early import told_early
from incidents.models import Incident
from incidents.services import FirstReport, incident_open
from office.clock import JST
from office.viewer import viewer_for
from tests.incidents.test_api import Program
from tests.job import Job

pytestmark = pytest.mark.django_db
THANKS = "早いご報告をありがとうございます。"


@pytest.fixture
def ten(at: datetime) -> Iterator[datetime]:
    """Tuesday morning at ten, on every clock."""
    with time_machine.travel(at, tick=False):
        yield at


def known(cast: SimpleNamespace, aware: datetime, at: datetime, *, told: str = "manager", key: str = "e") -> Incident:
    report = FirstReport(
        customer_id=cast.towa.pk, data={"summary": "請求書が届いていない"}, aware_at=aware, key=key,
        told_to_id=getattr(cast, told).pk,
    )  # fmt: skip
    return incident_open(viewer=viewer_for(cast.rep, at), report=report)[0]


@pytest.mark.parametrize(("minutes", "early"), [(0, True), (60, True), (61, False), (3 * 24 * 60, False)])
def test_it_is_early_within_the_time_of_the_first_report(
    cast: SimpleNamespace, at: datetime, minutes: int, early: bool
) -> None:
    at = at.replace(hour=15)
    assert told_early(known(cast, at - timedelta(minutes=minutes), at)) is early


def test_what_became_known_in_the_evening_is_told_early_in_the_morning(cast: SimpleNamespace, at: datetime) -> None:
    evening = datetime(2026, 11, 20, 19, tzinfo=JST)  # a Friday; Monday was a public holiday
    incident = known(cast, evening, at)
    assert told_early(incident)
    incident.severity = "A"
    assert told_early(incident), "thanks are not taken back when it turns out graver"


def test_nobody_is_thanked_who_told_nobody(cast: SimpleNamespace, at: datetime) -> None:
    assert not told_early(known(cast, at, at, told="rep"))
    assert not told_early(known(cast, at, at, key="missed:1:20261130")), "it opened by itself"


def test_the_reporter_hears_thanks_and_the_boss_sees_it(cast: SimpleNamespace, ten: datetime, client: Client) -> None:
    incident = known(cast, ten - timedelta(minutes=12), ten)
    client.force_login(cast.rep)
    assert THANKS in client.get(f"/incidents/{incident.number}/").content.decode()
    client.force_login(cast.manager)
    assert "早いご報告" in client.get("/").content.decode()
    page = client.get(f"/incidents/{incident.number}/").content.decode()
    assert "知ってから12分で第一報" in page
    assert THANKS not in page, "it was not the boss who told"
    assert Program(cast.rep).get(f"incidents/{incident.number}")[1]["told_early"] is True


def test_of_a_late_one_nothing_is_said_but_when(cast: SimpleNamespace, ten: datetime, client: Client) -> None:
    incident = known(cast, ten - timedelta(days=4), ten)
    for who, address in ((cast.rep, f"/incidents/{incident.number}/"), (cast.manager, "/")):
        client.force_login(who)
        page = client.get(address).content.decode()
        assert "早いご報告" not in page
        assert "で第一報" not in page
    assert "知ってから4日" in page
    assert Program(cast.rep).get(f"incidents/{incident.number}")[1]["told_early"] is False


def test_thanks_come_with_the_sending(cast: SimpleNamespace, ten: datetime, client: Client) -> None:
    client.force_login(cast.rep)
    told = {"customer": cast.towa.name, "summary": "請求書が届いていない", "next_contact": "today",
            "idempotency": "00000000-0000-4000-8000-000000000001"}  # fmt: skip
    assert THANKS in client.post("/incidents/new/", told, follow=True).content.decode()
    assert told_early(Job(cast, ten).incident)
