"""The policy numbers an incident is opened with; running incidents keep theirs."""

from datetime import datetime

from incidents.engine import Playbook, Rules, Span, playbooks
from incidents.models import Incident
from incidents.policy import (
    APPROVAL,
    BRANCH_LIMIT,
    COMPANY,
    FINAL_STRETCH,
    LADDER,
    LAST_CONTACT,
    MANAGER_LIMIT,
    REMEDY_FAILS,
    VISIT_LADDER,
)
from office.policy import Value
from office.selectors import business_calendar, policy

SPANS = {  # house rules of a span of time: under which name they are pinned, and in which unit they are counted
    LADDER: ("ladder", "business hour"),
    VISIT_LADDER: ("ladder.visit", "minute"),
    COMPANY: ("ladder.accompaniment", "business hour"),
    APPROVAL: ("approval", "business hour"),
    FINAL_STRETCH: ("final_stretch", "business day"),
    LAST_CONTACT: ("last_contact", "day"),
}


def pins(playbook: type[Playbook], at: datetime) -> dict[str, str]:
    """The numbers valid at a moment, as the engine reads them."""
    spans = {key: _span_now(key, span, at) for key, span in playbook.defaults().items()}
    return {
        **spans,
        **{name: _text(unit, policy(key, at)) for key, (name, unit) in SPANS.items()},
        "compensation.manager_limit": str(policy(MANAGER_LIMIT, at)),
        "compensation.branch_limit": str(policy(BRANCH_LIMIT, at)),
        "remedy.fails": str(policy(REMEDY_FAILS, at)),
    }


def pin_of(key: str, value: Value) -> tuple[str, str] | None:
    """Under which name the engine reads a policy number, and how it would read; None for one that is not pinned."""
    if key in SPANS:
        name, unit = SPANS[key]
        return name, _text(unit, value)
    if key in (MANAGER_LIMIT, BRANCH_LIMIT, REMEDY_FAILS):
        return key.removeprefix("incidents."), str(value)
    kind = playbooks().get(key.partition(".")[0])
    default = kind.defaults().get(key) if kind else None
    return (key, _text(Span.parse(default).unit, value)) if default else None


def pinned(incident: Incident, key: str) -> tuple[int, ...]:
    """The numbers of a house rule of `SPANS` by which an incident runs; of one that was opened before they were pinned,
    those valid when it was opened."""
    name, unit = SPANS[key]
    return Span.parse(incident.pins.get(name) or _text(unit, policy(key, incident.opened_at))).amounts


def alarms_of(incident: Incident, key: str, since: datetime) -> tuple[datetime, ...]:
    """When a ladder of `SPANS` speaks up, counted from a moment."""
    name, unit = SPANS[key]
    rules = Rules({name: _text(unit, pinned(incident, key))}, business_calendar())
    return rules.alarms(name.removeprefix("ladder."), since, incident.severity)


def _span_now(key: str, default: str, at: datetime) -> str:
    unit = Span.parse(default).unit
    return default if unit == "same day" else _text(unit, policy(key, at))


def _text(unit: str, value: Value) -> str:
    amounts = value if isinstance(value, tuple) else (value,)
    return f"{', '.join(str(n) for n in amounts)} {unit}s"
