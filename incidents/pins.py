"""The policy numbers an incident is opened with; running incidents keep theirs."""

from datetime import datetime

from incidents.engine import Playbook, Span
from incidents.policy import APPROVAL, BRANCH_LIMIT, LADDER, MANAGER_LIMIT, VISIT_LADDER
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
    }


def _span_now(key: str, default: str, at: datetime) -> str:
    unit = Span.parse(default).unit
    return default if unit == "same day" else _text(unit, policy(key, at))


def _text(unit: str, value: Value) -> str:
    amounts = value if isinstance(value, tuple) else (value,)
    return f"{', '.join(str(n) for n in amounts)} {unit}s"
