"""One command on one incident: as it comes in, while it is worked on, and what it has led to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from customers.services import ActivityRow
from incidents.engine import Case, Event, Playbook, Rules, playbook_of
from incidents.models import Incident, Submission
from office.models import User
from office.selectors import Directory, business_calendar, people
from office.services import Message


@dataclass(frozen=True)
class Order:
    """A command as it comes in: which, to which step, over which submission, with which paper, under which key."""

    name: str
    key: str
    step: str = ""
    submission: int = 0
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What a command has led to. `fresh` is false when it was answered from its entry."""

    incident: Incident
    case: Case
    seq: int
    fresh: bool


@dataclass
class Turn:
    """One command on a locked incident, from reading to writing."""

    incident: Incident
    at: datetime
    actor: User | None
    case: Case
    key: str
    command: str
    events: Sequence[Event] = ()
    about: dict[str, Any] = field(default_factory=dict)  # what the entry keeps beside the events
    pinned: dict[str, str] = field(default_factory=dict)  # new pins, kept in the entry
    frozen: list[Submission] = field(default_factory=list)  # papers as they were submitted, still to be written
    messages: list[Message] = field(default_factory=list)
    activities: list[ActivityRow] = field(default_factory=list)
    births: list[Turn] = field(default_factory=list)  # incidents split off, written after it

    @cached_property
    def directory(self) -> Directory:
        """Our people, read when first needed."""
        return people()

    @property
    def rules(self) -> Rules:
        """The incident's pins and today's calendar."""
        return Rules(self.incident.pins, business_calendar())

    @property
    def playbook(self) -> type[Playbook]:
        """The playbook the incident is pinned to."""
        return playbook_of(self.case.playbook, self.case.version)
