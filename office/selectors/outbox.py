"""How the outbox stands."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from office.models import Outbox


def outbox_troubles(limit: int = 200) -> list[Outbox]:
    """Messages that were given up, newest first, with their receivers."""
    return list(Outbox.objects.dead().select_related("to").order_by("-id")[:limit])


def outbox_counts() -> dict[str, int]:
    """How many messages stand in each state."""
    return dict(Outbox.objects.order_by().values_list("state").annotate(Count("id")))


def outbox_oldest_due(at: datetime) -> datetime | None:
    """Since when the oldest due message has been waiting; None when nothing waits. For the health page."""
    return (
        Outbox.objects.filter(state=Outbox.State.DUE, try_at__lte=at)
        .order_by("try_at")
        .values_list("try_at", flat=True)
        .first()
    )
