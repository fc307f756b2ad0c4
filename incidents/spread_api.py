"""横展開 for programs, by the services the page uses."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from incidents.selectors import incident_get
from incidents.services import spread_check
from incidents.spread import spread
from office.http import viewer_of
from office.schema import Body
from office.viewer import Viewer

router = Router(tags=["spread"])


class CheckIn(Body):
    """What looking at a customer has shown; customer: its id."""

    customer: int
    outcome: Literal["clear", "found"]


class ExposedOut(Schema):
    """An exposed customer: why, what was found ("" before anybody looked), the incident opened for it."""

    customer: int
    name: str
    reasons: list[str]
    outcome: str
    incident: str


@router.get("/{number}", response=list[ExposedOut], url_name="spread")
def exposed(request: HttpRequest, number: str, q: str | None = None) -> list[dict[str, Any]]:
    """Who else is exposed to the cause of an incident; q: other words to look for."""
    viewer = viewer_of(request)
    return _out(viewer, number, q)


@router.post("/{number}", response=list[ExposedOut], url_name="spread_check")
def checked(request: HttpRequest, number: str, body: CheckIn) -> list[dict[str, Any]]:
    """Record what looking at one customer has shown; the first report of what was found is opened as any other."""
    viewer = viewer_of(request)
    incident = incident_get(viewer, number)
    spread_check(viewer=viewer, incident=incident, customer=body.customer, outcome=body.outcome)
    return _out(viewer, number, None)


def _out(viewer: Viewer, number: str, query: str | None) -> list[dict[str, Any]]:
    return [
        {
            "customer": one.customer.pk, "name": one.customer.name, "reasons": one.reasons,
            "outcome": one.check.outcome if one.check else "", "incident": one.number,
        }
        for one in spread(viewer, incident_get(viewer, number), query).listed
    ]  # fmt: skip
