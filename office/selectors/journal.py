"""The journal, page by page, and its daily fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Case, F, Q, TextField, Value, When

from office.clock import JST
from office.models import JournalRow
from office.viewer import Viewer

PAGE = 50
PRIVATE = ("incident", "promise", "inquiry", "notice")  # what was said about these is not for everybody


@dataclass(frozen=True)
class JournalPage:
    """Some rows, newest first, and where the next page starts (0: there is none)."""

    rows: Sequence[JournalRow]
    older: int


def journal_page(
    *, before: int = 0, query: str = "", day: date | None = None, size: int = PAGE, viewer: Viewer | None = None
) -> JournalPage:
    """Rows older than the row `before`, newest first; query: part of a name, a verb or a subject. One statement.

    What was said about incidents, promises and questions is not for a `viewer` who may not see them all: the act
    stays, its words are left out, and are not searched either.
    """
    rows = JournalRow.objects.order_by("-id")
    if viewer and not viewer.sees_all:
        private = Q(*(("about__startswith", f"{thing} ") for thing in PRIVATE), _connector=Q.OR)
        rows = rows.defer("detail").annotate(
            told=Case(When(private, then=Value("")), default=F("detail"), output_field=TextField())
        )
    else:
        rows = rows.annotate(told=F("detail"))
    if before:
        rows = rows.filter(id__lt=before)
    if day:
        rows = rows.filter(at__gte=_start(day), at__lt=_start(day + timedelta(days=1)))
    if query:
        rows = rows.filter(Q(actor_name__icontains=query) | Q(about__icontains=query) | Q(told__icontains=query))
    found = list(rows[: size + 1])
    return JournalPage(found[:size], found[size - 1].pk if len(found) > size else 0)


def journal_day_hash(day: date, upto: int | None = None) -> tuple[str, int]:
    """SHA-256 (hex) over the journal rows of a day in Japan, in the order they were written, and the last one's id.

    Each row is one line of canonical JSON: keys sorted, no spaces, times in UTC. For the daily checkpoint; upto: only
    the rows that were there when it was made, for a late one may still come in.
    """
    digest, last = hashlib.sha256(), 0
    rows = JournalRow.objects.filter(at__gte=_start(day), at__lt=_start(day + timedelta(days=1))).order_by("id")
    for row in (rows if upto is None else rows.filter(id__lte=upto)).iterator():
        digest.update(_line(row))
        last = row.pk
    return digest.hexdigest(), last


def _line(row: JournalRow) -> bytes:
    facts = {
        "id": row.pk,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor_id,
        "actor_name": row.actor_name,
        "verb": row.verb,
        "about": row.about,
        "detail": row.detail,
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), JST)
