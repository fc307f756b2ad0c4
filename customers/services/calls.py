"""Calls, and what they lead to."""

from datetime import datetime

from django.db import transaction

from customers.models import Call
from customers.text import clean
from office.models import User


@transaction.atomic
def call_record(
    *,
    customer_id: int,
    outcome: str,
    by: User,
    at: datetime,
    key: str,
    contact_id: int | None = None,
    purpose: str = "",
    source: str = "",
    note: str = "",
) -> tuple[Call, bool]:
    """Record one call; return it and whether it is new. A repeated `key` answers with the first call."""
    return Call.objects.get_or_create(
        key=key,
        defaults={
            "customer_id": customer_id,
            "contact_id": contact_id,
            "purpose": clean(purpose, field="purpose", limit=120),
            "source": source,
            "outcome": Call.Outcome(outcome),
            "note": clean(note, field="note", limit=4000, lines=True),
            "at": at,
            "by": by,
        },
    )
