"""What the pages say: states, commands and refusals in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, gettext_noop

from incidents.engine import playbook_of
from incidents.models import Incident
from office.clock import JST, local_day
from office.errors import Refused
from office.http import sentence

# State of a step: its tag's level, icon, words; and the class and icon of its place on the rail.
STATES: Mapping[str, tuple[str, str, str]] = {
    "waiting": ("later", "lock", gettext_noop("Waits for an earlier step")),
    "open": ("", "circle", gettext_noop("Not started")),
    "started": ("now", "circle-dot", gettext_noop("Started")),
    "sent_back": ("sent", "corner-up-left", gettext_noop("Sent back")),
    "submitted": ("", "hourglass", gettext_noop("Waits for approval")),
    "done": ("done", "check", gettext_noop("Done")),
    "remark": ("done", "check", gettext_noop("Approved with a remark")),
    "skipped": ("later", "redo-2", gettext_noop("Skipped")),
}
RUNGS: Mapping[str, tuple[str, str]] = {
    "waiting": ("shut", "circle-dashed"),
    "open": ("open", "circle"),
    "started": ("now", "circle-dot"),
    "sent_back": ("sent", "corner-up-left"),
    "submitted": ("wait", "hourglass"),
    "done": ("done", "check"),
    "remark": ("done", "check"),
    "skipped": ("shut", "circle-slash"),
}
LIVES: Mapping[str, tuple[str, str, str]] = {  # state of the incident: level, icon, words
    "untriaged": ("", "circle-question-mark", gettext_noop("Untriaged")),
    "open": ("now", "circle-dot", gettext_noop("In hand")),
    "aftercare": ("", "eye", gettext_noop("Aftercare")),
    "closed": ("done", "check", gettext_noop("Closed")),
    "withdrawn": ("", "undo-2", gettext_noop("Withdrawn by the customer")),
    "void": ("", "circle-slash", gettext_noop("Void (logged by mistake)")),
    "merged": ("", "merge", gettext_noop("Merged into another incident")),
    "at_rest": ("", "pause", gettext_noop("At rest")),
}
DONE: Mapping[str, str] = {  # the toast after a command
    "start": gettext_noop("%(step)s is started."),
    "submit": gettext_noop("%(step)s is submitted."),
    "record": gettext_noop("%(step)s is recorded."),
    "approve": gettext_noop("Approved. %(owner)s has been told."),
    "approve_with_remark": gettext_noop("Approved with a remark. %(owner)s has been told."),
    "send_back": gettext_noop("Sent back. %(owner)s sees the reason first."),
    "take_back": gettext_noop("Taken back. You can go on writing."),
    "agreed_by_mouth": gettext_noop("Noted. The boss confirms it later."),
    "confirm": gettext_noop("Confirmed."),
    "skip": gettext_noop("%(step)s is skipped."),
    "reopen": gettext_noop("%(step)s is open again."),
    "close": gettext_noop("The incident of %(customer)s is closed."),
    "resume": gettext_noop("The incident of %(customer)s goes on."),
    "change_kind": gettext_noop("The kind is changed. What was done is kept."),
    "set_severity": gettext_noop("The severity is changed."),
    "assign": gettext_noop("The people in charge are changed."),
    "withdraw": gettext_noop("Withdrawn by the customer: nothing is due any more."),
    "void": gettext_noop("Void: nothing is due any more."),
    "merge": gettext_noop("Merged. The work goes on in the other incident; promises have gone along."),
    "split": gettext_noop("Split. The second matter has a number of its own, and its boss has been told."),
    "rest": gettext_noop("At rest. It stands on the list again on the day you chose."),
    "pause": gettext_noop("Our clock stands still. Promises to the customer go on."),
    "end_pause": gettext_noop("The clock goes on."),
    "note": gettext_noop("The further report is sent."),
    "take_back_chase": gettext_noop("Taken back: it counts no more that the customer asked again."),
    "chase": gettext_noop("Noted: the customer asked again. It stands at the top now."),
    "note_listening": gettext_noop("Noted. It is kept on the contact for next time."),
    "acknowledge": gettext_noop("Your answer is sent to %(owner)s."),
    "prepare_alternatives": gettext_noop("The alternatives are kept. The boss you chose has been asked to look."),
    "agree_alternatives": gettext_noop("Agreed. The alternatives open once the customer's reaction is recorded."),
    "return_alternatives": gettext_noop("Given back. Only who wrote them sees the reason."),
    "open_alternatives": gettext_noop("The alternatives are laid open."),
    "offer_made": gettext_noop("The customer's answer is noted."),
    "counter_offer": gettext_noop("The customer's proposal is noted."),
    "agreement": gettext_noop("What was agreed is noted. Its date stands in the promise ledger."),
    "loss_sheet": gettext_noop("The losses are noted."),
    "note_claims": gettext_noop("The claims are noted under their themes."),
    "note_photos": gettext_noop("The photos are kept. They stand in the timeline."),
    "note_papers": gettext_noop("Noted: the papers that were handed over."),
    "set_repair_period": gettext_noop("The repair period is recorded. Each of its days is asked about."),
    "log_repair": gettext_noop("The day is logged."),
    "note_abuse": gettext_noop("Noted for few. The boss has been told, and two go to this customer from now on."),
    "answer_abuse": gettext_noop("Answered. Only who wrote it and %(owner)s read it."),
    "sign_off": gettext_noop("The customer's sign-off is recorded. The item is done."),
    "name_references": gettext_noop("The papers it is about are named."),
    "name_machine": gettext_noop("The machine is named. How often it has failed stands on the incident."),
    "note_risk": gettext_noop("Recorded. Who decides has been told at once."),
    "lift_risk": gettext_noop("Recorded: the risk is over."),
    "note_recovery": gettext_noop("Recorded: how our dealings stand."),
    "note_referral": gettext_noop("The referral is recorded with this incident."),
    "choose_way": gettext_noop("Noted: this is how we go on. %(owner)s sees it on the incident."),
    "told_to_customer": gettext_noop("Noted: the customer knows our decision."),
    "set_final_date": gettext_noop("The final date is recorded. It counts down for liaison, owner and manager."),
    "confirm_final_date": gettext_noop("What the customer expects is recorded."),
    "move_final_date": gettext_noop("The final date is moved."),
    "meet_final_date": gettext_noop("Recorded: the final date is met."),
    "lift_final_date": gettext_noop("Recorded: the customer took the final date back."),
    "ask_absence": gettext_noop("The absence is asked for. Until it is allowed, the day stays with you."),
    "allow_absence": gettext_noop("The absence is allowed. The day is held by whoever goes instead."),
    "refuse_absence": gettext_noop("The absence is not allowed. %(owner)s sees the reason."),
    "choose_boss": gettext_noop("Noted. What waits for approval stands on that boss's list now."),
    "arrive_on_day": gettext_noop("Noted: arrived on the deadline day."),
    "read_brief": gettext_noop("Noted: you have read the brief."),
    "on_the_way": gettext_noop("Noted: on the way."),
    "told_late": gettext_noop("Noted: the customer knows that we are late."),
    "arrived": gettext_noop("Noted: arrived. Please record the result afterwards."),
    "advise": gettext_noop("The advice stands beside the plan. %(owner)s reads it."),
    "dissent": gettext_noop("Your view stands beside the plan."),
    "ask_opinion": gettext_noop("Asked in private. Only you and those you asked can see it."),
    "ask_outside_view": gettext_noop("Asked for an outside view. The answer appears beside the plan."),
    "answer_outside_view": gettext_noop("Answered. It stands beside the plan."),
    "answer_opinion": gettext_noop("Answered. Only who asked can read it."),
    "share_opinion": gettext_noop("Shared: everybody on this incident can read it now."),
    "withdraw_opinion": gettext_noop("Taken back. Nobody is asked any more."),
    "bring_back_plan": gettext_noop("The plan is open again. Submit it to put it before the boss."),
    "rehearse": gettext_noop("The rehearsal is saved. It stands in the brief of the visit."),
    "ask_accompaniment": gettext_noop("Asked to come along. The answer appears on Today and in the brief."),
    "answer_accompaniment": gettext_noop("Your answer stands in the brief. %(owner)s sees it."),
    "read_result": gettext_noop("Noted: you have read the result."),
}
LACKING: Mapping[str, str] = {  # of cause and prevention, in a plan
    "inquiry": gettext_noop("the cause is still under inquiry"),
    "suspected": gettext_noop("the cause is only suspected so far"),
    "prevention": gettext_noop("no prevention is written yet"),
}
NOT_NOW = gettext_noop("This cannot be done now. The incident is %(state)s.")
ARRANGED = gettext_noop("The visit is arranged. It stands on Today and in the calendar.")


def step_label(incident: Incident, step: str) -> str:
    """What a step of an incident is called; its key when the playbook has no such step (any more)."""
    known = playbook_of(incident.kind, incident.version).steps.get(step)
    return gettext(known.label) if known else step


def kind_label(incident: Incident) -> str:
    """What its kind is called."""
    return gettext(playbook_of(incident.kind, incident.version).label)


def done(command: str, step: str, incident: Incident) -> str:
    """The toast after a command."""
    facts = {
        "step": step_label(incident, step) if step else "", "owner": incident.owner.called,
        "customer": gettext("%(name)s") % {"name": incident.customer.called},
    }  # fmt: skip
    return gettext(DONE[command]) % facts


def clash_sentence(kind: str, day: date) -> str:
    """What is said of an appointment of whoever holds the deadline day, by its kind."""
    if kind == "visit":
        return gettext("Another visit falls on the deadline day (%(day)s). Shall its time be changed?") % {
            "day": day.day
        }
    return gettext("A meeting in the house falls on the deadline day (%(day)s). Shall it be moved?") % {"day": day.day}


def state_words(incident: Incident) -> str:
    """The state of an incident, in words."""
    return gettext(LIVES[incident.state][2])


def when(at: datetime, now: datetime) -> str:
    """A moment in words: 15:41 today, 11/24(火) 15:41 on another day."""
    local = timezone.localtime(at)
    clock = f"{local.hour}:{local.minute:02d}"
    if local_day(at) == local_day(now):
        return clock
    return f"{local.month}/{local.day}({WEEKDAYS_ABBR[local.weekday()]}) {clock}"


def _moment(value: datetime | str) -> datetime:
    """The moment of a refusal: as it is, or as a program reads it (2026-11-24 10:00, in Japan)."""
    return value if isinstance(value, datetime) else datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=JST)


def worded(refused: Refused, incident: Incident, now: datetime) -> Refused:
    """A refusal whose facts are words: states, steps and times as people read them."""
    facts: dict[str, Any] = dict(refused.facts)
    if "when" in facts:
        facts["when"] = when(_moment(facts["when"]), now)
    if "state" in facts:
        words = STATES if facts.get("step") else LIVES
        facts["state"] = gettext(words[facts["state"]][2])
    if "step" in facts:
        facts["step"] = step_label(incident, facts["step"])
    if "lacking" in facts:
        facts["lacking"] = gettext(LACKING[facts["lacking"]])
    if "steps" in facts:
        facts["steps"] = "、".join(step_label(incident, step) for step in facts["steps"])
    return Refused(refused.code, refused.message, field=refused.field, **facts)


def told(refused: Refused, incident: Incident, now: datetime) -> str:
    """The sentence of a refusal as people read it."""
    return sentence(worded(refused, incident, now))
