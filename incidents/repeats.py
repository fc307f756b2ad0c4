"""The same trouble with the same customer again weighs more: a rule raises the severity, and the incident says why.

Practices 1-14, 2-41, 3-04. What was found is kept in `Case.known["repeats"]` by kind: a kind raises once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from billing.selectors import reads_invoices
from billing.selectors.errors import errors_of
from incidents.engine import Case, playbooks
from incidents.engine.remedies import KNOWN_AS as REMEDIES_KNOWN_AS
from incidents.engine.remedies import REMEDIES, raises
from incidents.machines import DEFECT, key_of
from incidents.machines import KNOWN_AS as MACHINE
from incidents.models import NOT_COUNTED, Incident, Severity
from incidents.policy import REMEDY_FAILS, REPEAT_COUNT, REPEAT_DAYS, REPEAT_MACHINE
from incidents.references import invoices_of
from incidents.selectors import incidents_visible
from office.clock import local_day
from office.selectors import policy
from office.viewer import Viewer

KNOWN_AS = "repeats"
UP = {"C": "B", "B": "A", "A": "A"}
MOST_COUNTED, MOST_NAMED = 100, 20  # what a case keeps stays small, however often it happens
BILLING = "missed_invoice"  # the kind that also counts invoices corrected without an incident
UNTRIAGED = "untriaged"  # what it is, nobody knows yet: the rule waits until somebody says


@dataclass(frozen=True)
class Repeat:
    """Why a severity was raised, for one reader: the earlier incidents they may open, the invoices that were corrected
    without one, and how many others there are.
    before, after: A, B or C."""

    count: int
    days: int
    before: str
    after: str
    holds: bool  # the severity is still at least what the rule made it
    seen: list[str]
    corrected: list[str]  # invoices of ours that were wrong, with no incident of their own
    machine: int = 0  # how many of the earlier ones were of the same machine

    @property
    def from_words(self) -> str:
        """The severity before the rule, in words."""
        return str(Severity(self.before).label)

    @property
    def to_words(self) -> str:
        """The severity the rule made it, in words."""
        return str(Severity(self.after).label)

    @property
    def raised(self) -> bool:
        """Whether the rule changed anything: what is grave already stays so."""
        return self.before != self.after

    @property
    def others(self) -> int:
        """How many the reader may not open."""
        return self.count - len(self.seen) - len(self.corrected)


def repeated(
    customer: int, kind: str, severity: str, at: datetime, known: Mapping[str, Any], invoices: Collection[str],
    but: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """What the rule makes of an incident that is now of this kind: {"severity", "known"}, empty where it is silent.

    customer: its id; known: what is known of the case; invoices: the numbers it is about, whose own correction is no
    earlier error; but: the incident it is split off, which came in with it and is no earlier one. The policy's numbers
    are those valid at `at`. One statement, two where invoices that were corrected count.
    """
    if kind == UNTRIAGED or kind in known.get(KNOWN_AS, {}):
        return {}
    days, count = int(policy(REPEAT_DAYS, at)), int(policy(REPEAT_COUNT, at))
    newest = _earlier(customer, kind, at, days).exclude(pk=but)
    earlier = list(newest.values_list("pk", "case", "invoice")[:MOST_COUNTED])
    cases = {pk: case for pk, case, _invoice in earlier}
    told = {number for _pk, case, invoice in earlier for number in invoices_of(case.get("known", {}), invoice)}
    corrected = _corrected(customer, at, days, told | set(invoices)) if kind == BILLING else []
    failed = _failed_before(cases.values(), kind, severity, at, known)
    same = _of_machine(cases.values(), kind, known)
    if len(cases) + len(corrected) + 1 < count and not _fails_too_often(same, at):
        return failed
    named = {"count": len(cases) + len(corrected), "earlier": sorted(list(cases)[:MOST_NAMED])}
    without = {"corrected": corrected[:MOST_NAMED]} if corrected else {}
    on_it = {"machine": same} if same else {}
    found = {"from": severity, "to": UP[severity], "days": days, **named, **without, **on_it}
    both = {KNOWN_AS: {**known.get(KNOWN_AS, {}), kind: found}, **failed.get("known", {})}
    return {"severity": failed.get("severity") or UP[severity], "known": both}


def repeated_on_machine(incident: Incident, known: Mapping[str, Any]) -> dict[str, Any]:
    """What the rule makes of a defect whose machine is named later: {"severity", "known"}, empty where it is silent.

    known: what is known of the case with that name. It counts the defects before its first report; a kind raises once.
    """
    at, severity = incident.opened_at, incident.severity
    if incident.kind != DEFECT or DEFECT in known.get(KNOWN_AS, {}):
        return {}
    days = int(policy(REPEAT_DAYS, at))
    rows = _earlier(incident.customer_id, DEFECT, at, days).exclude(pk=incident.pk)
    cases = dict(rows.values_list("pk", "case")[:MOST_COUNTED])
    same = _of_machine(cases.values(), DEFECT, known)
    if not _fails_too_often(same, at):
        return {}
    named = {"count": len(cases), "earlier": sorted(list(cases)[:MOST_NAMED]), "machine": same}
    found = {"from": severity, "to": UP[severity], "days": days, **named}
    return {"severity": UP[severity], "known": {KNOWN_AS: {**known.get(KNOWN_AS, {}), DEFECT: found}}}


def _earlier(customer: int, kind: str, at: datetime, days: int) -> QuerySet[Incident]:
    """The incidents of a customer that are of a kind and count, within so many days, the newest first."""
    rows = Incident.objects.filter(
        customer=customer, kind=kind, opened_at__gte=at - timedelta(days=days), opened_at__lte=at
    )
    return rows.exclude(state__in=NOT_COUNTED).order_by("-opened_at", "-pk")


def _of_machine(cases: Iterable[Mapping[str, Any]], kind: str, known: Mapping[str, Any]) -> int:
    """How many of these defects were of the machine that is known now; 0 where none is named."""
    mine = key_of(known.get(MACHINE, "")) if kind == DEFECT else ""
    return sum(bool(mine) and key_of(case.get("known", {}).get(MACHINE, "")) == mine for case in cases)


def _fails_too_often(same: int, at: datetime) -> bool:
    return bool(same) and same + 1 >= int(policy(REPEAT_MACHINE, at))


def _corrected(customer: int, at: datetime, days: int, told: Collection[str]) -> list[str]:
    """The invoices that were wrong and were corrected without an incident of their own (practice 3-04). told: those
    that this incident and the earlier ones are about, which count already."""
    today = local_day(at)
    alone = errors_of(customer, today - timedelta(days=days), today).filter(corrects__flow=None)
    named = Q(corrects__number__in=told) | Q(corrects__was__in=set(told) - {""})
    return list(alone.exclude(named).values_list("corrects__number", flat=True)[:MOST_COUNTED])


def _failed_before(
    cases: Iterable[Mapping[str, Any]], kind: str, severity: str, at: datetime, known: Mapping[str, Any]
) -> dict[str, Any]:
    """What earlier remedies say, now that the same trouble is back: each that was done has failed, and those of which
    it was recorded have. Empty where none was done; a severity only where the rule speaks (practice 2-41)."""
    counts = Counter(
        {remedy: sum(_failures(case, step.name, remedy) for case in cases)
         for step in playbooks()[kind].steps.values() if (remedy := step.kind) in REMEDIES}
    )  # fmt: skip
    if not counts.total():
        return {}
    before: Mapping[str, Any] = known.get(REMEDIES_KNOWN_AS, {})
    limit = int(policy(REMEDY_FAILS, at))
    found = {
        remedy: raises({"failed": {}, **before.get(remedy, {}), "before": n}, severity, limit)
        for remedy, n in counts.items()
        if n
    }
    up = {"severity": "A"} if any("raised" in one for one in found.values()) else {}
    return {**up, "known": {REMEDIES_KNOWN_AS: {**before, **found}}}


def _failures(case: Mapping[str, Any], step: str, remedy: str) -> int:
    """How often a remedy of an earlier incident has failed; that the trouble is back is a failure, too, of one done."""
    failed = case.get("known", {}).get(REMEDIES_KNOWN_AS, {}).get(remedy, {}).get("failed", {})
    now = case.get("steps", {}).get(step, {})
    back = now.get("state") == "done" and str(now.get("submission")) not in failed
    return len(failed) + back


def earlier_of(viewer: Viewer, incident: Incident) -> QuerySet[Incident] | None:
    """The earlier incidents of its kind that this viewer may open; None where the rule was silent. Not yet asked."""
    found = incident.case.get("known", {}).get(KNOWN_AS, {}).get(incident.kind)
    return incidents_visible(viewer).filter(pk__in=found["earlier"]) if found else None


def repeat_of(viewer: Viewer, case: Case, seen: list[str]) -> Repeat | None:
    """What a reader is told of a repeat. seen: the numbers `earlier_of` gave."""
    found = case.known.get(KNOWN_AS, {}).get(case.playbook)
    if not found:
        return None
    holds = case.severity <= found["to"]
    corrected = found.get("corrected", []) if reads_invoices(viewer) else []
    same = found.get("machine", 0)
    return Repeat(found["count"], found["days"], found["from"], found["to"], holds, seen, corrected, same)
