"""The seal's picture: looked at before it is decoded, drawn anew, so that nothing but pixels is kept."""

from __future__ import annotations

import warnings
from datetime import datetime
from io import BytesIO

from django.db import transaction
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from office.errors import Refused
from office.models import Company, User
from office.services.company import company_seal_set
from office.services.files import file_store

LIMIT = 2 * 1024 * 1024  # bytes
SIDE = 4000  # pixels a side may have; read from the header, before anything is decoded
KEPT_SIDE = 1200  # pixels: a seal of 3 cm at 1,000 dpi


@transaction.atomic
def seal_store(*, data: bytes, name: str, by: User | None, at: datetime) -> Company:
    """Use a PNG or JPEG picture as the seal on letters. Refused invalid for anything else, or when too large."""
    picture = redrawn(data)
    title = f"{name.rpartition('.')[0] or name}.png"
    stored = file_store(name=title, content_type="image/png", data=picture, by=by, at=at)
    return company_seal_set(file_id=stored.pk, by=by, at=at, detail=f"sha256 {stored.sha256}")


def redrawn(data: bytes) -> bytes:
    """The picture as a new PNG without anything but pixels (no EXIF, no text, no second frame)."""
    if len(data) > LIMIT:
        raise _refused("The picture is too large. The limit is %(limit)s MB.", limit=LIMIT // 2**20)
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise _refused("Please choose a PNG or JPEG picture.")
    picture = _opened(data)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # other libraries switch it on for the whole process
    try:
        pixels = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, SyntaxError, ValueError):
        raise _refused("The picture could not be read. Please save it again and retry.") from None
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE))
    plain = Image.new("RGBA", pixels.size)
    plain.paste(pixels)
    out = BytesIO()
    plain.save(out, "PNG", optimize=True)
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    """The picture with only its header read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _refused("The picture could not be read. Please save it again and retry.") from None
    if max(picture.size) > SIDE:
        raise _too_many_pixels()
    return picture


def _too_many_pixels() -> Refused:
    return _refused("The picture has too many pixels. Each side may have up to %(side)s.", side=SIDE)


def _refused(message: str, **facts: object) -> Refused:
    return Refused("invalid", message, field="file", **facts)
