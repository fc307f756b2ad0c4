"""Asked to stay away, the customer as a whole is marked in one tap, wherever a visit is planned, until it is lifted."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Customer
from customers.services import AppointmentData, appointment_make, customer_ban, customer_ban_lift
from incidents.pages import whole
from office.errors import Refused
from office.models import JournalRow
from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor
from tests.job import Job

pytestmark = pytest.mark.django_db
NO_VISITS = "東和工業様は訪問お断りです。"


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """A visit has taken place, and the customer has asked us to stay away."""
    job = Job(cast, at).planned()
    job.do(cast.rep, "submit", "visit", {"met": [cast.okamoto.pk], "reaction": "banned", "words": "もう来なくていい"})
    return job


def towa(cast: SimpleNamespace) -> Customer:
    return Customer.objects.get(pk=cast.towa.pk)


def test_it_is_entered_once_with_who_and_when(cast: SimpleNamespace, at: datetime) -> None:
    customer_ban(customer_id=cast.towa.pk, number="2026-0001", by=cast.rep, at=at)
    customer_ban(customer_id=cast.towa.pk, number="2026-0002", by=cast.manager, at=at + timedelta(hours=1))
    found = towa(cast)
    assert (found.banned_by, found.banned_at, found.banned_number) == (cast.rep, at, "2026-0001")
    assert JournalRow.objects.filter(about=f"customer {cast.towa.pk}").count() == 1


def test_it_is_lifted_with_what_shows_it(cast: SimpleNamespace, at: datetime) -> None:
    customer_ban(customer_id=cast.towa.pk, by=cast.rep, at=at)
    with pytest.raises(Refused) as refused:
        customer_ban_lift(customer_id=cast.towa.pk, words=" ", by=cast.rep, at=at)
    assert (refused.value.code, refused.value.field) == ("incomplete", "words")
    customer_ban_lift(customer_id=cast.towa.pk, words="またお越しください、とのお電話", by=cast.manager, at=at)
    assert (towa(cast).banned_at, towa(cast).banned_by) == (None, None)
    last = JournalRow.objects.latest("pk")
    assert (last.verb, last.detail) == ("The customer takes visits again", "またお越しください、とのお電話")
    with pytest.raises(Refused) as again:
        customer_ban_lift(customer_id=cast.towa.pk, words="x", by=cast.rep, at=at)
    assert again.value.code == "conflict"


def test_the_incident_proposes_it_to_who_is_in_charge(job: Job, cast: SimpleNamespace, client_for: ClientFor) -> None:
    url, tap = f"/incidents/{job.number}/", f"/customers/{cast.towa.pk}/ban/?number={job.number}"
    for who, offered in ((cast.rep, True), (cast.manager, True), (cast.tech, False), (cast.auditor, False)):
        assert (tap in client_for(who).get(url).content.decode()) == offered
    rep = client_for(cast.rep)
    done = rep.post(tap, follow=True)
    page = done.content.decode()
    assert done.redirect_chain[-1][0] == url
    assert "訪問お断りを登録しました" in page
    assert tap not in page
    assert towa(cast).banned_number == job.number
    customer_ban_lift(customer_id=cast.towa.pk, words="和解した", by=cast.rep, at=job.at)
    assert tap not in rep.get(url).content.decode(), "what was lifted is not proposed again"


def test_other_reactions_propose_nothing(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    assert not whole(job.viewer(cast.rep), job.number).proposes_ban
    job.do(cast.rep, "note_risk", data={"sort": "ban", "words": "来ないでほしい", "said_by_name": "岡本様"})
    assert whole(job.viewer(cast.rep), job.number).proposes_ban, "they may say so apart from a visit, too"


def test_whose_customer_it_is_not_is_offered_nothing(job: Job, cast: SimpleNamespace) -> None:
    job.do(cast.manager, "assign", data={"owner": cast.rep_b.pk})
    assert not whole(job.viewer(cast.rep_b), job.number).proposes_ban


def test_it_is_shown_wherever_a_visit_is_planned(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, job: Job
) -> None:
    starts = at + timedelta(days=400)
    data = AppointmentData(title="定例", starts=starts, ends=starts + timedelta(hours=1), customer_id=cast.towa.pk)
    row = appointment_make(who=cast.rep, data=data, by=cast.rep, at=at)
    rep = client_for(cast.rep)
    hints = (
        f"/customers/{cast.towa.pk}/", f"/customers/appointments/{row.pk}/",
        f"/customers/appointments/new/?customer={cast.towa.code}",
    )  # fmt: skip
    tags = (
        "/customers/", "/customers/appointments/", f"/incidents/{job.number}/",
        f"/incidents/{job.number}/steps/visit/", f"/incidents/{job.number}/steps/plan/",
    )  # fmt: skip
    for there in (*hints, *tags):
        assert "訪問お断り</span>" not in rep.get(there).content.decode(), there
        assert NO_VISITS not in rep.get(there).content.decode()
    customer_ban(customer_id=cast.towa.pk, number=job.number, by=cast.rep, at=at)
    for there in hints:
        page = rep.get(there).content.decode()
        assert NO_VISITS in page, there
        assert "登録 田中さん" in page
    for there in tags:
        assert "訪問お断り</span>" in rep.get(there).content.decode(), there


def test_whoever_plans_a_visit_is_told_at_once(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    rep, told = client_for(cast.rep), "東和工業様は訪問お断りです。先に上司にご相談ください。"
    fields = {
        "title": "定例", "starts": "2026-11-30T13:00", "ends": "2026-11-30T14:00", "customer": cast.towa.code,
        "idempotency": "0d3c4c7e-6f43-4d3b-8a55-1b0c1d7c9f10", "version": "0",
    }  # fmt: skip
    calm = rep.post("/customers/appointments/new/", fields, follow=True)
    assert (bool(calm.redirect_chain), told in calm.content.decode()) == (True, False)
    customer_ban(customer_id=cast.towa.pk, by=cast.rep, at=at)
    fields["idempotency"] = "0d3c4c7e-6f43-4d3b-8a55-1b0c1d7c9f11"
    assert told in rep.post("/customers/appointments/new/", fields, follow=True).content.decode()
    house = {**fields, "customer": "", "idempotency": "0d3c4c7e-6f43-4d3b-8a55-1b0c1d7c9f12"}
    within = rep.post("/customers/appointments/new/", house, follow=True)
    assert (bool(within.redirect_chain), told in within.content.decode()) == (True, False)


def test_on_the_customers_page(cast: SimpleNamespace, client_for: ClientFor) -> None:
    rep, page = client_for(cast.rep), f"/customers/{cast.towa.pk}/"
    tap, lift = f"{page}ban/", f"{page}ban/lift/"
    assert rep.get(lift).status_code == 409
    assert tap in rep.get(page).content.decode()
    assert rep.post(tap).headers["Location"] == page
    shown = rep.get(page).content.decode()
    assert (lift in shown, f'action="{tap}"' in shown) == (True, False)
    assert lift not in client_for(cast.auditor).get(page).content.decode()
    empty = rep.post(lift, {"words": ""})
    assert empty.status_code == 422
    assert rep.post(lift, {"words": "またどうぞとのこと"}).status_code == 302
    assert towa(cast).banned_at is None
    assert client_for(cast.rep_b).post(tap).status_code == 404
    assert client_for(cast.auditor).post(tap).status_code == 403
    assert rep.post(f"{tap}?number=2020-9999").status_code == 404
    assert rep.get(tap).status_code == 405


def test_by_api(cast: SimpleNamespace, job: Job) -> None:
    api, path = Program(cast.rep), f"customers/{cast.towa.pk}"
    assert api.get(path)[1]["banned_at"] is None
    for _time in range(2):
        status, found = api.post(f"{path}/ban", number=job.number)
        assert (status, found["banned_by"], found["banned_number"]) == (200, "rep", job.number)
    assert api.post(f"{path}/ban/lift", words="")[0] == 422
    assert api.post(f"{path}/ban/lift")[0] == 400
    assert api.post(f"{path}/ban/lift", words="またどうぞ")[1]["banned_at"] is None
    assert api.post(f"{path}/ban/lift", words="またどうぞ")[0] == 409
    assert api.post(f"{path}/ban", number="2020-9999")[0] == 404
    assert Program(cast.rep_b).post(f"{path}/ban")[0] == 404
