"""Photos sent to an incident: drawn anew outside of every transaction, stored, and recorded as one command."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from incidents.actions import scene
from incidents.births import Carried
from incidents.leaves.photos import MOST, Photos, note_photos
from incidents.models import Incident, Photo
from incidents.selectors import done_before, incident_get
from incidents.steps import Setting
from incidents.store import execute
from incidents.turn import Order
from office.errors import Refused
from office.services import file_store
from office.services.pictures import Bounds, upright
from office.viewer import Viewer

BOUNDS = Bounds(limit=8 * 1024 * 1024, side=12_000, pixels=50_000_000, lossless=16_000_000)
KEPT_SIDE, SMALL_SIDE = 2000, 320  # pixels: a page of notes can be read; the timeline shows the small one
QUALITY = 85
HOW_MANY = gettext_noop("Please choose one photo at least, and %(most)s at most.")
NOT_HERE = gettext_noop("Photos cannot be added by you here.")


def photos_add(*, viewer: Viewer, number: str, pictures: Sequence[bytes], note: str, key: str) -> Incident:
    """Put photos into the file of a visible incident, each once: a repeated key is answered from its entry.

    Kept are a JPEG without anything but pixels (no position, no camera) and a small one. Refused not_found for an
    incident that is not the viewer's, forbidden where they note nothing, invalid for what is no PNG or JPEG, too large,
    broken, or too many (practices 2-04, 2-09).
    """
    incident = incident_get(viewer, number)
    if done_before(viewer, number, key):
        return incident
    if not any(action.command == "note_photos" for action in scene(viewer, incident).actions()):
        raise Refused("forbidden", NOT_HERE)
    if not pictures:
        raise Refused("invalid", HOW_MANY, field="photos", most=MOST)
    paper = {"photos": [photo.pk for photo in _stored(viewer, incident, drawn(pictures))], "note": note}
    return execute(viewer=viewer, number=number, order=Order("note_photos", key, "", 0, paper)).incident


def drawn(pictures: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """Photos as they are kept, each with its small picture; slow, so outside of every transaction. Refused invalid for
    what is no PNG or JPEG, too large, broken, or too many."""
    if len(pictures) > MOST:
        raise Refused("invalid", HOW_MANY, field="photos", most=MOST)
    return [_drawn(data) for data in pictures]


def carried(viewer: Viewer, pictures: list[tuple[bytes, bytes]]) -> Carried:
    """What puts drawn photos into an incident that is being opened, in its transaction; its first entry seals them."""

    def carry(setting: Setting) -> dict[str, Any]:
        stored = _stored(viewer, setting.incident, pictures)
        return note_photos(Photos(photos=[photo.pk for photo in stored], note=""), setting)

    return carry


def _drawn(data: bytes) -> tuple[bytes, bytes]:
    """The photo as it is kept, and its small picture."""
    pixels = upright(data, BOUNDS, KEPT_SIDE, "RGB")
    large, small = BytesIO(), BytesIO()
    pixels.save(large, "JPEG", quality=QUALITY, optimize=True)
    pixels.thumbnail((SMALL_SIDE, SMALL_SIDE))
    pixels.save(small, "JPEG", quality=QUALITY, optimize=True)
    return large.getvalue(), small.getvalue()


@transaction.atomic
def _stored(viewer: Viewer, incident: Incident, drawn: list[tuple[bytes, bytes]]) -> list[Photo]:
    found = []
    for place, pictures in enumerate(drawn, start=1):
        files = [
            file_store(
                name=f"{incident.number}_{viewer.at:%Y%m%d%H%M%S}_{place}{size}.jpg", content_type="image/jpeg",
                data=data, by=viewer.user, at=viewer.at,
            )
            for data, size in zip(pictures, ("", "_s"), strict=True)
        ]  # fmt: skip
        found.append(
            Photo.objects.create(incident=incident, file=files[0], small=files[1], by=viewer.user, at=viewer.at)
        )
    return found
