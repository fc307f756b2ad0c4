"""The one way an activity is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customers.models import Activity
from office.prepared import insert

# `opened_at` is not among them: an activity keeps the moment at which it was first opened.
UPDATED = (
    "kind",
    "customer",
    "number",
    "label",
    "detail",
    "who",
    "deputy",
    "due",
    "starts",
    "link",
    "state",
    "done_at",
    "done_by",
    "level",
    "sent_back",
    "waiting",
    "urgent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """One activity as its source wants it to stand. `label` is an English msgid; ids are primary keys."""

    source: str
    kind: str
    label: str
    who_id: int
    customer_id: int | None = None
    number: str = ""
    detail: str = ""
    deputy_id: int | None = None
    due: datetime | None = None
    starts: datetime | None = None
    link: str = ""
    state: str = "open"
    done_at: datetime | None = None
    done_by_id: int | None = None
    level: int = 0
    sent_back: bool = False
    waiting: bool = False
    urgent: bool = False


def activities_put(rows: Sequence[ActivityRow], *, at: datetime) -> None:
    """Write the activities as given, open and ended alike, in ONE statement; the source tells which row is meant.

    Called inside the transaction of the decision. Of two rows with one source the later one counts.
    """
    wanted = {row.source: row for row in rows}
    if wanted:
        insert([activity(row, at) for row in wanted.values()], unique="source", updates=UPDATED)


def activities_add(rows: Sequence[ActivityRow], *, at: datetime) -> None:
    """Open activities that a sweep found; one that is already there, open or ended, is left as it is."""
    Activity.objects.bulk_create([activity(row, at) for row in rows], ignore_conflicts=True)


def activity(row: ActivityRow, at: datetime) -> Activity:
    """Return the unsaved Activity for a row; an ended one without a time ended at `at`."""
    ended = row.state != Activity.State.OPEN
    return Activity(
        source=row.source,
        kind=row.kind,
        customer_id=row.customer_id,
        number=row.number,
        label=row.label,
        detail=row.detail[:300],
        who_id=row.who_id,
        deputy_id=row.deputy_id,
        due=row.due,
        starts=row.starts,
        link=row.link,
        state=row.state,
        opened_at=at,
        done_at=(row.done_at or at) if ended else None,
        done_by_id=row.done_by_id if ended else None,
        level=row.level,
        sent_back=row.sent_back,
        waiting=row.waiting,
        urgent=row.urgent,
    )
