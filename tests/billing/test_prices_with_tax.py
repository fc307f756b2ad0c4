"""Customers whose unit prices hold the tax: drafts, returns, and the day on which that changes (japan.md 1.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from billing.models import Invoice, Terms
from billing.paper.content import Sheet
from billing.services import (
    Line,
    contract_create,
    delivery_create,
    draft_gather,
    drafts_sweep,
    order_create,
    return_gather,
    terms_put,
)
from billing.services.records import TWO_SORTS
from office import verify
from office.errors import Refused
from office.models import User
from office.services import token_create
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING

pytestmark = [pytest.mark.django_db, pytest.mark.both]
BELT = Line(description="搬送ベルト", quantity=Decimal(1), unit="本", unit_price=Decimal(77_000))
TEA = Line(description="来客用お茶", quantity=Decimal(10), unit="箱", unit_price=Decimal(1_080), rate=8)


def agree(cast: SimpleNamespace, inclusive: bool) -> Terms:
    return terms_put(
        customer_id=cast.towa.pk, closing_day=0, pay_month_offset=1, pay_day=0, shift="before", thank_you="every",
        inclusive=inclusive, by=cast.billing, at=EVENING,
    )  # fmt: skip


def goes(cast: SimpleNamespace, number: str, *lines: Line, kind: str = "delivery", order: str = "") -> int:
    return delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=date(2026, 11, 20), lines=lines, kind=kind, order=order,
        by=cast.billing, at=EVENING,
    ).pk  # fmt: skip


def gathered(cast: SimpleNamespace) -> Invoice:
    return draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)


def sums(invoice: Invoice) -> tuple[bool, int, int, int]:
    return invoice.inclusive, invoice.net, invoice.tax, invoice.total


def test_the_tax_is_taken_out_of_the_sum_of_each_rate(cast: SimpleNamespace) -> None:
    agree(cast, True)
    goes(cast, "D-1", BELT, TEA)
    issued = issue(cast, gathered(cast), EVENING)
    assert sums(issued) == (True, 80_000, 7_800, 87_800)
    assert Sheet.read(issued.paper).mode == "inclusive"
    assert list(verify.problems()) == []


def test_what_was_agreed_before_keeps_its_sort_of_prices(cast: SimpleNamespace) -> None:
    order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 11, 2), lines=[BELT], by=cast.billing, at=EVENING
    )
    contract_create(
        number="K-1", customer_id=cast.towa.pk, line=TEA, first_on=date(2026, 11, 1), by=cast.billing, at=EVENING
    )
    agree(cast, True)
    goes(cast, "D-1", Line(quantity=Decimal(1), order_line=1), order="O-1")  # as ordered: without tax
    goes(cast, "D-2", BELT)
    assert drafts_sweep(at=EVENING) == 1
    by_clock = Invoice.objects.get()
    assert sums(by_clock) == (True, 70_000, 7_000, 77_000)
    rest = gathered(cast)  # the watch speaks of it, and a clerk makes the other one
    assert sums(rest) == (False, 87_800, 8_564, 96_364)
    with pytest.raises(Refused, match="left to bill"):
        gathered(cast)


def test_more_came_back_at_prices_with_tax_than_is_billed_of_them(cast: SimpleNamespace) -> None:
    agree(cast, True)
    goes(cast, "D-1", BELT)
    issue(cast, gathered(cast), EVENING)
    agree(cast, False)
    back = Line(quantity=Decimal(1), of=("D-1", 1))
    goes(cast, "R-1", back, kind="return")
    goes(cast, "D-2", TEA)
    assert sums(gathered(cast)) == (False, 10_800, 864, 11_664)  # what came back waits: it is another sort
    returned = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert sums(returned) == (True, -70_000, -7_000, -77_000)


def test_one_return_holds_one_sort(cast: SimpleNamespace) -> None:
    goes(cast, "D-1", BELT)
    agree(cast, True)
    goes(cast, "D-2", BELT)
    mixed = [Line(quantity=Decimal(1), of=(number, 1)) for number in ("D-1", "D-2")]
    with pytest.raises(Refused) as caught:
        goes(cast, "R-1", *mixed, kind="return")
    assert caught.value.message == TWO_SORTS


def test_pages_and_programs_say_which(cast: SimpleNamespace, client_for: Callable[[User], Client]) -> None:
    with time_machine.travel(EVENING, tick=False):
        clerk = client_for(cast.billing)
        typed = {
            "closing_day": "0",
            "pay_month_offset": "1",
            "pay_day": "0",
            "shift": "before",
            "thank_you": "every",
            "way": "transfer",
        }
        assert clerk.post(f"/billing/customers/{cast.towa.pk}/terms/", typed | {"inclusive": "on"}).status_code == 302
        goes(cast, "D-1", BELT)
        page = clerk.get(f"/billing/invoices/{gathered(cast).number}/").content.decode()
        assert "単価(税込)" in page
        program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"})
        assert program.get(f"/api/v1/terms/{cast.towa.pk}").json()["inclusive"] is True
        assert program.get("/api/v1/deliveries/D-1").json()["inclusive"] is True
