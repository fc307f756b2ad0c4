"""Photos put into the file of an incident, with a word to them; the entry seals their SHA-256 (2-04, 2-09)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from incidents.engine.translation import _
from incidents.leaves.base import Sort, leaf_write, sealed
from incidents.models import Photo
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused

PHOTOS = "photos"
MOST = 6
NOT_SENT = _("These photos were not sent here by you, or are recorded already.")


class Photos(StepPaper):
    """Photos that were sent to this incident by their ids, and a word to them."""

    photos: list[int] = Field(min_length=1, max_length=MOST)
    note: str = Field("", max_length=1000)


class PhotoSheet(Photos):
    """The same as it is kept: with the SHA-256 of each photo and of its small picture."""

    sha256: list[str]
    small: list[str]


def note_photos(paper: Photos, setting: Setting) -> dict[str, Any]:
    """Keep the photos. Refused invalid for any that the writer did not send to this incident, or that stand there
    already."""
    rows = Photo.objects.filter(incident=setting.incident, by=setting.actor, leaf=None, pk__in=paper.photos)
    rows = rows.order_by("pk")
    found = {pk: hashes for pk, *hashes in rows.values_list("pk", "file__sha256", "small__sha256")}
    if sorted(found) != sorted(paper.photos):
        raise Refused("invalid", NOT_SENT, field="photos")
    hashes = [found[pk] for pk in paper.photos]
    sheet = PhotoSheet(
        photos=paper.photos,
        note=paper.note,
        sha256=[one for one, _small in hashes],
        small=[one for _big, one in hashes],
    )
    leaf = leaf_write(setting, PHOTOS, sheet)
    Photo.objects.filter(pk__in=paper.photos).update(leaf=leaf)
    return {**sealed(leaf), "count": len(paper.photos)}


def photos_example(setting: Setting) -> dict[str, Any]:
    """Those that were sent and wait; as a rule none, since sending records them."""
    waiting = Photo.objects.filter(incident=setting.incident, by=setting.actor, leaf=None).order_by("pk")
    return {"photos": list(waiting.values_list("pk", flat=True)[:MOST])}


SHEET = Sort(PhotoSheet, lambda sheet: str(sheet.note))
