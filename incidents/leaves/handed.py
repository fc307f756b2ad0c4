"""Papers handed over, catalogues and documents: they are part of what was explained (practice 2-43)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext
from pydantic import Field

from incidents.leaves.base import Sort, leaf_write, sealed
from incidents.steps.base import Setting, StepPaper
from office.clock import local_day
from office.errors import Refused
from office.templatetags.makoto import sama

HANDED = "papers"
MOST = 12


class Handed(StepPaper):
    """One paper: its name, its edition or number, and in how many copies."""

    name: str = Field(min_length=1, max_length=120)
    edition: str = Field("", max_length=60)
    copies: int = Field(1, ge=1, le=999)


class HandedOver(StepPaper):
    """What was handed over on one day, and to whom: people of the list, or somebody by name."""

    papers: list[Handed] = Field(min_length=1, max_length=MOST)
    on: date
    to: list[int] = Field(default_factory=list)
    to_name: str = Field("", max_length=120)


class HandedSheet(HandedOver):
    """The same as it is kept: with the names the people had then."""

    names: list[str] = Field(default_factory=list)

    @property
    def receivers(self) -> str:
        """To whom, as people read it: 専務取締役 岡本様、経理課 山田様."""
        return "、".join(str(sama(name)) for name in self.names)

    @property
    def lines(self) -> list[str]:
        """Each paper in a line: カタログ(2026年版) 2部."""
        return [_line(paper) for paper in self.papers]


def note_papers(paper: HandedOver, setting: Setting) -> dict[str, Any]:
    """Keep the list. Refused incomplete where nobody received it, invalid for a day that lies ahead and for people who
    are not of this customer."""
    if paper.on > local_day(setting.at):
        raise Refused("invalid", "The date lies ahead. Please enter it once it was done.", field="on")
    people = [setting.contacts.get(pk) for pk in dict.fromkeys(paper.to)]
    names = [contact.called for contact in people if contact]
    if len(names) < len(people):
        raise Refused("invalid", "Choose people of this customer.", field="to")
    names += [paper.to_name] if paper.to_name else []
    if not names:
        raise Refused("incomplete", "Say to whom they were handed.", field="to")
    leaf = leaf_write(setting, HANDED, HandedSheet(**paper.model_dump(), names=names))
    return {**sealed(leaf), "on": paper.on.isoformat(), "count": len(paper.papers)}


def papers_example(setting: Setting) -> dict[str, Any]:
    """A catalogue and a drawing, today, to who decides."""
    return {
        "papers": [
            {"name": "位置決めユニット XY-300 カタログ", "edition": "2026年版", "copies": 2},
            {"name": "据付図", "edition": "改訂3"},
        ],
        "on": local_day(setting.at).isoformat(),
        "to": list(setting.contacts)[:1],
        "to_name": "" if setting.contacts else "受付のご担当",
    }


def _line(paper: Handed) -> str:
    name = f"{paper.name}({paper.edition})" if paper.edition else paper.name
    return gettext("%(name)s, copies: %(copies)s") % {"name": name, "copies": paper.copies}


def _words(sheet: HandedSheet) -> str:
    return "\n".join([*sheet.lines, gettext("Handed to %(names)s") % {"names": sheet.receivers}])


SHEET = Sort(HandedSheet, _words)
