"""The policy numbers an incident is opened with; running incidents keep theirs."""

from datetime import datetime

from incidents.engine import Playbook, Span, playbooks
from incidents.policy import APPROVAL, BRANCH_LIMIT, LADDER, MANAGER_LIMIT, REMEDY_FAILS, VISIT_LADDER
from office.policy import Value
from office.selectors import policy


def pins(playbook: type[Playbook], at: datetime) -> dict[str, str]:
    """The numbers valid at a moment, as the engine reads them."""
    spans = {key: _span_now(key, span, at) for key, span in playbook.defaults().items()}
    return {
        **spans,
        "ladder": _text("business hour", policy(LADDER, at)),
        "ladder.visit": _text("minute", policy(VISIT_LADDER, at)),
        "approval": _text("business hour", policy(APPROVAL, at)),
        "compensation.manager_limit": str(policy(MANAGER_LIMIT, at)),
        "compensation.branch_limit": str(policy(BRANCH_LIMIT, at)),
        "remedy.fails": str(policy(REMEDY_FAILS, at)),
    }


def pin_of(key: str, value: Value) -> tuple[str, str] | None:
    """Under which name the engine reads a policy number, and how it would read; None for one that is not pinned."""
    units = {LADDER: ("ladder", "business hour"), VISIT_LADDER: ("ladder.visit", "minute"),
             APPROVAL: ("approval", "business hour")}  # fmt: skip
    if key in units:
        name, unit = units[key]
        return name, _text(unit, value)
    if key in (MANAGER_LIMIT, BRANCH_LIMIT, REMEDY_FAILS):
        return key.removeprefix("incidents."), str(value)
    kind = playbooks().get(key.partition(".")[0])
    default = kind.defaults().get(key) if kind else None
    return (key, _text(Span.parse(default).unit, value)) if default else None


def _span_now(key: str, default: str, at: datetime) -> str:
    unit = Span.parse(default).unit
    return default if unit == "same day" else _text(unit, policy(key, at))


def _text(unit: str, value: Value) -> str:
    amounts = value if isinstance(value, tuple) else (value,)
    return f"{', '.join(str(n) for n in amounts)} {unit}s"
