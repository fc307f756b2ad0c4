"""A remedy that fails again weighs more (practice 2-41): the second failed replacement loses the customer.

A remedy is a step of one of these kinds that is done. It fails when what is recorded says so, once for each time it is
done: a boss opens it again and says that it did not hold, or the customer's reaction recorded after it says that they
do not accept. One of an earlier incident fails when the same kind of trouble comes back (incidents/repeats.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from incidents.engine.case import NOTHING, Case, Event
from incidents.engine.playbook import Playbook
from incidents.engine.rules import Rules

REMEDIES = ("repair_period", "replacement")  # kinds of steps
KNOWN_AS, LIMIT = "remedies", "remedy.fails"
FAILED = "remedy_failed"  # the event of the rule: severity A, and why
DID_NOT_HOLD, NOT_ACCEPTED, CAME_BACK = "did_not_hold", "not_accepted", "came_back"


def counted(found: Mapping[str, Any]) -> int:
    """How often a remedy has failed, earlier incidents included."""
    return int(found.get("before", 0)) + len(found.get("failed", NOTHING))


def raises(found: Mapping[str, Any], severity: str, limit: int) -> dict[str, Any]:
    """What is kept of a remedy once the rule has spoken: from which severity, at which count; the same while it has not
    failed often enough, or where the house has switched the rule off (limit 0)."""
    if not limit or counted(found) < limit:
        return dict(found)
    return {**found, "raised": {"from": severity, "count": counted(found)}}


def raised(case: Case) -> bool:
    """Whether the rule has made the severity A."""
    return any("raised" in found for found in case.known.get(KNOWN_AS, NOTHING).values())


def speaks(before: Case, known: Mapping[str, Any]) -> bool:
    """Whether what has become known says that the rule has spoken: earlier remedies of the same kind of trouble."""
    was = before.known.get(KNOWN_AS, NOTHING)
    found = known.get(KNOWN_AS, NOTHING).items()
    return any("raised" in now and now["raised"] != was.get(kind, NOTHING).get("raised") for kind, now in found)


def failures(playbook: type[Playbook], before: Case, event: Event, facts: Mapping[str, Any], rules: Rules,
             at: datetime) -> list[Event]:  # fmt: skip
    """What a command says about remedies done before it: nothing, that one has failed, or that the rule speaks.

    before: the case as it was; event: what the command did; facts: what it left. The house rule is the pinned number
    `remedy.fails`; an incident opened before there was one is not raised.
    """
    known: dict[str, Any] = dict(before.known.get(KNOWN_AS, NOTHING))
    limit, spoken = int(rules.numbers.get(LIMIT, "0")), False
    for kind, submission, why in _failed(playbook, before, event, facts):
        found = {"before": 0, "failed": {}, **known.get(kind, NOTHING)}
        if submission in found["failed"]:
            continue
        now = raises({**found, "failed": {**found["failed"], submission: why}}, before.severity, limit)
        spoken = spoken or now.get("raised") != found.get("raised")
        known[kind] = now
    if known == before.known.get(KNOWN_AS, {}):
        return []
    sets = {"known": {**before.known, KNOWN_AS: known}}
    return [Event(FAILED, "", at, {**sets, "severity": "A"}) if spoken else Event("known", "", at, sets)]


def _failed(
    playbook: type[Playbook], before: Case, event: Event, facts: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """(kind, submission, why) of each remedy that was done and has failed by this event."""
    for name, step in playbook.steps.items():
        now = before.steps[name]
        if step.kind not in REMEDIES or now.state != "done":
            continue
        if event.name == "reopen" and event.step == name and facts.get("failed"):
            yield step.kind, str(now.submission), DID_NOT_HOLD
        elif event.name == "submit" and facts.get("reaction") == NOT_ACCEPTED:
            yield step.kind, str(now.submission), NOT_ACCEPTED
