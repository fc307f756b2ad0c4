"""The seal's picture, drawn anew as a PNG."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.db import transaction

from office.models import Company, User
from office.services.company import company_seal_set
from office.services.files import file_store
from office.services.pictures import Bounds, upright

LIMIT = 2 * 1024 * 1024  # bytes
SIDE = 4000  # pixels a side may have
KEPT_SIDE = 1200  # pixels: a seal of 3 cm at 1,000 dpi
BOUNDS = Bounds(limit=LIMIT, side=SIDE, pixels=SIDE * SIDE, lossless=SIDE * SIDE)


@transaction.atomic
def seal_store(*, data: bytes, name: str, by: User | None, at: datetime) -> Company:
    """Use a PNG or JPEG picture as the seal on letters. Refused invalid for anything else, or when too large."""
    picture = redrawn(data)
    title = f"{name.rpartition('.')[0] or name}.png"
    stored = file_store(name=title, content_type="image/png", data=picture, by=by, at=at)
    return company_seal_set(file_id=stored.pk, by=by, at=at, detail=f"sha256 {stored.sha256}")


def redrawn(data: bytes) -> bytes:
    """The picture as a new PNG without anything but pixels (no EXIF, no text, no second frame)."""
    out = BytesIO()
    upright(data, BOUNDS, KEPT_SIDE, "RGBA").save(out, "PNG", optimize=True)
    return out.getvalue()
