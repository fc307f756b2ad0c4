"""One wake-up per incident, however many timers it holds."""

from datetime import datetime

from incidents.engine import company
from incidents.engine.case import Case, Event, replay
from incidents.engine.pause import ends, run_out


def wakes_at(case: Case) -> datetime | None:
    """The earliest alarm not yet told, of a step or of a request, or the end of a pause; None when nothing is due."""
    if case.over:
        return None
    alarms = [p.alarms[p.level] for p in case.steps.values() if p.level < len(p.alarms)]
    return min([*alarms, *company.alarms(case), *filter(None, [ends(case)])], default=None)


def tick(case: Case, at: datetime) -> list[Event]:
    """The alarms that have passed by `at`, and the end of a pause. Levels missed while it slept fall together."""
    if case.over:
        return []
    at = max(at, case.at)
    passed = ((name, p.level, sum(alarm <= at for alarm in p.alarms)) for name, p in case.steps.items())
    rung = [Event("escalate", name, at, {"level": now}) for name, before, now in passed if now > before]
    over = list(run_out(case, at))
    return [*over, *company.rung(replay(case, over), at), *rung]
