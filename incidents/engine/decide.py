"""Decide what a command does: events with results, or a refusal with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from incidents.engine.case import ENDED, NOTHING, OVER, Case, Event, Progress, evolve, moved_on, replay
from incidents.engine.playbook import MANAGER, OWNER, Guard, Playbook, Step, playbook_of
from incidents.engine.rules import Rules
from incidents.engine.translation import _
from office.errors import Refused

NOTHING_HERE = _("There is nothing here to do this to.")
KNOWN = "known"  # the fact of a command that is about the incident as a whole, not about its step


class Command(NamedTuple):
    """What a person asks for. `parts` are the parts the actor plays in this incident now; `facts` is what guards read
    and what the entry keeps: enums, yen, dates, ids."""

    name: str
    actor: int
    parts: frozenset[str]
    step: str = ""
    submission: int = 0
    facts: Mapping[str, Any] = NOTHING


class Move(NamedTuple):
    """A command in its place: everything a verb may look at."""

    step: Step
    now: Progress
    command: Command
    at: datetime
    case: Case
    rules: Rules

    @property
    def part(self) -> str:
        """The part this signature strikes: one signature, one part, and the highest the signer plays, so that what
        is left can be signed lower down."""
        for part in reversed(self.now.asks or self.now.unconfirmed):
            if part in self.command.parts:
                return part
        return ""

    @property
    def signs(self) -> bool:
        """Four eyes: who did the work does not sign it, and one person strikes one part only."""
        return bool(self.part) and self.command.actor not in (self.now.doer, *self.now.signed)


@dataclass(frozen=True)
class Verb:
    """A thing that can be done to a step: from which states, by whom, and what it sets."""

    states: tuple[str, ...]
    may: Callable[[Move], bool]
    sets: Callable[[Move], dict[str, Any]]
    when: Callable[[Move], bool] = lambda move: True


def _is_doer(move: Move) -> bool:
    return move.step.by in move.command.parts


def _is_manager(move: Move) -> bool:
    return MANAGER in move.command.parts


def _start(move: Move) -> dict[str, Any]:
    text = move.command.facts.get(move.step.arranges) if move.step.arranges else None
    if text is None:
        return {"started": True}
    moment = datetime.fromisoformat(text)
    alarms = move.rules.alarms(move.step.name, moment, move.case.severity)
    return {"started": True, "due": moment, "alarms": alarms, "level": 0, "data": dict(move.command.facts)}


def _is_going(move: Move) -> bool:
    goes = move.command.actor in move.now.data.get("attendees", ())
    return goes or bool({move.step.by, "companion"} & move.command.parts)


def _arranged(move: Move) -> bool:
    return bool(move.step.arranges) and move.now.started and move.step.arranges in move.now.data


def _leave(move: Move) -> dict[str, Any]:
    """Practice 4-19: who goes alone has read the brief before."""
    data, going = move.now.data, {*move.now.data.get("attendees", ()), *move.case.companions}
    if len(going) < 2 and move.command.actor not in data.get("read", ()):
        raise Refused("incomplete", "You go alone: please read the brief of the visit first.")
    return {"data": {**data, "under_way": "on_the_way"}}


def _read_brief(move: Move) -> dict[str, Any]:
    return {"data": {**move.now.data, "read": [*move.now.data.get("read", ()), move.command.actor]}}


def _late(move: Move) -> dict[str, Any]:
    """The customer has been told: no arrival is missed before the new time."""
    moment = datetime.fromisoformat(move.now.data[move.step.arranges])
    expected = max(moment, move.at) + timedelta(minutes=int(move.command.facts.get("minutes", 0)))
    data = {**move.now.data, "under_way": "told_late", "expected": expected.isoformat()}
    return {"alarms": move.rules.alarms(move.step.name, expected, move.case.severity), "level": 0, "data": data}


def _arrive(move: Move) -> dict[str, Any]:
    """Nobody is missed any more; the result is still to be recorded."""
    data = {**move.now.data, "under_way": "arrived", "arrived_at": move.at.isoformat()}
    return {"alarms": (), "level": 0, "data": data}


def _submit(move: Move) -> dict[str, Any]:
    return {
        "state": "submitted", "submission": move.now.submission + 1, "doer": move.command.actor, "signed": (),
        "level": 0, "remark": False, "sent_back": False, "unconfirmed": (),
        "data": {name: fact for name, fact in move.command.facts.items() if name != KNOWN},
    }  # fmt: skip


def _sign(move: Move, *, remark: bool = False) -> dict[str, Any]:
    asks = tuple(p for p in move.now.asks if p != move.part)
    return {
        "asks": asks, "signed": (*move.now.signed, move.command.actor), "remark": remark or move.now.remark,
    }  # fmt: skip


def _confirm(move: Move) -> dict[str, Any]:
    left = tuple(p for p in move.now.unconfirmed if p != move.part)
    quiet = {} if left else {"due": None, "alarms": (), "level": 0}
    return {"unconfirmed": left, "signed": (*move.now.signed, move.command.actor), **quiet}


# a signature belongs to its submission: what is taken back, opened again or skipped bears none
_TAKEN_BACK = {"state": "waiting", "asks": (), "signed": (), "level": 0}
_OPENED_AGAIN = {"state": "waiting", "doer": 0, "signed": (), "unconfirmed": (), "due": None, "alarms": (), "level": 0}

VERBS: Mapping[str, Verb] = {
    "start": Verb(("open",), _is_doer, _start, lambda m: not m.now.started or bool(m.step.arranges)),
    "submit": Verb(("open",), _is_doer, _submit),
    "approve": Verb(("submitted",), lambda m: m.signs, _sign),
    "approve_with_remark": Verb(("submitted",), lambda m: m.signs, lambda m: _sign(m, remark=True)),
    "send_back": Verb(("submitted",), lambda m: m.signs, lambda m: {**_TAKEN_BACK, "sent_back": True}),
    "take_back": Verb(("submitted",), lambda m: m.command.actor == m.now.doer, lambda m: _TAKEN_BACK),
    "agreed_by_mouth": Verb(
        ("submitted",), lambda m: m.command.actor == m.now.doer,
        lambda m: {"asks": (), "unconfirmed": m.now.asks}, lambda m: m.step.by_mouth,
    ),
    "confirm": Verb(("done",), lambda m: m.signs, _confirm, lambda m: bool(m.now.unconfirmed)),
    "skip": Verb(
        ("waiting", "open"), _is_manager,
        lambda m: {
            "state": "skipped", "doer": m.command.actor, "signed": (), "due": None, "alarms": (), "level": 0,
        },
    ),
    "reopen": Verb(("done", "skipped"), _is_manager, lambda m: _OPENED_AGAIN),
    "read_brief": Verb(
        ("open",), _is_going, _read_brief,
        lambda m: _arranged(m) and m.command.actor not in m.now.data.get("read", ()),
    ),
    "on_the_way": Verb(
        ("open",), _is_going, _leave, lambda m: _arranged(m) and "under_way" not in m.now.data,
    ),
    "told_late": Verb(
        ("open",), _is_going, _late, lambda m: _arranged(m) and m.now.data.get("under_way") != "arrived",
    ),
    "arrived": Verb(
        ("open",), _is_going, _arrive, lambda m: _arranged(m) and m.now.data.get("under_way") != "arrived",
    ),
}  # fmt: skip


def begin(playbook: type[Playbook], severity: str, at: datetime, rules: Rules) -> tuple[Case, list[Event]]:
    """A new case of a playbook, and the events that open its first steps."""
    case = Case(
        playbook.key, playbook.version, _state(playbook), severity, at, dict.fromkeys(playbook.steps, Progress())
    )
    events = list(settle(playbook, case, at, rules))
    return replay(case, events), events


def decide(playbook: type[Playbook], case: Case, command: Command, at: datetime, rules: Rules) -> list[Event]:
    """What a command does to a case: its event and all that follows from it; Refused when it may not be.

    at: aware; the engine takes the later of it and the case's last event.
    """
    at = max(at, case.at)
    if command.name in LIFE:
        return _decide_life(playbook, case, command, at, rules)
    if case.over:
        raise Refused("conflict", "The incident is %(state)s.", state=case.state)
    move = _move(playbook, case, command, at, rules)
    verb = VERBS[command.name]
    if command.submission != move.now.submission or move.now.state not in verb.states or not verb.when(move):
        raise Refused("conflict", "This cannot be done now: %(step)s is %(state)s.", step=command.step,
                      state=move.now.state)  # fmt: skip
    if not verb.may(move):
        raise _forbidden(move)
    events = [Event(command.name, command.step, at, _with_approval(move, verb.sets(move)))]
    if known := command.facts.get(KNOWN):
        events.append(Event(KNOWN, "", at, {"known": {**case.known, **known}}))
    return [*events, *settle(playbook, replay(case, events), at, rules)]


def allowed(playbook: type[Playbook], case: Case, command: Command, rules: Rules) -> Iterator[tuple[str, str]]:
    """The (verb, step) pairs the actor of a command could do now, most forward first; `needs` is not asked."""
    if not case.over:
        for verb in VERBS:
            for name in case.steps:
                move = Move(playbook.steps[name], case.steps[name], command, case.at, case, rules)
                if move.now.state in VERBS[verb].states and VERBS[verb].when(move) and VERBS[verb].may(move):
                    yield verb, name
    for verb, life in LIFE.items():
        if (
            case.state in life.states
            and life.when(case)
            and life.concerns(case, command)
            and life.admits(case, command)
        ):
            yield verb, ""


def settle(playbook: type[Playbook], case: Case, at: datetime, rules: Rules) -> Iterator[Event]:
    """Bring every step where it belongs after a change: one pass in declared order always comes to rest."""
    steps = dict(case.steps)  # one copy for the whole pass: a step sees what became of those above it
    case = case._replace(steps=steps, at=at)
    for name, step in playbook.steps.items():
        now = steps[name]
        state, again = _next_state(step, now, case, rules)
        if state != now.state:
            event = Event(state, name, at, _entering(playbook, step, state, now, again, case, at, rules))
            steps[name] = moved_on(now, event.sets)
            yield event
    settled = all(steps[name].state in ENDED for name, step in playbook.steps.items() if not step.aftercare)
    life = "aftercare" if playbook.triaged and settled else _state(playbook)
    if life != case.state and not case.over:
        yield Event(life, "", at, {"state": life})


def _next_state(step: Step, now: Progress, case: Case, rules: Rules) -> tuple[str, bool]:
    if now.state == "done" or (now.state == "skipped" and now.doer):  # skipped by a person stays so
        return now.state, False
    for before in step.after:
        if case.steps[before.name].state not in ENDED:
            return "waiting", False
    if not step.only_if(case, rules):
        return "skipped", False
    if now.state in ("waiting", "skipped"):
        return "open", False
    if now.state == "submitted" and not now.asks:
        return ("open", True) if step.again_if(case, rules) else ("done", False)
    return now.state, False


def _entering(
    playbook: type[Playbook], step: Step, state: str, now: Progress, again: bool, case: Case, at: datetime, rules: Rules
) -> dict[str, Any]:
    """What a step is given when it enters a state: its round, its due and its alarms."""
    quiet: dict[str, Any] = {"state": state, "asks": (), "due": None, "alarms": (), "level": 0}
    if state == "skipped":
        return {**quiet, "doer": 0}
    if state == "done" and now.unconfirmed:  # agreed by word of mouth: the confirmation is still due
        due = rules.due("approval", 0, at, at, case.severity)
        return {**quiet, "due": due, "alarms": rules.alarms("approval", due, case.severity)}
    if state != "open":
        return quiet
    round_, since = now.round + again, now.since or at
    due = rules.due(f"{playbook.key}.{step.name}", round_, since, at, case.severity)
    alarms = rules.alarms("" if step.arranges else step.name, due, case.severity)
    return {
        "state": state, "asks": (), "due": due, "alarms": alarms, "level": 0,
        "round": round_, "since": since, "started": False,
    }  # fmt: skip


def _with_approval(move: Move, sets: dict[str, Any]) -> dict[str, Any]:
    """At submit: ask the guards of the case as it would then be, and freeze who must sign; before it is arranged, ask
    what an arrangement needs."""
    needs = {"submit": move.step.needs, "start": move.step.before}.get(move.command.name)
    if needs is None:
        return sets
    then = evolve(move.case, Event(move.command.name, move.step.name, move.at, sets))
    missing: list[Guard] = [need for need in needs if not need(then, move.rules)]
    if missing:
        raise Refused("incomplete", missing[0].sentence, field=missing[0].field,
                      missing=[need.code for need in missing])  # fmt: skip
    if move.command.name != "submit":
        return sets
    asks = tuple(move.step.approval(then, move.rules))
    if not asks:
        return {**sets, "due": None, "alarms": ()}
    due = move.rules.due("approval", 0, move.at, move.at, move.case.severity)
    return {**sets, "asks": asks, "due": due, "alarms": move.rules.alarms("approval", due, move.case.severity)}


def _move(playbook: type[Playbook], case: Case, command: Command, at: datetime, rules: Rules) -> Move:
    if command.name not in VERBS:
        raise Refused("invalid", "There is no command %(command)s.", command=command.name)
    if command.step not in playbook.steps:
        raise Refused("not_found", "There is no step %(step)s in this incident.", step=command.step)
    return Move(playbook.steps[command.step], case.steps[command.step], command, at, case, rules)


def _forbidden(move: Move) -> Refused:
    if move.part:
        return Refused("forbidden", "Whoever did the work or has already signed does not sign it.")
    return Refused("forbidden", "This is done by somebody else in this incident.")


@dataclass(frozen=True)
class Life:
    """A thing that can be done to the incident as a whole.

    when: of the case, beside its state; otherwise: what is said when it does not hold. barred: who may not though they
    play the part, since who asks does not decide. concerns: of the case and who asks; whom it does not concern is
    answered as if there were nothing here.
    """

    states: tuple[str, ...]
    parts: frozenset[str]
    when: Callable[[Case], bool] = lambda case: True
    otherwise: str = NOTHING_HERE
    barred: Callable[[Case], Collection[int]] = lambda case: ()
    concerns: Callable[[Case, Command], bool] = lambda case, command: True

    def admits(self, case: Case, command: Command) -> bool:
        """Whether the actor plays a part that may, and is not barred."""
        return bool(self.parts & command.parts) and command.actor not in self.barred(case)


def _alternatives(*states: str, who: tuple[str, ...] = ()) -> Callable[[Case, Command], bool]:
    """A set of alternatives stands in one of these states; with `who`, one that the actor wrote or was asked about."""
    return lambda case, command: any(
        row["state"] in states and (not who or command.actor in [row[name] for name in who])
        for row in case.known.get("alternatives", {}).values()
    )


def _review_signed(case: Case) -> bool:
    return "compensation" in case.steps and case.steps["compensation"].state == "done"


def _has_final_date(case: Case) -> bool:
    return bool(case.known.get("final_date"))


def _absence_is_asked(case: Case) -> bool:
    return bool(case.known.get("absence"))


def _asked_absence(case: Case) -> Collection[int]:
    """Four eyes: neither who asked for the absence nor whose it is allows it."""
    asked = case.known.get("absence") or {}
    return {pk for pk in (asked.get("asked_by"), case.known.get("final_goes")) if pk}


PLAN, VISIT = "plan", "visit"


def _news_for_the_plan(case: Case) -> bool:
    """Something was shared since the plan went to the boss (practice 4-14)."""
    plan = case.steps.get(PLAN, Progress())
    return plan.state in ("submitted", "done") and case.known.get("news") == plan.submission


def _visit_ahead(case: Case) -> bool:
    visit = case.steps.get(VISIT, Progress())
    return visit.state == "open" and visit.started and "starts" in visit.data


_LIVING = ("untriaged", "open", "aftercare")
_IN_CHARGE = frozenset({OWNER, MANAGER})
NO_FINAL_DATE = _("No final date is in force.")
NO_ABSENCE = _("No absence from the deadline day waits for a decision.")
LIFE: Mapping[str, Life] = {
    "close": Life(("open", "aftercare"), frozenset({OWNER, MANAGER})),
    "resume": Life(("aftercare", "closed", "withdrawn", "void", "at_rest"), frozenset({OWNER, MANAGER})),
    "change_kind": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "set_severity": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "assign": Life(_LIVING, frozenset({MANAGER})),
    "withdraw": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "void": Life(_LIVING, frozenset({MANAGER})),
    "merge": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "rest": Life((*_LIVING, "at_rest"), frozenset({MANAGER})),
    "note": Life((*_LIVING, *OVER), frozenset({OWNER, MANAGER, "colleague"})),
    "chase": Life(_LIVING, frozenset({OWNER, MANAGER, "colleague"})),
    "acknowledge": Life((*_LIVING, *OVER), frozenset({MANAGER, "boss"})),
    "prepare_alternatives": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "agree_alternatives": Life(_LIVING, frozenset({MANAGER}), concerns=_alternatives("asked", who=("asked",))),
    "return_alternatives": Life(_LIVING, frozenset({MANAGER}), concerns=_alternatives("asked", who=("asked",))),
    "open_alternatives": Life(_LIVING, frozenset({MANAGER}), concerns=_alternatives("agreed", who=("by", "asked"))),
    "offer_made": Life(_LIVING, frozenset({OWNER, MANAGER}), concerns=_alternatives("opened")),
    "counter_offer": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "agreement": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "loss_sheet": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "note_claims": Life(_LIVING, _IN_CHARGE),
    "told_to_customer": Life(_LIVING, frozenset({OWNER, MANAGER}), _review_signed),
    # the last day the customer has set: one is in force at a time, and only the customer's word moves or ends it
    "set_final_date": Life(
        _LIVING,
        _IN_CHARGE,
        lambda case: not _has_final_date(case),
        _("A final date is in force already. It is moved, not set anew."),
    ),
    "confirm_final_date": Life(
        _LIVING,
        _IN_CHARGE,
        lambda case: _has_final_date(case) and not case.known.get("final_confirmed"),
    ),
    "move_final_date": Life(_LIVING, _IN_CHARGE, _has_final_date, NO_FINAL_DATE),
    "meet_final_date": Life(_LIVING, _IN_CHARGE, _has_final_date, NO_FINAL_DATE),
    "lift_final_date": Life(_LIVING, _IN_CHARGE, _has_final_date, NO_FINAL_DATE),
    "ask_absence": Life(
        _LIVING,
        _IN_CHARGE,
        lambda case: _has_final_date(case) and not _absence_is_asked(case),
        _("Either no final date is in force, or the absence has been asked for already."),
    ),
    "allow_absence": Life(_LIVING, frozenset({MANAGER}), _absence_is_asked, NO_ABSENCE, _asked_absence),
    "refuse_absence": Life(_LIVING, frozenset({MANAGER}), _absence_is_asked, NO_ABSENCE, _asked_absence),
    "advise": Life(_LIVING, frozenset({MANAGER, "boss"})),
    "dissent": Life(_LIVING, frozenset({OWNER, MANAGER})),
    # of an opinion asked in private nobody else may learn by how he is refused: its parts alone decide
    "ask_opinion": Life(_LIVING, frozenset({OWNER})),
    "answer_opinion": Life(_LIVING, frozenset({"asked"})),
    "share_opinion": Life(_LIVING, frozenset({"asker"})),
    "withdraw_opinion": Life(_LIVING, frozenset({"asking"})),
    "bring_back_plan": Life(_LIVING, frozenset({OWNER}), _news_for_the_plan),
    "rehearse": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "ask_accompaniment": Life(_LIVING, frozenset({OWNER}), _visit_ahead),
    "answer_accompaniment": Life(_LIVING, frozenset({"invited"}), _visit_ahead),
    "read_result": Life(_LIVING, frozenset({"told"})),
}


def _state(playbook: type[Playbook]) -> str:
    return "open" if playbook.triaged else "untriaged"


def _decide_life(playbook: type[Playbook], case: Case, command: Command, at: datetime, rules: Rules) -> list[Event]:
    check_life(case, command)
    events = {
        "close": _close, "resume": _resume, "change_kind": _change_kind, "set_severity": _set_severity,
        "withdraw": _end("withdrawn"), "void": _end("void"), "merge": _end("merged"), "rest": _end("at_rest"),
        "bring_back_plan": _bring_back_plan,
    }.get(command.name, _told)(playbook, case, command, at)  # fmt: skip
    then = replay(case, events)
    if then.over or command.name in ("note", "chase", "acknowledge", "assign"):  # no step can hang on these
        return events
    return [*events, *settle(playbook_of(then.playbook, then.version), then, at, rules)]


def check_life(case: Case, command: Command) -> None:
    """Refuse a command about the incident as a whole that is out of order or not the actor's, whatever it says."""
    life = LIFE[command.name]
    if command.step:
        raise Refused("invalid", "This concerns the whole incident: please name no step.", field="step")
    if case.state not in life.states:
        raise Refused("conflict", "The incident is %(state)s.", state=case.state)
    if not life.when(case):
        raise Refused("conflict", life.otherwise)
    if not life.concerns(case, command):
        raise Refused("conflict", NOTHING_HERE)
    if not life.parts & command.parts:
        raise Refused("forbidden", "This is done by somebody else in this incident.")
    if not life.admits(case, command):
        raise Refused("forbidden", "Whoever asks for it, or is asked about, does not decide it.")


_LifeDecision = Callable[[type[Playbook], Case, Command, datetime], list[Event]]


def _told(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    """Something was said or set; what guards read of it is added to what is known of the incident."""
    known = command.facts.get("known")
    return [Event(command.name, "", at, {"known": {**case.known, **known}} if known else {})]


def _end(state: str) -> _LifeDecision:
    """The incident ends, or rests, in a state; what is known of it from then on goes along."""

    def ends(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
        known = command.facts.get("known")
        more = {"known": {**case.known, **known}} if known else {}
        return [Event(command.name, "", at, {"state": state, **more})]

    return ends


def _close(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    if open_steps := [name for name, p in case.steps.items() if not p.ended or p.unconfirmed]:
        raise Refused("incomplete", "Steps are still open: %(steps)s.", steps=open_steps)
    if promises := command.facts.get("open_promises", 0):
        raise Refused("incomplete", "%(promises)s promises to the customer are still open.", promises=promises)
    return [Event("close", "", at, {"state": "closed"})]


def _resume(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    back = Event("resume", "", at, {"state": _state(playbook)})
    step = playbook.resumes_at
    if not step or not case.steps[step].ended:
        return [back]
    return [back, Event("reopen", step, at, _OPENED_AGAIN)]


def _bring_back_plan(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    submitted = case.steps[PLAN].state == "submitted"
    name, sets = ("take_back", _TAKEN_BACK) if submitted else ("reopen", _OPENED_AGAIN)
    return [*_told(playbook, case, command, at), Event(name, PLAN, at, sets)]


def _change_kind(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    key, version = str(command.facts["playbook"]), int(command.facts["version"])
    if key == case.playbook:
        raise Refused("conflict", "The incident is of that kind already.")
    target = playbook_of(key, version)
    sets = {"playbook": key, "version": version, "steps": list(target.steps), "state": _state(target)}
    if known := command.facts.get(KNOWN):  # the rule for repeats has found earlier ones of this kind
        sets |= {"known": {**case.known, **known}, "severity": str(command.facts["severity"])}
    return [Event("change_kind", "", at, sets)]


def _set_severity(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    severity = str(command.facts["severity"])
    lowered = severity > case.severity  # A, B, C
    if lowered and case.playbook in case.known.get("repeats", {}) and MANAGER not in command.parts:
        raise Refused("forbidden", "The rule for repeats has raised the severity. The boss lowers it, with a reason.")
    return [Event("set_severity", "", at, {"severity": severity})]
