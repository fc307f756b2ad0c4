"""A photo in the first report itself (2-04, 2-09): with it from the first entry, or nothing is written at all."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Activity
from incidents import verify
from incidents.models import Entry, Incident, Leaf, Photo
from incidents.pages import whole
from incidents.services import FirstReport, incident_open
from office.errors import Refused
from office.models import File, Outbox
from office.viewer import viewer_for
from tests.incidents.test_photos import SECRET, from_a_phone, picture
from tests.incidents.web.conftest import ClientFor
from tests.job import REPORT

pytestmark = [pytest.mark.django_db, pytest.mark.both]
URL, AGAIN = "/incidents/new/", "写真は残りません。お手数ですが、もう一度選んでください。"


def report(cast: SimpleNamespace, key: str = "k", **more: Any) -> FirstReport:
    return FirstReport(customer_id=cast.towa.pk, data=REPORT, kind="defect", key=key, **more)


def sent(*data: bytes, **more: str) -> dict[str, Any]:
    fields = {"customer": "東和工業株式会社", "summary": "搬送ユニットが停止した", "next_contact": "today"}
    files = [SimpleUploadedFile(f"{n}.jpg", one) for n, one in enumerate(data)]
    return {**fields, "idempotency": str(uuid4()), **({"photos": files} if files else {}), **more}


def nothing_written() -> bool:
    tables = (Incident, Entry, Photo, Leaf, File, Activity, Outbox)
    return not any(table._default_manager.exists() for table in tables)


def test_they_stand_in_the_first_entry(cast: SimpleNamespace, at: datetime) -> None:
    viewer = viewer_for(cast.rep, at)
    incident, _fresh = incident_open(viewer=viewer, report=report(cast), photos=[from_a_phone(), picture("PNG")])
    leaf = Leaf.objects.get(incident=incident, sort="photos")
    first = Entry.objects.get(incident=incident)
    assert (f'"leaf":{leaf.pk}' in first.body, f'"sha256":"{leaf.sha256}"' in first.body) == (True, True)
    photos = list(Photo.objects.order_by("pk"))
    assert [(photo.incident, photo.leaf, photo.by) for photo in photos] == [(incident, leaf, cast.rep)] * 2
    assert not any(SECRET.encode() in bytes(photo.file.data) for photo in photos)
    told = whole(viewer, incident.number).record.moments[-1]
    assert (told.command, told.photos) == ("open", tuple(photo.pk for photo in photos))
    assert list(verify.problems()) == []


def test_the_same_key_sends_them_once(cast: SimpleNamespace, at: datetime) -> None:
    viewer = viewer_for(cast.rep, at)
    for data in (picture(), picture(), b"%PDF"):  # whatever comes along with a report that is there already
        incident_open(viewer=viewer, report=report(cast), photos=[data])
    assert (Incident.objects.count(), Photo.objects.count()) == (1, 1)


@pytest.mark.parametrize("data", [[b"%PDF"], [picture(), b"GIF89a"], [b""], [picture()] * 7])
def test_what_is_no_photo_leaves_nothing(cast: SimpleNamespace, at: datetime, data: list[bytes]) -> None:
    with pytest.raises(Refused) as refused:
        incident_open(viewer=viewer_for(cast.rep, at), report=report(cast), photos=data)
    assert refused.value.code == "invalid"
    assert nothing_written()


def test_a_report_that_is_refused_leaves_no_photo(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused):
        incident_open(viewer=viewer_for(cast.rep, at), report=report(cast, references="nonsense"), photos=[picture()])
    assert nothing_written()


def test_another_teams_customer(cast: SimpleNamespace, at: datetime) -> None:
    incident, _fresh = incident_open(viewer=viewer_for(cast.rep_b, at), report=report(cast), photos=[picture()])
    assert (incident.owner, Photo.objects.get().by) == (cast.rep, cast.rep_b)


def test_it_is_sent_with_the_form(cast: SimpleNamespace, client_for: ClientFor) -> None:
    rep = client_for(cast.rep)
    page = rep.get(URL).content.decode()
    for piece in ('enctype="multipart/form-data"', 'capture="environment"', 'name="photos"', "photos.js"):
        assert piece in page
    assert AGAIN not in page
    shown = rep.post(URL, sent(picture(), picture()), follow=True)
    incident = Incident.objects.get()
    assert shown.redirect_chain[-1][0] == f"/incidents/{incident.number}/"
    assert all(f"/photos/{photo.pk}/?small=1" in shown.content.decode() for photo in Photo.objects.all())
    assert Photo.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "more"),
    [([b"%PDF"], {}), ([picture()], {"summary": ""}), ([picture()], {"customer": "なにもない"}), ([picture()] * 7, {})],
)
def test_a_refused_form_keeps_what_was_typed_and_asks_for_the_photo(
    cast: SimpleNamespace, client_for: ClientFor, data: list[bytes], more: dict[str, str]
) -> None:
    answer = client_for(cast.rep).post(URL, sent(*data, customer_words="今月中に", **more))
    page = answer.content.decode()
    assert (answer.status_code, AGAIN in page, "今月中に" in page) == (422, True, True)
    assert nothing_written()


def test_without_a_photo_nobody_is_asked_for_one(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, sent(summary=""))
    assert (answer.status_code, AGAIN in answer.content.decode()) == (422, False)
    assert client_for(cast.rep).post(URL, sent()).status_code == 302
    assert not Photo.objects.exists()
