"""Canonical text, the hash that chains it, and the next entry of an incident."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from incidents.engine import Event
from incidents.engine.codec import event_to_json, moment_text
from incidents.models import Entry, Incident
from office.models import User


def canonical(data: Any) -> str:
    """JSON of plain values: keys sorted, no spaces, as is in Unicode. Equal data gives equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str, previous: str = "") -> str:
    """SHA-256 (hex) of a text after its predecessor's hash."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


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
