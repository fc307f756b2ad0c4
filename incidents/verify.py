"""Finds what was changed behind our back: a tampered entry, a cut tail, a changed projection, paper or letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from incidents.chain import canonical, digest
from incidents.engine import Case, Progress, evolve, playbook_of
from incidents.engine.codec import case_to_json, event_from_json
from incidents.models import Checkpoint, Entry, Incident, Submission

EXPECTED = ("number", "seq", "key", "actor")


def problems() -> Iterator[str]:
    """One line per bad row, each naming it; none when all is well."""
    yield from _chains()
    yield from _submissions()
    yield from _checkpoints()


def _chains() -> Iterator[str]:
    entries = Entry.objects.order_by("incident_id", "seq").iterator()
    by_incident = {pk: list(rows) for pk, rows in groupby(entries, key=attrgetter("incident_id"))}
    for incident in Incident.objects.order_by("pk").iterator():
        yield from _chain(incident, by_incident.get(incident.pk, []))


def _chain(incident: Incident, entries: list[Entry]) -> Iterator[str]:
    previous = ""
    for place, entry in enumerate(entries, start=1):
        if fault := _fault(incident, entry, place, previous):
            yield f"incident {incident.number} entry {entry.seq}: {fault}"
            return
        previous = entry.hash
    if (incident.head_seq, incident.head_hash) != (len(entries), previous):
        yield f"incident {incident.number}: the head names entry {incident.head_seq}, the chain ends at {len(entries)}"
    elif entries and canonical(replayed(entries)) != canonical(incident.case):
        yield f"incident {incident.number}: the projection differs from its entries"


def _fault(incident: Incident, entry: Entry, place: int, previous: str) -> str:
    if entry.seq != place:
        return f"entry {place} is missing"
    if entry.previous != previous or digest(entry.body, previous) != entry.hash:
        return "the text does not match its hash"
    body = json.loads(entry.body)
    row = {"number": incident.number, "seq": entry.seq, "key": entry.key, "actor": entry.actor_id}
    return next((f"{name} differs from the text" for name in EXPECTED if body[name] != row[name]), "")


def replayed(entries: list[Entry]) -> dict[str, object]:
    """The case rebuilt from the entries alone, as the projection keeps it."""
    bodies = [json.loads(entry.body) for entry in entries]
    begin = bodies[0]["begin"]
    playbook = playbook_of(begin["playbook"], begin["version"])
    steps = dict.fromkeys(playbook.steps, Progress())
    state, at = "open" if playbook.triaged else "untriaged", datetime.fromisoformat(bodies[0]["at"])
    case = Case(begin["playbook"], begin["version"], state, begin["severity"], at, steps)
    for body in bodies:
        for row in body["events"]:
            case = evolve(case, event_from_json(row))
    return case_to_json(case)


def _submissions() -> Iterator[str]:
    for row in Submission.objects.select_related("incident").iterator():
        if digest(row.text) != row.sha256:
            yield f"incident {row.incident.number} {row.step} submission {row.submission}: the text was changed"


def _checkpoints() -> Iterator[str]:
    heads = {
        (number, seq): hash_
        for number, seq, hash_ in Entry.objects.values_list("incident__number", "seq", "hash").iterator()
    }
    previous = ""
    for row in Checkpoint.objects.order_by("day"):
        if row.previous != previous or digest(row.body, previous) != row.hash:
            yield f"checkpoint {row.day}: the text does not match its hash"
            return
        previous = row.hash
        for number, (seq, hash_) in json.loads(row.body)["heads"].items():
            if heads.get((number, seq)) != hash_:
                yield f"incident {number} entry {seq}: differs from the checkpoint of {row.day}"
