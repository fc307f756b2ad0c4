"""The engine's clock: one column, many timers."""

from __future__ import annotations

from datetime import datetime

from incidents import store
from incidents.models import Incident

WAKE_AT_ONCE = 500


def wake(*, at: datetime) -> dict[str, int]:
    """Ring every incident whose alarm has passed by `at`, oldest first; what broke is told, the rest goes on."""
    due = Incident.objects.filter(wake_at__lte=at).order_by("wake_at").values_list("number", flat=True)
    rung = sum(len(store.ring(number=number, at=at)) for number in list(due[:WAKE_AT_ONCE]))
    return {"alarms": rung}
