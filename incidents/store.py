"""The only writer of incidents and entries.

A command locks the incident's row, reads, decides, and writes entry, projection, activities and outbox in one durable
transaction. A retried command is answered from its entry. Nobody forces a state, not even the admin.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext, gettext_noop

from customers.search import haystack
from customers.services import ActivityRow, activities_put, care_hold_drop, care_hold_put, promises_release
from incidents.agenda import agenda, failed_notice, read_notice, rows, source
from incidents.chain import linked
from incidents.engine import (
    LIFE,
    VERBS,
    Case,
    Command,
    Event,
    Rules,
    begin,
    check_life,
    decide,
    playbook_of,
    playbooks,
    replay,
    tick,
)
from incidents.engine.codec import case_from_json
from incidents.engine.company import UNANSWERED
from incidents.engine.life import CHASED
from incidents.engine.playbook import MANAGER
from incidents.engine.remedies import FAILED, raised
from incidents.models import Entry, Incident, Submission
from incidents.notices import alarm_mails, failed_mail
from incidents.orders import ORDERS
from incidents.parts import parts_of
from incidents.pins import pins
from incidents.projection import PROJECTED, project
from incidents.races import who_was_first
from incidents.selectors import incidents_visible, is_visible
from incidents.steps import KINDS, Setting, StepPaper
from incidents.steps.prevention import measures_undone
from incidents.steps.reading import validated
from incidents.turn import Done, Order, Turn
from office.errors import Refused
from office.hashing import canonical, digest
from office.prepared import Prepared, insert, together, update
from office.selectors import business_calendar
from office.services import outbox_put
from office.viewer import Viewer

ENDING = ("submit", "approve", "approve_with_remark", "agreed_by_mouth")  # with which a round may come to its end
WHY = {
    "withdraw": gettext_noop("The customer has withdrawn the matter."),
    "void": gettext_noop("The incident was logged by mistake."),
}


def _with_all(number: str, key: str) -> QuerySet[Incident]:
    """An incident with everything a command needs, and the entry of this key; its row is locked."""
    entry = Entry.objects.filter(incident=OuterRef("pk"), key=key).values("seq")[:1]
    return (
        Incident.objects.filter(number=number)
        .select_related("customer", "owner__boss", "owner__team", "deputy")
        .select_for_update(of=("self",), no_key=True)
        .annotate(answered=Subquery(entry))
        .order_by()
    )


_LOCKED = Prepared(_with_all, texts=2)


def locked(number: str, key: str, viewer: Viewer | None = None) -> Incident:
    """The incident, its row locked, with everything a command needs and the entry of this key, in one statement.

    Refused not_found, the same for what was never there and what is not the viewer's; without a viewer all are seen.
    """
    found = _LOCKED.first(number, key)
    if found is None or (viewer and not is_visible(viewer, found)):
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
    theirs = Q(incident__in=incidents_visible(viewer)) | Q(actor=viewer.user)  # who was only asked sees it no more
    entries = Entry.objects.filter(theirs, incident__number=number, key=key)
    entry = entries.select_related("incident").first()
    if entry is None:
        return None
    return Done(entry.incident, case_from_json(entry.incident.case), entry.seq, fresh=False)


@transaction.atomic(durable=True)
def _execute(viewer: Viewer, number: str, order: Order) -> Done:
    incident = locked(number, order.key, viewer)
    case = case_from_json(incident.case)
    answered: int | None = incident.answered  # type: ignore[attr-defined]
    if answered is not None:
        return Done(incident, case, answered, fresh=False)
    turn = Turn(incident, viewer.at, viewer.user, case, order.key, order.name)
    try:
        _take(turn, viewer, order)
    except Refused as refusal:
        raise who_was_first(refusal, incident) from refusal
    outcome = turn_over(turn)
    for born in turn.births:
        turn_over(born)
    return outcome


def _take(turn: Turn, viewer: Viewer, order: Order) -> None:
    """Read the paper, let the engine decide, freeze what was submitted and let follow what follows."""
    parts = parts_of(viewer, turn.incident, turn.case)
    number = order.submission + (order.name == "submit")
    setting = Setting(
        turn.incident,
        viewer.user,
        turn.at,
        number,
        lambda: turn.directory,
        turn.activities,
        order.step,
        turn.births,
        turn.messages,
    )
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
    if order.name == "start" and paper is not None:
        KINDS[turn.playbook.steps[order.step].kind].arranged(paper, setting)
    then = replay(turn.case, turn.events[:1])
    _follow(turn, order, setting, paper, then)


def _before_reading(turn: Turn, parts: frozenset[str], order: Order) -> None:
    """A wrong order or a missing part is refused before anybody is told what is wrong with a paper."""
    if order.name in LIFE:
        check_life(turn.case, Command(order.name, turn.actor.pk if turn.actor else 0, parts))
    elif order.name in ("submit", "start"):
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
    frozen = Submission(
        incident=turn.incident, step=step, submission=setting.submission, text=text, sha256=sha256,
        by=setting.actor, at=turn.at,
    )  # fmt: skip
    turn.frozen.append(frozen)
    return sha256


def _follow(turn: Turn, order: Order, setting: Setting, paper: StepPaper | None, then: Case) -> None:
    """When a round has all its signatures, its kind's effect runs in the same transaction."""
    if not order.step or order.name not in ENDING:
        return
    now = then.steps[order.step]
    if now.state != "submitted" or now.asks:
        return
    kind = KINDS[turn.playbook.steps[order.step].kind]
    if paper is None:
        row = Submission.objects.get(incident=turn.incident, step=order.step, submission=now.submission)
        paper = kind.paper.model_validate_json(row.text)
    kind.ended(paper, replace(setting, submission=now.submission))


def turn_over(turn: Turn) -> Done:
    """Write entry, projection, activities and outbox."""
    incident = turn.incident
    after = replay(turn.case, turn.events)
    if any(event.name == FAILED for event in turn.events):
        _tell_failed(turn)
    same = _untouched(turn, after)
    before = agenda(turn.playbook, incident, turn.case, lambda: turn.directory, same)
    _apply(turn, after)
    turn.activities += _what_falls(turn, after)
    entry = linked(incident, at=turn.at, actor=turn.actor, key=turn.key, events=turn.events, about=turn.about)
    project(incident, after, turn.at)
    wanted = agenda(playbook_of(after.playbook, after.version), incident, after, lambda: turn.directory, same)
    changed = rows(before, wanted, incident, turn.actor.pk if turn.actor else None) + turn.activities
    with together():
        if turn.frozen:
            insert(turn.frozen)
        insert([entry])
        update(incident, PROJECTED)
        activities_put(changed, at=turn.at)
    if turn.messages:
        outbox_put(turn.messages, at=turn.at)
    if after.over != turn.case.over or turn.command == "open":
        _care(incident, after)
    return Done(incident, after, entry.seq, fresh=True)


def _tell_failed(turn: Turn) -> None:
    """The rule for remedies has spoken: the boss has a row and a mail, whoever it was that noted it (practice 2-41)."""
    boss = turn.incident.owner.boss
    turn.activities.append(failed_notice(turn.incident))
    if boss and boss.is_active:
        turn.messages.append(failed_mail(turn, boss))


def _what_falls(turn: Turn, after: Case) -> list[ActivityRow]:
    """Beside the steps: nobody waits for a promise of what was withdrawn or void, and a mistake needs no measure.

    What we promised ourselves outlives a withdrawal; it comes back with an incident that was not void after all.
    """
    found: list[ActivityRow] = []
    if turn.actor and turn.command in ("withdraw", "void"):
        number, reason = turn.incident.number, gettext(WHY[turn.command])
        found += promises_release(number=number, reason=reason, by=turn.actor, at=turn.at)
    if "void" in (turn.case.state, after.state) and turn.case.state != after.state:
        found += measures_undone(turn.incident, "dropped" if after.state == "void" else "open")
    return found


def _untouched(turn: Turn, after: Case) -> frozenset[str]:
    """The steps whose posts cannot differ: nothing befell them, and the command was about another step."""
    if turn.command not in VERBS:
        return frozenset()
    return frozenset(name for name, now in turn.case.steps.items() if after.steps.get(name) == now)


def _care(incident: Incident, case: Case) -> None:
    """A customer is in care while an incident of theirs is not over."""
    hold = source(incident, "care")
    if case.over and case.state != "at_rest":  # whoever wants to be left alone gets no newsletter either
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
    if after.over and raised(turn.case):
        turn.activities.append(failed_notice(incident, "dropped"))
    if turn.command == "chase":
        incident.chased_at = incident.chased_at or turn.at  # who asks a third time does not wait any shorter
    elif turn.command == "take_back_chase":
        first = next(iter(after.known[CHASED]), None)
        incident.chased_at = datetime.fromisoformat(first["at"]) if first else None
    elif after.over or (turn.command == "submit" and KINDS[turn.playbook.steps[turn.about["step"]].kind].contact):
        incident.chased_at = None
    if turn.command in ("split", "name_references") and facts.get("invoice"):  # split off, its number goes along
        incident.invoice = "" if turn.command == "split" else facts["invoice"]
        incident.save(update_fields=["invoice"])
        turn.about["about"] = {"invoice": incident.invoice}
    if turn.command == "name_machine":  # found by it from now on, too
        incident.search = haystack(*incident.search.split("\n"), facts["known"]["machine"])
        incident.save(update_fields=["search"])
    if turn.pinned:
        turn.about["pins"] = turn.pinned


def open_case(incident: Incident, at: datetime) -> tuple[Case, list[Event]]:
    """A fresh case of the incident's kind under its pins."""
    playbook = playbooks()[incident.kind]
    return begin(playbook, incident.severity, at, Rules(incident.pins, business_calendar()))


@transaction.atomic(durable=True)
def ring(*, number: str, at: datetime) -> list[Event]:
    """Tell the alarms of one incident that have passed by `at`; nothing when somebody else has told them."""
    incident = locked(number, f"clock:{at.isoformat()}")
    case = case_from_json(incident.case)
    events = tick(case, at)
    if not events:
        return []
    rung = [event for event in events if event.step or event.name == UNANSWERED]
    told = ",".join(f"{e.step}:{case.steps[e.step].submission}:{e.sets['level']}" for e in rung if e.step)
    # The place in the chain comes first: what is cut off at the end must not make two keys equal.
    key = f"clock:{incident.head_seq}:{told}"[:80]
    turn = Turn(incident, max(at, case.at), None, case, key, "tick", events)
    turn.about = {"command": "tick", "step": "", "submission": 0, "facts": {}}
    turn.messages += [message for event in rung for message in alarm_mails(turn, event)]
    turn_over(turn)
    return list(events)


@transaction.atomic(durable=True)
def execute_by_clock(*, number: str, order: Order, at: datetime) -> Done:
    """Carry out what a rule asks for, without a person: the entry names no actor. Answered from its entry when told."""
    incident = locked(number, order.key)
    case = case_from_json(incident.case)
    answered: int | None = incident.answered  # type: ignore[attr-defined]  # annotated by `locked`
    if answered is not None:
        return Done(incident, case, answered, fresh=False)
    turn = Turn(incident, max(at, case.at), None, case, order.key, order.name)
    command = Command(order.name, 0, frozenset({MANAGER}))
    turn.events = decide(turn.playbook, case, command, turn.at, turn.rules)
    turn.about = {"command": order.name, "step": "", "submission": 0, "facts": {}}
    return turn_over(turn)
