import struct
import zlib
from datetime import datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image, PngImagePlugin

from office.errors import Refused
from office.models import Company, File, JournalRow
from office.services import seal_store
from office.services.seal import KEPT_SIDE, LIMIT, redrawn


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (190, 40, 30)).save(out, kind, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_becomes_the_seal(cast: SimpleNamespace, at: datetime, kind: str) -> None:
    seal_store(data=picture(kind), name="角印.jpg", by=cast.admin, at=at)
    stored = File.objects.get()
    assert Company.objects.get().seal == stored
    assert (stored.name, stored.content_type, stored.by) == ("角印.png", "image/png", cast.admin)
    assert Image.open(BytesIO(bytes(stored.data))).size == (60, 40)
    assert JournalRow.objects.get().verb == "changed the seal"


def test_the_old_seal_is_kept(cast: SimpleNamespace, at: datetime) -> None:
    for side in (20, 30):
        seal_store(data=picture(size=(side, side)), name="seal.png", by=cast.admin, at=at)
    assert File.objects.count() == 2


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera that knows where we are"
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "somebody")
    for data in (picture("JPEG", exif=exif), picture("PNG", pnginfo=text) + b"<script>alert(1)</script>"):
        kept = redrawn(data)
        assert b"somebody" not in kept
        assert b"script" not in kept
        assert not Image.open(BytesIO(kept)).getexif()


def test_a_picture_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(BytesIO(redrawn(picture("JPEG", exif=exif)))).size == (40, 60)


def test_a_large_picture_is_made_smaller() -> None:
    assert Image.open(BytesIO(redrawn(picture(size=(2400, 1200))))).size == (KEPT_SIDE, KEPT_SIDE // 2)


@pytest.mark.parametrize("size", [(60_000, 60_000), (60_000, 10), (4001, 1), (10_000, 10_000), (2**31 - 1, 1)])
def test_too_many_pixels_are_refused_before_they_are_drawn(size: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="pixels"):
        redrawn(png_claiming(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a" + b"\0" * 50,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0 not a picture",
        picture("BMP"),
        picture("TIFF"),
        picture("WEBP"),
        png_claiming(100, 100),
        picture("JPEG", (400, 400))[:-400],
    ],
)
def test_anything_but_a_whole_png_or_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        redrawn(data)
    assert refused.value.field == "file"


def test_more_than_two_megabytes_are_refused() -> None:
    with pytest.raises(Refused, match="too large"):
        redrawn(picture() + b"\0" * LIMIT)
