"""A photo from a phone is made smaller before it is sent, and stands in the timeline (practice 2-09)."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from incidents.models import Photo
from office.clock import now
from tests.browser.conftest import PHONE, Seat
from tests.job import Job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALLER = """async (bytes) => {
    const input = document.querySelector("#id_album");
    while (input.files[0].size > bytes) await new Promise((later) => setTimeout(later, 50));
}"""


def noisy() -> bytes:
    out = BytesIO()
    Image.effect_noise((3200, 2400), 60).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def test_it_is_shrunk_sent_and_seen(cast: SimpleNamespace, seat: Callable[..., Seat]) -> None:
    job, data = Job(cast, now()), noisy()
    one = seat(PHONE)
    page = one.log_in("rep")
    one.go(f"/incidents/{job.number}/photos/")
    assert one.audit() == []
    page.locator("#id_album").set_input_files(FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=data))
    page.evaluate(SMALLER, len(data) // 2)
    page.locator("textarea[name=note]").fill("打合せの控え")
    page.locator("main button[type=submit]").click()
    expect(page.locator("img[alt='写真 1']")).to_be_visible()
    assert one.audit() == []
    assert Image.open(BytesIO(bytes(Photo.objects.get().file.data))).size == (2000, 1500)


def test_it_goes_with_the_first_report(cast: SimpleNamespace, seat: Callable[..., Seat]) -> None:
    data, one = noisy(), seat(PHONE)
    page = one.log_in("rep")
    one.go("/incidents/new/")
    page.locator("[name=customer]").fill(cast.towa.name)
    page.locator("[name=next_contact][value=today]").check()
    page.locator("details", has=page.locator("#id_album")).locator("summary").click()
    page.locator("#id_album").set_input_files(FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=data))
    page.evaluate(SMALLER, len(data) // 2)
    page.locator("main button[type=submit].btn-primary").click()
    expect(page.get_by_text("もう一度選んでください")).to_be_visible()
    assert one.audit() == []
    assert not Photo.objects.exists()
    page.locator("[name=summary]").fill("搬送ユニットが停止した")
    page.locator("#id_album").set_input_files(FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=data))
    page.evaluate(SMALLER, len(data) // 2)
    page.locator("main button[type=submit].btn-primary").click()
    expect(page.locator("img[alt='写真 1']")).to_be_visible()
    assert one.audit() == []
    assert Image.open(BytesIO(bytes(Photo.objects.get().file.data))).size == (2000, 1500)
