"""What `manage.py verify` finds wrong in our own tables; nothing is repaired here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Q

from office import clock
from office.guards import APPEND_ONLY, missing_guards
from office.models import File, Outbox

STALE_LEASE = timedelta(hours=1)


def problems() -> Iterator[str]:
    """One English sentence for each bad row, in the order of the tables; nothing when all is well."""
    yield from (f"guard {name} is missing: rows could be changed" for name in missing_guards(connection, APPEND_ONLY))
    yield from _changed_files()
    yield from _odd_messages()


def _changed_files() -> Iterator[str]:
    for stored in File.objects.order_by("pk").iterator(chunk_size=20):
        data = bytes(stored.data)
        if len(data) != stored.size or hashlib.sha256(data).hexdigest() != stored.sha256:
            yield f"file {stored.pk} ({stored.name}): its bytes are not those that were stored"


def _odd_messages() -> Iterator[str]:
    state = Outbox.State
    odd = {
        "marked as sent without a time": Q(state=state.SENT, sent_at=None),
        "has a time of sending but is not marked as sent": ~Q(state=state.SENT) & Q(sent_at__isnull=False),
        "is leased by nobody": Q(state=state.LEASED) & (Q(lease="") | Q(leased_until=None)),
        "was taken by a worker long ago and never given back": Q(
            state=state.LEASED, leased_until__lt=clock.now() - STALE_LEASE
        ),
        "has no receiver": Q(to=None, address=""),
    }
    for what, condition in odd.items():
        for pk, key in Outbox.objects.filter(condition).order_by("pk").values_list("pk", "key"):
            yield f"outbox {pk} ({key}): {what}"
