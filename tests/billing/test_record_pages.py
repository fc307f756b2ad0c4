"""Orders, deliveries, returns and contracts on the clerks' pages: typed, delivered, dated, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import Contract, Delivery, DeliveryLine, Order
from billing.services import draft_gather, order_create, orders_sweep
from customers.models import Activity
from office.clock import JST
from office.models import JournalRow, User
from office.services import token_create
from tests.billing.test_records import SCREW, WATER, delivered

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
AT = datetime(2026, 11, 24, 10, tzinfo=JST)
HEAD = {"number": "O-1", "customer": "C-0001", "ordered_on": "2026-11-20", "promised_on": "", "lines": "2"}


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def typed(place: int, **values: str) -> dict[str, str]:
    known = {"description": "", "quantity": "", "unit": "", "unit_price": "", "rate": "10", "note": ""} | values
    return {f"line-{place}-{name}": value for name, value in known.items()}


SCREWS = {"description": "ボールねじ BS-2510", "quantity": "12", "unit": "本", "unit_price": "86,000"}


def ordered(cast: SimpleNamespace, number: str = "O-1", promised: date | None = None, day: int = 10) -> Order:
    return order_create(
        number=number, customer_id=cast.towa.pk, ordered_on=date(2026, 11, day), promised_on=promised,
        lines=[SCREW, WATER], by=cast.billing, at=AT,
    )  # fmt: skip


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_order_is_typed_with_another_line_and_once(cast: SimpleNamespace, client_for: ClientFor) -> None:
    clerk, code = client_for(cast.billing), cast.towa.code
    assert 'value="2026-11-24"' in text(clerk.get("/billing/new/order/"))
    paper = HEAD | {"customer": code, "lines": "1"} | typed(1, **SCREWS)
    grown = text(clerk.post("/billing/new/order/", paper | {"more": "1"}))
    assert 'name="line-2-description"' in grown
    assert 'value="86,000"' in grown  # as it was typed
    assert "不足" not in grown
    assert not Order.objects.exists()
    paper |= {"lines": "2"} | typed(2)
    answer = clerk.post("/billing/new/order/", paper)
    assert answer.headers["Location"] == "/billing/orders/O-1/"
    order = Order.objects.get()
    assert list(order.lines.values_list("quantity", "unit_price")) == [(Decimal(12), Decimal(86_000))]
    again = clerk.post("/billing/new/order/", paper)
    assert again.status_code == 422
    assert "すでに登録されています" in again.content.decode()
    assert 'value="86,000"' in again.content.decode()
    assert Order.objects.count() == 1


def test_what_cannot_be_is_refused_and_kept_as_typed(cast: SimpleNamespace, client_for: ClientFor) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"customer": "nobody"}, "お客様が見つかりません"),
        ({"line-1-quantity": "0"}, "0.001"),
        ({"line-1-quantity": "1.2345"}, "小数"),
        ({"line-1-unit_price": "x"}, "数字"),
        ({"line-1-rate": "7"}, "明細を確かめてください"),
        ({"number": "a/b"}, "/"),
        ({"ordered_on": "2026-13-01"}, "日付"),
        ({"line-1-description": "", "line-1-quantity": "", "line-1-unit_price": ""}, "1行"),
    ]
    clerk = client_for(cast.billing)
    for change, sentence in wrong:
        paper = HEAD | {"customer": cast.towa.code} | typed(1, **SCREWS) | typed(2, note="残る") | change
        answer = clerk.post("/billing/new/order/", paper)
        assert answer.status_code == 422, change
        assert "残る" in answer.content.decode()
        assert sentence in answer.content.decode(), change
    assert not Order.objects.exists()


def test_the_list_shows_what_is_open_late_undated_and_pages(cast: SimpleNamespace, client_for: ClientFor) -> None:
    ordered(cast, "O-late", date(2026, 11, 20))
    ordered(cast, "O-none")
    ordered(cast, "O-soon", date(2026, 12, 1))
    clerk = client_for(cast.billing)
    for one, lines in (("O-late", []), ("O-all", [1, 2])):
        order = ordered(cast, "O-all", date(2026, 11, 20)) if lines else Order.objects.get(number=one)
        paper = {"number": f"D-{one}", "delivered_on": "2026-11-23", "lines": "0"}
        paper |= {"order-1-quantity": "12" if lines else "2", "order-2-quantity": "48" if lines else ""}
        assert clerk.post(f"/billing/new/delivery/?order={order.number}", paper).status_code == 302
    shown = {
        "": {"late", "none", "soon"},
        "late": {"late"},
        "undated": {"none"},
        "all": {"late", "none", "soon", "all"},
    }
    for name, wanted in shown.items():
        page = text(clerk.get("/billing/orders/", {"show": name}))
        assert {one for one in shown["all"] if f"/billing/orders/O-{one}/" in page} == wanted, name
    assert "O-soon" in text(clerk.get("/billing/orders/?q=O-so"))
    assert "O-soon" not in text(clerk.get("/billing/orders/?q=北陸"))
    for n in range(51):
        ordered(cast, f"P-{n}", day=1)
    first = clerk.get("/billing/orders/")
    older = first.context["older"]
    assert len(first.context["rows"]) == 50
    assert len(clerk.get(f"/billing/orders/{older}").context["rows"]) == 4
    assert clerk.get("/billing/orders/?before=9999-99-99,1").status_code == 200


def test_a_delivery_begins_with_what_is_still_to_go(cast: SimpleNamespace, client_for: ClientFor) -> None:
    ordered(cast, promised=date(2026, 12, 1))
    clerk, address = client_for(cast.billing), "/billing/new/delivery/?order=O-1"
    page = clerk.get(address)
    assert [line["quantity"].value() for line in page.context["form"].given] == ["12", "48"]
    paper = {"number": "D-1", "delivered_on": "2026-11-24", "lines": "1", "order-1-quantity": "10", **typed(1)}
    assert clerk.post(address, paper).headers["Location"] == "/billing/deliveries/D-1/"
    lines = DeliveryLine.objects.values_list("order_line__place", "quantity", "unit_price")
    assert list(lines) == [(1, Decimal(10), Decimal(86_000))]
    assert [one["quantity"].value() for one in clerk.get(address).context["form"].given] == ["2", "48"]
    extra = {"number": "D-2", "order-1-quantity": "", "order-2-quantity": "48"} | typed(1, **SCREWS)
    clerk.post(address, paper | extra)
    assert Delivery.objects.get(number="D-2").lines.count() == 2
    shown = text(clerk.get("/billing/orders/O-1/"))
    assert "D-1" in shown
    assert "D-2" in shown
    assert clerk.get("/billing/new/delivery/?order=O-9").status_code == 404


def test_a_delivery_without_an_order_and_taken_back(cast: SimpleNamespace, client_for: ClientFor) -> None:
    clerk = client_for(cast.billing)
    paper = {"number": "D-1", "customer": cast.towa.code, "delivered_on": "2026-11-24", "lines": "1"}
    clerk.post("/billing/new/delivery/", paper | typed(1, **SCREWS))
    assert DeliveryLine.objects.get().left == 12
    assert clerk.post("/billing/deliveries/D-1/cancel/").headers["Location"] == "/billing/deliveries/D-1/"
    assert DeliveryLine.objects.get().left == 0
    assert clerk.post("/billing/deliveries/D-1/cancel/").status_code == 409


def test_what_comes_back_is_chosen_by_line_and_can_be_taken_back(cast: SimpleNamespace, client_for: ClientFor) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    clerk, address = client_for(cast.billing), "/billing/deliveries/D-1/return/"
    assert "返品できる数 48本" in text(clerk.get(address))
    paper = {"number": "R-1", "delivered_on": "2026-11-24", "back-1-quantity": "", "back-2-quantity": "49"}
    refused = clerk.post(address, paper)
    assert refused.status_code == 422
    assert "返品できるのはあと48です" in refused.content.decode()
    assert refused.content.decode().count('value="49"') == 1
    clerk.post(address, paper | {"back-2-quantity": "8"})
    assert [int(line.left) for line in DeliveryLine.objects.order_by("pk")] == [12, 40, 0]
    assert "R-1" in text(clerk.get("/billing/deliveries/D-1/"))
    clerk.post("/billing/deliveries/R-1/cancel/")  # it was written down by mistake: all of it is to be billed again
    assert [int(line.left) for line in DeliveryLine.objects.order_by("pk")] == [12, 48, 0]
    clerk.post("/billing/deliveries/D-1/cancel/")
    assert Delivery.objects.filter(state="valid").count() == 0
    assert "返品できるものはもうありません" in text(clerk.get("/billing/deliveries/R-1/return/"))


def test_a_return_that_was_taken_off_stays(cast: SimpleNamespace, client_for: ClientFor) -> None:
    clerk = client_for(cast.billing)
    delivered(cast, "D-1", SCREW)
    draft_gather(customer_id=cast.towa.pk, until=AT.date(), by=cast.billing, at=AT)
    clerk.post(
        "/billing/deliveries/D-1/return/", {"number": "R-1", "delivered_on": "2026-11-24", "back-1-quantity": "2"}
    )
    delivered(cast, "D-2", SCREW)
    draft_gather(customer_id=cast.towa.pk, until=AT.date(), by=cast.billing, at=AT)
    assert clerk.post("/billing/deliveries/R-1/cancel/").status_code == 409


def test_a_rep_gives_the_day_that_the_sweep_asks_for(cast: SimpleNamespace, client_for: ClientFor) -> None:
    ordered(cast)
    orders_sweep(at=AT)
    row = Activity.objects.open().get()
    assert row.link == "/billing/orders/O-1/"
    rep, manager_b = client_for(cast.rep), client_for(cast.rep_b)
    page = text(rep.get(row.link))
    assert "納入日を記録する" in page
    assert "/billing/new/delivery/" not in page
    assert rep.post(f"{row.link}promise/", {"day": "soon"}).status_code == 422
    assert manager_b.post(f"{row.link}promise/", {"day": "2026-12-01"}).status_code == 404
    assert rep.post(f"{row.link}promise/", {"day": "2026-12-01"}).status_code == 302
    assert Order.objects.get().promised_on == date(2026, 12, 1)
    assert not Activity.objects.open().exists()
    rep.post(f"{row.link}promise/", {"day": "2026-12-01"})
    rep.post(f"{row.link}promise/", {"day": "2026-12-08"})
    told = JournalRow.objects.filter(about="order O-1").order_by("pk").values_list("verb", "detail")[1:]
    assert list(told) == [
        ("Delivery date promised", "2026-12-01"), ("Delivery date moved", "2026-12-01 → 2026-12-08"),
    ]  # fmt: skip
    assert rep.post(f"{row.link}cancel/").status_code == 403
    assert client_for(cast.billing).post(f"{row.link}cancel/").status_code == 302
    assert rep.post(f"{row.link}promise/", {"day": "2026-12-01"}).status_code == 422


def test_a_contract_is_typed_shown_and_ended(cast: SimpleNamespace, client_for: ClientFor) -> None:
    clerk = client_for(cast.billing)
    assert "毎月" in text(clerk.get("/billing/new/contract/"))
    paper = {
        "number": "K-1", "customer": cast.towa.code, "description": "保守契約", "quantity": "1", "unit": "式",
        "unit_price": "48000", "rate": "10", "every": "3", "in_advance": "yes", "first_on": "2026-11-01", "last_on": "",
    }  # fmt: skip
    early = clerk.post("/billing/new/contract/", paper | {"last_on": "2026-10-01"})
    assert early.status_code == 422
    assert clerk.post("/billing/new/contract/", paper).headers["Location"] == "/billing/contracts/K-1/"
    contract = Contract.objects.get()
    assert (contract.every, contract.in_advance, contract.unit_price) == (3, True, Decimal(48_000))
    assert clerk.post("/billing/new/contract/", paper).status_code == 422
    assert "K-1" in text(clerk.get("/billing/contracts/?q=保守"))
    assert "契約が見つかりません" in text(clerk.get("/billing/contracts/?q=xyz"))
    assert clerk.post("/billing/contracts/K-1/end/", {"day": "2026-10-01"}).status_code == 422
    assert clerk.post("/billing/contracts/K-1/end/", {"day": "2027-01-31"}).status_code == 302
    assert "1/31" in text(clerk.get("/billing/contracts/K-1/"))


def test_programs_read_an_order_and_set_its_day(cast: SimpleNamespace) -> None:
    ordered(cast)
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=AT)}"})
    one = program.get("/api/v1/orders/O-1").json()
    assert (one["standing"], one["lines"][0]["rest"]) == ("undated", "12.000")
    day = {"promised_on": str((AT + timedelta(days=9)).date())}
    told = program.post("/api/v1/orders/O-1/promise", day, content_type="application/json").json()
    assert (told["promised_on"], told["standing"]) == ("2026-12-03", "open")
    assert program.post("/api/v1/orders/O-9/promise", day, content_type="application/json").status_code == 404
    assert program.get("/api/v1/contracts/K-9").status_code == 404
