"""Pictures from outside: looked at before they are decoded, drawn anew, so that nothing but pixels is kept."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from office.errors import Refused

SMOOTH = ("L", "LA", "RGB", "RGBA")  # modes that can be made smaller as they are
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


@dataclass(frozen=True)
class Bounds:
    """What a picture may be: bytes, pixels of a side, and pixels in all; `lossless` is the last for a PNG, which cannot
    be decoded at a smaller scale. All are read before anything is decoded."""

    limit: int
    side: int
    pixels: int
    lossless: int


def upright(data: bytes, bounds: Bounds, kept_side: int, mode: str) -> Image.Image:
    """The pixels of a PNG or JPEG, turned as it was taken, no side above `kept_side`: no EXIF, so no position, no text
    and no second frame. Refused invalid for anything else, for a broken picture and for one beyond the bounds."""
    if len(data) > bounds.limit:
        raise _refused("The picture is too large. The limit is %(limit)s MB.", limit=bounds.limit // 2**20)
    if not data.startswith((PNG, JPEG)):
        raise _refused("Please choose a PNG or JPEG picture.")
    picture = _opened(data, bounds)
    picture.draft("RGB", (kept_side, kept_side))  # a JPEG is decoded no larger than it is needed
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # other libraries switch it on for the whole process
    try:
        small = picture if picture.mode in SMOOTH else picture.convert("RGBA")
        small.thumbnail((kept_side, kept_side))  # before anything is copied
        pixels = ImageOps.exif_transpose(small).convert("RGBA")
    except (OSError, SyntaxError, ValueError):
        raise _refused("The picture could not be read. Please save it again and retry.") from None
    plain = Image.new(mode, pixels.size, "white" if mode == "RGB" else 0)
    plain.paste(pixels, mask=pixels if mode == "RGB" else None)
    return plain


def _opened(data: bytes, bounds: Bounds) -> Image.Image:
    """The picture with only its header read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(bounds) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _refused("The picture could not be read. Please save it again and retry.") from None
    most = bounds.lossless if picture.format == "PNG" else bounds.pixels
    if max(picture.size) > bounds.side or picture.width * picture.height > most:
        raise _too_many_pixels(bounds)
    return picture


def _too_many_pixels(bounds: Bounds) -> Refused:
    return _refused("The picture has too many pixels. Each side may have up to %(side)s.", side=bounds.side)


def _refused(message: str, **facts: object) -> Refused:
    return Refused("invalid", message, field="file", **facts)
