"""Order, delivery and invoice beside each other on the order's page and by program (practice 0-21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from billing.models import Invoice, Order
from billing.selectors.three_way import traced
from billing.services import (
    Change,
    Line,
    delivery_cancel,
    delivery_create,
    draft_change,
    draft_gather,
    invoice_correct,
    order_create,
)
from office.models import User
from office.services import token_create
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, back, delivered, ordered, went

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


def billed(cast: SimpleNamespace, until: date = CUTOFF) -> Invoice:
    return issue(cast, draft_gather(customer_id=cast.towa.pk, until=until, by=cast.billing, at=EVENING), EVENING)


def told(number: str = "O-1") -> list[tuple[str, bool, str]]:
    return [
        (one.kind, one.grave, one.text) for line in traced(Order.objects.get(number=number)) for one in line.differences
    ]


def figures() -> list[int]:
    (line,) = traced(Order.objects.get())
    return [int(one) for one in (line.went, line.returned, line.kept, line.billed, line.rest)]


def test_what_agrees_has_no_flags(cast: SimpleNamespace) -> None:
    ordered(cast)
    assert (figures(), told()) == ([0, 0, 0, 0, 12], [])
    went(cast, "D-1", 5, 3)
    went(cast, "D-2", 7, 9)
    billed(cast)
    assert (figures(), told()) == ([12, 0, 12, 12, 0], [])


def test_what_is_not_billed_and_what_came_back(cast: SimpleNamespace) -> None:
    ordered(cast)
    went(cast, "D-1", 12, 3)
    assert told() == [("unbilled", False, "納品済みの12がどの請求書にもありません。")]
    billed(cast, date(2026, 11, 5))
    back(cast, 2)
    assert (figures(), told()) == ([12, 2, 10, 12, 0], [("quantity", True, "請求 12、納品 10")])
    delivered(cast, "D-3")
    billed(cast)  # the two are taken off there
    assert (figures(), told()) == ([12, 2, 10, 10, 0], [])


def test_a_double_delivery_billed_twice_is_flagged(cast: SimpleNamespace) -> None:
    ordered(cast)
    went(cast, "D-1", 12, 3)
    again = went(cast, "D-2", 12, 9)
    assert told()[0] == ("quantity", True, "納品 24、注文 12")
    delivery_cancel(delivery_id=again.pk, by=cast.billing, at=EVENING)
    assert [kind for kind, *_rest in told()] == ["unbilled"]


def test_another_price_and_rate_are_flagged_until_they_are_corrected(cast: SimpleNamespace) -> None:
    ordered(cast)
    wrong = Line(quantity=Decimal(12), unit_price=Decimal(90_000), rate=8, order_line=1)
    delivery_create(
        number="D-1", customer_id=cast.towa.pk, delivered_on=date(2026, 11, 3), lines=[wrong], order="O-1",
        by=cast.billing, at=EVENING,
    )  # fmt: skip
    invoice = billed(cast)
    assert [text for _kind, _grave, text in told()] == [
        f"{invoice.number} の単価 90,000円、注文時 86,000円", f"{invoice.number} の税率 8%、注文時 10%",
    ]  # fmt: skip
    new = invoice_correct(invoice_id=invoice.pk, reason="単価と税率の誤り", by=cast.billing, at=EVENING)
    right = {1: Change(unit_price=Decimal(86_000), rate=10)}
    draft_change(invoice_id=new.pk, version=1, changes=right, by=cast.billing, at=EVENING)
    assert (figures(), told()) == ([12, 0, 12, 12, 0], [])


def test_what_costs_nothing_is_missed_on_no_invoice(cast: SimpleNamespace) -> None:
    gift = Line(description="添付品", quantity=Decimal(1), unit_price=Decimal(0))
    order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 11, 1), lines=[gift], by=cast.billing, at=EVENING
    )
    went(cast, "D-1", 1, 3)
    assert told() == []


def test_the_page_names_and_links_notes_and_invoices(cast: SimpleNamespace, client_for: ClientFor) -> None:
    ordered(cast)
    went(cast, "D-1", 12, 3)
    invoice = billed(cast)
    went(cast, "D-2", 12, 9)
    delivery_create(
        number="D-3", customer_id=cast.towa.pk, delivered_on=date(2026, 11, 9), lines=[SCREW], order="O-1",
        by=cast.billing, at=EVENING,
    )  # fmt: skip
    page = client_for(cast.rep).get("/billing/orders/O-1/").content.decode()
    for shown in (
        "納品 24、注文 12", "納品済みの12がどの請求書にもありません。", "照合できません",
        'href="/billing/deliveries/D-1/"',
        'href="/billing/deliveries/D-2/"', f'href="/billing/invoices/{invoice.number}/"',
    ):  # fmt: skip
        assert shown in page, shown
    assert client_for(cast.rep_b).get("/billing/orders/O-1/").status_code == 404


def test_programs_get_the_same(cast: SimpleNamespace, client: Client, django_assert_max_num_queries: Any) -> None:
    order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 11, 1), lines=[SCREW, WATER], by=cast.billing,
        at=EVENING,
    )  # fmt: skip
    went(cast, "D-1", 12, 3)
    invoice = billed(cast, date(2026, 11, 5))
    back(cast, 2)
    token = token_create(user=cast.rep, at=EVENING)
    with django_assert_max_num_queries(10):
        answer = client.get("/api/v1/orders/O-1", headers={"authorization": f"Bearer {token}"}).json()
    assert answer["untraced"] == []
    screw, water = answer["lines"]
    assert {name: float(screw[name]) for name in ("quantity", "delivered", "returned", "billed", "rest")} == {
        "quantity": 12, "delivered": 12, "returned": 2, "billed": 12, "rest": 0,
    }  # fmt: skip
    assert [(one["number"], float(one["quantity"])) for one in screw["notes"]] == [("D-1", 12), ("R-1", -2)]
    assert [(one["number"], one["state"], float(one["quantity"])) for one in screw["invoices"]] == [
        (invoice.number, "issued", 12)
    ]
    assert screw["differences"] == [{"kind": "quantity", "grave": True, "line": 1, "sentence": "請求 12、納品 10"}]
    assert (water["notes"], water["invoices"], water["differences"]) == ([], [], [])
