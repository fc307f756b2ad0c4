"""The repair period the customer gave us, and what was done on each of its days (practice 1-16, feature 40)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext
from pydantic import Field

from incidents.leaves.base import Sort, day_text, known_of, leaf_replace, leaf_write, read_as, sealed
from incidents.models import Leaf
from incidents.steps.base import Setting, StepPaper
from office.clock import local_day
from office.errors import Refused
from office.selectors import business_calendar

REPAIR_WINDOW, REPAIR_LOG = "repair_window", "repair_log"
KNOWN_AS = "repair"  # in what is known of the incident: starts, ends and the last day that was logged
LONGEST = timedelta(days=366)


class RepairWindow(StepPaper):
    """From when to when we may work, what is to be done in it and with whom and what."""

    starts: date
    ends: date
    plan: str = Field("", max_length=2000)
    resources: str = Field("", max_length=1000)


class RepairDay(StepPaper):
    """One day's entry: what was done, by whom of us, what comes next."""

    on: date
    done: str = Field(min_length=1, max_length=2000)
    who: list[int] = Field(min_length=1, max_length=30)
    next: str = Field("", max_length=1000)


class RepairDaySheet(RepairDay):
    """The same as it is kept: with the names of those who did it."""

    names: list[str] = Field(default_factory=list)


class Repair(NamedTuple):
    """All of it as it is shown: the period in force, and the entries, the newest day first."""

    window: RepairWindow | None
    days: list[RepairDaySheet]

    @property
    def told(self) -> str:
        """What was done, day by day: how the paper of the step begins."""
        return "\n".join(f"{day_text(one.on)} {one.done}" for one in self.days[::-1])


def set_window(paper: RepairWindow, setting: Setting) -> dict[str, Any]:
    """Keep the period; the one before is replaced, what was logged stays. Refused invalid for days that cannot be."""
    if paper.ends < paper.starts:
        raise Refused("invalid", "The end lies before the beginning.", field="ends")
    if paper.ends < local_day(setting.at):
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="ends")
    if paper.ends - paper.starts > LONGEST:
        raise Refused("invalid", "A repair period lasts a year at most.", field="ends")
    leaf = leaf_replace(setting, REPAIR_WINDOW, paper)
    days = {"starts": paper.starts.isoformat(), "ends": paper.ends.isoformat()}
    return {**sealed(leaf), "known": {KNOWN_AS: {**known_of(setting).get(KNOWN_AS, {}), **days}}}


def log_day(paper: RepairDay, setting: Setting) -> dict[str, Any]:
    """Keep the entry of a day. Refused invalid for a day that lies ahead and for people who do not work here."""
    if paper.on > local_day(setting.at):
        raise Refused("invalid", "The date lies ahead. Please enter it once it was done.", field="on")
    people = [setting.directory.get(pk) for pk in dict.fromkeys(paper.who)]
    names = [user.called for user in people if user]
    if len(names) < len(people):
        raise Refused("invalid", "Choose people of our company.", field="who")
    leaf = leaf_write(setting, REPAIR_LOG, RepairDaySheet(**paper.model_dump(), names=names))
    known = known_of(setting).get(KNOWN_AS, {})
    logged = max(paper.on.isoformat(), known.get("logged", ""))
    return {**sealed(leaf), "on": paper.on.isoformat(), "known": {KNOWN_AS: {**known, "logged": logged}}}


def day_asked(known: Mapping[str, Any]) -> date | None:
    """The next business day of the period of which nothing is logged yet; None without a period, and after its end."""
    found: Mapping[str, str] = known.get(KNOWN_AS, {})
    if "starts" not in found:
        return None
    day, calendar = date.fromisoformat(found["starts"]), business_calendar()
    if found.get("logged", "") >= found["starts"]:
        day = date.fromisoformat(found["logged"]) + timedelta(days=1)
    if not calendar.is_business_day(day):
        day = calendar.business_day_after(day, 1)
    return day if day <= date.fromisoformat(found["ends"]) else None


def repair_of(windows: Iterable[Leaf], days: Iterable[Leaf]) -> Repair:
    """What these leaves say; asks the database nothing."""
    window = next((read_as(RepairWindow, leaf) for leaf in windows if leaf.ended_at is None), None)
    entries = [read_as(RepairDaySheet, leaf) for leaf in days]
    return Repair(window, sorted(entries, key=lambda one: one.on)[::-1])


def window_example(setting: Setting) -> dict[str, Any]:
    """A week from today."""
    return {
        "starts": local_day(setting.at).isoformat(), "ends": setting.day(5).isoformat(),
        "plan": "駆動部を分解し、軸受の交換と芯出しを行う", "resources": "技術2名、予備の軸受2個",
    }  # fmt: skip


def day_example(setting: Setting) -> dict[str, Any]:
    """Today's work of the owner."""
    return {
        "on": local_day(setting.at).isoformat(), "done": "駆動部を分解し、軸受2個を交換した",
        "who": [setting.incident.owner_id], "next": "明日は芯出しと試運転",
    }  # fmt: skip


def window_words(starts: str, ends: str) -> str:
    """From when to when, in words."""
    return f"{day_text(date.fromisoformat(starts))}〜{day_text(date.fromisoformat(ends))}"


def _planned(paper: RepairWindow) -> str:
    return "\n".join(text for text in (paper.plan, paper.resources) if text)


def _done(paper: RepairDaySheet) -> str:
    """What was done, by whom, what comes next."""
    ahead = [gettext("Next: %(next)s") % {"next": paper.next}] if paper.next else []
    return "\n".join([paper.done, gettext("Done by %(names)s") % {"names": "、".join(paper.names)}, *ahead])


WINDOW = Sort(RepairWindow, _planned)
DAY_LOG = Sort(RepairDaySheet, _done)
