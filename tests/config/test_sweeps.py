"""Looking for due work: every sweep is told to look, and a look that goes through is noted."""

import json
from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command

from config.celery import LOOKS, app
from config.health import STALE, is_stale
from config.models import Heartbeat
from config.sweeps import SWEEPS, sweep_run
from config.tasks import look
from office import clock


def test_every_sweep_is_told_to_look_and_nothing_else() -> None:
    assert set(LOOKS) == set(SWEEPS)


def test_no_look_waits_in_the_broker_longer_than_its_interval() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] == entry["schedule"].total_seconds()


def test_a_lost_message_comes_back_only_after_every_task_has_ended() -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert app.conf.worker_prefetch_multiplier == 1
    assert current_app.conf.task_ignore_result


@pytest.mark.django_db
def test_a_look_is_noted_with_the_real_time(at: datetime) -> None:
    before = clock.now()
    sweep_run(name="outbox", at=at + timedelta(days=400))
    assert before <= Heartbeat.objects.get(name="outbox").at <= clock.now()


@pytest.mark.django_db
def test_a_sweep_that_fails_is_not_noted(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    def broken(*, at: datetime) -> int:
        raise RuntimeError("no")

    monkeypatch.setitem(SWEEPS, "outbox", broken)
    with pytest.raises(RuntimeError):
        sweep_run(name="outbox", at=at)
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
def test_the_task_runs_its_sweep() -> None:
    assert look("promises") == 0
    assert Heartbeat.objects.filter(name="promises").exists()


@pytest.mark.django_db
def test_the_command_does_every_sweep_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sweep", "--at", "2026-11-25T09:00")
    assert list(json.loads(capsys.readouterr().out)) == list(SWEEPS)


@pytest.mark.django_db
def test_one_broken_sweep_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*, at: datetime) -> int:
        raise RuntimeError("no")

    monkeypatch.setitem(SWEEPS, "wake", broken)
    with pytest.raises(CommandError, match="Failed: wake"):
        call_command("sweep")
    said = json.loads(capsys.readouterr().out)
    assert said["wake"] == {"error": "RuntimeError: no"}
    assert "checkpoint" in said


@pytest.mark.django_db
def test_the_future_is_for_demos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO", False)
    with pytest.raises(CommandError, match="future"):
        call_command("sweep", "--at", "2099-01-01T00:00")


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="no date and time"):
        call_command("sweep", "--at", "tomorrow")


def test_a_sweep_is_stale_three_minutes_after_it_was_due() -> None:
    late = LOOKS["wake"] + STALE
    assert is_stale("wake", None)
    assert not is_stale("wake", int(late.total_seconds()))
    assert is_stale("wake", int(late.total_seconds()) + 1)
