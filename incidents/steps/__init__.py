"""One file per kind of step: its paper, the facts guards read, an example, and what follows when it ends."""

from collections.abc import Mapping

from incidents.steps import (
    comparison,
    compensation,
    effect_check,
    first_apology,
    follow_up,
    hand_over,
    hearing,
    letter,
    new_date,
    plan,
    prevention,
    recheck,
    repair_period,
    replacement,
    report,
    signs,
    visit,
)
from incidents.steps.base import Kind, Setting, StepPaper

KINDS: Mapping[str, Kind] = {
    "report": report.KIND,
    "first_apology": first_apology.KIND,
    "hearing": hearing.KIND,
    "signs": signs.KIND,
    "comparison": comparison.KIND,
    "new_date": new_date.KIND,
    "plan": plan.KIND,
    "visit": visit.KIND,
    "repair_period": repair_period.KIND,
    "recheck": recheck.KIND,
    "replacement": replacement.KIND,
    "letter": letter.KIND,
    "hand_over": hand_over.KIND,
    "compensation": compensation.KIND,
    "prevention": prevention.KIND,
    "effect_check": effect_check.KIND,
    "follow_up": follow_up.KIND,
}

__all__ = ["KINDS", "Kind", "Setting", "StepPaper"]
