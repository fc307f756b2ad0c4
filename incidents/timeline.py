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
from django.utils.translation import gettext

from incidents import remedies
from incidents.engine import playbook_of, playbooks
from incidents.engine.company import UNANSWERED
from incidents.engine.pause import END_PAUSE, KNOWN_AS, OVER
from incidents.forms.visit import REACTIONS
from incidents.leaves import leaf_words
from incidents.leaves.base import read_as
from incidents.leaves.photos import PHOTOS, PhotoSheet
from incidents.marginalia import Jotting, jottings
from incidents.models import Entry, Incident, Leaf, Submission
from incidents.moment_words import (
    ARRANGED,
    BELL,
    CALENDAR,
    CALLS,
    CONTACT,
    CUSTOMER,
    MISTAKEN,
    RESUMED,
    SAID,
    SEEN,
    SPLIT_OFF,
    TOLD_BOSS,
    TOLD_NO_ANSWER,
    TOLD_NO_ARRIVAL,
    WENT_ON,
    more_of,
)
from incidents.pausing import days_between
from incidents.reading import moment_text
from incidents.steps import KINDS
from office.clock import local_day
from office.templatetags.makoto import sama

SHOWN_AT_FIRST = 12
REPORTED = ("note", "chase")  # words a measure may be raised from
APART = ("open", "split", "rest")  # its leaf stands by itself: claims that go along, the lesson for others
UNTOLD = ("read_result",)  # who reads it may have been asked in private


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
    more = {"step": label(incident, body["step"]), "more": more_of(command, body["facts"], entry.at)}
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
