"""What can be done to an incident as a whole: from which states, by whom, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.engine.case import OVER, Case, Event, Progress
from incidents.engine.cause import lacking
from incidents.engine.pause import may_begin, pause_of
from incidents.engine.playbook import MANAGER, OWNER, Playbook, playbook_of
from incidents.engine.remedies import FAILED, raised, speaks
from incidents.engine.translation import _
from incidents.engine.verbs import KNOWN, OPENED_AGAIN, TAKEN_BACK, Command
from office.errors import Refused


def in_place_of(absent: int) -> str:
    """The part of who stands in for an absent colleague today."""
    return f"for:{absent}"


INCIDENT_IS = _("The incident is %(state)s.")
STEP_IS = _("This cannot be done now: %(step)s is %(state)s.")


@dataclass(frozen=True)
class Life:
    """A thing that can be done to the incident as a whole.

    when: of the case, beside its state. barred: who may not though they play the part, since who asks does not decide.
    concerns: of the case and who asks; whom it does not concern is answered as if there were nothing here. otherwise:
    what is said when it does not hold or does not concern; its %(step)s and %(state)s are those of `step`, or of the
    incident where it names none.
    """

    states: tuple[str, ...]
    parts: frozenset[str]
    when: Callable[[Case], bool] = lambda case: True
    otherwise: str = INCIDENT_IS
    step: str = ""
    barred: Callable[[Case], Collection[int]] = lambda case: ()
    concerns: Callable[[Case, Command], bool] = lambda case, command: True

    def admits(self, case: Case, command: Command) -> bool:
        """Whether the actor plays a part that may, and is not barred."""
        return bool(self.parts & command.parts) and command.actor not in self.barred(case)

    def not_now(self, case: Case) -> Refused:
        """The refusal of what does not hold now; it names the state."""
        step = self.step if self.step in case.steps else ""
        sentence = INCIDENT_IS if self.step and not step else self.otherwise
        state = case.steps[step].shown if step else case.state
        return Refused("conflict", sentence, step=step, state=state)


def _alternatives(*states: str, who: tuple[str, ...] = ()) -> Callable[[Case, Command], bool]:
    """A set of alternatives stands in one of these states; with `who`, one that the actor wrote, was asked about or has
    agreed to. Who was asked may be away: whoever stands in for them answers, unless they wrote the set themselves."""

    def concerns(command: Command, row: Mapping[str, Any]) -> bool:
        if command.actor in [row.get(name) for name in who]:
            return True
        in_place = "asked" in who and row["state"] == "asked" and in_place_of(row["asked"]) in command.parts
        return in_place and command.actor != row["by"]

    return lambda case, command: any(
        row["state"] in states and (not who or concerns(command, row))
        for row in case.known.get("alternatives", {}).values()
    )


CHASED = "chased"  # in what is known of an incident: who noted since the last contact that the customer asked again
PLAN, VISIT, REVIEW, REPAIR = "plan", "visit", "compensation", "repair_period"


def _told_of_abuse(case: Case, command: Command) -> bool:
    """A record of what one of us had to bear waits for this very boss."""
    rows = case.known.get("abuse", {}).values()
    return any(row["state"] == "told" and row["told"] == command.actor for row in rows)


def _noted_a_chase(case: Case, command: Command) -> bool:
    """Whoever tapped takes it back."""
    return any(one["by"] == command.actor for one in case.known.get(CHASED, ()))


def _is_a_defect(case: Case) -> bool:
    return case.playbook == "defect"


def _review_signed(case: Case) -> bool:
    return REVIEW in case.steps and case.steps[REVIEW].state == "done"


def _has_final_date(case: Case) -> bool:
    return bool(case.known.get("final_date"))


def _absence_is_asked(case: Case) -> bool:
    return bool(case.known.get("absence"))


def _asked_absence(case: Case) -> Collection[int]:
    """Four eyes: neither who asked for the absence nor whose it is allows it."""
    asked = case.known.get("absence") or {}
    return {pk for pk in (asked.get("asked_by"), case.known.get("final_goes")) if pk}


def _news_for_the_plan(case: Case) -> bool:
    """Something was shared since the plan went to the boss (practice 4-14), or it was approved while we inquire."""
    plan = case.steps.get(PLAN, Progress())
    if plan.state == "done" and plan.data and lacking(case):
        return True
    return plan.state in ("submitted", "done") and case.known.get("news") == plan.submission


def _visit_ahead(case: Case) -> bool:
    visit = case.steps.get(VISIT, Progress())
    return visit.state == "open" and visit.started and "starts" in visit.data


def _repair_ahead(case: Case) -> bool:
    """The machine does not run again yet, as far as anybody has recorded it."""
    return REPAIR in case.steps and not case.steps[REPAIR].ended


def _asked_to_stay_away(case: Case) -> bool:
    return bool(case.known.get("ban"))


def _ban_without_way(case: Case) -> bool:
    return bool(case.known.get("ban")) and not case.known["ban"]["way"]


def _no_word_stands(case: Case) -> bool:
    """Nothing the customer has said binds us in this incident alone: it would be lost in another one."""
    return not (_has_final_date(case) or case.known.get("conditions") or _ban_without_way(case))


_LIVING = ("untriaged", "open", "aftercare")
_CAME_THROUGH = ("aftercare", "closed", "at_rest")  # what was to be done at once is done
_IN_CHARGE = frozenset({OWNER, MANAGER})
NO_MACHINE = _("The incident is %(state)s. A machine is named where something we delivered does not work.")
NO_CHASE = _("The incident is %(state)s. You have not noted in it that the customer asked again.")
NO_FINAL_DATE = _("No final date is in force.")
NO_ABSENCE = _("No absence from the deadline day waits for a decision.")
NO_SET = _("The incident is %(state)s. No alternatives wait in it for your answer.")
NO_AGREED_SET = _("The incident is %(state)s. No alternatives agreed with you are held back in it.")
NO_OPEN_SET = _("The incident is %(state)s. No alternatives are laid open in it.")
NO_REVIEW = _("%(step)s is %(state)s. The decision is told to the customer once it is signed.")
NO_NEWS = _(
    "%(step)s is %(state)s. It is put before the boss again when something was shared after it went there, or while "
    "its cause is open."
)
NO_VISIT = _("%(step)s is %(state)s. Coming along is asked for and answered while a visit is arranged.")
_WAITS_FOR_ME = _alternatives("asked", who=("asked",))
NO_RESIDUAL = _("The incident is %(state)s. No residual item waits for its sign-off.")
NO_RISK = _("The incident is %(state)s. No risk to our dealings is in force.")
NO_BAN = _("The incident is %(state)s. Nobody has been asked to stay away.")
NO_REPAIR = _("The incident is %(state)s. No repair is under way in it.")
NO_WISH_YET = _("Write first what the customer really wishes, with their claims. Then alternatives can be prepared.")
NO_PAUSE = _(
    "The incident is %(state)s. The clock is stopped once, and only when the boss and the customer have heard of it."
)
NOT_PAUSED = _("The incident is %(state)s. Its clock does not stand still.")
WAY_OPEN = _("We have been asked to stay away, and the boss has not yet said how we go on.")
CONDITIONS_OPEN = _(
    "The customer has accepted on a condition that is not settled yet. Note what was agreed, or that they accept."
)
WORD_STANDS = _(
    "The incident is %(state)s. A final date, a condition or a wish of the customer that we stay away stands in it. "
    "Please merge the other incident into this one."
)
TOO_SLIGHT = _("An incident of this kind is at least of severity %(severity)s.")
LIFE: Mapping[str, Life] = {
    "close": Life(("open", "aftercare"), frozenset({OWNER, MANAGER})),
    "resume": Life(("aftercare", "closed", "withdrawn", "void", "at_rest"), frozenset({OWNER, MANAGER})),
    "change_kind": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "set_severity": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "assign": Life(_LIVING, frozenset({MANAGER})),
    "withdraw": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "void": Life(_LIVING, frozenset({MANAGER})),
    "merge": Life(_LIVING, frozenset({OWNER, MANAGER}), _no_word_stands, WORD_STANDS),
    "split": Life(_LIVING, _IN_CHARGE),
    "rest": Life((*_LIVING, "at_rest"), frozenset({MANAGER})),
    "pause": Life(("open",), _IN_CHARGE, may_begin, NO_PAUSE),
    "end_pause": Life(_LIVING, _IN_CHARGE, lambda case: bool(pause_of(case)), NOT_PAUSED),
    "note": Life((*_LIVING, *OVER), frozenset({OWNER, MANAGER, "colleague"})),
    "chase": Life(_LIVING, frozenset({OWNER, MANAGER, "colleague"})),
    "take_back_chase": Life(
        _LIVING, frozenset({OWNER, MANAGER, "colleague"}), otherwise=NO_CHASE, concerns=_noted_a_chase
    ),
    "note_listening": Life(_LIVING, _IN_CHARGE),
    "acknowledge": Life((*_LIVING, *OVER), frozenset({MANAGER, "boss"})),
    "prepare_alternatives": Life(_LIVING, _IN_CHARGE, lambda case: bool(case.known.get("wish")), NO_WISH_YET),
    "agree_alternatives": Life(_LIVING, frozenset({MANAGER}), otherwise=NO_SET, concerns=_WAITS_FOR_ME),
    "return_alternatives": Life(_LIVING, frozenset({MANAGER}), otherwise=NO_SET, concerns=_WAITS_FOR_ME),
    "open_alternatives": Life(
        _LIVING,
        frozenset({MANAGER}),
        otherwise=NO_AGREED_SET,
        concerns=_alternatives("agreed", who=("by", "asked", "agreed_by")),
    ),
    "offer_made": Life(_LIVING, _IN_CHARGE, otherwise=NO_OPEN_SET, concerns=_alternatives("opened")),
    "counter_offer": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "agreement": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "loss_sheet": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "note_claims": Life(_LIVING, _IN_CHARGE),
    "note_photos": Life((*_LIVING, *OVER), frozenset({OWNER, MANAGER, "colleague"})),
    "note_papers": Life(_LIVING, frozenset({*_IN_CHARGE, "colleague"})),
    "note_abuse": Life(_LIVING, frozenset({*_IN_CHARGE, "colleague"})),
    "answer_abuse": Life(_LIVING, frozenset({MANAGER}), concerns=_told_of_abuse),
    "sign_off": Life(
        _LIVING, frozenset({*_IN_CHARGE, "colleague"}), lambda case: bool(case.known.get("residuals")), NO_RESIDUAL
    ),
    "name_references": Life(_LIVING, _IN_CHARGE),
    "name_machine": Life(_LIVING, frozenset({*_IN_CHARGE, "colleague"}), _is_a_defect, NO_MACHINE),
    "note_risk": Life(_LIVING, _IN_CHARGE),
    "lift_risk": Life(_LIVING, _IN_CHARGE, lambda case: bool(case.known.get("risks")), NO_RISK),
    "note_recovery": Life(_CAME_THROUGH, _IN_CHARGE),
    "note_referral": Life(_CAME_THROUGH, frozenset({*_IN_CHARGE, "colleague"})),
    "choose_way": Life(_LIVING, frozenset({MANAGER}), _asked_to_stay_away, NO_BAN),
    "told_to_customer": Life(_LIVING, _IN_CHARGE, _review_signed, NO_REVIEW, REVIEW),
    "set_repair_period": Life(_LIVING, _IN_CHARGE, _repair_ahead, NO_REPAIR),
    "log_repair": Life(_LIVING, frozenset({*_IN_CHARGE, "colleague"}), _repair_ahead, NO_REPAIR),
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
        _("Either no final date is in force, or what the customer expects is recorded already."),
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
    "allow_absence": Life(_LIVING, frozenset({MANAGER}), _absence_is_asked, NO_ABSENCE, barred=_asked_absence),
    "refuse_absence": Life(_LIVING, frozenset({MANAGER}), _absence_is_asked, NO_ABSENCE, barred=_asked_absence),
    "arrive_on_day": Life(
        _LIVING,
        frozenset({*_IN_CHARGE, "goes"}),
        lambda case: _has_final_date(case) and case.known.get("final_arrived") != case.known["final_date"],
        _("Either no final date is in force, or the arrival is recorded already."),
    ),
    "choose_boss": Life(_LIVING, frozenset({OWNER})),
    "advise": Life(_LIVING, frozenset({MANAGER, "boss"})),
    "dissent": Life(_LIVING, frozenset({OWNER, MANAGER})),
    # of an opinion asked in private nobody else may learn by how he is refused: its parts alone decide
    "ask_opinion": Life(_LIVING, frozenset({OWNER})),
    "ask_outside_view": Life(_LIVING, frozenset({OWNER})),
    "answer_opinion": Life(_LIVING, frozenset({"asked"})),
    "share_opinion": Life(_LIVING, frozenset({"asker"})),
    "withdraw_opinion": Life(_LIVING, frozenset({"asking"})),
    "bring_back_plan": Life(_LIVING, frozenset({OWNER}), _news_for_the_plan, NO_NEWS, PLAN),
    "rehearse": Life(_LIVING, frozenset({OWNER, MANAGER})),
    "ask_accompaniment": Life(_LIVING, frozenset({OWNER}), _visit_ahead, NO_VISIT, VISIT),
    "answer_accompaniment": Life(_LIVING, frozenset({"invited"}), _visit_ahead, NO_VISIT, VISIT),
    "read_result": Life(_LIVING, frozenset({"told"})),
}


def check_life(case: Case, command: Command) -> None:
    """Refuse a command about the incident as a whole that is out of order or not the actor's, whatever it says."""
    life = LIFE[command.name]
    if command.step:
        raise Refused("invalid", "This concerns the whole incident: please name no step.", field="step")
    if case.state not in life.states:
        raise Refused("conflict", INCIDENT_IS, state=case.state)
    if not (life.when(case) and life.concerns(case, command)):
        raise life.not_now(case)
    if not life.parts & command.parts:
        raise Refused("forbidden", "This is done by somebody else in this incident.")
    if not life.admits(case, command):
        raise Refused("forbidden", "Whoever asks for it, or is asked about, does not decide it.")


def life_events(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    """What a command about the incident as a whole does by itself; Refused when it may not be."""
    check_life(case, command)
    return {
        "close": _close, "resume": _resume, "change_kind": _change_kind, "set_severity": _set_severity,
        "withdraw": _end("withdrawn"), "void": _end("void"), "merge": _end("merged"), "rest": _end("at_rest"),
        "name_machine": _name_machine,
        "bring_back_plan": _bring_back_plan, "choose_way": _choose_way,
    }.get(command.name, _told)(playbook, case, command, at)  # fmt: skip


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
    if _ban_without_way(case):
        raise Refused("incomplete", WAY_OPEN)
    if case.known.get("conditions"):
        raise Refused("incomplete", CONDITIONS_OPEN)
    return [Event("close", "", at, {"state": "closed"})]


def _resume(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    back = Event("resume", "", at, {"state": playbook.first_state()})
    step = playbook.resumes_at
    if not step or not case.steps[step].ended:
        return [back]
    return [back, Event("reopen", step, at, OPENED_AGAIN)]


def _bring_back_plan(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    submitted = case.steps[PLAN].state == "submitted"
    name, sets = ("take_back", TAKEN_BACK) if submitted else ("reopen", OPENED_AGAIN)
    return [*_told(playbook, case, command, at), Event(name, PLAN, at, sets)]


def _choose_way(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    """Where somebody else goes, one more visit is arranged."""
    told, visit = _told(playbook, case, command, at), case.steps.get(VISIT, Progress())
    if command.facts.get("way") != "other_person" or not visit.ended:
        return told
    return [*told, Event("reopen", VISIT, at, {**OPENED_AGAIN, "round": visit.round + 1})]


def _change_kind(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    key, version = str(command.facts["playbook"]), int(command.facts["version"])
    if key == case.playbook:
        raise Refused("conflict", "The incident is of that kind already.")
    target = playbook_of(key, version)
    sets = {"playbook": key, "version": version, "steps": list(target.steps), "state": target.first_state()}
    severity = target.at_least(str(command.facts.get("severity", case.severity)))
    if known := command.facts.get(KNOWN):  # the rule for repeats has found earlier ones of this kind
        sets |= {"known": {**case.known, **known}}
    if known or severity != case.severity:
        sets["severity"] = severity
    told = [Event(FAILED, "", at, {})] if speaks(case, command.facts.get(KNOWN, {})) else []
    return [Event("change_kind", "", at, sets), *told]


def _name_machine(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    """The rule for repeats may have found that the same machine has failed before."""
    sets: dict[str, Any] = {"known": {**case.known, **command.facts.get(KNOWN, {})}}
    if severity := command.facts.get("severity"):
        sets["severity"] = str(severity)
    return [Event("name_machine", "", at, sets)]


def refuse_slighter(playbook: type[Playbook], severity: str) -> None:
    """Refused invalid when an incident of this kind may not be of so slight a severity (practice 0-01)."""
    if severity > playbook.floor:
        raise Refused("invalid", TOO_SLIGHT, field="severity", severity=playbook.floor)


def _set_severity(playbook: type[Playbook], case: Case, command: Command, at: datetime) -> list[Event]:
    severity = str(command.facts["severity"])
    refuse_slighter(playbook, severity)
    lowered = severity > case.severity  # A, B, C
    by_rule = case.playbook in case.known.get("repeats", {}) or raised(case)
    if lowered and by_rule and MANAGER not in command.parts:
        raise Refused("forbidden", "The rule for repeats has raised the severity. The boss lowers it, with a reason.")
    return [Event("set_severity", "", at, {"severity": severity})]
