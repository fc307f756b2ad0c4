"""One incident walked in memory: the engine decides, the chain is the real one, nothing is saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from django.db.models import Model

from config.demo.people import PROFILE
from config.demo.scale.firms import Client
from config.demo.scale.rows import Rows
from config.demo.scale.staff import Staff
from customers.models import Contact
from incidents.chain import linked
from incidents.effects import Effect
from incidents.engine import Case, Command, Event, Playbook, Rules, begin, decide, playbook_of, replay, tick, wakes_at
from incidents.models import Incident, IssuedLetter, Note, Submission
from incidents.projection import project
from incidents.steps import KINDS, Setting, StepPaper
from office.hashing import canonical, digest
from office.models import User


class NotYetError(Exception):
    """The next act lies ahead of now: the walk ends here, and the incident is open."""


class Desk(Setting):
    """A paper's setting that asks the database nothing: the walk names only people it has made itself."""

    def check(self, **_people: Any) -> None:
        """Everybody is known."""

    @property
    def effects(self) -> list[Effect]:
        """Nothing speaks against what the walk tells."""
        return []


@dataclass(frozen=True)
class World:
    """What all walks share."""

    staff: Staff
    rules: Rules
    now: datetime
    pins: Mapping[str, dict[str, str]]  # by playbook


@dataclass
class Walk:
    """An incident under way."""

    world: World
    client: Client
    incident: Incident
    random: Random
    rows: Rows
    key: Callable[[type[Model]], int]  # the next primary key of a table
    count: Callable[[str], int]  # the next number of a counter
    letter: IssuedLetter | None = field(default=None, init=False)
    case: Case = field(init=False)
    at: datetime = field(init=False)

    @property
    def owner(self) -> User:
        """Who is in charge."""
        return self.incident.owner

    @property
    def contact(self) -> Contact:
        """Whom it happened to: the first of the customer's people."""
        return self.client.contacts[0]

    @property
    def playbook(self) -> type[Playbook]:
        """The rules it runs by now."""
        return playbook_of(self.case.playbook, self.case.version)

    def open(self, playbook: type[Playbook], by: User, paper: Mapping[str, Any]) -> None:
        """The first report, as `incidents.services.reports` files it."""
        incident, self.at = self.incident, self.incident.opened_at
        case, begun = begin(playbook, incident.severity, self.at, self.world.rules)
        kind = KINDS["report"]
        report = kind.paper.model_validate(paper)
        facts = dict(kind.facts(report, Desk(incident, by, self.at, 1)))
        order = Command("submit", by.pk, frozenset({"owner"}), "report", 0, facts)
        events = [*begun, *decide(playbook, case, order, self.at, self.world.rules)]
        self.case = case._replace(steps=dict.fromkeys(case.steps, type(case.steps["report"])()))
        about = {
            "command": "open", "step": "report", "submission": 0, "facts": facts, "pins": incident.pins,
            "begin": {"playbook": case.playbook, "version": case.version, "severity": case.severity},
            "people": {"owner": incident.owner_id, "recorded_by": by.pk, "told_to": incident.told_to_id},
            "sha256": self._freeze(by, "report", 1, report),
        }  # fmt: skip
        self._enter(by, str(incident.start_key), events, about)

    def later(self, minutes: int) -> datetime:
        """A moment of business time after the last act; NotYetError when it lies ahead."""
        return self.upto(self.world.rules.calendar.add_minutes(self.at, minutes))

    def upto(self, at: datetime) -> datetime:
        """The later of a moment and the last act; NotYetError when it lies ahead of now."""
        at = max(at, self.at)
        if at > self.world.now:
            raise NotYetError
        return at

    def submit(self, at: datetime, by: User, part: str, step: str, data: Mapping[str, Any]) -> None:
        """A paper is submitted, read as its kind reads it."""
        kind = KINDS[self.playbook.steps[step].kind]
        number = self.case.steps[step].submission + 1
        paper = kind.paper.model_validate(data)
        self.incident.case = {"known": dict(self.case.known)}  # the row itself is projected once, at the end
        facts = kind.facts(paper, Desk(self.incident, by, at, number))
        self.give(at, by, part, "submit", step, facts, sha256=self._freeze(by, step, number, paper, at))

    def submit_read(
        self, at: datetime, by: User, part: str, step: str, paper: StepPaper, facts: Mapping[str, Any]
    ) -> Submission:
        """A paper whose facts are known already; returns its frozen copy."""
        number = self.case.steps[step].submission + 1
        self.give(at, by, part, "submit", step, facts, sha256=self._freeze(by, step, number, paper, at))
        return self.rows.submissions[-1]

    def submit_facts(self, at: datetime, step: str, data: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        """The owner submits a paper whose facts would have to be asked of the database."""
        self.submit_read(at, self.owner, "owner", step, KINDS[step].paper.model_validate(data), facts)

    def letter_number(self, year: int) -> str:
        """The next number of a letter, as the profile writes it."""
        return f"{PROFILE['letter_prefix']}{year}-{self.count(f'letter:{year}'):04d}"

    def arrange(self, at: datetime, by: User, data: Mapping[str, Any]) -> None:
        """A visit is arranged."""
        kind = KINDS["visit"]
        if kind.arrangement is None or kind.arrangement_facts is None:
            raise TypeError("a visit is arranged first")
        paper = kind.arrangement.model_validate(data)
        facts = kind.arrangement_facts(paper, Desk(self.incident, by, at))
        if self.incident.severity == "A":  # a grave one is rehearsed before
            self.give(at, by, "owner", "rehearse", "", {"known": {"rehearsed": ["ended", "scolded", "silent"]}})
        self.give(at, by, "owner", "start", "visit", facts)

    def note(self, at: datetime, by: User, part: str, name: str, step: str, note: Note) -> None:
        """A command that comes with a sentence: kept as a note, named by its id."""
        note.incident, note.by, note.at = self.incident, by, at
        self.rows.notes.append(note)
        self.give(at, by, part, name, step, {"note": note.pk})

    def give(
        self, at: datetime, by: User, part: str, name: str, step: str = "", facts: Mapping[str, Any] | None = None,
        **about: Any,
    ) -> None:  # fmt: skip
        """One command, after the alarms that have passed before it."""
        self.ring(at)
        self.at = at
        plain = json.loads(canonical(facts or {}))
        submission = self.case.steps[step].submission if step else 0
        command = Command(name, by.pk, frozenset({part, "colleague"}), step, submission, plain)
        events = decide(self.playbook, self.case, command, at, self.world.rules)
        told = {"command": name, "step": step, "submission": submission, "facts": plain, **about}
        self._enter(by, f"generated:{self.incident.head_seq + 1}", events, told)

    def ring(self, at: datetime) -> None:
        """The alarms that have passed, each at its time."""
        while (wakes := wakes_at(self.case)) is not None and wakes <= at:
            events = tick(self.case, wakes)
            self.at = max(wakes, self.case.at)
            key = f"clock:{self.incident.head_seq + 1}"
            self._enter(None, key, events, {"command": "tick", "step": "", "submission": 0, "facts": {}})

    def _freeze(self, by: User, step: str, number: int, paper: StepPaper, at: datetime | None = None) -> str:
        text = canonical(paper.model_dump(mode="json"))
        sha256 = digest(text)
        self.rows.submissions.append(
            Submission(incident=self.incident, step=step, submission=number, text=text, sha256=sha256, by=by,
                       at=at or self.at)
        )  # fmt: skip
        return sha256

    def _enter(self, actor: User | None, key: str, events: list[Event], about: Mapping[str, Any]) -> None:
        """One entry of the chain."""
        self.rows.entries.append(linked(self.incident, at=self.at, actor=actor, key=key, events=events, about=about))
        self.case = replay(self.case, events)

    def finish(self) -> None:
        """Set the columns that follow from the case."""
        project(self.incident, self.case, self.at)
