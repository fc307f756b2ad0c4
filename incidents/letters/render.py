"""From the sheet to a PDF, in this process: our one face, nothing fetched. The only module that knows WeasyPrint."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from incidents.engine.translation import _
from incidents.letters import faces
from incidents.letters.content import Letter
from incidents.letters.marks import Mark, marked
from incidents.letters.press import Rendered
from incidents.letters.sheet import STEPS, Step, page, set_letter
from office.errors import Refused

FACE = "@font-face { font-family: Letter; src: url(letter:face) }"
STYLES = Path(__file__).with_name("letter.css")
ALWAYS = "0123456789／一〒"  # what the style sheet and the sheet add

logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings quote the letter


class OurFilesOnly:
    """Serves letter:NAME from memory; anything else ends the rendering (reliability.md A5)."""

    _fail_on_errors = False

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def __call__(self, url: str) -> URLFetcherResponse:
        """Return one of the files; FatalURLFetchingError for any other address."""
        name = url.removeprefix("letter:")
        if name == url or name not in self.files:
            raise FatalURLFetchingError(f"not a file of ours: {url[:80]}")
        return URLFetcherResponse(url, self.files[name])


def render(letter: Letter, *, draft: bool = False) -> bytes:
    """Return the letter as PDF/A-3b bytes; the same letter gives the same bytes. 下書き stands across a draft.

    Refused (incomplete) names the characters the face cannot set.
    """
    return rendered(letter, draft=draft).data


def rendered(letter: Letter, *, draft: bool = False, marks: Iterable[Mark] = ()) -> Rendered:
    """Return the PDF with its number of pages; the reckoned size is checked against the pages really made.

    marks: what 文面の確認 underlines, on a draft that is looked at.
    """
    refuse_unprintable(letter)
    seal = {"seal": letter.seal.image} if letter.seal.kind == "image" else {}
    steps: tuple[Step, ...] = STEPS
    while steps:
        sheet = set_letter(letter, steps)
        document = lay_out(page(letter, marked(sheet, marks), draft=draft), seal)
        if _letter_pages(document) == 1:
            break
        steps = steps[steps.index(sheet.step) + 1 :]
    return Rendered(write(document), len(document.pages))


def refuse_unprintable(letter: Letter) -> None:
    """Refuse a letter with a character that would come out as another face or a box."""
    lacking = faces.missing("".join(text for _, text in letter.texts()))
    if lacking:
        raise Refused("incomplete", _("The letter cannot print %(characters)s"), characters="、".join(lacking))


def lay_out(html: str, files: dict[str, bytes]) -> Any:
    """Return the WeasyPrint document of some HTML, in a face cut for its characters; files: NAME of letter:NAME."""
    fetcher = OurFilesOnly({**files, "face": faces.cut(html + ALWAYS)})
    fonts = FontConfiguration()
    face = CSS(string=FACE, font_config=fonts, url_fetcher=fetcher)
    return HTML(string=html, url_fetcher=fetcher).render(stylesheets=[face, _styles()], font_config=fonts)


def write(document: Any) -> bytes:
    """Return the PDF: PDF/A-3b, tagged, every face embedded."""
    data: bytes = document.write_pdf(pdf_variant="pdf/a-3b", pdf_tags=True)
    return data


@cache
def _styles() -> CSS:
    return CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=OurFilesOnly({}))


def _letter_pages(document: Any) -> int:
    """Count the pages before the first 別紙."""
    return next((at for at, sheet in enumerate(document.pages) if "annex" in sheet.anchors), len(document.pages))
