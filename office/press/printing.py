"""From HTML to a PDF, in this process: our one face, nothing fetched. The only module that knows WeasyPrint."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from office.errors import Refused
from office.press import faces

FACE = "@font-face { font-family: Letter; src: url(paper:face) }"
ALWAYS = "0123456789／一〒"  # what style sheets and sheets add

logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings quote the paper


class OurFilesOnly:
    """Serves paper:NAME from memory; anything else ends the rendering (reliability.md A5)."""

    _fail_on_errors = False

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def __call__(self, url: str) -> URLFetcherResponse:
        """Return one of the files; FatalURLFetchingError for any other address."""
        name = url.removeprefix("paper:")
        if name == url or name not in self.files:
            raise FatalURLFetchingError(f"not a file of ours: {url[:80]}")
        return URLFetcherResponse(url, self.files[name])


def refuse_unprintable(texts: Iterable[str]) -> None:
    """Refuse (incomplete) texts with a character that would come out as another face or a box, naming each."""
    lacking = faces.missing("\n".join(line for text in texts for line in text.splitlines()))
    if lacking:
        raise Refused("incomplete", "This cannot be printed: %(characters)s", characters="、".join(lacking))


def lay_out(html: str, styles: Path, files: dict[str, bytes]) -> Any:
    """Return the WeasyPrint document of some HTML, in a face cut for its characters.

    styles: the style sheet, parsed once a process; files: NAME of paper:NAME.
    """
    fetcher = OurFilesOnly({**files, "face": faces.cut(html + ALWAYS)})
    fonts = FontConfiguration()
    face = CSS(string=FACE, font_config=fonts, url_fetcher=fetcher)
    return HTML(string=html, url_fetcher=fetcher).render(stylesheets=[face, _parsed(styles)], font_config=fonts)


def write(document: Any) -> bytes:
    """Return the PDF: PDF/A-3b, tagged, every face embedded."""
    data: bytes = document.write_pdf(pdf_variant="pdf/a-3b", pdf_tags=True)
    return data


@cache
def _parsed(styles: Path) -> CSS:
    return CSS(string=styles.read_text(encoding="utf-8"), url_fetcher=OurFilesOnly({}))
