"""What is said of each command in the timeline: icon, sentence, the chip it stands under, and what it was about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from incidents.engine import playbooks
from incidents.engine.pause import END_PAUSE, KNOWN_AS, PAUSE
from incidents.leaves.base import day_text
from incidents.leaves.repair import window_words
from incidents.leaves.risk import SORTS as RISKS
from incidents.models import Severity
from incidents.orders import ANSWERS
from incidents.pausing import days_between, reason_words
from incidents.ways import WAYS
from office.clock import JST

CUSTOMER, CONTACT, APPROVAL = "words", "visits", "approvals"  # the chips
BELL, CALENDAR = "bell", "calendar"  # an alarm was told; a visit was arranged

# Command: icon, sentence, chip. %(step)s is the step's name, %(more)s what the command is about.
SAID: Mapping[str, tuple[str, str, str]] = {
    "open": ("flag", gettext_noop("Sent the first report"), ""),
    "start": ("circle-dot", gettext_noop("Started: %(step)s"), ""),
    "submit": ("check", gettext_noop("%(step)s: done"), ""),
    "hand_in": ("pen-line", gettext_noop("%(step)s: submitted for approval"), APPROVAL),
    "approve": ("check", gettext_noop("%(step)s: approved"), APPROVAL),
    "approve_with_remark": ("check", gettext_noop("%(step)s: approved with a remark"), APPROVAL),
    "send_back": ("corner-up-left", gettext_noop("%(step)s: sent back"), APPROVAL),
    "take_back": ("undo-2", gettext_noop("%(step)s: taken back"), APPROVAL),
    "agreed_by_mouth": ("message-circle", gettext_noop("%(step)s: agreed by word of mouth"), APPROVAL),
    "confirm": ("check", gettext_noop("%(step)s: word of mouth confirmed"), APPROVAL),
    "skip": ("redo-2", gettext_noop("%(step)s: skipped"), ""),
    "reopen": ("rotate-ccw", gettext_noop("%(step)s: opened again"), ""),
    "close": ("check", gettext_noop("Closed the incident"), ""),
    "resume": ("rotate-ccw", gettext_noop("Resumed the incident"), ""),
    "change_kind": ("shapes", gettext_noop("Changed the kind to: %(more)s"), ""),
    "set_severity": ("gauge", gettext_noop("Changed the severity to: %(more)s"), ""),
    "assign": ("users", gettext_noop("Changed who is in charge"), ""),
    "withdraw": ("undo-2", gettext_noop("Withdrawn by the customer"), ""),
    "void": ("circle-slash", gettext_noop("Void: logged by mistake"), ""),
    "merge": ("merge", gettext_noop("Merged into incident %(more)s"), ""),
    "split": ("split", gettext_noop("Split off as incident %(more)s"), ""),
    "rest": ("pause", gettext_noop("At rest until %(more)s"), ""),
    "pause": ("pause", gettext_noop("Stopped the clock: %(more)s"), ""),
    "end_pause": ("play", gettext_noop("Let the clock go on after %(more)s days"), ""),
    "note": ("message-square", gettext_noop("Further report"), ""),
    "chase": ("bell-ring", gettext_noop("The customer asked again"), CUSTOMER),
    "chase_mistaken": ("bell-ring", gettext_noop("The customer asked again (tapped by mistake, taken back)"), ""),
    "take_back_chase": ("undo-2", gettext_noop("Taken back, tapped by mistake: the customer had not asked again"), ""),
    "note_listening": ("ear", gettext_noop("Noted how they want to be met"), ""),
    "acknowledge": ("check", "%(more)s", APPROVAL),
    "prepare_alternatives": ("pen-line", gettext_noop("Prepared alternatives"), ""),
    "agree_alternatives": ("check", gettext_noop("Alternatives: agreed"), APPROVAL),
    "return_alternatives": ("corner-up-left", gettext_noop("Alternatives: given back"), APPROVAL),
    "open_alternatives": ("folder-open", gettext_noop("Laid the alternatives open"), ""),
    "offer_made": ("message-circle", gettext_noop("Offered an alternative"), CONTACT),
    "counter_offer": ("message-square", gettext_noop("The customer's proposal"), CUSTOMER),
    "agreement": ("check", gettext_noop("What was agreed"), CONTACT),
    "loss_sheet": ("pen-line", gettext_noop("Noted the losses"), ""),
    "note_claims": ("message-square", gettext_noop("Noted the customer's claims by theme"), CUSTOMER),
    "set_repair_period": ("calendar", gettext_noop("Recorded the repair period: %(more)s"), ""),
    "note_photos": ("camera", gettext_noop("Added photos (%(more)s)"), ""),
    "note_papers": ("file-text", gettext_noop("Papers handed over on %(more)s"), CONTACT),
    "log_repair": ("wrench", gettext_noop("Repair log of %(more)s"), ""),
    "note_abuse": ("users", gettext_noop("Noted what one of us had to bear"), ""),
    "answer_abuse": ("message-circle", gettext_noop("Said how to help"), ""),
    "sign_off": ("check", gettext_noop("The customer signed off a residual item"), CONTACT),
    "name_references": ("file-text", gettext_noop("Named the papers it is about: %(more)s"), ""),
    "name_machine": ("wrench", gettext_noop("Named the machine: %(more)s"), ""),
    "note_risk": ("triangle-alert", "%(more)s", CUSTOMER),
    "lift_risk": ("check", gettext_noop("It is over: %(more)s"), CUSTOMER),
    "note_recovery": ("sprout", gettext_noop("How our dealings stand now"), CUSTOMER),
    "note_referral": ("handshake", gettext_noop("They referred somebody to us"), CUSTOMER),
    "choose_way": ("navigation", gettext_noop("How we go on: %(more)s"), APPROVAL),
    "told_to_customer": ("message-circle", gettext_noop("Told the customer of our decision"), CONTACT),
    "set_final_date": ("flag", gettext_noop("The customer set a final date: %(more)s"), CUSTOMER),
    "confirm_final_date": ("message-square", gettext_noop("What the customer expects on the final date"), CUSTOMER),
    "move_final_date": ("calendar", gettext_noop("Final date moved, agreed with the customer: %(more)s"), CUSTOMER),
    "meet_final_date": ("check", gettext_noop("The final date is met"), CUSTOMER),
    "lift_final_date": ("undo-2", gettext_noop("The customer took the final date back"), CUSTOMER),
    "ask_absence": ("calendar", gettext_noop("Asked for absence on the deadline day"), APPROVAL),
    "allow_absence": ("check", gettext_noop("Allowed the absence on the deadline day"), APPROVAL),
    "refuse_absence": ("corner-up-left", gettext_noop("Did not allow the absence on the deadline day"), APPROVAL),
    "choose_boss": ("users", gettext_noop("Asks another boss from now on"), APPROVAL),
    "arrive_on_day": ("map-pin", gettext_noop("Arrived on the deadline day"), CONTACT),
    "read_brief": ("check", gettext_noop("Read the brief of the visit"), ""),
    "on_the_way": ("navigation", gettext_noop("On the way to the visit"), CONTACT),
    "told_late": ("clock", gettext_noop("Told the customer that we are late by %(more)s minutes"), CONTACT),
    "arrived": ("map-pin", gettext_noop("Arrived for the visit"), CONTACT),
    "advise": ("message-circle", gettext_noop("Gave advice"), APPROVAL),
    "dissent": ("message-circle", gettext_noop("Put another view beside it"), APPROVAL),
    "ask_opinion": ("message-circle", gettext_noop("Asked for an opinion in private"), ""),
    "ask_outside_view": ("eye", gettext_noop("Asked for an outside view"), ""),
    "answer_opinion": ("message-circle", gettext_noop("Answered with an opinion"), ""),
    "share_opinion": ("users", gettext_noop("Shared an opinion"), ""),
    "withdraw_opinion": ("undo-2", gettext_noop("Took a question back"), ""),
    "bring_back_plan": ("rotate-ccw", gettext_noop("Opened the plan again, for what has become known"), APPROVAL),
    "rehearse": ("clipboard-list", gettext_noop("Rehearsed the hard turns of the visit"), ""),
    "ask_accompaniment": ("users", gettext_noop("Asked to come along"), CONTACT),
    "answer_accompaniment": ("users", "%(more)s", CONTACT),
}
# Why a rule has resumed it, by the beginning of the entry's key (practice 4-24).
RESUMED = {
    "broken": gettext_noop("Resumed by the system: a promise was broken in aftercare"),
    "again": gettext_noop("Resumed by the system: the same kind of trouble came up in aftercare"),
}
REPLIES = {
    "come": gettext_noop("Comes along"),
    "stand_in": gettext_noop("Sends somebody in their place"),
    "another_time": gettext_noop("Asks for another time"),
}
TOLD_BOSS = gettext_noop("%(step)s is past its time: told by the system")
TOLD_NO_ARRIVAL = gettext_noop("Told by the system that no arrival is recorded yet")
SPLIT_OFF = gettext_noop("Split off from incident %(more)s, with a first report")
TOLD_NO_ANSWER = gettext_noop("Told by the system that nobody has answered yet about coming along")
WENT_ON = gettext_noop("The wait is over: the clock goes on after %(days)s days")
SEEN = gettext_noop("Has seen that the clock goes on")
ARRANGED = gettext_noop("Arranged the visit for %(more)s")
MISTAKEN = "chase_mistaken"  # a tap that was taken back, as the history tells it
CALLS = {
    "reached": gettext_noop("Telephoned: reached"),
    "absent": gettext_noop("Telephoned: absent"),
    "call_back": gettext_noop("Telephoned: will call back"),
    "message_left": gettext_noop("Telephoned: left a message"),
}


def more_of(command: str, facts: dict[str, Any], at: datetime) -> str:
    """Return what a command was about, by the facts of its entry of `at`; empty where its sentence says it all."""
    if command == PAUSE:
        return reason_words(facts["known"][KNOWN_AS])
    if command == END_PAUSE:
        return str(days_between(facts["since"], at)) if facts["since"] else ""
    if command == "acknowledge":
        return gettext(ANSWERS[facts["answer"]])
    if command == "change_kind":
        return gettext(playbooks()[facts["playbook"]].label) if facts["playbook"] in playbooks() else ""
    if command == "merge":
        return str(facts["known"]["merged_into"])
    if command == "split":
        return str(facts["known"]["split_into"][-1])
    if command == "open":
        return str(facts.get("known", {}).get("split_from", ""))
    if command == "rest":
        day = date.fromisoformat(facts["known"]["rests_until"])
        return f"{day.month}/{day.day}"
    if command == "told_late":
        return str(facts["minutes"])
    if command == "answer_accompaniment":
        return gettext(REPLIES[facts["answer"]])
    if command == "set_severity":
        return str(Severity(facts["severity"]).label)
    if day := facts.get("known", {}).get("final_date"):
        return day_text(date.fromisoformat(day))
    if command == "set_repair_period":
        return window_words(facts["known"]["repair"]["starts"], facts["known"]["repair"]["ends"])
    if command == "name_references":
        return "、".join(facts["named"])
    if command == "name_machine":
        return str(facts["known"]["machine"])
    if command in ("note_risk", "lift_risk"):
        return gettext(RISKS[facts["sort"]])
    if command == "note_photos":
        return str(facts["count"])
    if command == "choose_way":
        return gettext(WAYS[facts["way"]])
    if command in ("log_repair", "note_papers"):
        return day_text(date.fromisoformat(facts["on"]))
    if facts.get("starts"):
        at = datetime.fromisoformat(facts["starts"]).astimezone(JST)
        return f"{at.month}/{at.day} {at.hour}:{at.minute:02d}"
    return ""
