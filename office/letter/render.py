"""From a letter to its PDF: what the child of the press runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from office.letter.content import Addressee, Letter, Sender
from office.letter.marks import Mark, marked
from office.letter.sheet import STEPS, Step, page, set_letter
from office.press import Rendered, printing
from office.press.printing import write

STYLES = Path(__file__).with_name("letter.css")


def render(letter: Letter, *, draft: bool = False) -> bytes:
    """Return the letter as PDF/A-3b bytes; the same letter gives the same bytes. 下書き stands across a draft.

    Refused (incomplete) names the characters the face cannot set.
    """
    return rendered(letter, draft=draft).data


def rendered(letter: Letter, *, draft: bool = False, marks: Iterable[Mark] = ()) -> Rendered:
    """Return the PDF with its number of pages; the reckoned size is checked against the pages really made.

    marks: words to underline, on a draft that is looked at.
    """
    printing.refuse_unprintable(text for _, text in letter.texts())
    seal = {"seal": letter.seal.image} if letter.seal.kind == "image" else {}
    steps: tuple[Step, ...] = STEPS
    while steps:
        sheet = set_letter(letter, steps)
        document = lay_out(page(letter, marked(sheet, marks), draft=draft), seal)
        if _letter_pages(document) == 1:
            break
        steps = steps[steps.index(sheet.step) + 1 :]
    return Rendered(write(document), len(document.pages))


def lay_out(html: str, files: dict[str, bytes]) -> Any:
    """Return the WeasyPrint document of a letter's HTML; files: NAME of paper:NAME."""
    return printing.lay_out(html, STYLES, files)


def warm() -> None:
    """Print a letter, so that the usual characters are drawn before the first one is asked for."""
    to, us = Addressee(company="東和工業株式会社"), Sender(company="誠")
    rendered(Letter(date=None, addressee=to, sender=us, title="ご連絡", paragraphs=("平素は格別のお引き立てを賜り、",)))


def printed(told: Any, *, draft: bool = False, marks: Sequence[Sequence[str]] = ()) -> Rendered:
    """Return the PDF of a letter told as JSON, for the press."""
    return rendered(Letter.model_validate(told), draft=draft, marks=[Mark(*mark) for mark in marks])


def _letter_pages(document: Any) -> int:
    """Count the pages before the first 別紙."""
    return next((at for at, sheet in enumerate(document.pages) if "annex" in sheet.anchors), len(document.pages))
