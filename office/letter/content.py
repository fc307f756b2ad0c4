"""What a letter says, apart from how it looks: frozen, and the same again after a trip through JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2000)]

PNG = b"\x89PNG\r\n\x1a\n"
SEAL_BYTES, SEAL_PIXELS = 512 * 1024, 2400  # 18 mm at 2,400 px is 3,386 dpi: nothing is lost below it


class Part(BaseModel):
    """Anything in a letter: frozen, no unknown fields, no blanks around a text."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Addressee(Part):
    """The one the letter is for: a person, or a company or department when no name is given."""

    company: Line
    department: Line = ""
    title: Line = ""
    name: Line = ""

    @property
    def honorific(self) -> str:
        """様 for a person, 御中 for a company or department; never both (japan.md 4.3)."""
        return "様" if self.name else "御中"


class Sender(Part):
    """Who writes: of matching rank to the addressee."""

    company: Line
    postal_code: Line = ""
    address: Line = ""
    title: Line = ""
    name: Line = ""


class Seal(Part):
    """社印: printed from a PNG (base64 text in JSON), room left for a real one, or neither."""

    kind: Literal["image", "room", "none"] = "room"
    png: Annotated[str, StringConstraints(max_length=SEAL_BYTES * 4 // 3 + 4)] = Field(default="", repr=False)

    @classmethod
    def of(cls, png: bytes) -> Self:
        """Return the seal printed from these PNG bytes; ValueError when they are not a PNG of a sane size."""
        return cls(kind="image", png=base64.b64encode(png).decode())

    @property
    def image(self) -> bytes:
        """The PNG bytes, empty when there is no image."""
        return base64.b64decode(self.png)

    @model_validator(mode="after")
    def _looks_like_a_seal(self) -> Self:
        if self.kind != "image":
            return self
        try:
            data = base64.b64decode(self.png, validate=True)
        except binascii.Error as error:
            raise ValueError("the seal is not base64 text") from error
        sides = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
        if not data.startswith(PNG) or len(data) > SEAL_BYTES or not all(0 < side <= SEAL_PIXELS for side in sides):
            raise ValueError("the seal is not a PNG of at most 512 kB and 2,400 pixels a side")
        return self


class Fact(NamedTuple):
    """One row under 記."""

    label: Line
    text: Text


class Contact(NamedTuple):
    """Someone to ask: section or title and name, and the direct telephone."""

    name: Line
    phone: Line


class Row(NamedTuple):
    """One row of a table in a 別紙: when, what, who."""

    when: Line
    what: Text
    who: Line = ""


class Section(Part):
    """A section of a 別紙: paragraphs, then a table if there are rows; `wide` is the column that takes the room."""

    wide: int = Field(default=1, ge=0, le=2)
    heading: Line = ""
    paragraphs: tuple[Text, ...] = Field(default=(), max_length=40)
    head: tuple[Line, Line, Line] = ("日時", "できごと", "担当")
    rows: tuple[Row, ...] = Field(default=(), max_length=100)


class Annex(Part):
    """別紙: on pages of its own after the letter."""

    title: Line
    sections: tuple[Section, ...] = Field(default=(), max_length=20)


class Letter(Part):
    """Everything a letter says. `date` is the day it is handed over or posted; without it the letter stays a draft."""

    PRINTER: ClassVar[str] = "office.letter.render"
    UNPRINTED: ClassVar[frozenset[str]] = frozenset({"seal", "date"})

    number: Line = ""  # given at issue
    date: date | None
    addressee: Addressee
    sender: Sender
    seal: Seal = Seal()
    title: Line
    salutation: Line = "謹啓"
    closing: Line = "謹白"
    opening: Text = ""
    paragraphs: tuple[Text, ...] = Field(default=(), max_length=40)
    facts: tuple[Fact, ...] = Field(default=(), max_length=40)
    contacts: tuple[Contact, ...] = Field(default=(), max_length=6)
    enclosures: tuple[Line, ...] = Field(default=(), max_length=10)
    annexes: tuple[Annex, ...] = Field(default=(), max_length=5)

    def told(self) -> dict[str, Any]:
        """Return what is printed of the letter as JSON, for the press."""
        return self.model_dump(mode="json", include=set(Letter.model_fields))

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield (field, text) of every text that is printed, top to bottom; a field reads like `facts.2.text`."""
        for name, value in self:
            if name not in self.UNPRINTED:
                yield from _leaves(value, name)

    def with_text(self, field: str, text: str) -> Self:
        """Return the letter with one field, named as in texts(), replaced; KeyError, IndexError when there is none."""
        data = self.model_dump(mode="json")
        *path, last = field.split(".")
        place: Any = data
        for key in path:
            place = place[_key(place, key)]
        if not isinstance(place[_key(place, last)], str):
            raise KeyError(field)
        place[_key(place, last)] = text
        return self.model_validate(data)


NAMED = {"facts": Fact._fields, "contacts": Contact._fields, "rows": Row._fields}


def _leaves(value: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    if isinstance(value, str | int):
        return
    parts = value if isinstance(value, Part) else zip(getattr(value, "_fields", range(len(value))), value, strict=True)
    for name, part in parts:
        yield from _leaves(part, f"{field}.{name}")


def _key(place: Any, key: str) -> str | int:
    """Return the key of a dict or the index of a list; a named row is a list in JSON."""
    if isinstance(place, dict):
        return key
    if key.isdigit():
        return int(key)
    return next(fields.index(key) for fields in NAMED.values() if key in fields and len(fields) == len(place))
