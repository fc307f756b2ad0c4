"""Measures for programs: raised from any record, listed, carried out, by the services the pages use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from incidents.models import Measure
from incidents.selectors import measures_visible
from incidents.services import NewMeasure, measure_done, measure_raise
from office.errors import Refused
from office.http import viewer_of

router = Router(tags=["measures"])
MOST = 200


class MeasureIn(Schema):
    """A measure to raise. origin: customer:<id>, promise:<id>, invoice:<number>, note:<id> or incident:<number>."""

    origin: str = Field(max_length=60)
    what: str = Field(max_length=300)
    scope: Literal["person", "procedure", "system"]
    owner: int
    due: date
    reason: str = Field("", max_length=300)
    idempotency_key: str = Field("", max_length=64)


class DoneIn(Schema):
    """What shows that it was done."""

    evidence: str = Field(max_length=4000)


class MeasureOut(Schema):
    """A measure; `incident` is empty for one raised where there is none."""

    id: int
    what: str
    scope: str
    owner: int
    due: datetime
    incident: str
    customer: int | None
    origin: str
    done_at: datetime | None
    evidence: str


@router.get("", response=list[MeasureOut], url_name="measures")
def measure_list(request: HttpRequest) -> list[dict[str, Any]]:
    """The open measures this user may read, the next due first, 200 at most."""
    rows = measures_visible(viewer_of(request)).filter(done_at=None).order_by("due", "pk")
    return [_out(row) for row in rows[:MOST]]


@router.post("", response={201: MeasureOut}, url_name="measure_raise")
def measure_create(request: HttpRequest, body: MeasureIn) -> Status[dict[str, Any]]:
    """Raise a measure from a record; a repeated key is answered with what it has raised."""
    new = NewMeasure(
        origin=body.origin, what=body.what, scope=body.scope, owner_id=body.owner, due=body.due, reason=body.reason,
        key=body.idempotency_key,
    )  # fmt: skip
    return Status(201, _out(measure_raise(viewer=viewer_of(request), new=new)))


@router.post("/{pk}/done", response=MeasureOut, url_name="measure_done")
def measure_carried_out(request: HttpRequest, pk: int, body: DoneIn) -> dict[str, Any]:
    """Record a measure as carried out."""
    viewer = viewer_of(request)
    if not measures_visible(viewer).filter(pk=pk).exists():
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return _out(measure_done(viewer=viewer, pk=pk, evidence=body.evidence))


def _out(row: Measure) -> dict[str, Any]:
    customer = row.incident.customer_id if row.incident else row.customer_id
    return {
        "id": row.pk, "what": row.what, "scope": row.scope, "owner": row.owner_id, "due": row.due,
        "incident": row.incident.number if row.incident else "", "customer": customer, "origin": row.origin,
        "done_at": row.done_at, "evidence": row.evidence,
    }  # fmt: skip
