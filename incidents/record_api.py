"""What programs read of an incident's record: submitted papers with the remarks on them, and the timeline.

The same record the pages show (`incidents.timeline.record`), of the leaves this user may read: what is sealed, or
private to others, leaves no line in it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ninja import Schema

from incidents.models import Submission
from incidents.steppage import SPEAKING
from incidents.timeline import Moment, Record, calm


class RemarkOut(Schema):
    """What somebody said on a submission as they approved it, sent it back, opened or skipped its step."""

    command: str
    by: str
    at: datetime
    text: str


class PaperOut(Schema):
    """A submitted paper, word for word: `data` is what the step's `submit` takes."""

    step: str
    submission: int
    by: str
    at: datetime
    data: dict[str, Any]
    remarks: list[RemarkOut]


class MomentOut(Schema):
    """One line of the timeline. who: empty where the system speaks; text: what happened; words: what people wrote or
    said, the customer's own where `customer` is true; meta: what stands beside it."""

    at: datetime
    who: str
    command: str
    step: str
    text: str
    words: str
    customer: bool
    meta: str


class RecordOut(Schema):
    """The papers of the incident's steps, the oldest first, and what happened, the newest first."""

    papers: list[PaperOut]
    timeline: list[MomentOut]


NOTHING: dict[str, list[Any]] = {"papers": [], "timeline": []}


def told(found: Record, steps: frozenset[str]) -> dict[str, list[Any]]:
    """A record as programs read it. steps: of the kind the incident is of now; others have no page either."""
    papers = [_paper(row, found) for row in found.submissions if row.step in steps]
    return {"papers": papers, "timeline": [_moment(moment) for moment in calm(found.moments)]}


def _paper(row: Submission, found: Record) -> dict[str, Any]:
    remarks = [
        {"command": moment.command, "by": moment.who, "at": moment.at, "text": moment.words}
        for moment in found.about(row.step)[::-1]
        if moment.submission == row.submission and moment.command in SPEAKING and moment.words
    ]
    return {
        "step": row.step, "submission": row.submission, "by": row.by.called, "at": row.at,
        "data": json.loads(row.text), "remarks": remarks,
    }  # fmt: skip


def _moment(moment: Moment) -> dict[str, Any]:
    return {name: getattr(moment, name) for name in MomentOut.model_fields}
