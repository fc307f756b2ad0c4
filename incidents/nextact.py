"""The one act that brings an incident on, of whoever reads it, or else who is to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_noop

from incidents.timeline import Record

if TYPE_CHECKING:
    from incidents.actions import Action
    from incidents.pages import Whole

# The next act of the viewer: command → sentence, button. %(step)s is the step's name.
NEXT: dict[str, tuple[str, str]] = {
    "submit": (gettext_noop("The next step is: %(step)s."), gettext_noop("Write: %(step)s")),
    "start": (gettext_noop("Arrange when and whom to see: %(step)s."), gettext_noop("Arrange: %(step)s")),
    "approve": (gettext_noop("%(step)s waits for your decision."), gettext_noop("Read: %(step)s")),
    "confirm": (
        gettext_noop("You agreed by word of mouth. Please confirm it: %(step)s."), gettext_noop("Confirm: %(step)s"),
    ),
    "close": (gettext_noop("Every step is done. Shall the incident be closed?"), ""),
}  # fmt: skip
NOTED = ("first_apology", "visit", "follow_up", "effect_check")  # what happened is noted rather than written
NOTE = gettext_noop("Record: %(step)s")
HANDED_OVER = gettext_noop("Record the hand-over")
SENT_BACK = gettext_noop("%(step)s has come back. The reason stands below.")
VISIT_AHEAD = gettext_noop("The visit is arranged. Look at the brief before you go.")
VISIT_OPEN = gettext_noop("Open the brief and the record of the visit")
FORWARD = ("approve", "confirm", "submit", "start")
PLAIN_START = ("visit",)  # only a visit is arranged first; other steps need no start to be written


@dataclass(frozen=True)
class Next:
    """The one act that brings the work on: of this viewer, or else who is to act."""

    sentence: str
    button: str = ""
    step: str = ""
    command: str = ""
    due: datetime | None = None
    reason: str = ""
    who: str = ""


def next_act(page: Whole) -> Next:
    """Of the forward actions the one due first; approvals before own work, since somebody waits for them."""
    forward = [action for action in page.actions if action.command in FORWARD and _brings_on(action)]
    arranging = {action.step for action in forward if action.command == "start"}
    forward = [action for action in forward if action.command != "submit" or action.step not in arranging]
    if forward:
        return _mine(page, min(forward, key=lambda action: _urgency(page, action)))
    if page.may("close") and all(rung.state in ("done", "remark", "skipped") for rung in page.rungs):
        return Next(gettext(NEXT["close"][0]), command="close")
    return _others(page)


def _brings_on(action: Action) -> bool:
    return action.command != "start" or (action.step in PLAIN_START and action.forward)


def _urgency(page: Whole, action: Action) -> tuple[int, bool, datetime]:
    due = page.view.case.steps[action.step].due
    return (FORWARD.index(action.command) // 2, due is None, due or page.now)


def _mine(page: Whole, action: Action) -> Next:
    progress = page.view.case.steps[action.step]
    words = {"step": gettext(action.step_label)}
    sentence, button = (gettext(text) % words for text in NEXT[action.command])
    kind, reason = page.view.playbook.steps[action.step].kind, ""
    if action.command == "submit" and kind in (*NOTED, "hand_over", "replacement"):
        button = gettext(HANDED_OVER if kind in ("hand_over", "replacement") else NOTE) % words
    if action.command == "submit" and progress.sent_back:
        sentence, reason = gettext(SENT_BACK) % words, sent_back_reason(page.record, action.step)
    elif action.command == "submit" and progress.data.get("starts"):
        sentence, button = gettext(VISIT_AHEAD), gettext(VISIT_OPEN)
    return Next(sentence, button, action.step, action.command, progress.due, reason)


def _others(page: Whole) -> Next:
    """Who is to act, when it is not the viewer's turn."""
    if page.view.case.over:
        return Next("")
    waiting = [rung for rung in page.rungs if rung.state in ("open", "started", "sent_back", "submitted")]
    if not waiting:
        return Next("")
    rung = min(waiting, key=lambda rung: (rung.due is None, rung.due or page.now))
    facts = {"who": rung.who, "step": gettext(rung.label)}
    if rung.state == "submitted":
        return Next(gettext("%(step)s waits for %(who)s's approval.") % facts, step=rung.name, due=rung.due)
    return Next(gettext("%(who)s is to act next: %(step)s.") % facts, step=rung.name, due=rung.due)


def sent_back_reason(found: Record, step: str) -> str:
    """Why a step was sent back the last time."""
    return next((moment.words for moment in found.about(step) if moment.command == "send_back"), "")
