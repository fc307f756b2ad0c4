"""Every guard by itself: from which state, by whom, with which facts, in which order. Tables say it a second time, so
that a guard that is taken away is noticed; `python -m tests.proof.mutants` takes them away one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from incidents import engine
from incidents.engine import (
    Case,
    Command,
    Event,
    Progress,
    Rules,
    begin,
    decide,
    playbook_of,
    playbooks,
    replay,
    settle,
    tick,
    wakes_at,
)
from incidents.engine.case import OVER
from incidents.playbooks.defect import Defect
from incidents.playbooks.missed_invoice import MissedInvoice
from incidents.playbooks.untriaged import Untriaged
from office.errors import Refused
from tests.incidents.test_engine import AT, BOSS, LEADS, NUMBERS, OWNS, PLAN, REP, Walk, refused
from tests.incidents.test_engine import RULES as RULES_OF_TWO

STRANGER, INVITED = 9, 8
BOTH = OWNS | LEADS
DEFAULTS = {key: span for playbook in playbooks().values() for key, span in playbook.defaults().items()}
RULES = Rules({**DEFAULTS, **NUMBERS}, RULES_OF_TWO.calendar)
STATES = ("waiting", "open", "submitted", "done", "skipped")
LIVES = ("untriaged", "open", "aftercare", "closed", "withdrawn", "void", "merged", "at_rest")
LIVING = {"untriaged", "open", "aftercare"}
# verb: from which states, at which step, who does it in the table below
VERBS: dict[str, tuple[set[str], str, int, frozenset[str]]] = {
    "start": ({"open"}, "plan", REP, OWNS),
    "submit": ({"open"}, "plan", REP, OWNS),
    "approve": ({"submitted"}, "plan", BOSS, LEADS),
    "approve_with_remark": ({"submitted"}, "plan", BOSS, LEADS),
    "send_back": ({"submitted"}, "plan", BOSS, LEADS),
    "take_back": ({"submitted"}, "plan", REP, OWNS),
    "agreed_by_mouth": ({"submitted"}, "plan", REP, OWNS),
    "confirm": ({"done"}, "plan", BOSS, LEADS),
    "skip": ({"waiting", "open"}, "plan", BOSS, LEADS),
    "reopen": ({"done", "skipped"}, "plan", BOSS, LEADS),
    "read_brief": ({"open"}, "visit", REP, OWNS),
    "on_the_way": ({"open"}, "visit", REP, OWNS),
    "told_late": ({"open"}, "visit", REP, OWNS),
    "arrived": ({"open"}, "visit", REP, OWNS),
}
# command on the whole incident: in which states, for whom
LEADERS, IN_CHARGE = {"manager"}, {"owner", "manager"}
LIFE: dict[str, tuple[set[str], set[str]]] = {
    "close": ({"open", "aftercare"}, IN_CHARGE),
    "resume": ({"aftercare", "closed", "withdrawn", "void", "at_rest"}, IN_CHARGE),
    "change_kind": (LIVING, IN_CHARGE),
    "set_severity": (LIVING, IN_CHARGE),
    "assign": (LIVING, LEADERS),
    "withdraw": (LIVING, IN_CHARGE),
    "void": (LIVING, LEADERS),
    "merge": (LIVING, IN_CHARGE),
    "split": (LIVING, IN_CHARGE),
    "rest": ({*LIVING, "at_rest"}, LEADERS),
    "pause": ({"open"}, IN_CHARGE),
    "end_pause": (LIVING, IN_CHARGE),
    "note": ({*LIVES}, {*IN_CHARGE, "colleague"}),
    "chase": (LIVING, {*IN_CHARGE, "colleague"}),
    "take_back_chase": (LIVING, {*IN_CHARGE, "colleague"}),
    "note_claims": (LIVING, IN_CHARGE),
    "note_listening": (LIVING, IN_CHARGE),
    "note_photos": ({*LIVES}, {*IN_CHARGE, "colleague"}),
    "note_papers": (LIVING, {*IN_CHARGE, "colleague"}),
    "acknowledge": ({*LIVES}, {"manager", "boss"}),
    "prepare_alternatives": (LIVING, IN_CHARGE),
    "agree_alternatives": (LIVING, LEADERS),
    "return_alternatives": (LIVING, LEADERS),
    "open_alternatives": (LIVING, LEADERS),
    "offer_made": (LIVING, IN_CHARGE),
    "counter_offer": (LIVING, IN_CHARGE),
    "agreement": (LIVING, IN_CHARGE),
    "loss_sheet": (LIVING, IN_CHARGE),
    "choose_way": (LIVING, LEADERS),
    "told_to_customer": (LIVING, IN_CHARGE),
    "sign_off": (LIVING, {*IN_CHARGE, "colleague"}),
    "name_references": (LIVING, IN_CHARGE),
    "name_machine": (LIVING, {*IN_CHARGE, "colleague"}),
    "note_risk": (LIVING, IN_CHARGE),
    "lift_risk": (LIVING, IN_CHARGE),
    "note_recovery": ({"aftercare", "closed", "at_rest"}, IN_CHARGE),
    "note_referral": ({"aftercare", "closed", "at_rest"}, {*IN_CHARGE, "colleague"}),
    "note_abuse": (LIVING, {*IN_CHARGE, "colleague"}),
    "answer_abuse": (LIVING, LEADERS),
    "set_repair_period": (LIVING, IN_CHARGE),
    "log_repair": (LIVING, {*IN_CHARGE, "colleague"}),
    "set_final_date": (LIVING, IN_CHARGE),
    "confirm_final_date": (LIVING, IN_CHARGE),
    "move_final_date": (LIVING, IN_CHARGE),
    "meet_final_date": (LIVING, IN_CHARGE),
    "lift_final_date": (LIVING, IN_CHARGE),
    "ask_absence": (LIVING, IN_CHARGE),
    "allow_absence": (LIVING, LEADERS),
    "refuse_absence": (LIVING, LEADERS),
    "arrive_on_day": (LIVING, {*IN_CHARGE, "goes"}),
    "choose_boss": (LIVING, {"owner"}),
    "advise": (LIVING, {"manager", "boss"}),
    "dissent": (LIVING, IN_CHARGE),
    "ask_opinion": (LIVING, {"owner"}),
    "ask_outside_view": (LIVING, {"owner"}),
    "answer_opinion": (LIVING, {"asked"}),
    "share_opinion": (LIVING, {"asker"}),
    "withdraw_opinion": (LIVING, {"asking"}),
    "bring_back_plan": (LIVING, {"owner"}),
    "rehearse": (LIVING, IN_CHARGE),
    "ask_accompaniment": (LIVING, {"owner"}),
    "answer_accompaniment": (LIVING, {"invited"}),
    "read_result": (LIVING, {"told"}),
}
PARTS = ("owner", "manager", "branch_head", "director", "signatory", "boss", "colleague", "asked", "asker", "asking",
         "invited", "companion", "told", "goes")  # fmt: skip
LIFE_FACTS = {"playbook": "untriaged", "version": 1, "severity": "A"}
DATE, ASKED = {"final_date": "2026-12-04"}, {"absence": {"asked_by": REP}, "final_goes": INVITED}


def alternatives(state: str) -> dict[str, Any]:
    return {"alternatives": {"1": {"state": state, "by": REP, "asked": BOSS}}}


# what must be known of the incident for a command, and what makes it impossible; nothing known where it is not named
READY: dict[str, dict[str, Any]] = {
    "prepare_alternatives": {"wish": "noted"},
    "agree_alternatives": alternatives("asked"),
    "return_alternatives": alternatives("asked"),
    "open_alternatives": alternatives("agreed"),
    "offer_made": alternatives("opened"),
    "arrive_on_day": DATE,
    "confirm_final_date": DATE,
    "move_final_date": DATE,
    "meet_final_date": DATE,
    "lift_final_date": DATE,
    "ask_absence": DATE,
    "allow_absence": {**DATE, **ASKED},
    "refuse_absence": {**DATE, **ASKED},
    "bring_back_plan": {"news": 1},
    "answer_abuse": {"abuse": {"1": {"state": "told", "by": REP, "told": BOSS}}},
    "take_back_chase": {"chased": [{"note": 1, "by": BOSS, "at": "2026-11-24T01:00:00+00:00"}]},
    "sign_off": {"residuals": True},
    "choose_way": {"ban": {"who": [REP], "way": ""}},
    "end_pause": {"pause": {"ends": AT.isoformat()}},
    "lift_risk": {"risks": {"ban": {"leaf": 1, "told": [BOSS], "seen": []}}},
}
UNREADY: list[tuple[str, dict[str, Any]]] = [
    ("prepare_alternatives", {}),
    ("prepare_alternatives", {"wish": ""}),
    ("agree_alternatives", alternatives("agreed")),
    ("agree_alternatives", {"alternatives": {"1": {"state": "asked", "by": REP, "asked": STRANGER}}}),
    ("return_alternatives", alternatives("agreed")),
    ("return_alternatives", {"alternatives": {"1": {"state": "asked", "by": REP, "asked": STRANGER}}}),
    ("open_alternatives", alternatives("asked")),
    ("open_alternatives", {"alternatives": {"1": {"state": "agreed", "by": REP, "asked": STRANGER}}}),
    ("offer_made", alternatives("agreed")),
    ("sign_off", {}),
    ("sign_off", {"residuals": False}),
    ("lift_risk", {}),
    ("lift_risk", {"risks": {}}),
    ("answer_abuse", {}),
    ("take_back_chase", {}),
    ("take_back_chase", {"chased": [{"note": 1, "by": STRANGER, "at": "2026-11-24T01:00:00+00:00"}]}),
    ("answer_abuse", {"abuse": {"1": {"state": "told", "by": REP, "told": STRANGER}}}),
    ("answer_abuse", {"abuse": {"1": {"state": "answered", "by": REP, "told": BOSS}}}),
    ("choose_way", {}),
    ("merge", DATE),
    ("merge", {"conditions": True}),
    ("merge", {"ban": {"who": [REP], "way": ""}}),
    ("pause", {"pause": {"ends": AT.isoformat()}}),
    ("end_pause", {}),
    ("end_pause", {"pause": {}}),
    ("set_final_date", DATE),
    ("confirm_final_date", {}),
    ("confirm_final_date", {**DATE, "final_confirmed": True}),
    ("move_final_date", {}),
    ("meet_final_date", {}),
    ("lift_final_date", {}),
    ("ask_absence", {}),
    ("ask_absence", {**DATE, **ASKED}),
    ("allow_absence", DATE),
    ("refuse_absence", DATE),
    ("bring_back_plan", {"news": 0}),
]
AHEAD = Progress(state="open", started=True, submission=1, data={"starts": AT.isoformat(), "attendees": [REP, BOSS]})
# kind: what each step waits for; a step that is not named waits for nothing
AFTER = {
    "defect": "first_apology<report plan<report visit<plan repair_period<plan letter<plan hand_over<letter "
              "compensation<plan prevention<plan effect_check<prevention follow_up<visit,repair_period",
    "forgotten_collection_day": "first_apology<report plan<report prevention<plan effect_check<prevention "
                                "follow_up<first_apology",
    "late_delivery": "first_apology<report new_date<report plan<report visit<plan letter<plan hand_over<letter "
                     "compensation<plan prevention<plan effect_check<prevention follow_up<visit",
    "missed_appointment": "first_apology<report plan<report visit<plan letter<plan hand_over<letter prevention<plan "
                          "effect_check<prevention follow_up<visit",
    "missed_invoice": "first_apology<report plan<report visit<plan letter<plan hand_over<letter compensation<plan "
                      "prevention<plan effect_check<prevention follow_up<visit",
    "own_use": "hearing<report regret<hearing explain<regret letter<explain hand_over<letter prevention<explain "
               "effect_check<prevention follow_up<explain",
    "relationship": "signs<report plan<signs visit<plan letter<plan hand_over<letter prevention<plan "
                    "effect_check<prevention follow_up<visit",
    "slow_answer": "first_apology<report answer<report plan<report visit<plan prevention<plan effect_check<prevention "
                   "follow_up<answer,visit",
    "untriaged": "first_apology<report",
    "wrong_delivery": "first_apology<report comparison<report plan<comparison visit<plan recheck<plan "
                      "replacement<recheck letter<plan hand_over<letter compensation<plan prevention<plan "
                      "effect_check<prevention follow_up<visit",
}  # fmt: skip
AS_ORDERED = {"product": "same", "quantity": "same", "accessory": "same", "open": False}
# step, what it says, what is missing
LACKING: list[tuple[str, dict[str, Any], str]] = [
    ("plan", {**PLAN, "cause_stated": False}, "cause_stated_or_under_inquiry_until"),
    ("plan", {**PLAN, "prevention_stated": False}, "prevention_stated"),
    ("plan", {**PLAN, "effect_stated": False}, "effect_on_customer_stated"),
    ("plan", {**PLAN, "attendees": []}, "somebody_goes"),
    ("visit", {"met": [], "why_not": False, "reaction": "accepted"}, "person_met_or_why_not"),
    ("visit", {"met": [7], "reaction": None}, "reaction_recorded"),
    ("visit", {"met": [7], "reaction": "conditional"}, "conditions_written"),
    ("visit", {"met": [7], "reaction": "pending"}, "next_contact_agreed"),
    ("letter", {"signatory": REP, "must_fix": 0}, "signatory_is_another"),
    ("letter", {"signatory": None, "must_fix": 0}, "signatory_is_another"),
    ("letter", {"signatory": BOSS, "must_fix": 2}, "letter_check_passed"),
    ("hand_over", {"letter": None}, "letter_in_print"),
    ("compensation", {"decision": "compensate", "amount": 0}, "amount_when_compensated"),
    ("prevention", {"scopes": []}, "measure_beyond_the_person"),
    ("prevention", {"scopes": ["person"], "person_only_reason": False}, "measure_beyond_the_person"),
    ("effect_check", {"worked": None}, "effect_judged"),
    ("hearing", {"heard": False}, "heard_in_their_words"),
    ("comparison", {"difference_stated": False}, "difference_stated"),
    ("recheck", {**AS_ORDERED, "accessory": "differs"}, "nothing_differs"),
    ("recheck", {**AS_ORDERED, "product": "differs"}, "nothing_differs"),
    ("recheck", {**AS_ORDERED, "quantity": "differs"}, "nothing_differs"),
    ("recheck", {**AS_ORDERED, "open": True}, "nothing_differs"),
    ("new_date", {"delivers_on": None}, "date_named"),
    ("repair_period", {"done_stated": False}, "running_again_stated"),
    ("signs", {"causes": [], "pattern": "sudden"}, "cause_looked_for"),
]
NOT_ASKED = {("forgotten_collection_day", "somebody_goes")}  # its plan sends nobody
# step, what it says and nothing is missing
ENOUGH: list[tuple[str, dict[str, Any]]] = [
    ("plan", {**PLAN, "cause_stated": False, "inquiry_until": "2026-12-04"}),
    ("visit", {"met": [], "why_not": True, "reaction": "not_met"}),
    ("letter", {"signatory": BOSS, "must_fix": 0}),
    ("visit", {"met": [7], "reaction": "conditional", "conditions_stated": True}),
    ("visit", {"met": [7], "reaction": "pending", "next_contact": True}),
    ("hand_over", {"letter": 1}),
    ("prevention", {"scopes": ["person"], "person_only_reason": True}),
    ("prevention", {"scopes": ["person", "system"]}),
    ("compensation", {"decision": "nothing_to_compensate", "amount": 0}),
    ("compensation", {"decision": "compensate", "amount": 1}),
    ("effect_check", {"worked": False}),
    ("hearing", {"heard": True}),
    ("comparison", {"difference_stated": True}),
    ("recheck", AS_ORDERED),
    ("new_date", {"delivers_on": "2026-12-04"}),
    ("repair_period", {"done_stated": True}),
    ("signs", {"causes": ["late"], "pattern": "sudden"}),
    ("signs", {"causes": [], "pattern": "unknown"}),
]
# step, what it says, who must sign then; what is not named nobody signs
SIGNED: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("plan", PLAN, ("manager",)),
    ("letter", {"signatory": BOSS, "must_fix": 0}, ("signatory",)),
    ("compensation", {"decision": "none", "amount": 0}, ("manager",)),
]
# step, what it says for another round of it
ANOTHER_ROUND: list[tuple[str, dict[str, Any]]] = [
    ("visit", {"met": [7], "reaction": "not_accepted"}),
    ("effect_check", {"worked": False}),
    ("follow_up", {}),
]


def kinds_with(step: str) -> list[str]:
    return [kind for kind, order in AFTER.items() if f"{step}<" in order]


def with_step(name: str, state: str) -> Case:
    """An incident with one step in this state that could otherwise be signed, confirmed, anything."""
    case = Walk().to_plan().case
    step = AHEAD._replace(
        state=state, doer=REP, data=PLAN if name == "plan" else AHEAD.data, started=name == "visit",
        asks=("manager",) if state == "submitted" else (), unconfirmed=() if state == "submitted" else ("manager",),
    )  # fmt: skip
    return case._replace(steps={**case.steps, name: step})


def at_step(step: str, kind: str = "missed_invoice", severity: str = "B") -> Case:
    """An incident of our own fault, with one step open and everything above it done."""
    playbook = playbooks()[kind]
    steps = {name: Progress(state="done", data=PLAN if name == "plan" else {}) for name in playbook.steps}
    below = list(steps)[list(steps).index(step) + 1 :]
    steps |= {**dict.fromkeys(below, Progress()), step: Progress(state="open")}
    return opened(begin(playbook, "B", AT, RULES)[0], kind)._replace(steps=steps, state="open", severity=severity)


def opened(case: Case, kind: str) -> Case:
    """The letter of the customer's own use is opened by a manager with a reason, or not at all."""
    return case._replace(known={"wanted": ["letter"]}) if kind == "own_use" else case


def ordered(case: Case, command: Command) -> list[Event]:
    return decide(playbook_of(case.playbook, case.version), case, command, AT, RULES)


def refusal(case: Case, command: Command) -> Refused:
    with pytest.raises(Refused) as caught:
        ordered(case, command)
    return caught.value


def submitted(step: str, kind: str, facts: dict[str, Any]) -> Case:
    """The case after a step was submitted."""
    case = at_step(step, kind)
    return replay(case, ordered(case, Command("submit", REP, BOTH, step, 0, facts)))


def life_case(state: str, name: str) -> Case:
    """An incident with all its work done, in this state, and ready for this command."""
    kind = Defect if name == "name_machine" else MissedInvoice
    steps = {step: Progress(state="done") for step in kind.steps}
    if "accompaniment" in name:
        steps["visit"] = AHEAD
    if "repair" in name:
        steps["repair_period"] = Progress(state="open")
    if name == "bring_back_plan":
        steps["plan"] = Progress(state="done", submission=1)
    case = Walk().case._replace(state=state, steps=steps, known=READY.get(name, {}))
    return case if kind is MissedInvoice else case._replace(playbook=kind.key, version=kind.version)


def life_command(name: str, parts: frozenset[str]) -> Command:
    return Command(name, BOSS, parts, facts=LIFE_FACTS)


# --- what may be done to a step


def test_the_tables_leave_nothing_out() -> None:
    assert (set(VERBS), set(LIFE), set(AFTER)) == (set(engine.VERBS), set(engine.LIFE), set(playbooks()))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_taken_from_its_states_alone(verb: str, state: str) -> None:
    states, step, actor, parts = VERBS[verb]
    command = Command(verb, actor, parts, step, 1, PLAN)
    if state in states:
        assert ordered(with_step(step, state), command)[0].name == verb
    else:
        assert refusal(with_step(step, state), command).code == "conflict"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_refused_to_who_has_no_part_in_it(verb: str) -> None:
    states, step, _actor, _parts = VERBS[verb]
    for state in states:
        command = Command(verb, STRANGER, frozenset({"colleague"}), step, 1, PLAN)
        assert refusal(with_step(step, state), command).code == "forbidden"


@pytest.mark.parametrize("verb", ["take_back", "agreed_by_mouth"])
def test_only_the_writer_takes_back_or_tells_what_was_agreed(verb: str) -> None:
    assert refusal(with_step("plan", "submitted"), Command(verb, BOSS, BOTH, "plan", 1)).code == "forbidden"


def test_what_was_started_is_not_started_again() -> None:
    walk = Walk()
    walk.do("start", "report")
    assert refused(walk, "start", "report").code == "conflict"


def test_nothing_is_confirmed_that_was_not_agreed_by_mouth() -> None:
    assert refused(Walk().planned(), "confirm", "plan", STRANGER, LEADS).code == "conflict"


@pytest.mark.parametrize("state", OVER)
def test_no_step_moves_when_the_incident_is_over(state: str) -> None:
    case = Walk().case._replace(state=state)
    assert refusal(case, Command("submit", REP, OWNS, "report")).code == "conflict"


def test_what_does_not_exist_is_named() -> None:
    assert refusal(Walk().case, Command("abracadabra", REP, OWNS, "report")).code == "invalid"
    assert refusal(Walk().case, Command("submit", REP, OWNS, "nowhere")).code == "not_found"


# --- on the way to a visit


def under_way(verb: str, actor: int = REP, parts: frozenset[str] = OWNS, **visit: Any) -> Event:
    """What a verb of a visit does to one that is ahead, changed as given."""
    steps = {**Walk().planned().case.steps, "visit": AHEAD._replace(**visit)}
    return ordered(Walk().planned().case._replace(steps=steps), Command(verb, actor, parts, "visit", 1))[0]


@pytest.mark.parametrize("verb", ["read_brief", "on_the_way", "told_late", "arrived"])
def test_nobody_is_on_the_way_to_what_was_not_arranged(verb: str) -> None:
    for visit in ({"started": False}, {"data": {"attendees": [REP, BOSS]}}):
        with pytest.raises(Refused, match="cannot be done now"):
            under_way(verb, **visit)


@pytest.mark.parametrize(
    ("verb", "before"),
    [
        ("read_brief", {"read": [REP]}),
        ("on_the_way", {"under_way": "on_the_way"}),
        ("told_late", {"under_way": "arrived"}),
        ("arrived", {"under_way": "arrived"}),
    ],
)
def test_what_was_told_on_the_way_is_not_told_again(verb: str, before: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="cannot be done now"):
        under_way(verb, data={**AHEAD.data, **before})


def test_who_goes_along_tells_of_the_way_without_being_in_charge() -> None:
    nobody = frozenset({"colleague"})
    assert under_way("on_the_way", BOSS, nobody).name == "on_the_way"
    assert under_way("on_the_way", STRANGER, frozenset({"companion"})).name == "on_the_way"


@pytest.mark.parametrize("verb", ["on_the_way", "arrived"])
def test_who_goes_alone_has_read_the_brief(verb: str) -> None:
    alone = {**AHEAD.data, "attendees": [REP]}
    with pytest.raises(Refused, match="read the brief"):
        under_way(verb, data=alone)
    assert under_way(verb, data={**alone, "read": [REP]}).sets["data"]["under_way"] == verb


def test_where_two_go_nobody_goes_alone_though_they_read_the_brief() -> None:
    alone = {**AHEAD.data, "attendees": [REP], "read": [REP]}
    with pytest.raises(Refused, match="Two of us go"):
        under_way("on_the_way", data={**alone, "two": True})
    assert under_way("on_the_way", data={**alone, "attendees": [REP, BOSS], "two": True})
    case = Walk().planned().case
    steps = {**case.steps, "visit": AHEAD._replace(data=alone)}
    command = Command("on_the_way", REP, OWNS, "visit", 1)
    with pytest.raises(Refused, match="Two of us go"):
        ordered(case._replace(steps=steps, known={"two_go": True}), command)


@pytest.mark.parametrize("kind", kinds_with("visit"))
def test_a_grave_visit_is_arranged_when_its_hard_turns_were_rehearsed(kind: str) -> None:
    command = Command("start", REP, OWNS, "visit", 0, {"starts": AT.isoformat()})
    grave = at_step("visit", kind, "A")
    assert refusal(grave, command).facts["missing"] == ["rehearsed_when_grave"]
    assert ordered(grave._replace(known={"rehearsed": ["scolded", "ended", "silent"]}), command)
    assert ordered(at_step("visit", kind), command)


STAYS_AWAY = {"ban": {"who": [REP], "due": "", "submission": 1, "way": ""}}


@pytest.mark.parametrize("kind", [kind for kind in kinds_with("visit") if kind != "own_use"])
def test_who_was_asked_to_stay_away_is_not_sent_again(kind: str) -> None:
    def going(*people: int, **known: Any) -> tuple[Case, Command]:
        facts = {"starts": AT.isoformat(), "attendees": list(people)}
        return at_step("visit", kind)._replace(known=known), Command("start", REP, OWNS, "visit", 0, facts)

    for people in ((REP,), (BOSS, REP), ()):
        assert refusal(*going(*people, **STAYS_AWAY)).facts["missing"] == ["nobody_goes_who_is_to_stay_away"]
    assert ordered(*going(BOSS, **STAYS_AWAY))
    assert ordered(*going(REP))


@pytest.mark.parametrize("kind", kinds_with("visit"))
def test_no_result_of_a_grave_visit_passes_the_rehearsal_by(kind: str) -> None:
    result = Command("submit", REP, OWNS, "visit", 0, {"met": [1], "reaction": "accepted"})
    grave = at_step("visit", kind, "A")
    assert refusal(grave, result).facts["missing"] == ["rehearsed_when_grave"]
    assert ordered(grave._replace(known={"rehearsed": ["scolded", "ended", "silent"]}), result)
    assert ordered(at_step("visit", kind), result)


def test_nobody_leaves_for_a_visit_that_has_become_grave_unrehearsed() -> None:
    steps = {**Walk().planned().case.steps, "visit": AHEAD}
    grave = Walk().planned().case._replace(steps=steps, severity="A")
    leave = Command("on_the_way", REP, OWNS, "visit", 1)
    assert refusal(grave, leave).facts["missing"] == ["rehearsed_when_grave"]
    assert ordered(grave._replace(known={"rehearsed": ["scolded", "ended", "silent"]}), leave)


# --- what may be done to the incident as a whole


@pytest.mark.parametrize("state", LIVES)
@pytest.mark.parametrize("name", LIFE)
def test_a_command_of_the_whole_is_taken_in_its_states_alone(name: str, state: str) -> None:
    command = life_command(name, frozenset(PARTS))
    if state in LIFE[name][0]:
        assert ordered(life_case(state, name), command)[0].name == name
    else:
        assert refusal(life_case(state, name), command).code == "conflict"


@pytest.mark.parametrize("name", LIFE)
def test_a_command_of_the_whole_is_refused_to_who_has_no_part_in_it(name: str) -> None:
    states, parts = LIFE[name]
    for part in (*PARTS, "nobody"):
        for case in (life_case(state, name) for state in states):
            if part in parts:
                assert ordered(case, life_command(name, frozenset({part})))
            else:
                assert refusal(case, life_command(name, frozenset({part}))).code == "forbidden"


def test_who_has_no_part_at_all_only_reads() -> None:
    for name, (states, _parts) in LIFE.items():
        case = life_case(sorted(states)[0], name)
        assert refusal(case, life_command(name, frozenset())).code == "forbidden"


def test_who_has_no_part_is_told_so_and_not_that_they_had_asked_for_it() -> None:
    found = refusal(life_case("open", "allow_absence"), life_command("allow_absence", frozenset()))
    assert found.message == "This is done by somebody else in this incident."


def test_a_command_of_the_whole_names_no_step() -> None:
    found = refusal(life_case("open", "note"), life_command("note", frozenset(PARTS))._replace(step="plan"))
    assert (found.code, found.field) == ("invalid", "step")


@pytest.mark.parametrize(("name", "known"), UNREADY)
def test_a_command_of_the_whole_needs_what_it_is_about(name: str, known: dict[str, Any]) -> None:
    case = life_case("open", name)._replace(known=known)
    assert refusal(case, life_command(name, frozenset(PARTS))).code == "conflict"


@pytest.mark.parametrize("plan", [Progress(state="open", submission=1), Progress(submission=1)])
def test_no_plan_is_brought_back_that_has_not_gone_out(plan: Progress) -> None:
    case = life_case("open", "bring_back_plan")
    case = case._replace(steps={**case.steps, "plan": plan})
    assert refusal(case, life_command("bring_back_plan", frozenset(PARTS))).code == "conflict"


@pytest.mark.parametrize("name", ["ask_accompaniment", "answer_accompaniment"])
@pytest.mark.parametrize("visit", [{"state": "done"}, {"started": False}, {"data": {}}])
def test_nobody_comes_along_where_no_visit_lies_ahead(name: str, visit: dict[str, Any]) -> None:
    case = life_case("open", name)
    case = case._replace(steps={**case.steps, "visit": AHEAD._replace(**visit)})
    assert refusal(case, life_command(name, frozenset(PARTS))).code == "conflict"


def test_the_customer_is_told_of_a_review_that_was_signed() -> None:
    case = life_case("open", "told_to_customer")
    case = case._replace(steps={**case.steps, "compensation": Progress(state="submitted", asks=("manager",))})
    assert refusal(case, life_command("told_to_customer", BOTH)).code == "conflict"


@pytest.mark.parametrize("name", ["set_repair_period", "log_repair"])
@pytest.mark.parametrize("repair", [Progress(state="done"), Progress(state="skipped"), None])
def test_no_day_is_logged_where_no_repair_is_under_way(name: str, repair: Progress | None) -> None:
    case = life_case("open", name)
    others = {step: now for step, now in case.steps.items() if step != "repair_period"}
    steps = {**others, **({"repair_period": repair} if repair else {})}
    assert refusal(case._replace(steps=steps), life_command(name, frozenset(PARTS))).code == "conflict"


@pytest.mark.parametrize("name", ["allow_absence", "refuse_absence"])
@pytest.mark.parametrize("actor", [REP, INVITED])
def test_neither_who_asks_for_an_absence_nor_whose_it_is_decides_it(name: str, actor: int) -> None:
    assert refusal(life_case("open", name), Command(name, actor, BOTH)).code == "forbidden"


def test_nothing_closes_over_a_word_of_mouth_not_yet_confirmed() -> None:
    case = life_case("aftercare", "close")
    case = case._replace(steps={**case.steps, "plan": Progress(state="done", unconfirmed=("manager",))})
    assert refusal(case, Command("close", REP, OWNS)).code == "incomplete"


def test_a_change_to_the_same_kind_is_refused() -> None:
    facts = {"playbook": "missed_invoice", "version": 2}
    assert refusal(Walk().case, Command("change_kind", BOSS, LEADS, facts=facts)).code == "conflict"


def test_resumed_in_the_middle_of_the_plan_it_goes_on_there() -> None:
    walk = Walk()
    walk.do("submit", "report")
    walk.do("withdraw")
    before = walk.case.steps["plan"]
    walk.at += timedelta(days=1)
    assert walk.do("resume").steps["plan"] == before


def test_an_untriaged_incident_is_resumed_without_a_step() -> None:
    walk = Walk(Untriaged)
    walk.do("submit", "report")
    walk.do("withdraw")
    assert walk.do("resume").state == "untriaged"


@pytest.mark.parametrize("name", ["note", "chase", "acknowledge", "assign", "withdraw", "void", "merge", "rest"])
def test_what_is_told_or_ended_moves_no_step(name: str) -> None:
    case = Walk().case._replace(steps={**Walk().case.steps, "report": Progress(state="done")})  # the plan could open
    events = ordered(case, Command(name, BOSS, frozenset({"colleague", *LEADS})))
    assert [(event.name, event.step) for event in events] == [(name, "")]


def test_what_is_known_of_the_incident_outlives_what_befalls_a_step() -> None:
    case = Walk().case._replace(known=DATE)
    assert replay(case, ordered(case, Command("submit", REP, OWNS, "report"))).known == DATE


# --- what a paper must say, and who signs it


@pytest.mark.parametrize(
    ("kind", "step", "facts", "missing"),
    [
        (kind, step, facts, missing)
        for step, facts, missing in LACKING for kind in kinds_with(step) if (kind, missing) not in NOT_ASKED
    ],
)  # fmt: skip
def test_a_paper_that_lacks_something_is_refused_and_says_what(
    kind: str, step: str, facts: dict[str, Any], missing: str
) -> None:
    answer = refusal(at_step(step, kind), Command("submit", REP, BOTH, step, 0, facts))
    assert (answer.code, answer.facts["missing"]) == ("incomplete", [missing])


@pytest.mark.parametrize(
    ("kind", "step", "facts"), [(kind, step, facts) for step, facts in ENOUGH for kind in kinds_with(step)]
)
def test_a_reason_or_a_no_is_an_answer_too(kind: str, step: str, facts: dict[str, Any]) -> None:
    assert submitted(step, kind, facts).steps[step].submission == 1


@pytest.mark.parametrize(
    ("kind", "step", "facts", "asks"), [(kind, *row) for row in SIGNED for kind in kinds_with(row[0])]
)
def test_who_signs_a_paper_is_asked(kind: str, step: str, facts: dict[str, Any], asks: tuple[str, ...]) -> None:
    now = submitted(step, kind, facts)
    assert (now.steps[step].state, now.steps[step].asks) == ("submitted", asks)


@pytest.mark.parametrize(("kind", "row"), [(kind, row) for row in SIGNED for kind in kinds_with(row[0])])
def test_a_plan_may_be_approved_by_mouth_and_nothing_else(kind: str, row: tuple[str, dict[str, Any], Any]) -> None:
    step, facts, _asks = row
    now = submitted(step, kind, facts)
    command = Command("agreed_by_mouth", REP, BOTH, step, 1)
    if step == "plan":
        assert ordered(now, command)[0].name == "agreed_by_mouth"
    else:
        assert refusal(now, command).code == "conflict"


# --- where a step belongs


@pytest.mark.parametrize("kind", AFTER)
def test_a_step_waits_for_those_above_it_and_for_no_other(kind: str) -> None:
    playbook = playbooks()[kind]
    done = {name: Progress(state="done", data=PLAN if name == "plan" else {}) for name in playbook.steps}
    found = []
    for step in playbook.steps:
        waits_for = []
        for other in (name for name in playbook.steps if name != step):
            steps = {**done, step: Progress(), other: done[other]._replace(state="open")}
            case = opened(begin(playbook, "B", AT, RULES)[0], kind)._replace(steps=steps, state="open")
            if step not in {event.step for event in settle(playbook, case, AT, RULES)}:
                waits_for.append(other)
        found += [f"{step}<{','.join(waits_for)}"] if waits_for else []
    assert " ".join(found) == AFTER[kind]


@pytest.mark.parametrize("step", ["letter", "hand_over"])
@pytest.mark.parametrize("kind", [kind for kind in kinds_with("letter") if kind != "own_use"])
def test_a_letter_is_for_a_fault_of_ours_that_is_not_slight(kind: str, step: str) -> None:
    # an invoice is a matter of paper: its letter was written for a slight fault too, when one could be slight
    slight = "open" if kind == "missed_invoice" else "skipped"
    wanted = [("ours", "B", "open"), ("both", "A", "open"), ("use", "B", "skipped"), ("ours", "C", slight)]
    for fault, severity, state in wanted:
        case = at_step(step, kind, severity)
        steps = {**case.steps, "plan": Progress(state="done", data={**PLAN, "fault": fault}), step: Progress()}
        case = case._replace(steps=steps)
        now = replay(case, settle(playbooks()[kind], case, AT, RULES)).steps[step].state
        assert now == state


def test_what_hangs_on_an_opened_step_by_the_same_rule_comes_along_and_nothing_else() -> None:
    steps = {**at_step("recheck", "wrong_delivery").steps, "letter": Progress(), "hand_over": Progress()}
    steps |= {"comparison": Progress(state="done", data={"remedy": "refund"})}
    steps |= {"plan": Progress(state="done", data={**PLAN, "fault": "use"}), "recheck": Progress()}
    case = at_step("recheck", "wrong_delivery")._replace(steps=steps, known={"wanted": ["letter"]})
    now = replay(case, settle(playbooks()["wrong_delivery"], case, AT, RULES)).steps
    assert [now[step].state for step in ("letter", "hand_over", "recheck")] == ["open", "waiting", "skipped"]


@pytest.mark.parametrize("kind", ["defect", "own_use"])
def test_only_a_manager_opens_what_a_rule_leaves_out(kind: str) -> None:
    case = at_step("letter", kind)
    plan = {"plan": Progress(state="done", data={**PLAN, "fault": "use"})} if kind == "defect" else {}
    case = case._replace(steps={**case.steps, **plan, "letter": Progress(), "hand_over": Progress()}, known={})
    case = replay(case, settle(playbooks()[kind], case, AT, RULES))
    assert (case.steps["letter"].state, case.steps["hand_over"].state) == ("skipped", "skipped")
    assert refusal(case, Command("submit", REP, BOTH, "letter", 0, {})).code == "conflict"
    assert refusal(case, Command("reopen", REP, OWNS, "letter", 0, {})).code == "forbidden"
    then = replay(case, ordered(case, Command("reopen", BOSS, frozenset({"manager"}), "letter", 0, {"note": 1})))
    assert (then.steps["letter"].state, then.steps["hand_over"].state) == ("open", "waiting")
    assert then.known["wanted"] == ["letter"]
    again = Command("reopen", BOSS, frozenset({"manager"}), "report", 0, {"note": 1})
    assert "wanted" not in replay(case, ordered(case, again)).known, "what applies is opened again and no more"


@pytest.mark.parametrize(
    ("kind", "step", "facts"), [(kind, step, facts) for step, facts in ANOTHER_ROUND for kind in kinds_with(step)]
)
def test_what_has_not_settled_it_comes_round_again(kind: str, step: str, facts: dict[str, Any]) -> None:
    now = submitted(step, kind, facts).steps[step]
    assert (now.state, now.round) == ("open", 1)


def test_a_plan_opened_again_leaves_what_was_done_after_it() -> None:
    walk = Walk().planned().visited()
    walk.do("reopen", "plan", BOSS, LEADS)
    assert (walk.state("plan"), walk.state("visit"), walk.state("letter")) == ("open", "done", "waiting")


def test_work_that_nobody_signs_is_done_at_once_and_due_no_more() -> None:
    first, *rest = ordered(Walk().case, Command("submit", REP, OWNS, "report"))
    assert (first.sets["due"], first.sets["alarms"]) == (None, ())
    assert [(event.name, event.step) for event in rest] == [
        ("done", "report"), ("open", "first_apology"), ("open", "plan")
    ]  # fmt: skip


def test_an_untriaged_incident_never_passes_into_aftercare() -> None:
    walk = Walk(Untriaged)
    walk.do("submit", "report")
    assert walk.do("submit", "first_apology").state == "untriaged"


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_stays_over(state: str) -> None:
    assert list(settle(MissedInvoice, life_case(state, ""), AT, RULES)) == []


# --- the clock


def test_when_all_alarms_are_told_nothing_wakes_any_more() -> None:
    case = Walk().case
    report = case.steps["report"]
    told = case._replace(steps={**case.steps, "report": report._replace(level=len(report.alarms))})
    assert wakes_at(told) is None


def test_no_alarm_is_told_of_what_is_over() -> None:
    case = Walk().case
    late = case.steps["report"].alarms[-1]
    assert tick(case, late)
    assert tick(case._replace(state="withdrawn"), late) == []
