"""Days of collection are written into the notebook: on a page, in one's own calendar, by mail (practice 1-07)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from billing.due import Part
from billing.models import Instalment
from billing.services import invoice_create, payment_record
from customers.services import AppointmentData, appointment_make
from desk.notebook import mornings_sweep
from office.clock import JST
from office.models import Notebook, Outbox, User
from office.services import morning_put, token_create
from tests.billing.paperwork import issue
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


@pytest.fixture
def due(cast: SimpleNamespace, at: datetime) -> Instalment:
    """A deposit due on 30 November and the rest in December, of a customer of `rep`; a visit tomorrow."""
    parts = (
        Part(kind="deposit", amount=330_000, base=date(2026, 10, 5)),
        Part(kind="final", amount=770_000, base=date(2026, 11, 20)),
    )
    made = invoice_create(
        customer_id=cast.towa.pk, subject="保守", net=1_000_000, tax=100_000, number="INV-1", parts=parts,
        by=cast.billing, at=at,
    )  # fmt: skip
    issue(cast, made, at)
    visit = AppointmentData(title="打合せ", starts=at + timedelta(days=1), ends=at + timedelta(days=1, hours=1))
    appointment_make(who=cast.rep, data=visit, by=cast.rep, at=at, key="k")
    return made.instalments.order_by("due_on")[0]


def events(client: Client, path: str) -> dict[str, tuple[str, object]]:
    calendar = Calendar.from_ical(client.get(path).content)
    return {str(e["uid"]): (str(e["summary"]), e.decoded("dtstart")) for e in calendar.walk("VEVENT")}


def address(client: Client) -> str:
    """A new address of the calendar, as the page shows it once."""
    page = client.post("/notebook/", {"wish": "address"}).content.decode()
    assert "http://testserver/calendar/" not in client.get("/notebook/").content.decode()
    return page.split('value="http://testserver')[1].split('"')[0]


def test_the_calendar_holds_appointments_and_collection_days(
    cast: SimpleNamespace, due: Instalment, at: datetime, client_for: ClientFor, client: Client
) -> None:
    with time_machine.travel(at, tick=False):
        found = events(client, address(client_for(cast.rep)))
        assert found[f"payment-{due.pk}@makoto"] == ("入金予定 東和工業様 330,000円", date(2026, 11, 30))
        assert {words for words, _day in found.values()} == {
            "打合せ", "入金予定 東和工業様 330,000円", "入金予定 東和工業様 770,000円",
        }  # fmt: skip
        payment_record(
            invoice_id=due.invoice_id, instalment_id=due.pk, key="p", amount=330_000, received_on=at.date(),
            by=cast.billing, at=at,
        )  # fmt: skip
        assert f"payment-{due.pk}@makoto" not in events(client, address(client_for(cast.rep)))
        assert events(client, address(client_for(cast.rep_b))) == {}, "others have days of their own"


def test_an_address_opens_until_it_is_closed_or_made_anew(
    cast: SimpleNamespace, client_for: ClientFor, client: Client
) -> None:
    rep = client_for(cast.rep)
    first = address(rep)
    assert client.get(first).headers["Content-Type"] == "text/calendar; charset=utf-8"
    second = address(rep)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert client.get("/calendar/unknown.ics").status_code == 404
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    assert client.get(second).status_code == 404
    User.objects.filter(pk=cast.rep.pk).update(is_active=True)
    rep.post("/notebook/", {"wish": "close"})
    assert client.get(second).status_code == 404
    assert second.split("/")[2].removesuffix(".ics") not in Notebook.objects.get().digest
    assert rep.post("/notebook/", {"wish": "nonsense"}).status_code == 400


def test_the_page_and_programs_list_the_days_of_the_next_month(
    cast: SimpleNamespace, due: Instalment, at: datetime, client_for: ClientFor
) -> None:
    with time_machine.travel(at, tick=False):
        page = client_for(cast.rep).get("/notebook/").content.decode()
        assert ("330,000円" in page, "頭金" in page, "770,000円" in page) == (True, True, False)
        program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"})
        path = "/api/v1/billing/collections"
        assert [row["yen"] for row in program.get(path).json()] == [330_000]
        later = program.get(path, {"since": "2026-12-01", "until": "2026-12-31"}).json()
        assert [(row["part"], row["due_on"]) for row in later] == [("final", "2026-12-30")]


def test_the_morning_s_mail_is_written_once_and_only_when_wanted(
    cast: SimpleNamespace, due: Instalment, at: datetime, client_for: ClientFor
) -> None:
    day = datetime.combine(due.due_on, at.timetz())
    assert mornings_sweep(at=day) == 0
    client_for(cast.rep).post("/notebook/", {"wish": "morning", "wanted": "on"})
    assert mornings_sweep(at=day.replace(hour=5)) == 0  # before the office opens
    assert mornings_sweep(at=day - timedelta(days=1)) == 0  # a Sunday
    assert mornings_sweep(at=day) == 1
    assert mornings_sweep(at=day + timedelta(hours=1)) == 0
    mail = Outbox.objects.get(key__startswith="morning:")
    assert (mail.to, mail.subject) == (cast.rep, "本日11/30:予定0件、入金予定1件")
    assert "・東和工業様　330,000円　INV-1　頭金" in mail.body
    morning_put(user=cast.rep, wanted=False)
    assert mornings_sweep(at=day + timedelta(days=1)) == 0


# -- what incidents ask for


def dates_of(cast: SimpleNamespace, at: datetime) -> Job:
    """A final date on 30 November that the liaison attends, and an apology visit on the 26th with the technician."""
    job = Job(cast, at).planned()
    liaison = {"owner": cast.rep.pk, "deputy": None, "liaison": cast.rep2.pk}
    job.do(cast.manager, "assign", data=liaison)
    final = {
        "day": "2026-11-30",
        "consequence": "機械を取り替えてほしい",
        "expects": "窓口の説明",
        "said_by_name": "岡本様",
    }
    job.do(cast.rep, "set_final_date", data=final)
    visit = {"starts": VISIT.isoformat(), "attendees": [cast.rep.pk, cast.tech.pk]}
    job.do(cast.rep, "start", "visit", data=visit)
    return job


VISIT, LAST = datetime(2026, 11, 26, 14, tzinfo=JST), date(2026, 11, 30)
A_VISIT, FINAL, HELD = (
    ("訪問　東和工業様", VISIT),
    ("最終期限(お客様ご指定)　東和工業様", LAST),
    ("予定確保　東和工業様", LAST),
)


def test_visits_and_final_dates_stand_in_the_calendar_of_whoever_must_be_there(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, client: Client
) -> None:
    job = dates_of(cast, at)
    expected = {"rep": {A_VISIT, FINAL}, "tech": {A_VISIT}, "rep2": {FINAL, HELD}, "manager": {FINAL}, "rep_b": set()}
    with time_machine.travel(at, tick=False):
        for name, wanted in expected.items():
            assert set(events(client, address(client_for(getattr(cast, name)))).values()) == wanted, name
        feed = client.get(address(client_for(cast.rep2))).content.decode()
        held = next(part for part in feed.split("BEGIN:VEVENT") if "予定確保" in part)
        assert "TRANSP:OPAQUE" in held, "the day is taken"
        job.at = at
        job.do(cast.rep, "lift_final_date", data={"words": "期限はもうよい", "said_by_name": "岡本様"})
        assert set(events(client, address(client_for(cast.rep2))).values()) == set(), "a day given up is free again"


def test_they_stand_on_the_pages_and_in_the_mail_of_the_morning(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    dates_of(cast, at)
    with time_machine.travel(at, tick=False):
        for path in ("/notebook/", "/customers/appointments/"):
            for name, marks in (("tech", ["訪問"]), ("rep2", ["最終期限(お客様ご指定)", "予定確保"])):
                page = client_for(getattr(cast, name)).get(path).content.decode()
                rows = page.partition('id="h-dated"')[2].partition("</section>")[0]
                assert (path, name, [mark for mark in marks if mark not in rows]) == (path, name, [])
            assert 'id="h-dated"' not in client_for(cast.rep_b).get(path).content.decode()
        client_for(cast.tech).post("/notebook/", {"wish": "morning", "wanted": "on"})
    assert mornings_sweep(at=VISIT.replace(hour=9)) == 1
    mail = Outbox.objects.get(key__startswith="morning:")
    assert (mail.subject, "・14:00　訪問　東和工業様" in mail.body) == ("本日11/26:予定1件、入金予定0件", True)


def test_a_visit_that_took_place_stays_in_the_calendar_until_a_month_has_passed(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, client: Client
) -> None:
    job = dates_of(cast, at)
    job.at = VISIT + timedelta(hours=2)
    job.do(cast.rep, "submit", "visit")
    for days, wanted in ((1, {A_VISIT}), (40, set())):
        with time_machine.travel(VISIT + timedelta(days=days), tick=False):
            assert set(events(client, address(client_for(cast.tech))).values()) == wanted
