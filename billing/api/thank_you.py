"""Thank-you calls for programs."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from billing.selectors import thank_you_get
from billing.services import thank_you_call_record
from customers.models import Call
from office.http import viewer_of
from office.schema import Body

router = Router(tags=["thank-you calls"])


class ThanksIn(Body):
    """How the call went; the same `idempotency_key` records it once."""

    outcome: Call.Outcome
    idempotency_key: str = Field(min_length=1, max_length=100)
    note: str = ""


class ThanksOut(Schema):
    """Whether the call is still to be made, and when."""

    state: str
    due: Any


@router.post("/{int:instalment}", response=ThanksOut, url_name="thank_you_call")
def thanks_post(request: HttpRequest, instalment: int, data: ThanksIn) -> Any:
    """Record how a thank-you call went."""
    viewer = viewer_of(request)
    found = thank_you_get(viewer, instalment)
    return thank_you_call_record(
        instalment_id=found.payday.instalment.pk,
        outcome=data.outcome,
        note=data.note,
        key=f"api:{viewer.user.pk}:{data.idempotency_key}",
        by=viewer.user,
        at=viewer.at,
    )
