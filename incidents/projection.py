"""The columns of an incident that follow from its case: what lists, Today and the clock ask."""

from __future__ import annotations

from datetime import datetime

from incidents.engine import Case, wakes_at
from incidents.engine.codec import case_to_json
from incidents.machines import KNOWN_AS, key_of
from incidents.models import Incident

PROJECTED = (
    "kind", "version", "state", "severity", "machine", "current", "due", "wake_at", "case", "head_seq", "head_hash",
    "updated_at", "chased_at", "owner", "deputy", "liaison", "pins", "closed_at",
)  # fmt: skip


def project(incident: Incident, case: Case, at: datetime) -> None:
    """Set the columns that follow from the case."""
    incident.kind, incident.version = case.playbook, case.version
    incident.state, incident.severity = case.state, case.severity
    incident.machine = key_of(case.known.get(KNOWN_AS, ""))
    incident.current, incident.due = _current(case)
    incident.wake_at = wakes_at(case)
    incident.case = case_to_json(case)
    incident.updated_at = at
    incident.closed_at = at if case.over and incident.closed_at is None else incident.closed_at if case.over else None


def _current(case: Case) -> tuple[str, datetime | None]:
    """The step the list shows, with its due: the one due first."""
    if case.over:
        return "", None
    pending = [(p.due, name) for name, p in case.steps.items() if p.state in ("open", "submitted") and p.due]
    if not pending:
        return "", None
    due, name = min(pending)
    return name, due
