from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidents.engine import (
    Case,
    Command,
    Playbook,
    Rules,
    Span,
    Step,
    begin,
    decide,
    playbook_of,
    replay,
    tick,
    wakes_at,
)
from incidents.engine.codec import case_from_json, case_to_json, event_from_json, event_to_json
from incidents.engine.playbook import OWNER
from incidents.playbooks.missed_invoice import MissedInvoice
from incidents.playbooks.untriaged import Untriaged
from office.calendar import BusinessCalendar
from office.errors import Refused

TOKYO = ZoneInfo("Asia/Tokyo")
AT = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)
REP, BOSS, BRANCH, DIRECTOR = 1, 2, 3, 4
NUMBERS = {
    **MissedInvoice.defaults(),
    **Untriaged.defaults(),
    "ladder": "0, 1, 4 business hours",
    "ladder.visit": "10, 120 minutes",
    "approval": "4 business hours",
    "compensation.manager_limit": "100000",
    "compensation.branch_limit": "1000000",
}
RULES = Rules(NUMBERS, BusinessCalendar(time(9), time(17, 30), frozenset()))
PLAN: dict[str, Any] = {
    "cause_stated": True, "prevention_stated": True, "effect_stated": True, "attendees": [REP, BOSS], "fault": "ours",
    "cause_state": "confirmed",
}  # fmt: skip
OWNS, LEADS = frozenset({"owner"}), frozenset({"manager"})


class Walk:
    """An incident walked by hand."""

    def __init__(self, playbook: type[Playbook] = MissedInvoice, severity: str = "B") -> None:
        self.at = AT
        self.case, self.events = begin(playbook, severity, AT, RULES)
        self.start = self.case
        self.playbook = playbook

    def do(self, name: str, step: str = "", actor: int = REP, parts: frozenset[str] = OWNS, **facts: Any) -> Case:
        submission = self.case.steps[step].submission if step else 0
        command = Command(name, actor, parts, step, submission, facts)
        events = decide(self.playbook, self.case, command, self.at, RULES)
        self.events += events
        self.case = replay(self.case, events)
        return self.case

    def state(self, step: str) -> str:
        return self.case.steps[step].state

    def to_plan(self) -> Walk:
        self.do("submit", "report")
        self.do("submit", "first_apology")
        self.do("submit", "plan", **PLAN)
        return self

    def planned(self) -> Walk:
        self.to_plan().do("approve", "plan", BOSS, LEADS)
        return self

    def visited(self, reaction: str = "accepted") -> Walk:
        self.do("submit", "visit", met=[7], reaction=reaction)
        return self

    def worked_off(self) -> Walk:
        self.planned().visited()
        self.do("submit", "letter", signatory=DIRECTOR, must_fix=0)
        self.do("approve", "letter", DIRECTOR, frozenset({"signatory"}))
        self.do("submit", "hand_over", letter=1)
        self.do("submit", "compensation", BOSS, LEADS, decision="none", amount=0)
        self.do("approve", "compensation", BRANCH, LEADS)
        self.do("submit", "prevention", BOSS, LEADS, scopes=["procedure"])
        return self


def refused(walk: Walk, *args: Any, **kwargs: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        walk.do(*args, **kwargs)
    return caught.value


def test_only_the_report_is_open_at_first() -> None:
    assert [n for n, p in Walk().case.steps.items() if p.state == "open"] == ["report"]


def test_the_report_is_due_within_one_business_hour() -> None:
    assert Walk().case.steps["report"].due == AT + timedelta(hours=1)


def test_after_the_report_apology_and_plan_stand_side_by_side() -> None:
    walk = Walk()
    walk.do("submit", "report")
    assert (walk.state("first_apology"), walk.state("plan")) == ("open", "open")


def test_a_plan_without_cause_is_refused_and_says_which_field() -> None:
    walk = Walk()
    walk.do("submit", "report")
    answer = refused(walk, "submit", "plan", **{**PLAN, "cause_stated": False})
    assert (answer.code, answer.field) == ("incomplete", "cause")


def test_under_inquiry_until_a_date_is_an_answer() -> None:
    walk = Walk()
    walk.do("submit", "report")
    walk.do("submit", "plan", **{**PLAN, "cause_stated": False, "inquiry_until": date(2026, 12, 4)})
    assert walk.state("plan") == "submitted"


def test_nobody_approves_own_work() -> None:
    assert refused(Walk().to_plan(), "approve", "plan", REP, OWNS | LEADS).code == "forbidden"


def test_a_rep_does_not_approve() -> None:
    assert refused(Walk().to_plan(), "approve", "plan", 9, OWNS).code == "forbidden"


def test_an_approval_of_an_older_submission_is_refused() -> None:
    walk = Walk().to_plan()
    command = Command("approve", BOSS, LEADS, "plan", 0)
    with pytest.raises(Refused, match="plan"):
        decide(MissedInvoice, walk.case, command, AT, RULES)


def test_sent_back_opens_the_step_again_and_remembers() -> None:
    walk = Walk().to_plan()
    walk.do("send_back", "plan", BOSS, LEADS)
    assert (walk.state("plan"), walk.case.steps["plan"].sent_back) == ("open", True)


def test_a_second_approval_finds_the_step_done() -> None:
    assert refused(Walk().planned(), "approve", "plan", BRANCH, LEADS).code == "conflict"


def test_word_of_mouth_lets_the_work_go_on_and_waits_for_confirmation() -> None:
    walk = Walk().to_plan()
    walk.do("agreed_by_mouth", "plan")
    assert (walk.state("plan"), walk.state("visit"), walk.case.steps["plan"].unconfirmed) == (
        "done",
        "open",
        ("manager",),
    )
    walk.do("confirm", "plan", BOSS, LEADS)
    assert walk.case.steps["plan"].unconfirmed == ()


def test_a_step_opened_again_and_skipped_bears_no_signature() -> None:
    walk = Walk().planned()
    walk.do("reopen", "plan", BOSS, LEADS)
    walk.do("skip", "plan", BOSS, LEADS)
    assert (walk.case.steps["plan"].doer, walk.case.steps["plan"].signed) == (BOSS, ())


def test_a_letter_is_never_approved_by_mouth() -> None:
    walk = Walk().planned()
    walk.do("submit", "letter", signatory=DIRECTOR, must_fix=0)
    assert refused(walk, "agreed_by_mouth", "letter").code == "conflict"


def test_who_bears_the_name_signs_the_letter_not_the_writer() -> None:
    assert refused(Walk().planned(), "submit", "letter", signatory=REP, must_fix=0).field == "signatory"


def test_no_letter_when_the_fault_is_not_ours() -> None:
    walk = Walk()
    walk.do("submit", "report")
    walk.do("submit", "plan", **{**PLAN, "fault": "perception"})
    walk.do("approve", "plan", BOSS, LEADS)
    assert (walk.state("letter"), walk.state("hand_over")) == ("skipped", "skipped")


def test_a_changed_plan_brings_the_letter_back() -> None:
    walk = Walk()
    walk.do("submit", "report")
    walk.do("submit", "plan", **{**PLAN, "fault": "perception"})
    walk.do("approve", "plan", BOSS, LEADS)
    walk.do("reopen", "plan", BOSS, LEADS)
    walk.do("submit", "plan", **PLAN)
    walk.do("approve", "plan", BOSS, LEADS)
    assert walk.state("letter") == "open"


@pytest.mark.parametrize(
    ("amount", "asks"),
    [
        (0, ("manager",)),
        (100_000, ("manager",)),
        (100_001, ("manager", "branch_head")),
        (1_000_001, ("manager", "director")),
    ],
)
def test_who_signs_a_compensation_goes_by_its_amount(amount: int, asks: tuple[str, ...]) -> None:
    walk = Walk().planned()
    walk.do("submit", "compensation", BOSS, LEADS, decision="compensate" if amount else "none", amount=amount)
    assert walk.case.steps["compensation"].asks == asks


def test_one_person_strikes_one_part_only() -> None:
    walk = Walk().planned()
    walk.do("submit", "compensation", BOSS, LEADS, decision="compensate", amount=500_000)
    both = frozenset({"manager", "branch_head"})
    walk.do("approve", "compensation", BRANCH, both)
    assert refused(walk, "approve", "compensation", BRANCH, both).code == "forbidden"


def test_not_accepted_opens_another_visit() -> None:
    walk = Walk().planned().visited("not_accepted")
    assert (walk.state("visit"), walk.case.steps["visit"].round) == ("open", 1)


def test_an_arranged_visit_is_due_at_its_start_and_alarms_ten_minutes_later() -> None:
    walk = Walk().planned()
    starts = AT + timedelta(days=1, hours=4)
    walk.do("start", "visit", starts=starts.isoformat())
    assert walk.case.steps["visit"].due == starts
    assert walk.case.steps["visit"].alarms[0] == starts + timedelta(minutes=10)


def test_follow_ups_come_round_for_three_months() -> None:
    walk = Walk().planned().visited()
    days = []
    for _ in range(4):
        due = walk.case.steps["follow_up"].due
        assert due is not None
        days.append((due.astimezone(TOKYO).date() - AT.date()).days)
        walk.do("submit", "follow_up")
    assert days == [3, 14, 30, 90]
    assert walk.state("follow_up") == "done"


def test_the_effect_is_looked_at_again_until_shown() -> None:
    walk = Walk().worked_off()
    walk.do("submit", "effect_check", BOSS, LEADS, worked=False)
    assert (walk.state("effect_check"), walk.case.steps["effect_check"].round) == ("open", 1)


def test_when_only_aftercare_is_left_the_incident_passes_into_it() -> None:
    assert Walk().worked_off().case.state == "aftercare"


def test_nothing_closes_over_an_open_step_or_promise() -> None:
    walk = Walk().worked_off()
    assert refused(walk, "close").code == "incomplete"
    walk.do("skip", "follow_up", BOSS, LEADS)
    walk.do("submit", "effect_check", BOSS, LEADS, worked=True)
    assert refused(walk, "close", open_promises=1).code == "incomplete"
    assert walk.do("close", open_promises=0).state == "closed"


def test_a_closed_incident_refuses_and_can_be_resumed() -> None:
    walk = Walk().worked_off()
    walk.do("skip", "follow_up", BOSS, LEADS)
    walk.do("submit", "effect_check", BOSS, LEADS, worked=True)
    walk.do("close")
    assert refused(walk, "submit", "plan", **PLAN).code == "conflict"
    assert walk.do("resume", actor=BOSS, parts=LEADS).state == "open"
    assert walk.state("plan") == "open"


def test_a_change_of_kind_keeps_what_was_done() -> None:
    walk = Walk(Untriaged)
    walk.do("submit", "report")
    case = walk.do("change_kind", actor=BOSS, parts=LEADS, playbook="missed_invoice", version=2)
    assert (case.state, case.steps["report"].state, case.steps["plan"].state) == ("open", "done", "open")


def test_a_missed_invoice_is_never_slight() -> None:
    with pytest.raises(Refused, match="at least of severity B") as told:
        begin(MissedInvoice, "C", AT, RULES)
    assert (told.value.code, told.value.field) == ("invalid", "severity")
    walk = Walk(severity="A")
    assert refused(walk, "set_severity", actor=BOSS, parts=LEADS, severity="C").code == "invalid"
    assert walk.do("set_severity", actor=BOSS, parts=LEADS, severity="B").severity == "B"


def test_what_turns_out_to_be_one_comes_up_to_its_floor() -> None:
    walk = Walk(Untriaged, severity="C")
    walk.do("submit", "report")
    assert walk.do("change_kind", actor=BOSS, parts=LEADS, playbook="missed_invoice", version=2).severity == "B"
    grave = Walk(Untriaged, severity="A")
    assert grave.do("change_kind", actor=BOSS, parts=LEADS, playbook="missed_invoice", version=2).severity == "A"


def test_one_that_runs_by_the_edition_without_a_floor_goes_on() -> None:
    walk = Walk(playbook_of("missed_invoice", 1), severity="C")
    assert walk.case.severity == "C"
    assert walk.do("set_severity", actor=BOSS, parts=LEADS, severity="C").severity == "C"


def test_a_floor_that_is_no_severity_is_refused() -> None:
    with pytest.raises(TypeError, match="floor"):
        type("Deep", (Playbook,), {"key": "deep", "version": 1, "label": "Deep", "floor": "D"})


def test_void_is_the_managers() -> None:
    assert refused(Walk(), "void").code == "forbidden"
    walk = Walk()
    assert walk.do("void", actor=BOSS, parts=LEADS).state == "void"
    assert wakes_at(walk.case) is None


def test_missed_alarms_fall_together() -> None:
    walk = Walk()
    events = tick(walk.case, AT + timedelta(days=3))
    assert [(e.step, e.sets["level"]) for e in events] == [("report", 3)]


def test_a_grave_matter_knows_no_closing_time() -> None:
    late = datetime(2026, 11, 24, 17, 15, tzinfo=TOKYO)
    case, _ = begin(MissedInvoice, "A", late, RULES)
    assert case.steps["report"].due == late + timedelta(hours=1)
    case, _ = begin(MissedInvoice, "B", late, RULES)
    assert case.steps["report"].due == datetime(2026, 11, 25, 9, 45, tzinfo=TOKYO)


def test_replay_from_the_start_gives_the_same_case() -> None:
    walk = Walk().worked_off()
    assert replay(walk.start, walk.events) == walk.case


def test_time_never_goes_back() -> None:
    walk = Walk()
    walk.do("submit", "report")
    walk.at = AT - timedelta(days=1)
    assert walk.do("submit", "first_apology").at == AT


def test_a_playbook_that_inherits_is_refused() -> None:
    with pytest.raises(TypeError, match="inherits"):
        type("Child", (MissedInvoice,), {})


def test_a_step_used_twice_is_refused() -> None:
    step = Step(by=OWNER, within="same day", label="Once")
    with pytest.raises((TypeError, RuntimeError)):
        type("Twice", (Playbook,), {"key": "twice", "version": 1, "label": "Twice", "one": step, "two": step})


def test_a_step_of_another_playbook_is_refused() -> None:
    with pytest.raises((TypeError, RuntimeError)):
        type("Thief", (Playbook,), {"key": "thief", "version": 1, "label": "Thief", "plan": MissedInvoice.plan})


def test_a_repeated_version_is_refused() -> None:
    with pytest.raises(TypeError, match="exists"):
        type("Again", (Playbook,), {"key": "missed_invoice", "version": 1, "label": "Again"})


def test_a_step_without_a_default_for_every_severity_is_refused() -> None:
    step = Step(by=OWNER, within={"A": "same day"}, label="Half")
    with pytest.raises((TypeError, RuntimeError)):
        type("Half", (Playbook,), {"key": "half", "version": 1, "label": "Half", "half": step})


@pytest.mark.parametrize("text", ["", "soon", "1 week", "-1 days"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no span"):
        Span.parse(text)


def test_times_are_kept_as_moments() -> None:
    assert Walk().case.at.astimezone(UTC) == AT


def test_case_and_events_survive_json() -> None:
    walk = Walk().worked_off()
    assert case_from_json(json.loads(json.dumps(case_to_json(walk.case)))) == walk.case
    events = [event_from_json(json.loads(json.dumps(event_to_json(e)))) for e in walk.events]
    assert replay(walk.start, events) == walk.case
