"""Measures for programs: raised from any record, listed, carried out, by the services the pages use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from incidents.models import Measure, NightlyCheck
from incidents.nightly import Watched, watched
from incidents.selectors import measures_visible
from incidents.services import NewMeasure, Rule, measure_done, measure_raise, nightly_put
from office.errors import Refused
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["measures"])
MOST = 200


class MeasureIn(Body):
    """A measure to raise. origin: customer:<id>, promise:<id>, appointment:<id>, note:<id>, incident:<number>, or
    invoice, order, delivery, contract or inquiry:<number>."""

    origin: str = Field(max_length=60)
    what: str = Field(max_length=300)
    scope: Literal["person", "procedure", "system"]
    owner: int
    due: date
    reason: str = Field("", max_length=300)
    idempotency_key: str = Field("", max_length=64)


class DoneIn(Body):
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


class NightlyIn(Body):
    """What is counted each night, how much of it is all right, until when (two years at most)."""

    what: NightlyCheck.What
    most: int = 0
    until: date


class NightlyOut(Schema):
    """A check with its record: nights run, nights failed, the last of them, what it counted last."""

    what: str = Field(alias="check.what")
    most: int = Field(alias="check.most")
    since: date = Field(alias="check.since")
    until: date = Field(alias="check.until")
    nights: int
    failed: int
    failed_last: date | None
    last: int | None


@router.get("/{pk}/nightly", response=NightlyOut, url_name="nightly")
def nightly_get(request: HttpRequest, pk: int) -> Any:
    """Get the nightly check of a measure with its record."""
    return _watched(_measure(request, pk))


@router.put("/{pk}/nightly", response=NightlyOut, url_name="nightly")
def nightly_set(request: HttpRequest, pk: int, body: NightlyIn) -> Any:
    """Set what is counted each night for a measure; another rule begins a record of its own."""
    row = _measure(request, pk)
    nightly_put(viewer=viewer_of(request), measure=row, rule=Rule(body.what, body.most, body.until))
    return _watched(row)


def _measure(request: HttpRequest, pk: int) -> Measure:
    row = measures_visible(viewer_of(request)).filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return row


def _watched(row: Measure) -> Watched:
    found = watched([row])
    if not found:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return found[0]


def _out(row: Measure) -> dict[str, Any]:
    customer = row.incident.customer_id if row.incident else row.customer_id
    return {
        "id": row.pk, "what": row.what, "scope": row.scope, "owner": row.owner_id, "due": row.due,
        "incident": row.incident.number if row.incident else "", "customer": customer, "origin": row.origin,
        "done_at": row.done_at, "evidence": row.evidence,
    }  # fmt: skip
