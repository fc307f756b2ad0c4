"""Payments whose day has passed, for programs: what is open, whether it is asked about, how asking went."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, Router, Schema

from billing.reminders import Overdue
from billing.selectors import overdue_get, overdue_seen
from billing.services import payment_reminder_record
from office.http import viewer_of
from office.keys import Offset
from office.schema import Body

router = Router(tags=["overdue payments"])
LIMIT = 1_000  # rows in one answer


class OverdueOut(Schema):
    """An instalment that is past its day, in yen. `ask`: the time to ask now (1, 2, …), 0 for not now."""

    instalment: int = Field(alias="claim.instalment")
    invoice: str = Field(alias="claim.invoice")
    customer: int = Field(alias="claim.customer")
    amount: int = Field(alias="claim.yen")
    due_on: date = Field(alias="claim.due_on")
    business_days: int = Field(alias="late")
    asked: int
    ask: int
    why_not: str

    @staticmethod
    def resolve_ask(row: Overdue) -> int:
        """0 while something speaks against asking."""
        return row.stage if row.is_asked else 0

    @staticmethod
    def resolve_why_not(row: Overdue) -> str:
        """What speaks against asking, in the reader's language."""
        return gettext(row.pause) if row.pause else ""


class ReminderIn(Body):
    """How asking went; the same `idempotency_key` records a call once."""

    outcome: Literal["reached", "absent", "call_back", "message_left", "mailed"]
    idempotency_key: str = Field(min_length=1, max_length=100)
    note: str = ""


class ReminderOut(Schema):
    """Whether it is still to be asked, and when."""

    state: str
    due: Any


@router.get("/overdue", response=list[OverdueOut], url_name="overdue")
def overdue_list(request: HttpRequest, offset: Offset = 0) -> Any:
    """List what is overdue of your customers, the oldest first."""
    return overdue_seen(viewer_of(request))[max(offset, 0) : max(offset, 0) + LIMIT]


@router.post("/overdue/{int:instalment}/reminder", response=ReminderOut, url_name="payment_reminder")
def reminder(request: HttpRequest, instalment: int, data: ReminderIn) -> Any:
    """Record how asking about a payment went."""
    viewer = viewer_of(request)
    found, _row = overdue_get(viewer, instalment)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    return payment_reminder_record(
        instalment_id=found.pk, outcome=data.outcome, note=data.note, key=key, by=viewer.user, at=viewer.at
    )
