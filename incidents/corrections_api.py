"""訂正・再発行・お詫び for programs: begin it, and read how it stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from billing.selectors import invoice_get
from incidents.corrections import Flow, flow_of
from incidents.services import correction_begin
from office.errors import Refused
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["corrections"])


class ThingOut(Schema):
    """The corrected invoice, the letter, or the sending of both: its state in words, who acts next."""

    label: str
    state: str
    done: bool
    who: str
    note: str
    number: str


class CorrectionOut(Schema):
    """How the correction of `invoice` stands. `corrected` is the new invoice, "" once its draft was thrown away; while
    `held` it waits for the letter."""

    invoice: str = Field(alias="old")
    corrected: str = Field(alias="new")
    incident: str
    held: bool
    things: list[ThingOut]


class CorrectionIn(Body):
    """What was wrong with an issued invoice, in words that stand on the corrected one. Begun again it is answered with
    how it stands, so no key is needed."""

    invoice: str
    reason: str
    incident: str = ""


def _found(request: HttpRequest, number: str) -> Flow:
    viewer = viewer_of(request)
    found = flow_of(viewer, invoice_get(viewer, number))
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return found


@router.post("", response={201: CorrectionOut}, url_name="corrections")
def correction_post(request: HttpRequest, data: CorrectionIn) -> Any:
    """Begin to put a wrong invoice right together with its letter of apology."""
    correction_begin(viewer=viewer_of(request), number=data.invoice, reason=data.reason, incident=data.incident)
    return Status(201, _found(request, data.invoice))


@router.get("/{number}", response=CorrectionOut, url_name="correction")
def correction_get(request: HttpRequest, number: str) -> Any:
    """Get how the correction of an invoice, or by it, stands."""
    return _found(request, number)
