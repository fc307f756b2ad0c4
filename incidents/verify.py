"""Finds what was changed behind our back: a tampered entry, a cut tail, a changed projection, paper or letter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import connection

from incidents.engine import Case, Progress, evolve, playbook_of
from incidents.engine.codec import case_to_json, event_from_json, moment_text
from incidents.guards import APPEND_ONLY, LETTERS
from incidents.leaves.photos import PHOTOS
from incidents.models import Checkpoint, Entry, Incident, IssuedLetter, Leaf, Photo, Submission
from incidents.projection import project
from office.guards import missing_guards
from office.hashing import canonical, digest
from office.models import Outbox
from office.selectors import journal_day_hash

EXPECTED = ("number", "seq", "key", "actor", "at")
# Columns that follow from the case.
PROJECTED = ("kind", "version", "state", "severity", "current", "due", "wake_at")


def problems() -> Iterator[str]:
    """One line per bad row, each naming it; none when all is well."""
    missing = missing_guards(connection, APPEND_ONLY, (LETTERS,))
    yield from (f"guard {name} is missing: rows could be changed" for name in missing)
    yield from _incidents()
    yield from _photos()
    yield from _checkpoints()


@dataclass
class Story:
    """What the entries of one incident tell, read once from first to last."""

    case: Case
    people: dict[str, Any] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    papers: dict[tuple[str, int], str] = field(default_factory=dict)  # (step, submission) to SHA-256
    leaves: dict[int, str] = field(default_factory=dict)  # id to SHA-256
    first: dict[str, Any] = field(default_factory=dict)  # the body of the first entry
    about: dict[str, Any] = field(default_factory=dict)  # customer, team, invoice, since when it is known


def _incidents() -> Iterator[str]:
    """Every incident beside its entries and submissions; all three are read in the same order, one at a time."""
    entries = _by_incident(Entry.objects.order_by("incident_id", "seq"))
    papers = _by_incident(Submission.objects.order_by("incident_id", "pk"))
    leaves = _by_incident(Leaf.objects.order_by("incident_id", "pk"))
    for incident in Incident.objects.order_by("pk").iterator(chunk_size=500):
        yield from _chain(incident, entries.send(incident.pk), papers.send(incident.pk), leaves.send(incident.pk))


def _by_incident(rows: Any) -> Any:
    """A coroutine: sent an incident's key, it answers with that incident's rows."""
    groups = groupby(rows.iterator(chunk_size=500), key=attrgetter("incident_id"))
    answer = _answering(groups)
    next(answer)
    return answer


def _answering(groups: Any) -> Any:
    pk = yield
    held, rows = next(groups, (None, ()))
    while True:
        if held == pk:
            pk = yield list(rows)
            held, rows = next(groups, (None, ()))
        else:
            pk = yield []


def _chain(incident: Incident, entries: list[Entry], papers: list[Submission], leaves: list[Leaf]) -> Iterator[str]:
    name, previous = f"incident {incident.number}", ""
    for place, entry in enumerate(entries, start=1):
        if fault := _fault(incident, entry, place, previous):
            yield f"{name} entry {entry.seq}: {fault}"
            return
        previous = entry.hash
    if (incident.head_seq, incident.head_hash) != (len(entries), previous):
        yield f"{name}: the head names entry {incident.head_seq}, the chain ends at {len(entries)}"
        return
    if not entries:
        yield f"{name}: it has no entry"
        return
    try:
        story = replayed(entries)
    except (KeyError, TypeError, ValueError) as error:
        yield f"{name}: its entries cannot be replayed ({type(error).__name__}: {error})"
        return
    if canonical(case_to_json(story.case)) != canonical(incident.case):
        yield f"{name}: the projection differs from its entries"
        return
    yield from (f"{name}: {column} differs from its entries" for column in _edited(incident, story))
    yield from (f"{name} {fault}" for fault in (*_papers(story, papers), *_leaves(story, leaves)))


def _fault(incident: Incident, entry: Entry, place: int, previous: str) -> str:
    if entry.seq != place:
        return f"entry {place} is missing"
    if entry.previous != previous or digest(entry.body, previous) != entry.hash:
        return "the text does not match its hash"
    body = json.loads(entry.body)
    row = {
        "number": incident.number, "seq": entry.seq, "key": entry.key, "actor": entry.actor_id,
        "at": moment_text(entry.at),
    }  # fmt: skip
    return next((f"{name} differs from the text" for name in EXPECTED if body[name] != row[name]), "")


def replayed(entries: list[Entry]) -> Story:
    """The case rebuilt from the entries alone, with what else they tell."""
    bodies = [json.loads(entry.body) for entry in entries]
    begin = bodies[0]["begin"]
    playbook = playbook_of(begin["playbook"], begin["version"])
    steps = dict.fromkeys(playbook.steps, Progress())
    state, at = "open" if playbook.triaged else "untriaged", datetime.fromisoformat(bodies[0]["at"])
    case = Case(begin["playbook"], begin["version"], state, begin["severity"], at, steps)
    story = Story(case, first=bodies[0])
    for body in bodies:
        _tell(story, body)
    return story


def _tell(story: Story, body: dict[str, Any]) -> None:
    for row in body["events"]:
        story.case = evolve(story.case, event_from_json(row))
    story.people |= body.get("people", {})
    story.about |= body.get("about", {})
    story.pins = body.get("pins", story.pins)
    if "leaf" in body.get("facts", {}):
        story.leaves[body["facts"]["leaf"]] = body["facts"]["sha256"]
    if "sha256" in body:
        story.papers[body["step"], body["submission"] + 1] = body["sha256"]


def _edited(incident: Incident, story: Story) -> Iterator[str]:
    """The columns that say something else than the entries."""
    shadow = Incident()
    project(shadow, story.case, incident.updated_at)
    row = {name: getattr(incident, name) for name in PROJECTED}
    told = {name: getattr(shadow, name) for name in PROJECTED}
    row |= {"pins": incident.pins, "opened_at": moment_text(incident.opened_at), "start_key": incident.start_key}
    told |= {"pins": story.pins, "opened_at": story.first["at"], "start_key": story.first["key"]}
    columns = {"recorded_by": "created_by"}
    for name, pk in story.people.items():
        column = columns.get(name, name)
        row[column], told[column] = getattr(incident, f"{column}_id"), pk
    opened = {
        "customer": incident.customer_id, "team": incident.team_id, "invoice": incident.invoice,
        "aware_at": moment_text(incident.aware_at),
    }  # fmt: skip
    row |= {name: opened[name] for name in story.about}
    told |= story.about
    return (name for name in row if row[name] != told[name])


def _papers(story: Story, rows: list[Submission]) -> Iterator[str]:
    """Submissions that are not word for word what the entries sealed."""
    found = {(row.step, row.submission): row for row in rows}
    for (step, number), sha256 in story.papers.items():
        row = found.pop((step, number), None)
        if row is None:
            yield f"{step} submission {number}: it is missing"
        elif digest(row.text) != sha256 or row.sha256 != sha256:
            yield f"{step} submission {number}: the text was changed"
    for step, number in found:
        yield f"{step} submission {number}: no entry knows it"


def _leaves(story: Story, rows: list[Leaf]) -> Iterator[str]:
    """Leaves that are not word for word what the entries sealed."""
    found = {row.pk: row for row in rows}
    for pk, sha256 in story.leaves.items():
        row = found.pop(pk, None)
        if row is None:
            yield f"leaf {pk}: it is missing"
        elif digest(row.text) != sha256 or row.sha256 != sha256:
            yield f"leaf {pk}: the text was changed"
    for pk in found:
        yield f"leaf {pk}: no entry knows it"


def _photos() -> Iterator[str]:
    """Photos beside the sheet that recorded them; the bytes of the files are read by `office.verify`."""
    for leaf in Leaf.objects.filter(sort=PHOTOS).order_by("pk").iterator(chunk_size=200):
        sheet = json.loads(leaf.text)
        sealed = dict(zip(sheet["photos"], zip(sheet["sha256"], sheet["small"], strict=True), strict=True))
        rows = Photo.objects.filter(leaf=leaf, incident=leaf.incident_id)
        if {pk: tuple(kept) for pk, *kept in rows.values_list("pk", "file__sha256", "small__sha256")} != sealed:
            yield f"leaf {leaf.pk}: its photos are not those that were recorded"


def _letters(days: list[dict[str, Any]]) -> Iterator[str]:
    """Letters beside what the checkpoints sealed; their bytes are read by `office.verify`."""
    sealed = {number: (sha256, day["day"]) for day in days for number, sha256 in day.get("letters", {}).items()}
    rows = IssuedLetter.objects.order_by("pk").values_list(
        "number", "file__sha256", "incident", "submission__incident", "submission__step"
    )
    for number, sha256, incident, written_for, step in rows:
        known, day = sealed.pop(number, (sha256, ""))
        if known != sha256:
            yield f"letter {number}: its bytes differ from the checkpoint of {day}"
        if (incident, "letter") != (written_for, step):
            yield f"letter {number}: it names the submission of something else"
    yield from (
        f"letter {number}: it is missing; the checkpoint of {day} knows it" for number, (_, day) in sealed.items()
    )


def _sound(checkpoints: list[Checkpoint]) -> list[dict[str, Any]]:
    """The texts of the checkpoints up to the first that does not match its hash."""
    previous, days = "", []
    for row in checkpoints:
        if row.previous != previous or digest(row.body, previous) != row.hash:
            break
        days.append(json.loads(row.body))
        previous = row.hash
    return days


def _checkpoints() -> Iterator[str]:
    rows = list(Checkpoint.objects.order_by("day"))
    days = _sound(rows)
    if len(days) < len(rows):
        yield f"checkpoint {rows[len(days)].day}: the text does not match its hash"
    yield from (
        f"checkpoint {row.day}: the day differs from the text"
        for row, day in zip(rows, days, strict=False)
        if str(row.day) != day["day"]
    )
    yield from _heads(days)
    yield from _letters(days)
    yield from _journal(days)
    yield from _sent({f"checkpoint:{row.day}": row.hash for row in rows})


def _heads(days: list[dict[str, Any]]) -> Iterator[str]:
    """Entries that a checkpoint knows and that are no longer there, or no longer the same."""
    entries = Entry.objects.values_list("incident__number", "seq", "hash").iterator(chunk_size=2000)
    kept = {(number, seq): hash_ for number, seq, hash_ in entries}
    for day in days:
        for number, (seq, hash_) in day["heads"].items():
            if kept.get((number, seq)) != hash_:
                yield f"incident {number} entry {seq}: differs from the checkpoint of {day['day']}"


def _journal(days: list[dict[str, Any]]) -> Iterator[str]:
    """The journal of each day beside the fingerprint that its checkpoint sealed."""
    for day in days:
        found, _last = journal_day_hash(date.fromisoformat(day["day"]), upto=day["journal_last"])
        if found != day["journal"]:
            yield f"journal of {day['day']}: a row was changed, added or taken away since the checkpoint"


def _sent(kept: dict[str, str]) -> Iterator[str]:
    """What was mailed to the auditors: a checkpoint that was cut off or made anew says something else."""
    mails = Outbox.objects.filter(key__startswith="checkpoint:").order_by("key").values_list("key", "body")
    for key, hash_ in mails:
        day = key.rpartition(":")[0]
        if kept.get(day) != hash_:
            yield f"{day.replace(':', ' ')}: differs from what was mailed to the auditor"
