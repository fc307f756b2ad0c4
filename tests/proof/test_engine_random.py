"""Whatever anybody does in whatever order, an incident stays in order: the engine alone, by random commands.

Every kind in every released version is walked; which, the dice say. After every step the incident is rebuilt from the
text of its events, and is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from incidents.engine import (
    LIFE,
    VERBS,
    Case,
    Command,
    Event,
    Playbook,
    Rules,
    allowed,
    begin,
    decide,
    evolve,
    playbook_of,
    playbooks,
    replay,
    settle,
    tick,
    wakes_at,
)
from incidents.engine.case import ENDED, OVER
from incidents.engine.codec import case_from_json, case_to_json, event_from_json, event_to_json
from office.calendar import BusinessCalendar
from office.errors import Refused
from tests.proof.dice import PHASES, SEED, again, often

AT = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
KINDS: Mapping[str, type[Playbook]] = {
    f"{key} {version}": playbook_of(key, version)
    for key, newest in sorted(playbooks().items()) for version in range(1, newest.version + 1)
}  # fmt: skip
STEPS = sorted({step for kind in KINDS.values() for step in kind.steps})
NUMBERS = {
    **{number: span for kind in KINDS.values() for number, span in kind.defaults().items()},
    "ladder": "0, 1, 4 business hours",
    "ladder.visit": "10, 120 minutes",
    "approval": "4 business hours",
    "compensation.manager_limit": "100000",
    "compensation.branch_limit": "1000000",
    "remedy.fails": "2",
}
RULES = Rules(NUMBERS, BusinessCalendar(time(9), time(17, 30), frozenset()))
REP, DEPUTY, BOSS, BRANCH, DIRECTOR, TECH, AUDITOR = range(1, 8)
PARTS: Mapping[int, frozenset[str]] = {
    REP: frozenset({"owner", "colleague"}),
    DEPUTY: frozenset({"owner", "colleague"}),
    BOSS: frozenset({"manager", "boss", "colleague"}),
    BRANCH: frozenset({"manager", "branch_head", "colleague"}),
    DIRECTOR: frozenset({"manager", "branch_head", "director", "colleague"}),
    TECH: frozenset({"colleague"}),
    AUDITOR: frozenset(),
}
FORWARD = ("start", "submit", "approve", "confirm", "close")
YES_NO, SAME = st.booleans(), st.sampled_from(["same", "differs"])
BAN = {"ban": {"who": [REP], "way": "", "submission": 1}}
FACTS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "plan": {
        "cause_stated": YES_NO, "inquiry_until": st.sampled_from([None, "2026-12-04"]), "effect_stated": YES_NO,
        "prevention_stated": YES_NO, "attendees": st.sampled_from([[], [REP]]),
        "fault": st.sampled_from(["ours", "use", "perception", "both", "inquiry"]),
        "cause_state": st.sampled_from(["suspected", "confirmed"]),
    },
    "visit": {
        "met": st.sampled_from([[], [7]]), "why_not": YES_NO, "conditions_stated": YES_NO,
        "next_contact": YES_NO,
        "known": st.sampled_from([{}, {"first_met": 0}, BAN, {"conditions": {"submission": 1}}]),
        "reaction": st.sampled_from(["accepted", "conditional", "pending", "not_accepted", "not_met", "banned", None]),
    },
    "letter": {"signatory": st.sampled_from([REP, BOSS, BRANCH, DIRECTOR]), "must_fix": st.sampled_from([0, 0, 2])},
    "hand_over": {"letter": st.sampled_from([None, 1])},
    "compensation": {
        "decision": st.sampled_from(["compensate", "none"]), "amount": st.sampled_from([0, 100_000, 500_000, 5_000_000])
    },
    "prevention": {"scopes": st.sampled_from([[], ["person"], ["procedure"]]), "person_only_reason": YES_NO},
    "effect_check": {"worked": st.sampled_from([None, True, False])},
    "comparison": {"difference_stated": YES_NO, "remedy": st.sampled_from(["replace", "refund", "remove", "open"])},
    "recheck": {"product": SAME, "quantity": SAME, "accessory": SAME, "open": YES_NO},
    "new_date": {"delivers_on": st.sampled_from([None, "2026-12-10"])},
    "repair_period": {"done_stated": YES_NO},
    "hearing": {"heard": YES_NO},
    "signs": {"causes": st.sampled_from([[], ["late"]]), "pattern": st.sampled_from(["daily", "unknown"])},
    "follow_up": {"reaction": st.sampled_from(["accepted", "not_accepted"])},
}  # fmt: skip
GOOD: Mapping[str, Mapping[str, Any]] = {
    "plan": {
        "cause_stated": True,
        "effect_stated": True,
        "prevention_stated": True,
        "attendees": [REP],
        "fault": "ours",
        "cause_state": "confirmed",
    },
    "visit": {"met": [7], "reaction": "accepted"},
    "letter": {"signatory": DIRECTOR, "must_fix": 0},
    "hand_over": {"letter": 1},
    "compensation": {"decision": "none", "amount": 0},
    "prevention": {"scopes": ["procedure"]},
    "effect_check": {"worked": True},
    "comparison": {"difference_stated": True, "remedy": "replace"},
    "recheck": {"product": "same", "quantity": "same", "accessory": "same", "open": False},
    "new_date": {"delivers_on": "2026-12-10"},
    "repair_period": {"done_stated": True},
    "hearing": {"heard": True},
    "signs": {"causes": ["late"], "pattern": "daily"},
}
# What a command about the incident as a whole leaves, where something else is asked for it.
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "rehearse": {"rehearsed": ["ended", "scolded", "silent"]},
    "note_claims": {"wish": True},
    "note_abuse": {"two_go": True, "abuse": {"7": {"by": REP, "told": BOSS, "state": "told"}}},
    "answer_abuse": {"abuse": {"7": {"by": REP, "told": BOSS, "state": "answered"}}},
    "prepare_alternatives": {"alternatives": {"8": {"by": REP, "asked": BOSS, "state": "asked"}}},
    "agree_alternatives": {"alternatives": {"8": {"by": REP, "asked": BOSS, "state": "agreed"}}},
    "open_alternatives": {"alternatives": {"8": {"by": REP, "asked": BOSS, "state": "opened"}}},
    "note_risk": {"risks": {"suspension": {"leaf": 9, "told": [BOSS], "seen": []}}},
    "lift_risk": {"risks": {}},
    "set_final_date": {"final_date": "2026-11-30", "final_goes": REP, "final_confirmed": False, "absence": None},
    "confirm_final_date": {"final_confirmed": True},
    "ask_absence": {"absence": {"leaf": 10, "goes": DEPUTY, "asked_by": REP}},
    "allow_absence": {"absence": None, "final_goes": DEPUTY},
    "arrive_on_day": {"final_arrived": "2026-11-30"},
    "meet_final_date": {"final_date": None, "final_goes": None, "absence": None},
}
# From which states the engine itself may bring a step into a state; verbs name theirs.
SETTLED = {
    "open": {"waiting", "skipped", "submitted"}, "done": {"submitted"}, "skipped": {"waiting", "open", "submitted"},
    "waiting": {"open", "submitted", "skipped"},
}  # fmt: skip


class AnIncident(RuleBasedStateMachine):
    """Seven people with and without a part do anything at any time."""

    @initialize(kind=st.sampled_from(sorted(KINDS)), severity=st.sampled_from("ABC"))
    def opens(self, kind: str, severity: str) -> None:
        note(again())
        self.at, self.refused = AT, 0
        self.numbers: dict[str, int] = {}
        self.case, events = begin(KINDS[kind], KINDS[kind].at_least(severity), AT, RULES)
        self.start = replay_start(self.case)
        self.read = through_text(events)
        self.do("submit", "report", REP, {})

    @rule(places=st.lists(st.integers(0, 997), min_size=4, max_size=16))
    def the_work_goes_on(self, places: list[int]) -> None:
        for place in places:
            if self.case.severity == "A" and "rehearsed" not in self.case.known:
                self.do("rehearse", "", REP, self.facts("rehearse", "", None))
            if offers := [(a, v, s) for a in PARTS for v, s in self.offers(a) if self.brings_on(v, s)]:
                actor, verb, step = offers[place % len(offers)]
                self.do(verb, step, actor, self.facts(verb, step, None))

    @rule(actor=st.sampled_from(sorted(PARTS)), place=st.integers(0, 997), data=st.data())
    def somebody_turns_it(self, actor: int, place: int, data: st.DataObject) -> None:
        if offers := self.offers(actor):
            verb, step = offers[place % len(offers)]
            self.do(verb, step, actor, self.facts(verb, step, data))

    @rule(kind=st.sampled_from(sorted(KINDS)))
    def it_turns_out_to_be(self, kind: str) -> None:
        self.do("change_kind", "", BOSS, as_facts(kind))

    @rule(
        actor=st.sampled_from(sorted(PARTS)),
        verb=st.sampled_from([*VERBS, *LIFE, "abracadabra"]),
        step=st.sampled_from([*STEPS, "", "nowhere"]),
        off=st.integers(-1, 1),
        data=st.data(),
    )
    def somebody_tries_anything(self, actor: int, verb: str, step: str, off: int, data: st.DataObject) -> None:
        self.do(verb, step, actor, self.facts(verb, step, data), off)

    @rule(minutes=st.sampled_from([1, 30, 240, 1440, 20_000, -60]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.take(tick(self.case, self.at))
        assert tick(self.case, self.at) == [], "an alarm is told once"

    # -- what they do

    def brings_on(self, verb: str, step: str) -> bool:
        return verb in FORWARD and not (verb == "start" and self.case.steps[step].started)

    @property
    def playbook(self) -> Any:
        return playbook_of(self.case.playbook, self.case.version)

    def parts(self, actor: int) -> frozenset[str]:
        bears = actor in {progress.data.get("signatory") for progress in self.case.steps.values()}
        return PARTS[actor] | {"signatory"} if bears else PARTS[actor]

    def offers(self, actor: int) -> list[tuple[str, str]]:
        return list(allowed(self.playbook, self.case, Command("", actor, self.parts(actor)), RULES))

    def facts(self, verb: str, step: str, data: st.DataObject | None) -> Mapping[str, Any]:
        """What goes with a command; without `data` such that it should be taken."""
        if verb == "change_kind":
            newest = f"missed_invoice {playbooks()['missed_invoice'].version}"
            return as_facts(data.draw(st.sampled_from(sorted(KINDS))) if data else newest)
        if verb == "set_severity":
            return {"severity": data.draw(st.sampled_from("ABC")) if data else "A"}
        if verb == "start" and step == "visit":
            return {"starts": (self.at + timedelta(days=1)).isoformat()}
        if verb == "choose_way":
            return {"way": "other_person", "known": {"ban": {**self.case.known.get("ban", {}), "way": "other_person"}}}
        if verb == "pause":
            since, ends = self.at.isoformat(), (self.at + timedelta(days=7)).isoformat()
            return {"known": {"pause": {"reason": "parts", "since": since, "ends": ends}}}
        if verb == "end_pause":
            return {"known": {"pause": {}}}
        if verb == "reopen":
            return {"failed": data.draw(YES_NO)} if data else {}
        if verb in KNOWN:
            return {"known": KNOWN[verb]}
        if verb != "submit":
            return {"open_promises": 0}
        return {name: data.draw(values) for name, values in FACTS.get(step, {}).items()} if data else GOOD.get(step, {})

    def do(self, verb: str, step: str, actor: int, facts: Mapping[str, Any], off: int = 0) -> None:
        submission = self.case.steps[step].submission if step in self.case.steps else 0
        command = Command(verb, actor, self.parts(actor), step, max(0, submission + off), facts)
        try:
            self.take(decide(self.playbook, self.case, command, self.at, RULES))
        except Refused:  # anything else it raises is a bug
            self.refused += 1

    def take(self, events: list[Event]) -> None:
        for event in events:
            assert_legal(self.case, event)
            self.case = evolve(self.case, event)
        self.read += through_text(events)
        assert replay(self.start, self.read) == self.case, "rebuilt from its events it is another"
        self.is_in_order()
        self.keeps_the_order_of_the_playbook()

    # -- what holds after every step

    def is_in_order(self) -> None:
        assert list(settle(self.playbook, self.case, self.case.at, RULES)) == [] or self.case.over
        assert_one_wake_up(self.case)
        assert self.case.severity <= self.playbook.floor, "slighter than its kind may be"
        for name, progress in self.case.steps.items():
            assert not progress.doer or progress.doer not in progress.signed, f"{name}: who did the work signed it"
            assert len(set(progress.signed)) == len(progress.signed), f"{name}: somebody signed twice"
            assert not progress.asks or progress.state == "submitted", name
            assert not progress.unconfirmed or progress.state == "done", name
            acts = progress.state in ("open", "submitted") or progress.unconfirmed
            assert bool(progress.due) == bool(acts), f"{name}: {progress.state} with due {progress.due}"
            assert list(progress.alarms) == sorted(progress.alarms)
            assert 0 <= progress.level <= len(progress.alarms), name
            assert progress.submission >= self.numbers.get(name, 0), f"{name}: a number is given twice"
            self.numbers[name] = progress.submission

    def keeps_the_order_of_the_playbook(self) -> None:
        for name, step in self.playbook.steps.items():
            ready = all(self.case.steps[before.name].state in ENDED for before in step.after)
            state = self.case.steps[name].state
            assert ready or state not in ("open", "submitted"), f"{name} is {state} before its turn"
            assert self.case.over or not ready or state != "waiting", f"{name} waits for nothing"

    def teardown(self) -> None:
        assert case_from_json(json.loads(json.dumps(case_to_json(self.case)))) == self.case


def through_text(events: list[Event]) -> list[Event]:
    """The events as they are read again from what was kept of them."""
    return [event_from_json(row) for row in json.loads(json.dumps([event_to_json(event) for event in events]))]


def as_facts(kind: str) -> Mapping[str, Any]:
    return {"playbook": KINDS[kind].key, "version": KINDS[kind].version}


def replay_start(case: Case) -> Case:
    return case._replace(steps={name: type(progress)() for name, progress in case.steps.items()})


def assert_legal(case: Case, event: Event) -> None:
    assert event.at >= case.at, "time went back"
    if event.name in ("escalate", "shift"):
        return
    if not event.step:
        allowed_in = LIFE[event.name].states if event.name in LIFE else ("untriaged", "open", "aftercare")
        assert case.state in allowed_in, f"{event.name} while {case.state}"
        return
    before = case.steps[event.step].state
    legal = VERBS[event.name].states if event.name in VERBS else SETTLED[event.name]
    assert before in legal, f"{event.step}: {event.name} while {before}"


def assert_one_wake_up(case: Case) -> None:
    pending = [alarm for progress in case.steps.values() for alarm in progress.alarms[progress.level :]]
    if ends := (case.known.get("pause") or {}).get("ends"):
        pending.append(datetime.fromisoformat(ends))
    assert wakes_at(case) == (None if case.state in OVER else min(pending, default=None))


def test_five_hundred_incidents_stay_in_order() -> None:
    rounds = settings(
        max_examples=often(500, 10_000), stateful_step_count=often(10, 50), deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=PHASES, print_blob=True,
    )  # fmt: skip
    run_state_machine_as_test(seed(SEED)(AnIncident), settings=rounds)
