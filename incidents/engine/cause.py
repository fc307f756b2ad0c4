"""What a plan still lacks of cause and prevention (practice 0-05), and whether the customer was heard (2-14, 2-15)."""

from __future__ import annotations

from incidents.engine.case import Case

FIRST_MET = "first_met"  # in what is known of an incident: the round of the visit in which somebody was met first
UNDER_INQUIRY, SUSPECTED, NO_PREVENTION = "inquiry", "suspected", "prevention"


def lacking(case: Case) -> str:
    """What the plan lacks to say cause and prevention in full; empty when it lacks nothing."""
    plan = case.facts("plan")
    if plan.get("fault") == "inquiry" or not plan.get("cause_stated"):
        return UNDER_INQUIRY
    if plan.get("cause_state") != "confirmed":
        return SUSPECTED
    return "" if plan.get("prevention_stated") else NO_PREVENTION


def goes_again(case: Case) -> bool:
    """Whether the visit of now is another one than that in which somebody of the customer was met first."""
    first = case.known.get(FIRST_MET)
    return first is not None and "visit" in case.steps and case.steps["visit"].round > first


def heard(case: Case) -> bool:
    """Whether what the customer told us is noted, in this kind of incident or in the one it was before."""
    hearing = case.steps.get("hearing") or case.left.get("hearing")
    return bool(hearing and hearing.data.get("heard"))
