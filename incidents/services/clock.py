"""The engine's clock: one column, many timers; and what the ledger asks of an incident."""

from __future__ import annotations

import logging
from datetime import datetime

from customers.models import Promise
from incidents import store
from incidents.models import Incident, State
from incidents.turn import Order
from office.errors import Refused

logger = logging.getLogger(__name__)
WAKE_AT_ONCE = 500


def wake(*, at: datetime) -> dict[str, int]:
    """Ring every incident whose alarm has passed by `at`, oldest first; resume those whose promise was broken."""
    due = Incident.objects.filter(wake_at__lte=at).order_by("wake_at").values_list("number", flat=True)
    rung = sum(_ring(number, at) for number in list(due[:WAKE_AT_ONCE]))
    return {"alarms": rung, "resumed": resume_for_broken_promises(at=at)}


def _ring(number: str, at: datetime) -> int:
    """Ring one incident. One that breaks (a playbook this release does not know) must not silence the others."""
    try:
        return len(store.ring(number=number, at=at))
    except Exception:
        logger.exception("the alarms of incident %s could not be told", number)
        return 0


def resume_for_broken_promises(*, at: datetime) -> int:
    """In aftercare a broken promise resumes the incident by itself (practice 4-24); other slips only ask."""
    resting = Incident.objects.filter(state=State.AFTERCARE).values("number")
    broken = Promise.objects.filter(state=Promise.State.BROKEN, number__in=resting)
    return sum(resume(number, f"broken:{pk}", at) for pk, number in broken.values_list("pk", "number"))


def resume(number: str, key: str, at: datetime) -> bool:
    """Resume an incident by a rule, once for each key; False when it goes on already."""
    try:
        return store.execute_by_clock(number=number, order=Order("resume", key), at=at).fresh
    except Refused:  # somebody resumed or closed it in the meantime
        return False
