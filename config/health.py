"""Is the house in order? For people and monitors; it says nothing about customers, so anybody may ask."""

from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.celery import LOOKS
from config.models import Heartbeat
from incidents.models import Incident, IssuedLetter
from office import clock
from office.models import Outbox

STALE = timedelta(minutes=3)  # beyond a sweep's own interval
LATE = timedelta(minutes=10)  # so long may something due wait for a sweep to do it


def broker_answers() -> bool:
    """Return whether the broker answers a ping within a second."""
    url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def sweep_ages(*, at: datetime) -> dict[str, int | None]:
    """Return how many seconds ago each sweep last went through; None if it never did."""
    last = dict(Heartbeat.objects.values_list("name", "at"))
    return {name: round((at - last[name]).total_seconds()) if name in last else None for name in LOOKS}


def is_stale(name: str, age: int | None) -> bool:
    """Return whether the sweep `name`, last through `age` seconds ago, is overdue."""
    return age is None or timedelta(seconds=age) > LOOKS[name] + STALE


def late_work(*, at: datetime) -> dict[str, int]:
    """Return what was due more than ten minutes ago and has not been done: alarms, messages, letters to print."""
    since = at - LATE
    waiting = {
        "alarms": Incident.objects.filter(wake_at__lt=since),
        "messages": Outbox.objects.claimable(since, clock.now()),
        "letters": IssuedLetter.objects.waiting().filter(approved_at__lt=since),
    }
    return {name: found for name, rows in waiting.items() if (found := rows.count())}


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker and every sweep are well and nothing due is left lying, else 503, with JSON."""
    try:
        sweeps: dict[str, int | None] = sweep_ages(at=clock.now())
        late, database = late_work(at=clock.now()), True
    except DatabaseError:
        sweeps, late, database = {}, {}, False
    broker = broker_answers()
    stale = sorted(name for name, age in sweeps.items() if is_stale(name, age))
    well = database and broker and not stale and not late
    body = {
        "ok": well,
        "database": database,
        "broker": broker,
        "stale": stale,
        "late": late,
        "seconds_since_sweep": sweeps,
    }
    return JsonResponse(body, status=200 if well else 503)
