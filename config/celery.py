"""The messenger. Beat only says "look now"; what is due stands in the database, so a lost message loses nothing."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("makoto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["config"])

# The whole beat schedule: which sweep (config/sweeps.py) is told to look, and how often.
LOOKS: dict[str, timedelta] = {
    "outbox": timedelta(seconds=15),
    "wake": timedelta(seconds=30),
    "letters": timedelta(seconds=15),
    "promises": timedelta(minutes=1),
    "deadlines": timedelta(seconds=30),
    "drafts": timedelta(minutes=10),
    "invoices": timedelta(seconds=15),
    "sendings": timedelta(seconds=15),
    "notices": timedelta(seconds=15),
    "watch": timedelta(minutes=30),
    "orders": timedelta(minutes=30),
    "mornings": timedelta(minutes=5),
    "missed_invoices": timedelta(minutes=30),
    "corrections": timedelta(seconds=15),
    "nightly_checks": timedelta(minutes=30),
    "thank_you_calls": timedelta(minutes=1),
    "payment_reminders": timedelta(minutes=10),
    "aftercare": timedelta(minutes=10),
    "idle": timedelta(minutes=30),
    "weekly": timedelta(minutes=30),
    "temperature": timedelta(minutes=30),
    "briefs": timedelta(minutes=5),
    "checkpoint": timedelta(minutes=10),
}


def beat_entry(name: str, every: timedelta) -> dict[str, Any]:
    """Return the beat entry of one look. Its message expires when the next comes: a stopped worker piles up none."""
    return {
        "task": "config.tasks.look",
        "schedule": every,
        "args": (name,),
        "options": {"expires": every.total_seconds()},
    }


app.conf.beat_schedule = {name: beat_entry(name, every) for name, every in LOOKS.items()}


@beat_init.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def look_at_once(**_kwargs: Any) -> None:
    """Look at everything when beat starts: what fell due while the house was down must not wait for the interval."""
    for name, every in LOOKS.items():
        app.send_task("config.tasks.look", args=(name,), expires=every.total_seconds())
