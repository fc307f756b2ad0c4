"""The timeline of an incident: what was done, said and decided, from its entries and what was written around them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from incidents import remedies
from incidents.engine import playbook_of, playbooks
from incidents.engine.company import UNANSWERED
from incidents.engine.pause import END_PAUSE, KNOWN_AS, OVER, PAUSE
from incidents.forms.visit import REACTIONS
from incidents.leaves import leaf_words
from incidents.leaves.base import day_text, read_as
from incidents.leaves.photos import PHOTOS, PhotoSheet
from incidents.leaves.repair import window_words
from incidents.leaves.risk import SORTS as RISKS
from incidents.marginalia import Jotting, jottings
from incidents.models import Entry, Incident, Leaf, Severity, Submission
from incidents.orders import ANSWERS
from incidents.pausing import days_between, reason_words
from incidents.reading import moment_text
from incidents.steps import KINDS
from incidents.ways import WAYS
from office.clock import JST, local_day
from office.templatetags.makoto import sama

CUSTOMER, CONTACT, APPROVAL = "words", "visits", "approvals"  # the chips
SHOWN_AT_FIRST = 12
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
REPORTED = ("note", "chase")  # words a measure may be raised from
APART = ("open", "split", "rest")  # its leaf stands by itself: claims that go along, the lesson for others
UNTOLD = ("read_result",)  # who reads it may have been asked in private
CALLS = {
    "reached": gettext_noop("Telephoned: reached"),
    "absent": gettext_noop("Telephoned: absent"),
    "call_back": gettext_noop("Telephoned: will call back"),
    "message_left": gettext_noop("Telephoned: left a message"),
}


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. `words` are people's own, `customer` when they are the customer's."""

    at: datetime
    who: str
    icon: str
    text: str
    words: str = ""
    chip: str = ""
    customer: bool = False
    step: str = ""
    command: str = ""
    submission: int = 0
    meta: str = ""
    bells: tuple[str, ...] = ()  # the steps a bell speaks of
    note: int = 0  # the note whose words these are
    leaf: int = 0  # what was written along, by its key
    photos: tuple[int, ...] = ()  # the keys of what was photographed


@dataclass(frozen=True)
class Record:
    """What is known of an incident beside its row: three statements."""

    moments: list[Moment]  # newest first
    jottings: list[Jotting]  # oldest first
    papers: dict[str, Submission]  # the newest submission of each step
    submissions: list[Submission]  # all, oldest first

    def of(self, sort: str) -> list[Jotting]:
        """The jottings of one sort, oldest first."""
        return [jotting for jotting in self.jottings if jotting.sort == sort]

    def paper(self, step: str) -> dict[str, Any]:
        """What was last submitted for a step."""
        row = self.papers.get(step)
        return json.loads(row.text) if row else {}

    def about(self, step: str) -> list[Moment]:
        """What happened to one step, newest first."""
        return [moment for moment in self.moments if moment.step == step]


def record(incident: Incident, leaves: Iterable[Leaf] = (), earlier: QuerySet[Incident] | None = None) -> Record:
    """Read entries, submissions and jottings: three statements, however long the story is.

    leaves: those the reader may read; of the others the timeline says no word. earlier: incidents read along.
    """
    entries = Entry.objects.filter(incident=incident).select_related("actor").order_by("seq")
    submissions = list(Submission.objects.filter(incident=incident).select_related("by").order_by("at", "pk"))
    written = jottings(incident, earlier)
    read = list(leaves)
    said = {leaf.pk: leaf_words(leaf) for leaf in read}
    shown = {leaf.pk: tuple(read_as(PhotoSheet, leaf).photos) for leaf in read if leaf.sort == PHOTOS}
    told = _told(incident, entries, submissions, written, said)
    moments = [*(_with_photos(moment, shown) for moment in told), *_calls(written)]
    moments.sort(key=lambda moment: moment.at)
    moments = list(_as_they_rang(moments))
    return Record(moments[::-1], written, {row.step: row for row in submissions}, submissions)


def _with_photos(moment: Moment, shown: Mapping[int, tuple[int, ...]]) -> Moment:
    return replace(moment, photos=shown.get(moment.leaf, ())) if moment.leaf in shown else moment


def chosen(moments: Iterable[Moment], chip: str) -> list[Moment]:
    """The moments a chip leaves; all without one."""
    if chip == CUSTOMER:
        return [moment for moment in moments if moment.customer or moment.chip == CUSTOMER]
    return [moment for moment in moments if not chip or moment.chip == chip]


def calm(moments: Iterable[Moment]) -> list[Moment]:
    """The moments, newest first, with the bells of a day as one that names every step."""
    found: list[Moment] = []
    rung: dict[date, int] = {}  # day to the place of its bell
    for moment in moments:
        if not moment.bells:
            found.append(moment)
            continue
        place = rung.setdefault(local_day(moment.at), len(found))
        if place == len(found):
            found.append(moment)
        else:
            bells = dict.fromkeys((*found[place].bells, *moment.bells))
            found[place] = replace(found[place], bells=tuple(bells))
    return [replace(m, text=gettext(TOLD_BOSS) % {"step": "・".join(m.bells[::-1])}) if m.bells else m for m in found]


def by_day(moments: Iterable[Moment]) -> list[tuple[date, list[Moment]]]:
    """Days with their moments, in the order given."""
    return [(day, list(group)) for day, group in groupby(moments, key=lambda moment: local_day(moment.at))]


def _told(
    incident: Incident, entries: QuerySet[Entry], submissions: list[Submission], written: list[Jotting],
    said: Mapping[int, str],
) -> Iterator[Moment]:  # fmt: skip
    notes = {jotting.pk: jotting for jotting in written if jotting.sort == "note"}
    papers = {(row.step, row.submission): json.loads(row.text) for row in submissions}
    bodies = [(entry, json.loads(entry.body)) for entry in entries]
    mistaken = {body["facts"]["chase"] for _entry, body in bodies if body["command"] == "take_back_chase"}
    for entry, body in bodies:
        if body["command"] == "chase" and body["facts"]["note"] in mistaken:
            body["command"] = MISTAKEN
        leaf, of = body.get("facts", {}).get("leaf"), body.get("facts", {}).get("of")  # of: the leaf it settles
        if {leaf, of} - {None, *said} or body["command"] in UNTOLD:
            continue
        note = notes.get(body.get("facts", {}).get("note", 0))
        submitted = papers.get((body["step"], body["submission"] + 1), {}) if body["command"] != "tick" else {}
        yield from _of_entry(incident, entry, body, note, submitted, said.get(leaf or 0, ""))


def _of_entry(
    incident: Incident, entry: Entry, body: dict[str, Any], note: Jotting | None, paper: dict[str, Any], leaf: str
) -> Iterator[Moment]:
    who = entry.actor.called if entry.actor else ""
    base = {"at": entry.at, "who": who, "step": body["step"], "submission": body["submission"]}
    if body["command"] == "tick":
        yield from _of_clock(incident, entry, body, base)
        return
    command = _name_of(body)
    icon, sentence, chip = SAID.get(command, ("circle", "%(more)s", ""))
    if command == "start" and body["facts"].get("starts"):
        icon, sentence, chip = CALENDAR, ARRANGED, CONTACT
    if command == "resume" and not entry.actor:
        sentence = RESUMED.get(entry.key.partition(":")[0], sentence)
    if command == "open" and "split_from" in body["facts"].get("known", {}):
        sentence = SPLIT_OFF
    if command == END_PAUSE and not body["facts"]["since"]:
        sentence = SEEN
    more = {"step": label(incident, body["step"]), "more": _more(command, body["facts"], entry.at)}
    if note and note.said_by and command == "note":
        yield _said(base, note)
        return
    chip = CONTACT if command == "submit" and body["step"] in contact_steps() else chip
    yield Moment(
        **base, icon=icon, text=gettext(sentence) % more, command=body["command"], chip=chip,
        words=(leaf if command not in APART else "") or _words(command, note, paper), meta=_meta(body, paper),
        customer=command in ("chase", "counter_offer") or bool(note and note.said_by),
        note=note.pk if note and command in REPORTED else 0, leaf=body["facts"].get("leaf", 0),
    )  # fmt: skip
    for sentence in remedies.said(body):  # a rule has spoken, nobody of us
        yield Moment(at=entry.at, who="", icon="repeat", text=sentence)
    if said := _customers_words(body, paper):
        yield Moment(
            **{**base, "who": gettext("The customer")},
            icon="message-square",
            text="",
            words=said,
            customer=True,
            chip=CUSTOMER,
        )


def _of_clock(incident: Incident, entry: Entry, body: dict[str, Any], base: dict[str, Any]) -> Iterator[Moment]:
    for name, step, _at, sets in body["events"]:
        if name == OVER:
            days = days_between(sets["known"][KNOWN_AS]["since"], entry.at)
            yield Moment(**base, icon="play", text=gettext(WENT_ON) % {"days": days}, command=OVER)
        elif name == UNANSWERED:
            yield Moment(**base, icon="users", text=gettext(TOLD_NO_ANSWER), command=UNANSWERED)
        else:
            yield Moment(
                **{**base, "step": step}, icon=BELL, text=gettext(TOLD_BOSS) % {"step": label(incident, step)},
                bells=(label(incident, step),),
            )  # fmt: skip


def _as_they_rang(moments: list[Moment]) -> Iterator[Moment]:
    """The bell of an arranged visit tells of a missing arrival: no news once somebody has arrived after all."""
    for place, moment in enumerate(moments):
        if moment.icon != BELL:
            yield moment
            continue
        later = (other for other in moments[place + 1 :] if other.step == moment.step)
        end = next((o.command for o in later if o.command in ("arrived", "start", "submit")), "")
        before = (other for other in moments[:place][::-1] if other.step == moment.step)
        begun = next((o for o in before if o.command in ("start", "submit", "reopen")), None)
        if begun and begun.icon == CALENDAR:
            moment = replace(moment, text=gettext(TOLD_NO_ARRIVAL), bells=())
        if end != "arrived":
            yield moment


def _said(base: dict[str, Any], note: Jotting) -> Moment:
    """The customer's own words as somebody noted them."""
    meta = gettext("Noted by %(who)s") % {"who": base["who"]}
    if note.until and note.until != note.at:  # copied from paper after the talk
        meta = gettext("Said %(when)s, noted by %(who)s") % {"when": moment_text(note.until), "who": base["who"]}
    return Moment(
        **{**base, "who": sama(note.said_by)}, icon="message-square", text="", words=note.text, customer=True,
        chip=CUSTOMER, meta=meta, note=note.pk,
    )  # fmt: skip


def _name_of(body: dict[str, Any]) -> str:
    """A submission that asks for signatures is handed in; one that asks for none is done."""
    if body["command"] == "submit" and body["events"][0][3].get("asks"):
        return "hand_in"
    return str(body["command"])


def _more(command: str, facts: dict[str, Any], at: datetime) -> str:
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


def _words(command: str, note: Jotting | None, paper: dict[str, Any]) -> str:
    if note:
        return note.text
    return str(paper.get("summary", "")) if command in ("open", "submit") else ""


def _customers_words(body: dict[str, Any], paper: dict[str, Any]) -> str:
    if body["command"] not in ("open", "submit"):
        return ""
    return str(paper.get("words") or paper.get("customer_words") or "")


def _meta(body: dict[str, Any], paper: dict[str, Any]) -> str:
    if body["command"] == "assign" and "known" in body["facts"]:
        return gettext("The deadline day goes with the liaison.")
    reaction = paper.get("reaction")
    if body["command"] == "submit" and reaction:
        said = gettext("The customer's reaction: %(reaction)s") % {"reaction": dict(REACTIONS).get(reaction, reaction)}
        asked = paper.get("conditions")
        return f"{said} {gettext('On condition: %(asked)s') % {'asked': asked}}" if asked else said
    return ""


def _calls(written: list[Jotting]) -> Iterator[Moment]:
    for call in written:
        if call.sort == "call":
            yield Moment(
                at=call.at, who=call.called, icon="phone", text=gettext(CALLS.get(call.state, call.state)),
                words=call.text, chip=CONTACT, meta=call.said_by,
            )  # fmt: skip


@cache
def contact_steps() -> frozenset[str]:
    """The names of the steps in which the customer is met or called."""
    steps = (step for playbook in playbooks().values() for step in playbook.steps.values())
    return frozenset(step.name for step in steps if KINDS[step.kind].contact)


def label(incident: Incident, step: str) -> str:
    """What a step is called, of the incident's own playbook or, after a change of kind, of any."""
    for playbook in (playbook_of(incident.kind, incident.version), *playbooks().values()):
        if step in playbook.steps:
            return gettext(playbook.steps[step].label)
    return step
