"""What a letter of apology knows beside what is printed of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from office import letter
from office.letter import Line

Gravity = Literal["A", "B", "C"]


class Letter(letter.Letter):
    """A letter of apology (お詫び状)."""

    UNPRINTED: ClassVar[frozenset[str]] = letter.Letter.UNPRINTED | {"kind", "gravity", "handed_over"}

    kind: Line = "missed_invoice"  # the key of the playbook
    gravity: Gravity = "B"
    handed_over: bool = True  # else posted
