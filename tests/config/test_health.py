"""/healthz tells the truth."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError
from django.test import Client

from config import health
from config.celery import LOOKS
from config.models import Heartbeat
from incidents.services import wake
from office import clock
from office.models import Outbox
from office.services import Message, outbox_put
from tests.job import Job


@pytest.fixture
def well(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that answers, and sweeps that went through a moment ago."""
    monkeypatch.setattr(health, "broker_answers", lambda: True)
    for name in LOOKS:
        Heartbeat.objects.create(name=name, at=clock.now())


def test_it_is_green_when_all_is_well(well: None) -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["ok"], answer.json()["stale"]) == (200, True, [])
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_is_red_when_one_sweep_has_not_gone_through(well: None) -> None:
    Heartbeat.objects.filter(name="wake").update(at=clock.now() - LOOKS["wake"] - timedelta(minutes=4))
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["stale"]) == (503, ["wake"])


def test_it_is_red_while_something_due_is_left_lying(well: None) -> None:
    ago = clock.now() - timedelta(minutes=11)
    outbox_put([Message(key="k", subject="s", body="b", address="a@example.co.jp", try_at=ago)])
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["late"]) == (503, {"messages": 1})
    Outbox.objects.update(try_at=clock.now())
    assert Client().get("/healthz").status_code == 200


def test_it_is_red_while_an_alarm_has_not_been_told(well: None, cast: SimpleNamespace) -> None:
    Job(cast, clock.now() - timedelta(days=9))
    Outbox.objects.all().delete()
    assert Client().get("/healthz").json()["late"] == {"alarms": 1}
    wake(at=clock.now())
    assert "alarms" not in Client().get("/healthz").json()["late"]


def test_it_is_red_without_a_broker(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "broker_answers", lambda: False)
    assert (Client().get("/healthz").status_code, Client().get("/healthz").json()["broker"]) == (503, False)


def test_it_is_red_and_still_answers_without_a_database(well: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_kwargs: object) -> dict[str, int | None]:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "sweep_ages", gone)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


@pytest.mark.django_db
def test_a_broker_that_is_not_there_does_not_answer(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.CELERY_BROKER_URL", "redis+socket:///nowhere/broker.sock")
    assert not health.broker_answers()
