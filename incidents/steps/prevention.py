"""Recurrence prevention: measures with scope, owner and date; the system before the person (practice 0-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from pydantic import Field

from customers.models import Activity
from customers.services import ActivityRow
from incidents.engine.translation import _
from incidents.models import Incident, Measure
from incidents.steps.base import Facts, Kind, Setting, StepPaper, end_of_day
from office.models import User

MOST_WHYS = 5


class MeasureLine(StepPaper):
    """One measure."""

    what: str = Field(min_length=1, max_length=300)
    scope: Literal["person", "procedure", "system"]
    owner: int
    due: date


class Prevention(StepPaper):
    """What keeps it from happening again; beside it, for ourselves, why it came to pass and why that (feature 54)."""

    why_1: str = Field("", max_length=300)
    why_2: str = Field("", max_length=300)
    why_3: str = Field("", max_length=300)
    why_4: str = Field("", max_length=300)
    why_5: str = Field("", max_length=300)
    measures: list[MeasureLine] = Field(min_length=1, max_length=20)
    person_only_reason: str = ""


def facts(paper: Prevention, setting: Setting) -> Facts:
    """The scopes, and whether person only has its reason."""
    setting.check(people=[m.owner for m in paper.measures], field="measures")
    return {
        "scopes": sorted({m.scope for m in paper.measures}),
        "person_only_reason": bool(paper.person_only_reason),
        "owners": [m.owner for m in paper.measures],
        "dues": [m.due.isoformat() for m in paper.measures],
    }


def whys(paper: Mapping[str, Any]) -> list[str]:
    """The chain of whys of a submitted paper, the deepest last."""
    return [why for place in range(1, MOST_WHYS + 1) if (why := paper.get(f"why_{place}", ""))]


LABEL = _("Carry out the measure")


def ended(paper: Prevention, setting: Setting) -> None:
    """Each measure is somebody's work with a date; what an earlier paper asked and nobody has done is dropped."""
    incident = setting.incident
    if setting.submission > 1:
        asked = incident.measures.filter(done_at=None, submission__gt=0).select_related("incident")
        setting.activities.extend(replace(measure_row(measure), state="dropped") for measure in asked)
        asked.delete()
    measures = [
        Measure(incident=incident, submission=setting.submission, place=place, what=m.what, scope=m.scope,
                owner_id=m.owner, due=end_of_day(m.due))
        for place, m in enumerate(paper.measures)
    ]  # fmt: skip
    setting.activities.extend(measure_row(measure) for measure in Measure.objects.bulk_create(measures))


def measures_undone(incident: Incident, state: str) -> list[ActivityRow]:
    """The activities of what nobody has carried out yet, to be put into a state."""
    undone = Measure.objects.filter(incident=incident, done_at=None)
    return [replace(measure_row(measure), state=state) for measure in undone.select_related("incident")]


def measure_row(measure: Measure, done_by: User | None = None) -> ActivityRow:
    """The activity of a measure, open or carried out; one raised without an incident goes by its own number."""
    incident = measure.incident
    return ActivityRow(
        source=f"measure:{incident.number}:{measure.place}" if incident else f"measure::{measure.pk}",
        kind=Activity.Kind.STEP, label=LABEL, detail=measure.what,
        customer_id=incident.customer_id if incident else measure.customer_id,
        number=incident.number if incident else "", who_id=measure.owner_id, due=measure.due, link=address(measure),
        state="done" if done_by else "open", done_by_id=done_by.pk if done_by else None,
    )  # fmt: skip


def address(measure: Measure) -> str:
    """The path of its page."""
    if measure.incident is None:
        return f"/measures/{measure.pk}/"
    return f"/incidents/{measure.incident.number}/measures/{measure.place}/"


def example(setting: Setting) -> dict[str, Any]:
    """A second pair of eyes on every invoice."""
    line = {"what": "作成者と別の者が納品記録と照合する", "scope": "procedure"}
    return {"measures": [{**line, "owner": setting.incident.owner_id, "due": setting.day(10).isoformat()}]}


KIND = Kind(Prevention, facts, example, ended)
