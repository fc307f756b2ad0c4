"""How many decisions a second the engine takes, in one process, without a database; prints one JSON line; ends with 1
when it is fewer than 20,000.

    .venv/bin/python bench/core.py

A decision here is the approval of a plan that opens three steps (visit, compensation, prevention) and passes over two
(letter, hand-over: the fault is not ours), each with its due and the alarms of its ladder by the business calendar.
The moments run through the hours of a year, so that no answer is simply remembered as a whole. The process's own time
counts, not the clock on the wall: other people may be at work on the machine.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL, ROUNDS, EACH = 20_000, 40, 1_000
REP, BOSS = 1, 2


def moments(count: int) -> Iterator[datetime]:
    """Moments over a year of working hours and evenings, none twice, Japan time."""
    start = datetime(2026, 1, 5, 9, tzinfo=JST)
    for place in range(count):
        yield start + timedelta(days=place % 364, minutes=place * 7 % 540, seconds=place % 59)


def planned(at: datetime, rules: Rules) -> Case:
    """An incident whose plan awaits its approval."""
    case, _ = begin(MissedInvoice, "B", at, rules)
    plan = {"cause_stated": True, "prevention_stated": True, "effect_stated": True, "attendees": [REP], "fault": "use"}
    for step, facts in (("report", {}), ("first_apology", {}), ("plan", plan)):
        command = Command("submit", REP, frozenset({"owner"}), step, 0, facts)
        case = replay(case, decide(MissedInvoice, case, command, at, rules))
    return case


def main() -> int:
    """Measure, print, and tell whether the goal was missed."""
    ladders = {"ladder": "0, 1, 4 business hours", "ladder.visit": "10, 120 minutes"}
    numbers = {**MissedInvoice.defaults(), **ladders, "approval": "4 business hours"}
    rules = Rules(numbers, BusinessCalendar(closing_days=frozenset({date(2026, 8, 12), date(2026, 12, 29)})))
    case = planned(datetime(2026, 1, 5, 9, tzinfo=JST), rules)
    approval = Command("approve", BOSS, frozenset({"manager"}), "plan", 1)
    events = decide(MissedInvoice, case, approval, case.at, rules)
    opened = [event.step for event in events if event.name == "open"]
    fastest = max(measured(case, approval, rules) for _ in range(ROUNDS))
    figures = {"decisions_a_second": round(fastest), "opened": opened, "events": len(events)}
    missed = ["decisions_a_second"] if fastest < GOAL else []
    print(json.dumps({"bench": "core", **figures, "goals": {"decisions_a_second": GOAL}, "missed": missed}))
    return bool(missed)


def measured(case: Case, command: Command, rules: Rules) -> float:
    """Decisions in a second of this process, of one round."""
    ats = list(moments(EACH))
    began = time.process_time()
    for at in ats:
        decide(MissedInvoice, case, command, at, rules)
    return EACH / (time.process_time() - began)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from incidents.engine import Case, Command, Rules, begin, decide, replay
    from incidents.playbooks.missed_invoice import MissedInvoice
    from office.calendar import BusinessCalendar
    from office.clock import JST

    raise SystemExit(main())
