"""What a sweep finds is told once: opened when new, ended when it no longer holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.models import Activity
from customers.services import ActivityRow, activities_add
from office.services import Message, outbox_put


@dataclass(frozen=True)
class Found:
    """One thing somebody is to be told, with the mail that goes with it, if any."""

    row: ActivityRow
    mail: Message | None = None


@transaction.atomic
def bring(prefix: str, found: Iterable[Found], at: datetime) -> int:
    """Open what is new, end what no longer holds; how many were opened. What a person ended stays ended."""
    wanted = {one.row.source: one for one in found}
    known = dict(Activity.objects.filter(source__startswith=prefix, source__in=wanted).values_list("source", "state"))
    stale = Activity.objects.open().filter(source__startswith=prefix).exclude(source__in=wanted)
    stale.update(state=Activity.State.DONE, done_at=at)
    fresh = [one for source, one in wanted.items() if source not in known]
    if fresh:
        activities_add([one.row for one in fresh], at=at)
        outbox_put([one.mail for one in fresh if one.mail], at=at)
    return len(fresh)
