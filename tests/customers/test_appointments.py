"""Appointments: made, moved, imported; who may, and what a page answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers import ics
from customers.models import Appointment
from customers.services import AppointmentData, appointment_make, appointments_import
from office.errors import Refused
from office.models import User
from office.services import token_create
from tests.cast import make_customer

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _stopped(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def make(who: User, at: datetime, **more: object) -> Appointment:
    data = AppointmentData(title="営業会議", starts=at + HOUR, ends=at + 2 * HOUR, **more)  # type: ignore[arg-type]
    return appointment_make(who=who, data=data, by=who, at=at)


def event(summary: str = "東和工業様 定例", uid: str = "u1", **more: str) -> str:
    lines = {"UID": uid, "SUMMARY": summary, "DTSTART;TZID=Asia/Tokyo": "20261130T130000",
             "DTEND;TZID=Asia/Tokyo": "20261130T140000", **more}  # fmt: skip
    return "\r\n".join(["BEGIN:VEVENT", *(f"{name}:{value}" for name, value in lines.items()), "END:VEVENT"])


def calendar(*events: str) -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    return "\r\n".join([*head, *events, "END:VCALENDAR", ""]).encode()


def test_the_same_file_twice_doubles_nothing_and_a_changed_one_updates(cast: SimpleNamespace, at: datetime) -> None:
    first = appointments_import(data=calendar(event()), who=cast.rep, by=cast.rep, at=at)
    again = appointments_import(data=calendar(event()), who=cast.rep, by=cast.rep, at=at)
    moved = appointments_import(
        data=calendar(event(**{"DTEND;TZID=Asia/Tokyo": "20261130T150000"})), who=cast.rep, by=cast.rep, at=at
    )
    assert (first.created, again.unchanged, moved.updated) == (1, 1, 1)
    row = Appointment.objects.get()
    assert (row.kind, row.customer, row.ends - row.starts) == ("visit", cast.towa, 2 * HOUR)


def test_what_was_cancelled_goes(cast: SimpleNamespace, at: datetime) -> None:
    appointments_import(data=calendar(event()), who=cast.rep, by=cast.rep, at=at)
    gone = appointments_import(data=calendar(event(STATUS="CANCELLED")), who=cast.rep, by=cast.rep, at=at)
    assert (gone.removed, Appointment.objects.count()) == (1, 0)


def test_what_is_over_is_left_out(cast: SimpleNamespace, at: datetime) -> None:
    old = event(**{"DTSTART;TZID=Asia/Tokyo": "20261120T130000", "DTEND;TZID=Asia/Tokyo": "20261120T140000"})
    assert appointments_import(data=calendar(old), who=cast.rep, by=cast.rep, at=at).past == 1
    assert not Appointment.objects.exists()


def test_a_weekly_meeting_stands_on_each_of_its_days(cast: SimpleNamespace, at: datetime) -> None:
    weekly = event("営業会議", RRULE="FREQ=WEEKLY;BYDAY=MO;COUNT=4", **{"EXDATE;TZID=Asia/Tokyo": "20261207T130000"})
    appointments_import(data=calendar(weekly), who=cast.rep, by=cast.rep, at=at)
    days = [row.starts.astimezone(at.tzinfo).strftime("%m%d %H") for row in Appointment.objects.all()]
    assert days == ["1130 13", "1214 13", "1221 13"]


def test_one_day_of_a_series_may_be_moved(cast: SimpleNamespace, at: datetime) -> None:
    weekly = event("営業会議", RRULE="FREQ=WEEKLY;UNTIL=20261207T235959Z")
    moved = event("営業会議", **{"RECURRENCE-ID;TZID=Asia/Tokyo": "20261130T130000",
                              "DTSTART;TZID=Asia/Tokyo": "20261201T090000",
                              "DTEND;TZID=Asia/Tokyo": "20261201T100000"})  # fmt: skip
    appointments_import(data=calendar(weekly, moved), who=cast.rep, by=cast.rep, at=at)
    days = [row.starts.astimezone(at.tzinfo).strftime("%m%d %H") for row in Appointment.objects.all()]
    assert days == ["1201 09", "1207 13"]


@pytest.mark.parametrize(
    ("summary", "fits"),
    [("東和工業様 定例", True), ("トウワコウギョウ", False), ("東和工業と北陸精機の会", False), ("営業会議", False)],
)
def test_a_customer_is_taken_when_exactly_one_name_fits(
    cast: SimpleNamespace, at: datetime, summary: str, fits: bool
) -> None:
    appointments_import(data=calendar(event(summary)), who=cast.rep, by=cast.rep, at=at)
    assert (Appointment.objects.get().customer_id == cast.towa.pk) is fits


@pytest.mark.parametrize(
    ("summary", "place", "unsure"),
    [
        ("東和工業様 定例", "", False), ("営業会議", "", False), ("東和工業と北陸精機の会", "", True),
        ("東和さん訪問", "", True), ("修理のご報告", "東和様 本社", True), ("田中さんと打合せ", "", False),
    ],
)  # fmt: skip
def test_what_speaks_of_no_customer_for_certain_is_reported(
    cast: SimpleNamespace, at: datetime, summary: str, place: str, unsure: bool
) -> None:
    file = calendar(event(summary, LOCATION=place))
    for _again in range(2):  # it is reported until somebody chooses
        found = appointments_import(data=file, who=cast.rep, by=cast.rep, at=at).unsure
        assert [row.title for row in found] == ([summary] if unsure else [])
    Appointment.objects.update(customer=cast.towa, kind="visit")
    assert not appointments_import(data=file, who=cast.rep, by=cast.rep, at=at).unsure


def test_the_longer_name_wins(cast: SimpleNamespace, at: datetime) -> None:
    make_customer("C-9", "東和株式会社", cast.rep)
    appointments_import(data=calendar(event("東和工業様")), who=cast.rep, by=cast.rep, at=at)
    assert Appointment.objects.get().customer == cast.towa


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VEVENT", b"x" * (ics.LARGEST + 1)])
def test_a_bad_file_is_a_sentence(cast: SimpleNamespace, at: datetime, data: bytes) -> None:
    with pytest.raises(Refused):
        appointments_import(data=data, who=cast.rep, by=cast.rep, at=at)


@pytest.mark.parametrize(
    "more",
    [{"DTSTART;TZID=Asia/Tokyo": "nonsense"}, {"DTSTART;TZID=Asia/Tokyo": "99991231T000000"}, {"RRULE": "FREQ=NEVER"},
     {"RRULE": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"}, {"RRULE": "FREQ=SECONDLY"}, {"SUMMARY": "\x00a"}, {"UID": ""},
     {"DTSTART;VALUE=DATE": "20261130"}, {"ATTENDEE;CN=岡本": "mailto:a@b.example"}],
)  # fmt: skip
def test_odd_events_are_taken_once_or_refused(cast: SimpleNamespace, at: datetime, more: dict[str, str]) -> None:
    with suppress(Refused):
        appointments_import(data=calendar(event(**more)), who=cast.rep, by=cast.rep, at=at)
    assert Appointment.objects.count() <= 1  # of a rule that hardly ends the first day only


def test_one_makes_moves_and_deletes_ones_own(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    said = {"title": "東和工業様 定例", "starts": "2026-11-30T13:00", "ends": "2026-11-30T14:00", "customer": "C-0001",
            "idempotency": "0d9e6a3e-9d3c-4f8e-9d7c-0d9e6a3e9d3c", "version": 0}  # fmt: skip
    assert client.post("/customers/appointments/new/", said).status_code == 302
    assert client.post("/customers/appointments/new/", said).status_code == 302
    row = Appointment.objects.get()
    url = f"/customers/appointments/{row.pk}/"
    assert "東和工業様 定例" in client.get("/customers/appointments/").content.decode()
    assert "C-0001" in client.get(url).content.decode()
    moved = {**said, "ends": "2026-11-30T12:00", "version": 1}
    answer = client.post(url, moved)
    assert (answer.status_code, "終了は開始より後にしてください。" in answer.content.decode()) == (422, True)
    assert client.post(url, {**moved, "ends": "2026-11-30T15:00"}).status_code == 302
    assert client.post(url, {**moved, "ends": "2026-11-30T16:00"}).status_code == 422, "somebody saved before"
    assert client.post(f"{url}delete/").status_code == 302
    assert client.get(url).status_code == 404


def test_who_looks_after_the_customer_writes_and_confirms_but_does_not_move(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    row = make(cast.tech, at, customer_id=cast.towa.pk)
    client, url = client_for(cast.rep), f"/customers/appointments/{row.pk}/"
    assert client.post(f"{url}check/").status_code == 422
    said = {
        "purpose": "残件のご報告",
        "attendees": "専務 岡本様",
        "version": 1,
        "title": "x",
        "starts": "2026-12-01T00:00",
    }
    assert client.post(url, said).status_code == 302
    assert client.post(f"{url}check/").status_code == 302
    row.refresh_from_db()
    assert (row.title, row.purpose, row.checked_by) == ("営業会議", "残件のご報告", cast.rep)
    assert client.post(f"{url}delete/").status_code == 403


def test_a_strangers_meeting_never_existed(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    row = make(cast.rep_b, at)
    url = f"/customers/appointments/{row.pk}/"
    for user in (cast.rep, cast.billing):
        assert client_for(user).get(url).status_code == 404
        assert client_for(user).post(f"{url}delete/").status_code == 404
    assert client_for(cast.branch).get(url).status_code == 200


def test_the_team_sees_a_meeting_and_its_manager_moves_it(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    url = f"/customers/appointments/{make(cast.rep2, at).pk}/"
    page = client_for(cast.rep).get(url).content.decode()
    assert "日時の変更は、鈴木さんに頼んでください。" in page
    assert client_for(cast.rep).post(url, {"version": 1}).status_code == 422
    assert "予定を保存する" in client_for(cast.manager).get(url).content.decode()


def test_a_file_is_imported_in_the_browser(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.tech)
    good = client.post("/customers/appointments/import/", {"file": SimpleUploadedFile("a.ics", calendar(event()))})
    assert "新規1件" in good.content.decode()
    assert "お客様を選んで" not in good.content.decode()
    short = SimpleUploadedFile("a.ics", calendar(event("東和さん訪問", "u2")))
    page = client.post("/customers/appointments/import/", {"file": short}).content.decode()
    row = Appointment.objects.get(uid="u2")
    assert "お客様についての予定のようですが" in page
    assert f"/customers/appointments/{row.pk}/" in page
    bad = client.post("/customers/appointments/import/", {"file": SimpleUploadedFile("a.ics", b"hello")})
    assert (bad.status_code, "カレンダーのファイル(.ics)ではないようです" in bad.content.decode()) == (422, True)


def test_programs_do_the_same(cast: SimpleNamespace, at: datetime) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"})
    body = {"title": "ご説明", "starts": "2026-11-30T13:00+09:00", "ends": "2026-11-30T14:00+09:00",
            "customer": cast.towa.pk, "idempotency_key": "k1"}  # fmt: skip
    made = client.post("/api/v1/appointments", json.dumps(body), content_type="application/json")
    again = client.post("/api/v1/appointments", json.dumps(body), content_type="application/json")
    assert (made.status_code, made.json()["kind"], again.json()["id"]) == (201, "visit", made.json()["id"])
    url = f"/api/v1/appointments/{made.json()['id']}"
    assert client.put(url, json.dumps({**body, "version": 1, "purpose": "残件", "attendees": "岡本様"}),
                      content_type="application/json").json()["version"] == 2  # fmt: skip
    assert client.post(f"{url}/check").json()["checked_at"]
    assert len(client.get("/api/v1/appointments").json()) == 1
    files = {"file": SimpleUploadedFile("a.ics", calendar(event()))}
    assert client.post("/api/v1/appointments/import", files).json() == {
        "created": 1, "updated": 0, "unchanged": 0, "removed": 0, "past": 0, "unsure": [],
    }  # fmt: skip
    short = {"file": SimpleUploadedFile("a.ics", calendar(event("東和さん訪問", "u2")))}
    (row,) = client.post("/api/v1/appointments/import", short).json()["unsure"]
    assert client.get(f"/api/v1/appointments/{row['id']}").json()["title"] == "東和さん訪問"
    foreign = {**body, "customer": cast.hokuriku.pk, "idempotency_key": "k2"}
    assert client.post("/api/v1/appointments", json.dumps(foreign), content_type="application/json").status_code == 404
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
