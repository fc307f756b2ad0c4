"""What programs send that makes no sense: a clear answer, and nothing written."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import Contract, Delivery, Invoice, Order, Payment
from billing.services import Line, contract_create, draft_gather
from office.services import token_create
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, delivered

pytestmark = pytest.mark.django_db
GOODS = {"description": "x", "quantity": "1", "unit_price": "1"}
DELIVERY = {"number": "D-9", "customer": 1, "delivered_on": "2026-11-10", "lines": [GOODS]}
FAR = ("0001-01-01", "1989-12-31", "2100-01-01", "9999-12-31")


class Program:
    """A program of the billing office, with a draft and an issued invoice."""

    def __init__(self, cast: SimpleNamespace) -> None:
        delivered(cast, "D-1", SCREW)
        self.issued = issue(cast, self.gathered(cast), EVENING)
        delivered(cast, "D-2", SCREW, WATER)
        self.draft = self.gathered(cast)
        self.customer = cast.towa.pk
        self.client = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"})

    def gathered(self, cast: SimpleNamespace) -> Invoice:
        return draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)

    def send(self, path: str, body: Any) -> int:
        with time_machine.travel(EVENING, tick=False):
            answer = self.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        return answer.status_code


@pytest.fixture
def program(cast: SimpleNamespace) -> Program:
    return Program(cast)


def written() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in (Order, Delivery, Contract, Invoice, Payment))


@pytest.mark.parametrize("day", FAR)
def test_a_day_of_another_age_is_refused(program: Program, day: str) -> None:
    before, customer = written(), program.customer
    order = {"number": "O-9", "customer": customer, "lines": [GOODS]}
    contract = {"number": "K-9", "customer": customer, "line": GOODS}
    paid = {"amount": 1, "idempotency_key": "k"}
    parts = [{"percent": 30, "base": day, "kind": "deposit"}, {"percent": 100, "of": "balance"}]
    assert {
        program.send("orders", order | {"ordered_on": day}),
        program.send("orders", order | {"ordered_on": "2026-11-01", "promised_on": day}),
        program.send("deliveries", {**order, "delivered_on": day}),
        program.send("contracts", contract | {"first_on": day}),
        program.send("contracts", contract | {"first_on": "2026-11-01", "last_on": day}),
        program.send("invoices", {"customer": customer, "subject": "x", "net": 100, "tax": 10, "delivered_on": day}),
        program.send(f"invoices/{program.issued.number}/payments", paid | {"received_on": day}),
        program.send(f"invoices/{program.draft.number}/parts", {"version": program.draft.version, "parts": parts}),
    } == {400}
    assert written() == before


@pytest.mark.parametrize("until", ["2026-12-01", "2099-12-31", "9999-12-31"])
def test_months_that_have_not_begun_are_not_gathered(cast: SimpleNamespace, program: Program, until: str) -> None:
    care = Line(description="保守契約", quantity=Decimal(1), unit_price=Decimal(200_000))
    day = datetime(2026, 11, 1).date()
    contract_create(number="K-1", customer_id=cast.towa.pk, line=care, first_on=day, by=cast.billing, at=EVENING)
    before = written()
    assert program.send("invoices/gather", {"customer": program.customer, "until": until}) == 400
    assert written() == before


@pytest.mark.parametrize(
    "lines",
    [
        [{"place": 1, "quantity": "3"}, {"place": 1, "unit_price": "1"}], [{"place": 1, "description": "\ud800"}],
        [{"place": 1, "note": "x\udfff"}],
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_meant_changes_nothing(program: Program, lines: list[dict[str, str]]) -> None:
    body = {"version": program.draft.version, "lines": lines}
    assert program.send(f"invoices/{program.draft.number}/change", body) == 400
    assert [line.quantity for line in program.draft.lines.all()] == [12, 48]


def test_a_draft_is_confirmed_once(cast: SimpleNamespace, program: Program) -> None:
    other = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing2, at=EVENING)}"})
    program.client = other
    seen = {"number": program.draft.number, "version": program.draft.version}
    assert program.send("invoices/check", [seen, seen]) == 400
    assert program.send("invoices/check", [seen]) == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("invoices/check", [{"number": "\ud800", "version": 1}]),
        ("invoices/send", {"numbers": ["\ud800"], "how": "mail"}),
        ("deliveries", {**DELIVERY, "order": "\ud800"}),
        ("corrections", {"invoice": "\ud800", "reason": "x"}), ("notices", {"customers": [10**30], "kind": "bank"}),
    ],
)  # fmt: skip
def test_what_no_database_holds_is_refused(program: Program, path: str, body: Any) -> None:
    before = written()
    assert program.send(path, body) == 400
    assert written() == before


@pytest.mark.parametrize("asked", ["since=9999-12-31", "until=0001-01-01"])
def test_the_collections_of_another_age_are_refused(program: Program, asked: str) -> None:
    assert program.client.get(f"/api/v1/billing/collections?{asked}").status_code == 400


@pytest.mark.parametrize("day", FAR)
def test_no_invoice_went_out_in_another_age(program: Program, day: str) -> None:
    sent = {"how": "post", "sent_on": day, "idempotency_key": "k"}
    assert program.send(f"invoices/{program.issued.number}/send", sent) == 400
