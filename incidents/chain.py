"""The next entry of an incident, chained by its hash to the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from incidents.engine import Event
from incidents.engine.codec import event_to_json, moment_text
from incidents.models import Entry, Incident
from office.hashing import canonical, digest
from office.models import User


def linked(
    incident: Incident, *, at: datetime, actor: User | None, key: str, events: Iterable[Event], about: Mapping[str, Any]
) -> Entry:
    """The next entry of an incident's chain, unsaved, and the incident's head moved on to it.

    events: what was decided; about: what the entry keeps beside them (command, step, submission, facts …), of plain
    JSON values.
    """
    seq = incident.head_seq + 1
    body = canonical(
        {
            "number": incident.number,
            "seq": seq,
            "at": moment_text(at),
            "actor": actor.pk if actor else None,
            "key": key,
            "events": [event_to_json(event) for event in events],
            **about,
        }
    )
    entry = Entry(
        incident=incident, seq=seq, at=at, actor=actor, key=key, body=body, previous=incident.head_hash,
        hash=digest(body, incident.head_hash),
    )  # fmt: skip
    incident.head_seq, incident.head_hash = seq, entry.hash
    return entry
