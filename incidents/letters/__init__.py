"""What a letter says and looks like. Pure: no Django, no clock, no database.

`draft` makes a Letter from the record, `check` reads it over, `press().pdf` prints it, `preview_png` shows it. The
press is that of office; its child prints a letter by `incidents.letters.render`, which is not imported from here.
"""

from incidents.letters.check import blocks, check, dates_promised, mend
from incidents.letters.content import Letter
from incidents.letters.draft import USUAL_CAUSE, Facts, Measure, draft
from incidents.letters.finding import Finding
from incidents.letters.marks import marks_of
from office.letter import Addressee, Annex, Contact, Fact, Row, Seal, Section, Sender
from office.press import Press, Rendered, press, preview_png

__all__ = [
    "USUAL_CAUSE",
    "Addressee",
    "Annex",
    "Contact",
    "Fact",
    "Facts",
    "Finding",
    "Letter",
    "Measure",
    "Press",
    "Rendered",
    "Row",
    "Seal",
    "Section",
    "Sender",
    "blocks",
    "check",
    "dates_promised",
    "draft",
    "marks_of",
    "mend",
    "press",
    "preview_png",
]
