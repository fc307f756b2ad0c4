"""What a viewer may do to an incident now: for the page's buttons and for programs that know no playbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from incidents.engine import Case, Command, Guard, Playbook, Rules, allowed, decide, playbook_of
from incidents.engine.codec import case_from_json
from incidents.models import Incident
from incidents.orders import ORDERS
from incidents.parts import parts_of
from incidents.pins import pins
from incidents.steps import KINDS, Setting, StepPaper
from incidents.steps.base import Facts
from office.errors import Refused
from office.hashing import canonical
from office.selectors import business_calendar
from office.viewer import Viewer

# what there must be to do it to, as the example names it
NEEDS = {"merge": "number", "note_listening": "contact", "sign_off": "promise", "note_photos": "photos"}
# what brings the work on, as against what turns it
REHEARSED = "rehearsed_when_grave"  # the guard of a visit whose hard turns are thought through first
IN_FULL = ("cause_in_full_to_go_again", "cause_in_full")  # guards of a step that waits for the cause in the plan
FORWARD = ("start", "submit", "approve", "confirm", "sign_off", "close")


@dataclass(frozen=True)
class Action:
    """One thing this viewer may do now. label and step_label are English msgids."""

    command: str
    step: str
    submission: int
    label: str
    step_label: str
    forward: bool


@dataclass(frozen=True)
class Scene:
    """An incident as one viewer finds it."""

    viewer: Viewer
    incident: Incident
    case: Case
    playbook: type[Playbook]
    rules: Rules
    parts: frozenset[str]

    @cached_property
    def setting(self) -> Setting:
        """Where papers are written here and now."""
        return Setting(self.incident, self.viewer.user, self.viewer.at)

    def actions(self) -> list[Action]:
        """Everything allowed now, what brings the work on first. Asks the database nothing."""
        command = Command("", self.viewer.user.pk, self.parts)
        found = (self._action(verb, step) for verb, step in allowed(self.playbook, self.case, command, self.rules))
        return sorted(found, key=lambda action: not action.forward)

    @property
    def unrehearsed(self) -> bool:
        """Whether the visit cannot go on before its hard turns are rehearsed (practice 4-16)."""
        step = self.playbook.steps.get("visit")
        if step is None or self.case.over or self.case.steps[step.name].state != "open":
            return False
        return any(need.code == REHEARSED and not need(self.case, self.rules) for need in step.before)

    def held_up(self, step: str) -> Guard | None:
        """Why a step that is open now, a second visit or a letter, waits for the cause in the plan (practice 0-05)."""
        known = self.playbook.steps.get(step)
        if known is None or self.case.over or self.case.steps[step].state != "open":
            return None
        guards = (need for need in (*known.before, *known.needs) if need.code in IN_FULL)
        return next((need for need in guards if not need(self.case, self.rules)), None)

    @property
    def has_news(self) -> bool:
        """Whether something was shared since the plan went to the boss (practice 4-14)."""
        plan = self.case.steps.get("plan")
        return plan is not None and self.case.known.get("news") == plan.submission

    @property
    def plan_is_wanted(self) -> bool:
        """Whether the work waits for the cause in the plan."""
        return bool(self.held_up("visit") or self.held_up("letter"))

    def _brings_on(self, verb: str, step: str) -> bool:
        """What brings the work on in the place of a step that cannot go on yet."""
        if verb == "rehearse":
            return self.unrehearsed
        return (verb == "bring_back_plan" or (verb, step) == ("reopen", "plan")) and self.plan_is_wanted

    def _action(self, verb: str, step: str) -> Action:
        again = verb == "start" and self.case.steps[step].started  # an arranged visit may be moved, but need not
        return Action(
            command=verb,
            step=step,
            submission=self.case.steps[step].submission if step else 0,
            label=ORDERS[verb].label,
            step_label=self.playbook.steps[step].label if step else "",
            forward=(verb in FORWARD and not again) or self._brings_on(verb, step),
        )


def scene(viewer: Viewer, incident: Incident) -> Scene:
    """Read an incident for a viewer; no statement."""
    case = case_from_json(incident.case)
    playbook = playbook_of(case.playbook, case.version)
    rules = Rules(incident.pins, business_calendar())
    return Scene(viewer, incident, case, playbook, rules, parts_of(viewer, incident, case))


def shown(view: Scene) -> Iterator[dict[str, Any]]:
    """The actions as the API shows them: with schema and an example that would be accepted now."""
    return (offer for action in view.actions() if (offer := offered(view, action)))


def offered(view: Scene, action: Action) -> dict[str, Any] | None:
    """One action as the API shows it; None when its example would not be accepted now."""
    setting = view.setting.for_submission(action.submission + 1)
    paper, example = _form(view, action, setting)
    if not _would_do(view, action, paper, example, setting):
        return None
    return {
        "command": action.command, "step": action.step, "submission": action.submission, "label": action.label,
        "step_label": action.step_label, "forward": action.forward,
        "schema": {**_schema(paper), "example": example},
    }  # fmt: skip


@cache
def _schema(paper: type[StepPaper]) -> dict[str, Any]:
    """Its JSON schema: dear to make, the same for as long as the program runs."""
    return paper.model_json_schema()


def _form(view: Scene, action: Action, setting: Setting) -> tuple[type[StepPaper], dict[str, Any]]:
    kind = KINDS[view.playbook.steps[action.step].kind] if action.step else None
    if kind and action.command == "submit":
        return kind.paper, kind.example(setting)
    if kind and action.command == "start" and kind.arrangement and kind.arrangement_example:
        return kind.arrangement, kind.arrangement_example(setting)
    form = ORDERS[action.command]
    return form.paper, form.example(setting)


def _would_do(view: Scene, action: Action, paper: type[StepPaper], example: dict[str, Any], setting: Setting) -> bool:
    """Whether the example would be accepted: what cannot succeed now (a letter not yet in print) is not offered."""
    try:
        facts = _facts(view, action, paper, example, setting)
        command = Command(
            action.command, view.viewer.user.pk, view.parts, action.step, action.submission,
            json.loads(canonical(facts)),
        )  # fmt: skip
        decide(view.playbook, view.case, command, view.viewer.at, _rules(view, command))
    except Refused:
        return False
    return True


def _rules(view: Scene, command: Command) -> Rules:
    """The incident's own, or those of the kind it would become."""
    if command.name != "change_kind":
        return view.rules
    target = playbook_of(command.facts["playbook"], command.facts["version"])
    return Rules(pins(target, view.viewer.at), view.rules.calendar)


def _facts(view: Scene, action: Action, paper: type[StepPaper], example: dict[str, Any], setting: Setting) -> Facts:
    kind = KINDS[view.playbook.steps[action.step].kind] if action.step else None
    if kind and action.command == "submit":
        return kind.facts(paper.model_validate(example), setting)
    if kind and action.command == "start" and kind.arrangement_facts:
        return kind.arrangement_facts(paper.model_validate(example), setting)
    if action.command == "close":
        return ORDERS["close"].facts(paper(), setting)
    if action.command in NEEDS and not example[NEEDS[action.command]]:
        raise Refused("conflict", "There is nothing here to do this to.")
    if action.command in ("change_kind", "set_severity", "arrive_on_day", "choose_boss", "take_back_chase"):
        return ORDERS[action.command].facts(paper.model_validate(example), setting)
    return {}
