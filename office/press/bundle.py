"""Many of our PDFs as one, to be printed in one go."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pypdfium2

from office.press.preview import one_at_a_time


def bundled(pdfs: Iterable[bytes], *, two_sided: bool = False) -> bytes:
    """Return one PDF with all pages in order. Empty when there is none.

    two_sided: each begins on a sheet of its own, with an empty page where it must, so that no letter carries the
    beginning of somebody else's on its back.
    """
    data = list(pdfs)
    with one_at_a_time:
        whole = pypdfium2.PdfDocument.new()
        try:
            for one in data:
                document = pypdfium2.PdfDocument(one)
                try:
                    whole.import_pages(document)
                    if two_sided and len(document) % 2:
                        whole.new_page(*document[len(document) - 1].get_size())
                finally:
                    document.close()
            made = io.BytesIO()
            whole.save(made)
        finally:
            whole.close()
    return made.getvalue()
