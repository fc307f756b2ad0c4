"""Decide what a command does: events with results, or a refusal with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from incidents.engine import pause
from incidents.engine.case import ENDED, NOTHING, Case, Event, Progress, evolve, moved_on, replay
from incidents.engine.life import INCIDENT_IS, LIFE, STEP_IS, life_events, refuse_slighter
from incidents.engine.pause import taken_up
from incidents.engine.playbook import Guard, Playbook, Step, playbook_of
from incidents.engine.remedies import FAILED, failures, speaks
from incidents.engine.rules import Rules
from incidents.engine.verbs import KNOWN, VERBS, Command, Move
from office.errors import Refused

UNHEARD = ("note", "chase", "take_back_chase", "acknowledge", "assign")  # no step can hang on these
WANTED = "wanted"  # known of an incident: the steps that a manager opened with a reason though a rule leaves them out


def begin(playbook: type[Playbook], severity: str, at: datetime, rules: Rules) -> tuple[Case, list[Event]]:
    """A new case of a playbook, and the events that open its first steps. Refused for a severity below its floor."""
    refuse_slighter(playbook, severity)
    case = Case(
        playbook.key, playbook.version, playbook.first_state(), severity, at, dict.fromkeys(playbook.steps, Progress())
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
        raise Refused("conflict", INCIDENT_IS, state=case.state)
    move = _move(playbook, case, command, at, rules)
    verb = VERBS[command.name]
    if command.submission != move.now.submission or move.now.state not in verb.states or not verb.when(move):
        raise Refused("conflict", STEP_IS, step=command.step, state=move.now.shown)
    if not verb.may(move):
        raise _forbidden(move)
    events = [Event(command.name, command.step, at, _with_approval(move, verb.sets(move)))]
    if known := {**command.facts.get(KNOWN, NOTHING), **taken_up(case)}:
        name = FAILED if speaks(case, known) else KNOWN
        events.append(Event(name, "", at, {"known": {**case.known, **known}}))
    if command.name == "reopen" and left_out(move.step, case, rules):
        wanted = [*case.known.get(WANTED, ()), move.step.name]
        events.append(Event(KNOWN, "", at, {"known": {**case.known, WANTED: wanted}}))
    then = replay(case, events)
    events += failures(playbook, case._replace(known=then.known), events[0], command.facts, rules, at)
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
    life = "aftercare" if playbook.triaged and settled else playbook.first_state()
    if life != case.state and not case.over:
        yield Event(life, "", at, {"state": life})


def _next_state(step: Step, now: Progress, case: Case, rules: Rules) -> tuple[str, bool]:
    if now.state == "done" or (now.state == "skipped" and now.doer):  # skipped by a person stays so
        return now.state, False
    for before in step.after:
        if case.steps[before.name].state not in ENDED:
            return "waiting", False
    if left_out(step, case, rules):
        return "skipped", False
    if now.state in ("waiting", "skipped"):
        return "open", False
    if now.state == "submitted" and not now.asks:
        return ("open", True) if step.again_if(case, rules) else ("done", False)
    return now.state, False


def left_out(step: Step, case: Case, rules: Rules) -> bool:
    """Whether the rule of a step leaves it out. A manager may decide otherwise: what was opened with a reason stays so,
    and what hangs on it by the same rule comes along."""
    return not step.only_if(case, rules) and not _wanted(step, case)


def _wanted(step: Step, case: Case) -> bool:
    by_the_same_rule = (before for before in step.after if before.only_if is step.only_if)
    return step.name in case.known.get(WANTED, ()) or any(_wanted(before, case) for before in by_the_same_rule)


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
    round_, since = _round(playbook, step, now, again, case, at, rules), now.since or at
    start = max(at, pause.ends(case) or at)  # what opens while the clock stands still counts from its end
    due = _agreed(step, case, at) or rules.due(f"{playbook.key}.{step.name}", round_, since, start, case.severity)
    alarms = rules.alarms("" if step.arranges else step.name, due, case.severity)
    return {
        "state": state, "asks": (), "due": due, "alarms": alarms, "level": 0,
        "round": round_, "since": since, "started": False,
    }  # fmt: skip


def _round(
    playbook: type[Playbook], step: Step, now: Progress, again: bool, case: Case, at: datetime, rules: Rules
) -> int:
    """The round that opens. Of a series in which a later day was agreed to, those that this day has passed fall out."""
    round_, key = now.round + again, f"{playbook.key}.{step.name}"
    if again and step.agreed and case.known.get(step.agreed) and now.since:
        last = rules.rounds(key, case.severity) - 1
        while round_ < last and rules.due(key, round_, now.since, at, case.severity) <= at:
            round_ += 1
    return round_


def _agreed(step: Step, case: Case, at: datetime) -> datetime | None:
    """The moment the customer has agreed to, while it lies ahead."""
    text = case.known.get(step.agreed) if step.agreed else None
    moment = datetime.fromisoformat(text) if text else None
    return moment if moment and moment > at else None


def _with_approval(move: Move, sets: dict[str, Any]) -> dict[str, Any]:
    """At submit: ask the guards of the case as it would then be, and freeze who must sign. What an arrangement needs is
    asked when it is arranged, when somebody leaves for it, and of its result, which may come without either."""
    step = move.step
    needs = {"submit": (*step.before, *step.needs), "start": step.before, "on_the_way": step.before}.get(
        move.command.name
    )
    if needs is None:
        return sets
    then = evolve(move.case, Event(move.command.name, move.step.name, move.at, sets))
    missing: list[Guard] = [need for need in needs if not need(then, move.rules)]
    if missing:
        first = missing[0]
        raise Refused(first.refusal, first.sentence, field=first.field, **first.tells(then),
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


def _decide_life(playbook: type[Playbook], case: Case, command: Command, at: datetime, rules: Rules) -> list[Event]:
    events = life_events(playbook, case, command, at)
    if command.name == pause.PAUSE:
        events += pause.stopped(playbook, case, replay(case, events), at, rules)
    elif command.name == pause.END_PAUSE:
        events += pause.going_on(playbook, case, at, rules)
    then = replay(case, events)
    if then.over or command.name in UNHEARD:
        return events
    return [*events, *settle(playbook_of(then.playbook, then.version), then, at, rules)]
