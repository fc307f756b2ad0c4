"""The daily checkpoint: all heads and the day's journal, chained."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override

from incidents.models import Checkpoint, Entry
from incidents.selectors import heads_of, letters_of
from office.clock import local_day
from office.hashing import canonical, digest
from office.models import User
from office.roles import Role
from office.selectors import journal_day_hash, people
from office.services import Message, outbox_put


def checkpoint(*, at: datetime) -> dict[str, int]:
    """Chain the heads of every incident that moved, day by day, up to yesterday.

    With them go the SHA-256 of the letters put in print and the journal's fingerprint.
    """
    last = Checkpoint.objects.order_by("-day").first()
    first = Entry.objects.order_by("at").values_list("at", flat=True).first()
    if last is None and first is None:
        return {"checkpoints": 0}
    day = last.day + timedelta(days=1) if last else local_day(first or at)
    made = 0
    while day < local_day(at):
        try:
            last = _checkpoint(day, last, at)
            made += 1
        except IntegrityError:  # another sweep was first
            last = Checkpoint.objects.get(day=day)
        day += timedelta(days=1)
    return {"checkpoints": made}


@transaction.atomic(durable=True)
def _checkpoint(day: date, last: Checkpoint | None, at: datetime) -> Checkpoint:
    known = Checkpoint.objects.filter(day=day).first()
    if known:
        return known
    journal, last_row = journal_day_hash(day)
    body = canonical(
        {
            "day": day.isoformat(),
            "heads": heads_of(day),
            "letters": letters_of(day),
            "journal": journal,
            "journal_last": last_row,
        }
    )
    previous = last.hash if last else ""
    made = Checkpoint.objects.create(day=day, at=at, body=body, previous=previous, hash=digest(body, previous))
    outbox_put([_digest_mail(made, auditor, at) for auditor in people().with_role(Role.AUDITOR)], at=at)
    return made


def _digest_mail(made: Checkpoint, auditor: User, at: datetime) -> Message:
    """The head leaves the house: a chain rewritten later no longer ends in it."""
    with override(auditor.language):
        subject = gettext("Checkpoint of %(day)s") % {"day": made.day.isoformat()}
    return Message(key=f"checkpoint:{made.day}:{auditor.pk}", to=auditor.pk, subject=subject, body=made.hash, try_at=at)
