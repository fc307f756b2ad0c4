"""Practices 2-04 and 2-09: photos come back to the incident, bare of where they were taken, into its timeline."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from incidents import verify
from incidents.models import Leaf, Photo
from incidents.services import photos_add
from incidents.services.photos import BOUNDS, KEPT_SIDE, SMALL_SIDE
from office.errors import Refused
from office.models import File, User
from office.services import file_store, token_create
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[..., Client]
GPS, SECRET = 0x8825, "a camera that knows where we are"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (190, 40, 30)).save(out, kind, **options)
    return out.getvalue()


def from_a_phone() -> bytes:
    """Taken upright, with position and maker."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, 6
    exif.get_ifd(GPS)[1] = "N"
    return picture(exif=exif)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at)


def add(job: Job, *pictures: bytes, by: User | None = None, note: str = "打合せの控え", key: str = "k") -> None:
    viewer = job.viewer(by or job.cast.rep)
    photos_add(viewer=viewer, number=job.number, pictures=pictures or [from_a_phone()], note=note, key=key)


def kept(photo: Photo) -> tuple[Image.Image, Image.Image]:
    large, small = (Image.open(BytesIO(bytes(file.data))) for file in (photo.file, photo.small))
    return large, small


def test_nothing_but_pixels_is_kept_upright(job: Job) -> None:
    add(job)
    photo = Photo.objects.get()
    for one in kept(photo):
        assert (one.format, one.size, dict(one.getexif())) == ("JPEG", (48, 64), {})
    assert SECRET.encode() not in bytes(photo.file.data)
    assert (photo.file.content_type, photo.by, photo.file.by) == ("image/jpeg", job.cast.rep, job.cast.rep)


def test_a_png_with_its_texts_becomes_a_jpeg_of_its_pixels(job: Job) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET)
    add(job, picture("PNG", pnginfo=texts) + b"<script>alert(1)</script>")
    data = bytes(Photo.objects.get().file.data)
    assert data.startswith(b"\xff\xd8\xff")
    assert SECRET.encode() not in data
    assert b"script" not in data


def test_a_large_one_is_made_smaller_and_has_a_small_picture(job: Job) -> None:
    add(job, picture(size=(4032, 3024)))
    large, small = kept(Photo.objects.get())
    assert (large.size, small.size) == ((KEPT_SIDE, 1500), (SMALL_SIDE, 240))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff\xe0 none",
        picture("TIFF"), picture("WEBP"), picture("BMP"), picture("JPEG", (400, 400))[:-400],
        png_claiming(60_000, 60_000), png_claiming(4001, 4000), png_claiming(12_001, 1), png_claiming(2**31 - 1, 1),
        picture() + b"\0" * BOUNDS.limit,
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_leaves_nothing(job: Job, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        add(job, picture(), data)
    assert refused.value.code == "invalid"
    assert not File.objects.exists()
    assert not Photo.objects.exists()


@pytest.mark.parametrize("count", [0, 7])
def test_one_to_six_at_a_time(job: Job, count: int) -> None:
    with pytest.raises(Refused, match="one photo at least"):
        photos_add(viewer=job.viewer(job.cast.rep), number=job.number, pictures=[picture()] * count, note="", key="k")


def test_the_same_key_adds_them_once(job: Job) -> None:
    add(job)
    add(job)
    assert (Photo.objects.count(), Leaf.objects.filter(sort="photos").count(), File.objects.count()) == (1, 1, 2)


def test_who_may_not_see_the_incident_adds_and_finds_none(
    cast: SimpleNamespace, job: Job, client_for: ClientFor
) -> None:
    add(job)
    with pytest.raises(Refused) as refused:
        add(job, by=cast.rep_b, key="b")
    assert refused.value.code == "not_found"
    here = f"/incidents/{job.number}/photos/"
    one = f"{here}{Photo.objects.get().pk}/"
    stranger = client_for(cast.rep_b)
    for path in (one, f"{one}?small=1", f"{here}999999/", here):
        assert stranger.get(path).status_code == 404
    assert (
        stranger.post(here, {"photos": SimpleUploadedFile("a.jpg", picture()), "idempotency": "s"}).status_code == 404
    )
    assert client_for(cast.auditor).post(here, {}).status_code == 403
    other = Job(cast, job.at + timedelta(minutes=1))
    assert client_for(cast.rep).get(f"/incidents/{other.number}/photos/{Photo.objects.get().pk}/").status_code == 404


def test_a_colleague_adds_after_the_end_too(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.manager, "void", data={"text": "誤登録"})
    add(job, by=cast.rep2)
    assert Photo.objects.get().by == cast.rep2


def test_only_what_one_sent_here_is_recorded_and_once(cast: SimpleNamespace, job: Job) -> None:
    add(job)
    recorded = Photo.objects.get()
    large, small = (file_store(name="x", content_type="", data=b"x", by=cast.rep2, at=job.at) for _each in range(2))
    waiting = Photo.objects.create(incident=job.incident, file=large, small=small, by=cast.rep2, at=job.at)
    for pk in (recorded.pk, waiting.pk, 999_999):
        with pytest.raises(Refused) as refused:
            job.do(cast.rep, "note_photos", data={"photos": [pk]})
        assert (refused.value.code, refused.value.field) == ("invalid", "photos")
    assert ("note_photos", "") not in job.offers(cast.rep)


def test_it_is_sent_from_a_phone_and_stands_in_the_timeline(
    cast: SimpleNamespace, job: Job, client_for: ClientFor
) -> None:
    rep, here = client_for(cast.rep), f"/incidents/{job.number}/photos/"
    page = rep.get(here).content.decode()
    assert 'capture="environment"' in page
    assert here in rep.get(f"/incidents/{job.number}/").content.decode()
    assert here in rep.get(f"/incidents/{job.number}/listening/").content.decode()

    def send(*data: bytes, key: str) -> Any:
        files = [SimpleUploadedFile(f"{n}.jpg", one) for n, one in enumerate(data)]
        return rep.post(here, {"photos": files, "note": "白板", "idempotency": key})

    broken = send(picture(), b"%PDF", key="a")
    assert (broken.status_code, "PNGかJPEG" in broken.content.decode()) == (422, True)
    assert send(key="b").status_code == 422
    assert send(picture(), from_a_phone(), key="c").status_code == 302
    photos = list(Photo.objects.order_by("pk"))
    page = client_for(cast.manager).get(f"/incidents/{job.number}/").content.decode()
    assert "写真を付けました(2枚)" in page
    assert "「白板」" in page
    assert all(f"{here}{photo.pk}/?small=1" in page for photo in photos)
    shown = rep.get(f"{here}{photos[0].pk}/")
    assert (shown.headers["Content-Type"], shown.content) == ("image/jpeg", bytes(photos[0].file.data))
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert rep.get(f"{here}{photos[0].pk}/?small=1").content == bytes(photos[0].small.data)


def test_they_are_printed_only_by_choice(cast: SimpleNamespace, job: Job, client_for: ClientFor) -> None:
    rep, account, here = client_for(cast.rep), f"/incidents/{job.number}/timeline/", f"/incidents/{job.number}/photos/"
    tick = 'name="photos" value="1"'
    assert tick not in rep.get(account).content.decode(), "there is nothing to choose"
    add(job, picture(), note="白板")
    page = rep.get(account).content.decode()
    assert ("写真を付けました(1枚)" in page, "「白板」" in page) == (True, True)
    assert (tick in page, f"{tick} checked" in page, here in page) == (True, False, False)
    chosen = rep.get(f"{account}?photos=1").content.decode()
    assert (f"{tick} checked" in chosen, f"{here}{Photo.objects.get().pk}/" in chosen) == (True, True)
    inside = rep.get(f"{account}?photos=1&inside=1").content.decode()
    assert 'name="inside" value="1"' in inside, "a tick keeps what was chosen before"


def test_a_photo_that_was_changed_behind_our_back_is_found(job: Job) -> None:
    add(job, picture(), picture(size=(30, 30)))
    assert list(verify.problems()) == []
    first, second = Photo.objects.order_by("pk")
    hashes = [hashlib.sha256(bytes(photo.file.data)).hexdigest() for photo in (first, second)]
    assert all(one in Leaf.objects.get(sort="photos").text for one in hashes)
    Photo.objects.filter(pk=second.pk).update(leaf=None)
    assert any("its photos are not those that were recorded" in line for line in verify.problems())


def test_programs_do_the_same(cast: SimpleNamespace, job: Job) -> None:
    def program(user: User) -> Client:
        return Client(headers={"Authorization": f"Bearer {token_create(user=user, at=job.at)}"})

    path, rep = f"/api/v1/incidents/{job.number}/photos", program(cast.rep)
    for _twice in range(2):
        sent = rep.post(
            path, {"photos": SimpleUploadedFile("a.jpg", picture()), "idempotency_key": "k", "note": "銘板"}
        )
        assert (sent.status_code, len(sent.json())) == (201, 1)
    row = rep.get(path).json()[0]
    photo = Photo.objects.get()
    assert (row["id"], row["by"], row["sha256"], row["size"]) == (photo.pk, "rep", photo.file.sha256, photo.file.size)
    assert rep.get(f"{path}/{photo.pk}").content == bytes(photo.file.data)
    bad = rep.post(path, {"photos": SimpleUploadedFile("a.jpg", b"GIF89a"), "idempotency_key": "b"})
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid")
    stranger = program(cast.rep_b)
    assert [stranger.get(path).status_code, stranger.get(f"{path}/{photo.pk}").status_code] == [404, 404]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_sort_of_pixels_is_kept_on_white(job: Job, mode: str) -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0) if mode in ("LA", "RGBA") else (255, 255, 255)).convert(mode).save(
        out, "PNG"
    )
    add(job, out.getvalue())
    large, _small = kept(Photo.objects.get())
    assert (large.mode, large.size) == ("RGB", (40, 30))
    assert large.getpixel((20, 15)) == (255, 255, 255)
