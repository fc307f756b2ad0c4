"""The editor of the letter: a field for every text of it, named as the check of the wording names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, PaperForm, line, one_of, sentences
from incidents.letters import Finding, Letter, draft
from incidents.letters.rules import PAIRS
from incidents.steps import Setting
from incidents.steps.letter import LetterPaper, known, signatories
from office.forms import choose_from
from office.models import User

HANDED = [("yes", _("Handed over in person")), ("no", _("Sent by post"))]
OPENINGS = [(first, f"{first} … {closings[0]}") for first, closings in PAIRS.items()]
PARTS = (
    _("Apology and effect on the customer"), _("Cause"), _("What we do for now"), _("Prevention"), _("Closing"),
)  # fmt: skip
TO = (
    ("company", _("Company"), True), ("department", _("Department"), False), ("title", _("Rank"), False),
    ("name", _("Name"), False),
)  # fmt: skip
NUMBERED = re.compile(r"(paragraphs|facts|contacts|enclosures)\.(\d+)")
MOST = {"paragraphs": 12, "facts": 12, "contacts": 4, "enclosures": 6}
EDITED = ("date", "handed_over", "addressee", "title", "salutation", "opening", "paragraphs", "facts", "contacts",
          "enclosures")  # fmt: skip


class LetterForm(PaperForm):
    """The letter of an incident. What the record decides (sender, seal, gravity) is not typed."""

    paper = LetterPaper

    signatory = ColleagueField(label=_("Sender, who approves it"))
    date = forms.DateField(label=_("Day of the hand-over"), required=False)
    handed_over = one_of(HANDED, _("How it reaches the customer"), required=True)
    title = line(_("Title"), limit=200, required=True)
    salutation = forms.ChoiceField(label=_("Opening and closing words"), choices=OPENINGS)
    opening = sentences(_("One line of thanks"), rows=2, help_text=_("Leave it out where anger is great."))

    def __init__(
        self, data: QueryDict | None = None, *, letter: Letter, signatory: int, setting: Setting, more: str = ""
    ) -> None:
        self.letter = letter
        rows = _rows_of(data) if data is not None else _rows(letter)
        if more in MOST:
            rows[more] = min(rows[more] + 1, MOST[more])
        super().__init__(data, initial={**_initial(letter), "signatory": signatory}, setting=setting)
        self.rows = rows
        choose_from(self, "signatory", [(str(u.pk), _titled(u)) for u in signatories(setting)])
        for name, field in _fields(rows):
            self.fields[name] = field

    @property
    def to(self) -> list[forms.BoundField]:
        """The addressee."""
        return [self[f"addressee.{name}"] for name, _label, _need in TO]

    @property
    def frame(self) -> list[forms.BoundField]:
        """Date, way, sender, title and opening words."""
        return [self[name] for name in ("signatory", "date", "handed_over", "title", "salutation", "opening")]

    @property
    def paragraphs(self) -> list[forms.BoundField]:
        """One field each."""
        return [self[f"paragraphs.{n}"] for n in range(self.rows["paragraphs"])]

    @property
    def facts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows under 記."""
        return [(self[f"facts.{n}.label"], self[f"facts.{n}.text"]) for n in range(self.rows["facts"])]

    @property
    def contacts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Whom to ask."""
        return [(self[f"contacts.{n}.name"], self[f"contacts.{n}.phone"]) for n in range(self.rows["contacts"])]

    @property
    def enclosures(self) -> list[forms.BoundField]:
        """What lies in the envelope."""
        return [self[f"enclosures.{n}"] for n in range(self.rows["enclosures"])]

    def made(self) -> Letter:
        """The letter of a valid form: texts as typed, rows left empty taken out, the rest from the record."""
        cleaned = self.cleaned_data
        base = draft(known(self.setting, self.setting.directory.get(cleaned["signatory"])))
        edited = {
            "date": cleaned["date"], "handed_over": cleaned["handed_over"] == "yes", "title": cleaned["title"],
            "salutation": cleaned["salutation"], "closing": PAIRS[cleaned["salutation"]][0],
            "opening": cleaned["opening"],
            "addressee": {name: cleaned[f"addressee.{name}"] for name, _label, _need in TO},
            "paragraphs": self._texts("paragraphs"), "enclosures": self._texts("enclosures"),
            "facts": self._pairs("facts", "label", "text"), "contacts": self._pairs("contacts", "name", "phone"),
        }  # fmt: skip
        return Letter.model_validate({**base.model_dump(), **edited})

    def as_paper(self) -> dict[str, Any]:
        """Signatory and letter, as the paper takes them."""
        return {"signatory": self.cleaned_data["signatory"], "letter": self.made().model_dump(mode="json")}

    def place_of(self, field: str) -> str | None:
        """The field a finding or a refusal is about; of a list its first."""
        wanted = field.removeprefix("letter.").replace("closing", "salutation").replace("sender.name", "signatory")
        if wanted in self.fields:
            return wanted
        return next((name for name in self.fields if name.partition(".")[0] == wanted.partition(".")[0]), None)

    def _texts(self, name: str) -> list[str]:
        return [text for n in range(self.rows[name]) if (text := self.cleaned_data[f"{name}.{n}"])]

    def _pairs(self, name: str, left: str, right: str) -> list[tuple[str, str]]:
        rows = ((self.cleaned_data[f"{name}.{n}.{left}"], self.cleaned_data[f"{name}.{n}.{right}"])
                for n in range(self.rows[name]))  # fmt: skip
        return [row for row in rows if any(row)]


class Remark:
    """A finding with the field it is about, as the page shows it."""

    def __init__(self, form: LetterForm, finding: Finding) -> None:
        self.finding = finding
        place = form.place_of(finding.field)
        self.bound = form[place] if place else None
        self.text = gettext(finding.message) % finding.values
        self.token = f"{finding.code}|{finding.field}|{finding.quote}"

    @property
    def must(self) -> bool:
        """Whether it keeps the letter from being submitted."""
        return self.finding.level == "must"

    @property
    def curable(self) -> bool:
        """Whether there is a ready cure."""
        return self.finding.cure is not None and bool(self.finding.quote)


def _titled(user: User) -> str:
    return f"{user.title} {user.full_name}".strip()


def _rows(letter: Letter) -> dict[str, int]:
    return {name: max(len(getattr(letter, name)), 1) for name in MOST}


def _rows_of(data: QueryDict) -> dict[str, int]:
    """How many rows of each sort were sent."""
    rows = dict.fromkeys(MOST, 0)
    for key in data:
        if (found := NUMBERED.match(key)) and int(found[2]) < MOST[found[1]]:
            rows[found[1]] = max(rows[found[1]], int(found[2]) + 1)
    return rows


def _initial(letter: Letter) -> dict[str, Any]:
    texts = dict(letter.texts())
    return {**texts, "date": letter.date, "handed_over": "yes" if letter.handed_over else "no"}


def _fields(rows: dict[str, int]) -> Iterator[tuple[str, forms.Field]]:
    for name, label, need in TO:
        yield f"addressee.{name}", line(label, limit=200, required=need)
    for n in range(rows["paragraphs"]):
        named = rows["paragraphs"] == len(PARTS)
        heading: Any = PARTS[n] if named else _("Paragraph %(n)d") % {"n": n + 1}
        yield f"paragraphs.{n}", _paragraph(heading)
    for n in range(rows["facts"]):
        yield f"facts.{n}.label", line(_("Heading"), limit=200)
        yield f"facts.{n}.text", line(_("Text"), limit=2000)
    for n in range(rows["contacts"]):
        yield f"contacts.{n}.name", line(_("Name"), limit=200)
        yield f"contacts.{n}.phone", line(_("Telephone"), limit=200, inputmode="tel")
    for n in range(rows["enclosures"]):
        yield f"enclosures.{n}", line(_("Enclosure %(n)d") % {"n": n + 1}, limit=200)


def _paragraph(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))
