"""The lessons of customers who have drifted away, for whoever works on a similar case with another (practice 2-34).

They are for the whole house, also for those who may not open the incident they come from: nothing but the kind of
incident, the day and the words goes along, and the words name nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from incidents.leaves.base import read_as
from incidents.leaves.lesson import LESSON, Lesson
from incidents.models import Incident, Leaf
from incidents.words import kind_label

MOST, SHOWN = 3, 30


@dataclass(frozen=True)
class Passed:
    """A lesson as others read it."""

    kind: str  # in words
    at: datetime
    text: str


def lessons_for(incident: Incident) -> list[Passed]:
    """Return up to three lessons for a visible incident: of the same kind, from other customers, the newest first; one
    statement."""
    rows = _rows().filter(incident__kind=incident.kind).exclude(incident__customer=incident.customer_id)
    return _passed(rows[:MOST])


def lessons() -> list[Passed]:
    """Return the newest lessons of every kind; one statement."""
    return _passed(_rows()[:SHOWN])


def _rows() -> QuerySet[Leaf]:
    rows = Leaf.objects.filter(sort=LESSON, ended_at=None).select_related("incident")
    return rows.order_by("-at", "-pk")


def _passed(rows: Iterable[Leaf]) -> list[Passed]:
    return [Passed(kind_label(leaf.incident), leaf.at, read_as(Lesson, leaf).text) for leaf in rows]
