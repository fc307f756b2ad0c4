"""Collection dates for programs."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from billing.selectors.collections import Collection, collections_of
from office.calendar import refuse_far
from office.clock import local_day
from office.http import viewer_of

router = Router(tags=["payments"])
DAYS = 31  # ahead, when nothing else is asked


class CollectionOut(Schema):
    """One sum that is still to come; yen with tax. `part` is deposit, interim or final, empty for the whole."""

    customer: int
    invoice: str
    part: str
    yen: int
    due_on: date

    @staticmethod
    def resolve_customer(row: Collection) -> int:
        """Its key."""
        return row.customer.pk


@router.get("/collections", response=list[CollectionOut], url_name="collections")
def collections(request: HttpRequest, since: date | None = None, until: date | None = None) -> Any:
    """List when money of your own customers is to come in: from today, a month ahead, or between two days."""
    viewer = viewer_of(request)
    refuse_far(since=since, until=until)
    first = since or local_day(viewer.at)
    return collections_of(viewer.user.pk, first, until or first + timedelta(days=DAYS))
