"""Cases and events as plain JSON values, and back: what the entries hold and replay reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from incidents.engine.case import Case, Event, Progress

_MOMENTS = ("since", "due")
_TUPLES = ("asks", "signed", "unconfirmed")


def moment_text(at: datetime) -> str:
    """An aware moment in UTC, to the microsecond: one spelling for one moment, so equal texts have equal hashes."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def event_to_json(event: Event) -> list[Any]:
    """[name, step, at, sets] of plain JSON values."""
    return [event.name, event.step, moment_text(event.at), _plain(event.sets)]


def event_from_json(row: list[Any]) -> Event:
    """The event of a row written by `event_to_json`."""
    name, step, at, sets = row
    return Event(name, step, datetime.fromisoformat(at), _read_sets(sets) if step else sets)


def case_to_json(case: Case) -> dict[str, Any]:
    """A case as plain JSON values: the projection on the incident's row."""
    row = {**case._asdict(), "at": moment_text(case.at), "steps": _steps_to_json(case.steps)}
    left, known = row.pop("left"), row.pop("known")
    return {**row, **({"left": _steps_to_json(left)} if left else {}), **({"known": _plain(known)} if known else {})}


def case_from_json(data: Mapping[str, Any]) -> Case:
    """The case written by `case_to_json`."""
    steps, left = (
        {name: Progress(**_read_sets(sets)) for name, sets in data.get(kept, {}).items()} for kept in ("steps", "left")
    )
    return Case(**{**data, "at": datetime.fromisoformat(data["at"]), "steps": steps, "left": left})


def _steps_to_json(steps: Mapping[str, Progress]) -> dict[str, Any]:
    return {name: _plain(_changed(progress)) for name, progress in steps.items()}


def _changed(progress: Progress) -> dict[str, Any]:
    """Only what differs from a fresh step: the row stays small."""
    fresh = Progress()
    return {name: value for name, value in progress._asdict().items() if value != getattr(fresh, name)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _read_sets(sets: Mapping[str, Any]) -> dict[str, Any]:
    read = dict(sets)
    for name in _MOMENTS:
        if read.get(name):
            read[name] = datetime.fromisoformat(read[name]).astimezone(UTC)
    if "alarms" in read:
        read["alarms"] = tuple(datetime.fromisoformat(text).astimezone(UTC) for text in read["alarms"])
    for name in _TUPLES:
        if name in read:
            read[name] = tuple(read[name])
    return read
