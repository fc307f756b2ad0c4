"""A picture of a page, made from the very PDF, for screens that do not show PDFs in a page."""

from __future__ import annotations

import io
import threading

import pypdfium2
from PIL import Image

from office.errors import Refused

LOWEST, HIGHEST = 36, 200  # dpi
COLOURS = 64  # greys of the type and reds of a seal: a third of the bytes of full colour

one_at_a_time = threading.Lock()  # PDFium knows no threads


def preview_png(pdf: bytes, *, page: int = 1, dpi: int = 110) -> bytes:
    """Return a page (from 1) of one of our PDFs as PNG; Refused (not_found) when there is no such page.

    110 dpi makes A4 910 pixels wide: sharp on a phone, 80 kB.
    """
    with one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 1 <= page <= len(document):
                raise Refused("not_found", "There is no such page")
            picture = document[page - 1].render(scale=min(max(dpi, LOWEST), HIGHEST) / 72).to_pil().convert("RGB")
        finally:
            document.close()
    made = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(made, "PNG")
    return made.getvalue()
