"""Reading calendar files (.ics, RFC 5545): the coming events, repeating ones day by day. Pure: bytes in, events out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from django.utils.translation import gettext_noop
from icalendar import Calendar

from office.clock import JST
from office.errors import Refused
from office.text import clean_line, has_unseen

LARGEST = 2 * 1024 * 1024
MOST_EVENTS = 2_000
AHEAD = timedelta(days=366)  # how far a repeating event is followed
MOST_REPEATING = 300
OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PLAIN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"}  # what calendars of offices write
TOO_LARGE = gettext_noop("The file is larger than 2 MB. Please export a shorter span of time.")
NO_CALENDAR = gettext_noop("This is not a calendar file (.ics). Please export it from your calendar once more.")
TOO_MANY = gettext_noop("The file holds more than 2,000 events. Please export a shorter span of time.")


@dataclass(frozen=True)
class Event:
    """One event on one day. `uid` names it for ever, a repetition with its day."""

    uid: str
    title: str
    starts: datetime
    ends: datetime
    place: str = ""
    attendees: str = ""
    cancelled: bool = False


@dataclass
class Events(list[Event]):
    """The events still to come; `past` counts those that have ended."""

    past: int = field(default=0)


def read_events(data: bytes, at: datetime) -> Events:
    """Return the events of a file that have not ended at `at`; Refused for what is no calendar, or too much."""
    if len(data) > LARGEST:
        raise Refused("invalid", TOO_LARGE, field="file")
    try:
        parts = [part for calendar in Calendar.from_ical(data, multiple=True) for part in calendar.walk("VEVENT")]
        if not parts and b"BEGIN:VCALENDAR" not in data.upper():
            raise Refused("invalid", NO_CALENDAR, field="file")
        if len(parts) > MOST_EVENTS or sum("RRULE" in part for part in parts) > MOST_REPEATING:
            raise Refused("invalid", TOO_MANY, field="file")
        return _coming(parts, at)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise Refused("invalid", NO_CALENDAR, field="file") from error


def _coming(parts: list[Any], at: datetime) -> Events:
    found: dict[str, Event] = {}
    past = 0
    moved = {(str(part.get("UID", "")), _stamp(part["RECURRENCE-ID"].dt)) for part in parts if "RECURRENCE-ID" in part}
    for part in parts:
        for event in _events(part, at, moved):
            if event.ends <= at and not event.cancelled:
                past += 1
            else:
                found[event.uid] = event
    if len(found) > MOST_EVENTS:
        raise Refused("invalid", TOO_MANY, field="file")
    events = Events(past=past)
    events.extend(sorted(found.values(), key=lambda event: (event.starts, event.uid)))
    return events


def _events(part: Any, at: datetime, moved: set[tuple[str, str]]) -> Iterator[Event]:
    uid, first = str(part.get("UID", "")), part["DTSTART"].dt
    starts, length = _moment(first), _length(part, first)
    if "RECURRENCE-ID" in part:
        yield _event(part, _named(uid, _stamp(part["RECURRENCE-ID"].dt)), starts, length)
    elif "RRULE" not in part:
        yield _event(part, _named(uid, "" if uid else _stamp(first)), starts, length)
    else:
        for day in _repeated(part, starts, length, at):
            if (uid, stamp := _stamp(day)) not in moved:
                yield _event(part, _named(uid, stamp), day, length)


def _repeated(part: Any, starts: datetime, length: timedelta, at: datetime) -> Iterator[datetime]:
    """The repetitions still to come within a year, in wall-clock time of Japan; of an odd rule the first day only."""
    rule = _listed(part["RRULE"])[0].to_ical().decode().upper()
    pieces = dict(piece.split("=", 1) for piece in rule.split(";") if "=" in piece)
    until = min(_until(pieces.pop("UNTIL", "")) or at + AHEAD, at + AHEAD)
    count = int(pieces.pop("COUNT", 0)) or None
    if until < at:
        return
    if pieces.get("FREQ") not in OFTEN or not set(pieces) <= PLAIN:
        yield starts
        return
    left_out = {_stamp(value.dt) for group in _listed(part.get("EXDATE")) for value in group.dts}
    days = rrulestr(";".join(f"{name}={value}" for name, value in pieces.items()),
                    dtstart=starts.astimezone(JST).replace(tzinfo=None))  # fmt: skip
    for day in islice(days, count):
        moment = day.replace(tzinfo=JST)
        if moment > until:
            return
        if moment + length > at and _stamp(moment) not in left_out:
            yield moment


def _until(text: str) -> datetime | None:
    if not text:
        return None
    if "T" not in text:
        return datetime.combine(datetime.strptime(text, "%Y%m%d").replace(tzinfo=JST).date(), time(23, 59, 59), JST)
    plain = datetime.strptime(text.rstrip("Zz"), "%Y%m%dT%H%M%S")
    return plain.replace(tzinfo=UTC if text[-1:] in "Zz" else JST)


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _length(part: Any, first: date | datetime) -> timedelta:
    if "DTEND" in part:
        length = _moment(part["DTEND"].dt) - _moment(first)
    elif "DURATION" in part:
        length = part["DURATION"].dt
    else:
        length = timedelta(hours=1) if isinstance(first, datetime) else timedelta(days=1)
    return length if length > timedelta(0) else timedelta(minutes=1)


def _event(part: Any, uid: str, starts: datetime, length: timedelta) -> Event:
    people = "、".join(name for who in _listed(part.get("ATTENDEE")) if (name := _line(who.params.get("CN", ""), 80)))
    cancelled = str(part.get("STATUS", "")).upper() == "CANCELLED"
    title = _line(part.get("SUMMARY", ""), 200) or "予定"
    return Event(uid, title, starts, starts + length, _line(part.get("LOCATION", ""), 200), people[:1000], cancelled)


def _named(uid: str, stamp: str) -> str:
    """The event's own name; one without any is known by its moment."""
    text = clean_line(uid) or "-"
    return f"{text[:220]}#{stamp}" if stamp else text[:255]


def _line(text: Any, limit: int) -> str:
    """One line of what the calendar says, without what cannot be seen."""
    plain = clean_line(str(text))
    return "".join(char for char in plain if not has_unseen(char))[:limit].strip()


def _moment(value: date | datetime) -> datetime:
    """A day begins at midnight; a time without a zone is meant in Japan."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(0))
    moment = value if value.tzinfo else value.replace(tzinfo=JST)
    if not 1990 <= moment.year <= 2100:
        raise ValueError("a year out of reach")
    return moment.astimezone(UTC)


def _stamp(value: date | datetime) -> str:
    return f"{_moment(value):%Y%m%dT%H%M}"
