"""The only writer of incidents and entries.

A command locks the incident's row, reads, decides, and writes entry, projection, activities and outbox in one durable
transaction. A retried command is answered from its entry. Nobody forces a state, not even the admin.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext, override

from customers.services import ActivityRow, activities_put, care_hold_drop, care_hold_put
from incidents.agenda import agenda, read_notice, rows, source
from incidents.chain import canonical, digest
from incidents.engine import (
    Case,
    Command,
    Event,
    Playbook,
    Rules,
    begin,
    decide,
    playbook_of,
    playbooks,
    replay,
    tick,
    wakes_at,
)
from incidents.engine.codec import case_from_json, case_to_json, event_to_json, moment_text
from incidents.engine.playbook import MANAGER
from incidents.engine.translation import _
from incidents.models import Entry, Incident, Submission
from incidents.orders import ORDERS
from incidents.parts import parts_of
from incidents.pins import pins
from incidents.selectors import incidents_visible
from incidents.steps import KINDS, Setting, StepPaper
from incidents.steps.reading import validated
from office.clock import JST
from office.errors import Refused
from office.models import User
from office.selectors import Directory, business_calendar, people
from office.services import Message, outbox_put
from office.viewer import Viewer


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
    messages: list[Message] = field(default_factory=list)
    activities: list[ActivityRow] = field(default_factory=list)

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


def locked(queryset: QuerySet[Incident], number: str, key: str) -> Incident:
    """The incident, its row locked, with everything a command needs and the entry of this key, in one statement."""
    entry = Entry.objects.filter(incident=OuterRef("pk"), key=key).values("seq")[:1]
    found = (
        queryset.filter(number=number)
        .select_related("customer", "owner__boss", "owner__team", "deputy")
        .select_for_update(of=("self",), no_key=True)
        .annotate(answered=Subquery(entry))
        .first()
    )
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return found


def execute(*, viewer: Viewer, number: str, order: Order) -> Done:
    """Carry out one command for a viewer.

    Refused: not_found for an incident that is not the viewer's, conflict for a wrong order or a stale page (with who
    was first and when), forbidden for a missing part, incomplete or invalid for a paper that does not hold.
    """
    if not order.key:
        raise Refused("invalid", "The request has no key.")
    try:
        return _execute(viewer, number, order)
    except (Refused, IntegrityError):
        # The same key in the same moment: PostgreSQL looks for the entry before it waits for the incident's row.
        if done := _answered(viewer, number, order.key):
            return done
        raise


def _answered(viewer: Viewer, number: str, key: str) -> Done | None:
    """What the entry of this key has led to; None when there is none."""
    entries = Entry.objects.filter(incident__in=incidents_visible(viewer), incident__number=number, key=key)
    entry = entries.select_related("incident").first()
    if entry is None:
        return None
    return Done(entry.incident, case_from_json(entry.incident.case), entry.seq, fresh=False)


@transaction.atomic(durable=True)
def _execute(viewer: Viewer, number: str, order: Order) -> Done:
    incident = locked(incidents_visible(viewer), number, order.key)
    case = case_from_json(incident.case)
    answered: int | None = incident.answered  # type: ignore[attr-defined]
    if answered is not None:
        return Done(incident, case, answered, fresh=False)
    turn = Turn(incident, viewer.at, viewer.user, case, order.key, order.name)
    try:
        _take(turn, viewer, order)
    except Refused as refusal:
        raise _who_was_first(refusal, turn, order) from refusal
    return turn_over(turn)


def _take(turn: Turn, viewer: Viewer, order: Order) -> None:
    """Read the paper, let the engine decide, freeze what was submitted and let follow what follows."""
    parts = parts_of(viewer, turn.incident, turn.case)
    setting = Setting(turn.incident, viewer.user, turn.at, order.submission + (order.name == "submit"))
    _before_reading(turn, parts, order)
    paper, facts = _read(turn, order, setting)
    if order.name == "change_kind":  # from here on it runs by the numbers of its new kind
        turn.incident.pins = pins(playbook_of(facts["playbook"], facts["version"]), turn.at)
        turn.pinned = turn.incident.pins
    command = Command(order.name, viewer.user.pk, parts, order.step, order.submission, facts)
    turn.events = decide(turn.playbook, turn.case, command, turn.at, turn.rules)
    turn.about = {"command": order.name, "step": order.step, "submission": order.submission, "facts": dict(facts)}
    if order.name == "submit" and paper is not None:
        turn.about["sha256"] = freeze(turn, setting, order.step, paper)
    then = replay(turn.case, turn.events[:1])
    _follow(turn, order, setting, paper, then)


def _before_reading(turn: Turn, parts: frozenset[str], order: Order) -> None:
    """A wrong order or a missing part is refused before anybody is told what is wrong with a paper."""
    if order.name in ("submit", "start"):
        blind = Command(order.name, turn.actor.pk if turn.actor else 0, parts, order.step, order.submission)
        try:
            decide(turn.playbook, turn.case, blind, turn.at, turn.rules)
        except Refused as refusal:
            if refusal.code != "incomplete":
                raise


def _read(turn: Turn, order: Order, setting: Setting) -> tuple[StepPaper | None, dict[str, Any]]:
    """The validated paper of a command that has one, and the facts for the engine and the entry."""
    if order.step and order.name in ("submit", "start"):
        step = turn.playbook.steps[order.step]
        kind = KINDS[step.kind]
        if order.name == "submit":
            paper = validated(kind.paper, order.data)
            return paper, json.loads(canonical(kind.facts(paper, setting)))
        if kind.arrangement and kind.arrangement_facts:
            paper = validated(kind.arrangement, order.data)
            return paper, json.loads(canonical(kind.arrangement_facts(paper, setting)))
    form = ORDERS.get(order.name)
    if form is None:
        raise Refused("invalid", "There is no command %(command)s.", command=order.name)
    return None, json.loads(canonical(form.facts(validated(form.paper, order.data), setting)))


def freeze(turn: Turn, setting: Setting, step: str, paper: StepPaper) -> str:
    """Keep the submitted paper word for word; the entry holds its SHA-256."""
    text = canonical(paper.model_dump(mode="json"))
    sha256 = digest(text)
    Submission.objects.create(
        incident=turn.incident, step=step, submission=setting.submission, text=text, sha256=sha256,
        by=setting.actor, at=turn.at,
    )  # fmt: skip
    return sha256


def _follow(turn: Turn, order: Order, setting: Setting, paper: StepPaper | None, then: Case) -> None:
    """When a round has all its signatures, its kind's effect runs in the same transaction."""
    if not order.step or order.name not in ("submit", "approve", "approve_with_remark"):
        return
    now = then.steps[order.step]
    if now.state != "submitted" or now.asks:
        return
    kind = KINDS[turn.playbook.steps[order.step].kind]
    if paper is None:
        row = Submission.objects.get(incident=turn.incident, step=order.step, submission=now.submission)
        paper = kind.paper.model_validate_json(row.text)
    kind.ended(paper, Setting(turn.incident, setting.actor, turn.at, now.submission))


def turn_over(turn: Turn) -> Done:
    """Write entry, projection, activities and outbox."""
    incident = turn.incident
    before = agenda(turn.playbook, incident, turn.case, lambda: turn.directory)
    after = replay(turn.case, turn.events)
    _apply(turn, after)
    seq = _enter(turn)
    project(incident, after, turn.at)
    incident.save(update_fields=PROJECTED)
    wanted = agenda(playbook_of(after.playbook, after.version), incident, after, lambda: turn.directory)
    changed = rows(before, wanted, incident, turn.actor.pk if turn.actor else None) + turn.activities
    if changed:
        activities_put(changed, at=turn.at)
    if turn.messages:
        outbox_put(turn.messages, at=turn.at)
    if after.over != turn.case.over or turn.command == "open":
        _care(incident, after)
    return Done(incident, after, seq, fresh=True)


def _care(incident: Incident, case: Case) -> None:
    """A customer is in care while an incident of theirs is not over."""
    hold = source(incident, "care")
    if case.over:
        care_hold_drop(hold)
    else:
        care_hold_put(incident.customer_id, hold)


def _apply(turn: Turn, after: Case) -> None:
    """The few columns that follow a command and are no part of the case: people, a customer who asks again, pins."""
    incident, facts = turn.incident, turn.about.get("facts", {})
    if turn.command == "assign":
        people_ = {name: facts[name] for name in ("owner", "deputy", "liaison") if name in facts}
        for name, pk in people_.items():
            setattr(incident, name, turn.directory.get(pk))
        if incident.owner is None:
            raise Refused("invalid", "Choose people of our company.", field="owner")
        turn.about["people"] = people_
    has_read = turn.actor is not None and turn.actor.pk == incident.told_to_id and turn.command != "open"
    ender = turn.actor if has_read or after.over else None
    if ender and (notice := read_notice(incident, ended_by=ender)):
        turn.activities.append(notice)
    if turn.command == "chase":
        incident.chased_at = turn.at
    elif turn.command == "submit" and turn.about.get("step") in ("first_apology", "visit", "follow_up", "hand_over"):
        incident.chased_at = None
    if turn.pinned:
        turn.about["pins"] = turn.pinned


def _enter(turn: Turn) -> int:
    """Append the entry to the chain."""
    incident = turn.incident
    seq = incident.head_seq + 1
    body = canonical(
        {
            "number": incident.number,
            "seq": seq,
            "at": moment_text(turn.at),
            "actor": turn.actor.pk if turn.actor else None,
            "key": turn.key,
            "events": [event_to_json(event) for event in turn.events],
            **turn.about,
        }
    )
    hash_ = digest(body, incident.head_hash)
    Entry.objects.create(
        incident=incident, seq=seq, at=turn.at, actor=turn.actor, key=turn.key, body=body,
        previous=incident.head_hash, hash=hash_,
    )  # fmt: skip
    incident.head_seq, incident.head_hash = seq, hash_
    return seq


PROJECTED = [
    "kind", "version", "state", "severity", "current", "due", "wake_at", "case", "head_seq", "head_hash", "updated_at",
    "chased_at", "owner", "deputy", "liaison", "pins", "closed_at",
]  # fmt: skip


def project(incident: Incident, case: Case, at: datetime) -> None:
    """Set the columns that follow from the case."""
    incident.kind, incident.version = case.playbook, case.version
    incident.state, incident.severity = case.state, case.severity
    incident.current, incident.due = _current(case)
    incident.wake_at = wakes_at(case)
    incident.case = case_to_json(case)
    incident.updated_at = at
    incident.closed_at = at if case.over and incident.closed_at is None else incident.closed_at if case.over else None


def _current(case: Case) -> tuple[str, datetime | None]:
    """The step the list shows, with its due: the one due first."""
    if case.over:
        return "", None
    pending = [(p.due, name) for name, p in case.steps.items() if p.state in ("open", "submitted") and p.due]
    if not pending:
        return "", None
    due, name = min(pending)
    return name, due


def _who_was_first(refusal: Refused, turn: Turn, order: Order) -> Refused:
    """Tell the loser of a race by whom and when; other refusals stay as they are."""
    if refusal.code != "conflict" or "state" not in refusal.facts:
        return refusal
    step = str(refusal.facts.get("step", ""))
    last = Entry.objects.filter(incident=turn.incident).order_by("-seq").select_related("actor")
    first = next((entry for entry in last[:20] if entry.actor and _moved(json.loads(entry.body), step)), None)
    if first is None or first.actor is None:
        return refusal
    sentence = FIRST_AT_STEP if step else FIRST_AT_INCIDENT
    when = f"{first.at.astimezone(JST):%Y-%m-%d %H:%M}"
    return Refused("conflict", sentence, who=first.actor.called, when=when, state=refusal.facts["state"], step=step)


FIRST_AT_STEP = _("%(who)s was first (%(when)s). This step is now: %(state)s.")
FIRST_AT_INCIDENT = _("%(who)s was first (%(when)s). The incident is now: %(state)s.")


def _moved(body: dict[str, Any], step: str) -> bool:
    """Whether an entry brought a step (or, without one, the incident) into another state."""
    return any(about == step and "state" in sets for _name, about, _at, sets in body["events"])


def open_case(incident: Incident, at: datetime) -> tuple[Case, list[Event]]:
    """A fresh case of the incident's kind under its pins."""
    playbook = playbooks()[incident.kind]
    return begin(playbook, incident.severity, at, Rules(incident.pins, business_calendar()))


@transaction.atomic(durable=True)
def ring(*, number: str, at: datetime) -> list[Event]:
    """Tell the alarms of one incident that have passed by `at`; nothing when somebody else has told them."""
    incident = locked(Incident.objects.all(), number, f"clock:{at.isoformat()}")
    case = case_from_json(incident.case)
    events = tick(case, at)
    if not events:
        return []
    told = ",".join(f"{e.step}:{case.steps[e.step].submission}:{e.sets['level']}" for e in events)
    # The place in the chain comes first: what is cut off at the end must not make two keys equal.
    key = f"clock:{incident.head_seq}:{told}"[:80]
    turn = Turn(incident, max(at, case.at), None, case, key, "tick", events)
    turn.about = {"command": "tick", "step": "", "submission": 0, "facts": {}}
    if incident.severity == "A":
        turn.messages += [message for event in events if (message := _alarm_mail(turn, event))]
    turn_over(turn)
    return list(events)


def _alarm_mail(turn: Turn, event: Event) -> Message | None:
    """Live alerts are for grave matters only; the subject may stand on a lock screen."""
    incident = turn.incident
    receiver = incident.owner if event.sets["level"] == 1 else incident.owner.boss
    if receiver is None:
        return None
    with override(receiver.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = gettext("%(step)s is past its due (%(number)s).") % {
            "step": gettext(turn.playbook.steps[event.step].label),
            "number": incident.number,
        }
    key = f"incident:{incident.number}:{event.step}:{turn.key}"[-120:]
    return Message(key=key, to=receiver.pk, subject=subject, body=body, about=f"incident {incident.number}",
                   try_at=turn.at)  # fmt: skip


@transaction.atomic(durable=True)
def execute_by_clock(*, number: str, order: Order, at: datetime) -> Done:
    """Carry out what a rule asks for, without a person: the entry names no actor. Answered from its entry when told."""
    incident = locked(Incident.objects.all(), number, order.key)
    case = case_from_json(incident.case)
    answered: int | None = incident.answered  # type: ignore[attr-defined]  # annotated by `locked`
    if answered is not None:
        return Done(incident, case, answered, fresh=False)
    turn = Turn(incident, max(at, case.at), None, case, order.key, order.name)
    command = Command(order.name, 0, frozenset({MANAGER}))
    turn.events = decide(turn.playbook, case, command, turn.at, turn.rules)
    turn.about = {"command": order.name, "step": "", "submission": 0, "facts": {}}
    return turn_over(turn)
