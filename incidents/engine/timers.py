"""One wake-up per incident, however many timers it holds."""

from datetime import datetime

from incidents.engine.case import Case, Event


def wakes_at(case: Case) -> datetime | None:
    """The earliest alarm not yet told; None when nothing is due."""
    if case.over:
        return None
    return min((p.alarms[p.level] for p in case.steps.values() if p.level < len(p.alarms)), default=None)


def tick(case: Case, at: datetime) -> list[Event]:
    """The alarms that have passed by `at`. Levels missed while the clock slept fall together."""
    if case.over:
        return []
    at = max(at, case.at)
    passed = ((name, p.level, sum(alarm <= at for alarm in p.alarms)) for name, p in case.steps.items())
    return [Event("escalate", name, at, {"level": now}) for name, before, now in passed if now > before]
