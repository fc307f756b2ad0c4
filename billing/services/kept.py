"""Lists that keep themselves: what is so is on somebody's list once, and leaves it when it is so no longer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from customers.models import Activity
from customers.services import ActivityRow, activities_add
from office.models import User


def rows_keep(begins: str, rows: Mapping[str, ActivityRow], *, at: datetime, others: Collection[str] = ()) -> int:
    """Make the open activities whose source `begins` so exactly those given by source; return how many were written.

    One that stands already keeps its person and day, one that ended opens again. `others` are left as they are. Called
    inside a transaction; run again it finds nothing to do.
    """
    told = Activity.objects.filter(source__startswith=begins)
    known = dict(told.filter(source__in=rows).values_list("source", "state"))
    gone = told.open().exclude(source__in=[*rows, *others])
    ended = gone.update(state=Activity.State.DONE, done_at=at)
    back = told.filter(source__in=[source for source, state in known.items() if state != Activity.State.OPEN])
    opened = back.update(state=Activity.State.OPEN, done_at=None, done_by=None)
    new = [row for source, row in rows.items() if source not in known]
    activities_add(new, at=at)
    return ended + opened + len(new)


def rows_end(sources: Sequence[str], *, by: User | None, at: datetime) -> None:
    """Take these off the lists now, since somebody has just done what they asked; the next look tells what is new."""
    Activity.objects.open().filter(source__in=sources).update(state=Activity.State.DONE, done_at=at, done_by=by)
