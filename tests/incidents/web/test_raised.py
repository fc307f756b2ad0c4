"""再発防止策を起こす: a measure from any record, with or without an incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from billing.services import contract_create, delivery_create, inquiry_note, order_create
from billing.services.inquiries import Question
from customers.models import Activity
from customers.services import AppointmentData, NewPromise, appointment_make, promise_break, promise_make
from incidents.models import Measure, Note
from office.services import token_create
from tests.billing.test_records import SCREW
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db
KEY = "7e57ca5e-0000-4000-8000-00000000000%s"


def fields(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {
        "what": "納期の約束は台帳に書いてから返事をする", "scope": "procedure", "owner": str(cast.rep.pk),
        "due": "2026-12-08", "idempotency": KEY % 1, **more,
    }  # fmt: skip


def new(origin: str) -> str:
    return f"/measures/new/?origin={origin}"


def test_one_of_a_customer_stands_on_today_and_is_done_with_evidence(
    cast: SimpleNamespace, client_for: ClientFor
) -> None:
    client = client_for(cast.rep)
    assert f"origin=customer:{cast.towa.pk}" in client.get(f"/customers/{cast.towa.pk}/").content.decode()
    page = client.post(new(f"customer:{cast.towa.pk}"), fields(cast))["Location"]
    assert "納期の約束は台帳に書いてから返事をする" in client.get("/").content.decode()
    assert client.post(page, {"evidence": " ", "idempotency": KEY % 2}).status_code == 422
    client.post(page, {"evidence": "手順書 第3版に記載", "idempotency": KEY % 2})
    measure = Measure.objects.get()
    assert (measure.incident, measure.evidence) == (None, "手順書 第3版に記載")
    assert Activity.objects.get(source=f"measure::{measure.pk}").state == "done"
    assert "手順書 第3版に記載" in client.get(page).content.decode()


def test_a_double_tap_raises_one(cast: SimpleNamespace, client_for: ClientFor) -> None:
    for _ in range(2):
        client_for(cast.rep).post(new(f"customer:{cast.towa.pk}"), fields(cast))
    assert Measure.objects.count() == 1


def test_one_from_a_broken_promise(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    made = promise_make(customer=cast.towa, new=NewPromise(source="t:1", what="見積りを送る"), by=cast.rep, at=at)
    promise_break(promise_id=made.pk, reason="担当の間で引き継がれなかった", by=cast.rep, at=at)
    page = client_for(cast.rep).get(f"/customers/promises/{made.pk}/").content.decode()
    assert f"origin=promise:{made.pk}" in page
    client_for(cast.rep).post(new(f"promise:{made.pk}"), fields(cast))
    assert Measure.objects.get().origin == f"promise:{made.pk}"


def test_one_from_each_record_of_billing_and_from_an_appointment(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    by = {"by": cast.billing, "at": at}
    order_create(number="O-1", customer_id=cast.towa.pk, ordered_on=at.date(), lines=[SCREW], **by)
    delivery_create(number="D-1", customer_id=cast.towa.pk, delivered_on=at.date(), lines=[SCREW], **by)
    contract_create(number="K-1", customer_id=cast.towa.pk, line=SCREW, first_on=at.date(), **by)
    asked = inquiry_note(
        customer_id=cast.towa.pk, question=Question(asked="単価について", way="phone", contact_id=cast.ogawa.pk),
        by=cast.rep, at=at, key="q",
    )  # fmt: skip
    then = at + timedelta(days=2)
    visit = AppointmentData(
        title="定期点検", kind="visit", customer_id=cast.towa.pk, starts=then, ends=then + timedelta(hours=1)
    )  # fmt: skip
    meeting = appointment_make(who=cast.rep, data=visit, by=cast.rep, at=at, key="m")
    pages = {
        "order:O-1": "/billing/orders/O-1/", "delivery:D-1": "/billing/deliveries/D-1/",
        "contract:K-1": "/billing/contracts/K-1/",
        f"appointment:{meeting.pk}": f"/customers/appointments/{meeting.pk}/",
    }  # fmt: skip
    rep = client_for(cast.rep)
    for number, (origin, page) in enumerate(pages.items()):
        assert f"origin={origin}" in rep.get(page).content.decode(), origin
        assert rep.post(new(origin), fields(cast, idempotency=KEY % number)).status_code == 302
    rep.post(new(f"inquiry:{asked.number}"), fields(cast, idempotency=KEY % 9))
    assert set(Measure.objects.values_list("origin", flat=True)) == {*pages, f"inquiry:{asked.number}"}
    assert client_for(cast.rep_b).get(new("order:O-1")).status_code == 404
    assert client_for(cast.tech).get(new("delivery:D-1")).status_code == 404


def test_one_from_a_note_belongs_to_the_incident(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    planned.do(cast.rep, "note", data={"text": "検収の連絡が経理に届いていない"})
    note = Note.objects.get(text__startswith="検収")
    assert f"origin=note:{note.pk}" in client_for(cast.rep).get(planned.url).content.decode()
    answer = client_for(cast.rep).post(new(f"note:{note.pk}"), fields(cast))
    assert answer["Location"] == f"{planned.url}measures/100/"
    assert "納期の約束は台帳に書いてから返事をする" in client_for(cast.rep).get(planned.url).content.decode()


def test_a_paper_written_anew_leaves_it_alone(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client_for(cast.rep).post(new(f"incident:{planned.number}"), fields(cast))
    for _ in range(2):
        planned.do(cast.manager, "submit", "prevention")
        planned.do(cast.manager, "reopen", "prevention", {"text": "もう一度"})
    assert sorted(Measure.objects.values_list("submission", "place")) == [(0, 100), (2, 0)]
    assert Activity.objects.open().filter(source__startswith="measure:").count() == 2


def test_a_void_incident_drops_it(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client_for(cast.rep).post(new(f"incident:{planned.number}"), fields(cast))
    planned.do(cast.manager, "void", data={"text": "誤登録"})
    assert not Activity.objects.open().filter(source__startswith="measure:").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scope": "person"}, "reason"),
        ({"due": "2020-01-01"}, "due"),
        ({"what": " "}, "what"),
        ({"scope": ""}, "scope"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    cast: SimpleNamespace, client_for: ClientFor, wrong: dict[str, str], field: str
) -> None:
    answer = client_for(cast.rep).post(new(f"customer:{cast.towa.pk}"), fields(cast, **wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Measure.objects.exists()


@pytest.mark.parametrize(
    "origin",
    ["", "customer:", "customer:x", "promise:9", "note:9", "invoice:no", "order:no", "appointment:9", "moon:1"],
)
def test_a_record_that_is_not_there(cast: SimpleNamespace, client_for: ClientFor, origin: str) -> None:
    assert client_for(cast.rep).get(new(origin)).status_code == 404


def test_strangers_find_nothing(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.rep).post(new(f"customer:{cast.towa.pk}"), fields(cast))["Location"]
    stranger = client_for(cast.rep_b)
    assert stranger.get(page).status_code == 404
    for origin in (f"customer:{cast.towa.pk}", f"incident:{matter.number}"):
        assert stranger.get(new(origin)).status_code == 404


def test_whoever_is_in_charge_sees_it_wherever_they_sit(cast: SimpleNamespace, client_for: ClientFor) -> None:
    made = client_for(cast.rep).post(new(f"customer:{cast.towa.pk}"), fields(cast, owner=str(cast.rep_b.pk)))
    assert client_for(cast.rep_b).get(made["Location"]).status_code == 200


def test_programs_raise_and_finish_one(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    head, other = ({"Authorization": f"Bearer {token_create(user=user, at=at)}"} for user in (cast.rep, cast.rep_b))
    body = {
        "origin": f"customer:{cast.towa.pk}", "what": "照合する", "scope": "system", "owner": cast.rep.pk,
        "due": "2026-12-08", "idempotency_key": "k",
    }  # fmt: skip
    made = client.post("/api/v1/measures", body, content_type="application/json", headers=head)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert [row["id"] for row in client.get("/api/v1/measures", headers=head).json()] == [pk]
    done = {"evidence": "稼働を確認"}
    answer = client.post(f"/api/v1/measures/{pk}/done", done, content_type="application/json", headers=head)
    assert answer.json()["evidence"] == "稼働を確認"
    theirs = client.post(f"/api/v1/measures/{pk}/done", done, content_type="application/json", headers=other)
    assert theirs.status_code == 404
