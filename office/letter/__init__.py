"""A letter on paper, whatever it is about: what it says (`Letter`) and how it is set. Pure: no Django, no clock.

`press().pdf(letter)` prints it; the press's child does so by `office.letter.render`, which is not imported from here.
"""

from office.letter.content import (
    Addressee,
    Annex,
    Contact,
    Fact,
    Letter,
    Line,
    Part,
    Row,
    Seal,
    Section,
    Sender,
    Text,
)
from office.letter.marks import Mark
from office.press import Press, Rendered, press, preview_png

__all__ = [
    "Addressee",
    "Annex",
    "Contact",
    "Fact",
    "Letter",
    "Line",
    "Mark",
    "Part",
    "Press",
    "Rendered",
    "Row",
    "Seal",
    "Section",
    "Sender",
    "Text",
    "press",
    "preview_png",
]
