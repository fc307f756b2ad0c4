"""The clerks' pages: 二重チェック, the draft, the watch, deliveries; by the browser's forms and by the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import Invoice
from billing.services import draft_gather, drafts_sweep
from office.models import User
from office.services import token_create
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, delivered

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
MORNING = EVENING + timedelta(hours=15)


@pytest.fixture(autouse=True)
def _next_morning() -> object:
    with time_machine.travel(MORNING, tick=False):
        yield


def text(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def test_what_agrees_is_confirmed_together_and_then_issued(cast: SimpleNamespace, client_for: ClientFor) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    drafts_sweep(at=EVENING)
    second, first = client_for(cast.billing2), client_for(cast.billing)
    page = text(second, "/billing/check/")
    assert "請求書1件を確認済みにする" in page
    draft = Invoice.objects.get()
    confirmed = second.post("/billing/check/", {"seen": [f"{draft.pk}:{draft.version}"]})
    assert confirmed.headers["Location"] == "/billing/check/"
    issued = first.post(f"/billing/invoices/{draft.number}/issue/")
    assert issued.headers["Location"] == "/billing/invoices/INV-26-0001/"
    shown = text(first, "/billing/invoices/INV-26-0001/")
    assert "D-1" in shown
    assert "飲料水" in shown
    assert "INV-26-0001" in text(first, f"/billing/invoices/{draft.number}/")  # its address as a draft stays good
    first.post("/billing/invoices/INV-26-0001/sent/", {"how": "post"})
    first.post("/billing/invoices/INV-26-0001/received/")
    assert "お客様受領" in text(first, "/billing/invoices/INV-26-0001/")


@pytest.mark.parametrize("seen", [[], ["x"], ["1"], ["1:x"], ["99:1"], [f"{2**70}:1"]])
def test_what_is_no_draft_is_refused(cast: SimpleNamespace, client_for: ClientFor, seen: list[str]) -> None:
    assert client_for(cast.billing).post("/billing/check/", {"seen": seen}).status_code in (400, 404, 422)


def test_one_s_own_draft_is_for_a_colleague(cast: SimpleNamespace, client_for: ClientFor) -> None:
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    own = client_for(cast.billing)
    assert "ご自分で作った下書きです" in text(own, f"/billing/invoices/{draft.number}/")
    assert own.post("/billing/check/", {"seen": [f"{draft.pk}:1"]}).status_code == 403
    sent_back = client_for(cast.billing2).post(f"/billing/invoices/{draft.number}/refuse/", {"reason": "単価を確認"})
    assert sent_back.status_code == 302
    assert "単価を確認" in text(own, f"/billing/invoices/{draft.number}/")


def test_a_draft_is_changed_on_its_page(cast: SimpleNamespace, client_for: ClientFor) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    client, path = client_for(cast.billing), f"/billing/invoices/{draft.number}/change/"
    assert "飲料水" in text(client, path)
    typed = {"version": "1", "line1-description": "ボールねじ", "line1-quantity": "5", "line1-unit_price": "86000",
             "line1-rate": "10", "line2-description": "飲料水", "line2-quantity": "48", "line2-unit_price": "97",
             "line2-rate": "8", "line2-dropped": "on"}  # fmt: skip
    too_many = client.post(path, typed | {"line1-quantity": "13"})
    assert (too_many.status_code, "納品より多くなります" in too_many.content.decode()) == (422, True)
    assert client.post(path, typed | {"line1-quantity": "x"}).status_code == 422
    assert client.post(path, typed).status_code == 302
    assert client.post(path, typed).status_code == 422  # somebody changed it: the version is an old one
    assert Invoice.objects.get().net == 430_000


def test_the_watch_shows_what_is_missing_and_makes_its_draft(cast: SimpleNamespace, client_for: ClientFor) -> None:
    delivered(cast)
    clerk = client_for(cast.billing)
    assert "納品済み・未請求" in text(clerk, "/billing/watch/")
    made = clerk.post("/billing/watch/", {"customer": cast.towa.pk})
    assert made.headers["Location"] == "/billing/invoices/DRAFT-26-0001/"
    assert clerk.post("/billing/watch/", {"customer": cast.towa.pk}).status_code == 409
    assert clerk.post("/billing/watch/", {"customer": "x"}).status_code == 404
    assert "請求もれはありません" in text(clerk, "/billing/watch/")
    assert "D-1" in text(clerk, "/billing/deliveries/?q=D-1")
    assert "DRAFT-26-0001" in text(clerk, "/billing/deliveries/D-1/")


def test_the_whole_way_by_program(cast: SimpleNamespace, client: Client) -> None:
    tokens = {name: token_create(user=getattr(cast, name), at=MORNING) for name in ("billing", "billing2")}

    def call(who: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
        answer = getattr(client, method)(
            f"/api/v1{path}", body, content_type="application/json", headers={"authorization": f"Bearer {tokens[who]}"}
        )
        return answer.status_code, answer.json() if answer.content else None

    line = {"description": "ボールねじ", "quantity": "12", "unit": "本", "unit_price": "86000", "rate": 10}
    order = {"number": "O-1", "customer": cast.towa.pk, "ordered_on": "2026-11-02", "lines": [line]}
    assert call("billing", "post", "/orders", order)[0] == 201
    assert call("billing", "post", "/orders", order)[0] == 409
    delivery = {"number": "D-1", "customer": cast.towa.pk, "delivered_on": "2026-11-10", "order": "O-1",
                "lines": [{"quantity": "12", "order_line": 1}]}  # fmt: skip
    status, made = call("billing", "post", "/deliveries", delivery)
    assert (status, made["lines"][0]["left"]) == (201, "12.000")
    back = {"number": "R-1", "customer": cast.towa.pk, "delivered_on": "2026-11-12", "kind": "return",
            "lines": [{"quantity": "2", "of": {"delivery": "D-1", "line": 1}}]}  # fmt: skip
    assert call("billing", "post", "/deliveries", back)[0] == 201
    assert call("billing", "post", "/deliveries", back | {"number": "R-2", "lines": []})[0] == 400
    contract = {"number": "K-1", "customer": cast.towa.pk, "first_on": "2026-11-01", "description": "保守",
                "quantity": "1", "unit_price": "50000"}  # fmt: skip
    assert call("billing", "post", "/contracts", contract)[0] == 201
    missing = call("billing", "get", "/watch")[1]["missing"]
    assert [gap["kind"] for gap in missing] == ["unbilled", "period"]
    status, draft = call("billing", "post", "/invoices/gather", {"customer": cast.towa.pk, "until": "2026-11-30"})
    assert (status, draft["net"]) == (201, 910_000)
    number = draft["number"]
    seen = [{"number": number, "version": 1}]
    assert call("billing", "get", f"/invoices/{number}/findings") == (200, [])
    assert call("billing", "post", "/invoices/check", seen)[0] == 403
    assert call("billing", "post", f"/invoices/{number}/issue")[0] == 409
    assert call("billing2", "post", "/invoices/check", seen)[0] == 200
    status, issued = call("billing", "post", f"/invoices/{number}/issue")
    assert (status, issued["number"]) == (200, "INV-26-0001")
    for method, path in (("delete", ""), ("post", "/issue"), ("post", "/refuse"), ("post", "/change")):
        body = {"reason": "x", "version": 1, "lines": []} if path in ("/refuse", "/change") else None
        assert call("billing2", method, f"/invoices/INV-26-0001{path}", body)[0] == 409
    assert call("billing", "post", "/invoices/INV-26-0001/sent", {"how": "mail"})[0] == 200
    assert call("billing", "get", "/watch")[1]["missing"] == []
    status, new = call("billing", "post", "/invoices/INV-26-0001/correct", {"reason": "宛名の誤り"})
    assert (status, new["total"]) == (201, issued["total"])


def test_the_list_to_check_asks_no_more_for_many(
    cast: SimpleNamespace, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        delivered(cast, f"D-{n}")
        draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    client = client_for(cast.billing2)
    text(client, "/billing/check/")
    with django_assert_max_num_queries(13):
        text(client, "/billing/check/")


def test_nobody_else_bills(cast: SimpleNamespace, client_for: ClientFor) -> None:
    delivered(cast)
    rep = client_for(cast.rep)
    assert rep.get("/billing/check/").status_code == 403
    assert rep.post("/billing/watch/", {"customer": cast.towa.pk}).status_code == 403
    assert "納品済み・未請求" in text(rep, "/billing/watch/")
