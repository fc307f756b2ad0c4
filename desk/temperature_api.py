"""How warm a customer is beside how much we do, for programs: what the customer's page draws."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from customers.selectors import customer_get
from desk.temperature import temperature_of
from office.http import viewer_of

router = Router(tags=["customers"])


class PointOut(Schema):
    """A week's end. theirs: as read last, none where no reading is in force; gap: theirs above ours."""

    day: date
    stage: str
    theirs: int | None
    ours: int
    gap: int | None


class PhaseOut(Schema):
    """Weeks of one stage, as the last of them stands."""

    stage: str
    first: date
    last: date
    theirs: int | None
    ours: int
    gap: int | None


class TouchOut(Schema):
    """What is proposed, and the page where it is done."""

    words: str
    link: str


class TemperatureOut(Schema):
    """The weeks, the oldest first, and the phases, the newest first; empty before anybody has read theirs."""

    points: list[PointOut] = []
    phases: list[PhaseOut] = []
    touch: TouchOut | None = None


@router.get("/{int:pk}/temperature", response=TemperatureOut, url_name="temperature")
def temperature_one(request: HttpRequest, pk: int) -> Any:
    """Get the curve of one customer; `touch` stands there while the gap is as wide as the house rule."""
    viewer = viewer_of(request)
    return temperature_of(viewer, customer_get(viewer, pk)) or TemperatureOut()
