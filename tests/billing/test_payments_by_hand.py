"""Money recorded by hand: more than is open asks first, a fee closes it, a mistake is taken back, a key means one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from billing import verify
from billing.due import Part
from billing.models import Invoice, Payment
from billing.selectors import invoice_get
from billing.services import (
    invoice_correct,
    invoice_create,
    payment_record,
    payment_undo,
    reduction_create,
    return_settle,
    settlement_undo,
    terms_put,
    thank_you_call_record,
    thank_you_calls_sweep,
)
from customers.models import Activity
from office import clock
from office.clock import JST
from office.errors import Refused
from office.models import JournalRow, User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[[User], Client]


MADE = datetime(2026, 9, 11, 10, tzinfo=JST)
PARTS = (Part(kind="deposit", amount=330_000), Part(kind="final", amount=770_000))


@pytest.fixture
def at() -> datetime:
    """The payment day of what was delivered in September: the 31st is a Saturday."""
    return datetime(2026, 10, 30, 10, tzinfo=JST)


@pytest.fixture
def asked(cast: SimpleNamespace) -> Invoice:
    """An issued invoice of 1,100,000 yen, due today."""
    return billed(cast)


def billed(cast: SimpleNamespace, **more: Any) -> Invoice:
    known = {"customer_id": cast.towa.pk, "subject": "搬送装置", "net": 1_000_000, "tax": 100_000}
    known |= {"delivered_on": date(2026, 9, 10), "by": cast.billing, "at": MADE}
    return issue(cast, invoice_create(**(known | more)), MADE)


def returned(cast: SimpleNamespace, at: datetime, invoice: Invoice) -> Invoice:
    """A return invoice of 1,100 yen."""
    made = reduction_create(invoice_id=invoice.pk, amount=1_100, reason="お詫び", by=cast.billing, at=at)
    return issue(cast, made, at)


def pay(cast: SimpleNamespace, at: datetime, invoice: Invoice, amount: int, key: str = "k", **more: Any) -> Payment:
    return payment_record(
        invoice_id=invoice.pk, amount=amount, received_on=at.date(), key=key, by=cast.billing, at=at, **more
    )


def paid(cast: SimpleNamespace, at: datetime, invoice: Invoice) -> int:
    return int(vars(invoice_get(viewer_for(cast.billing, at), invoice.number))["paid"])


def calls() -> list[tuple[str, str, str]]:
    rows = Activity.objects.filter(source__startswith="thank-you:").order_by("pk")
    return list(rows.values_list("source", "state", "detail"))


# -- more than is open


def test_more_than_is_open_asks_first(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    with pytest.raises(Refused, match="only 1,100,000 yen are open") as refused:
        pay(cast, at, asked, 11_000_000)
    assert (refused.value.code, refused.value.field, Payment.objects.count()) == ("conflict", "overpaid", 0)
    pay(cast, at, asked, 1_100_001, overpaid=True)
    with pytest.raises(Refused, match="only 0 yen"):
        pay(cast, at, asked, 1, key="l")


def test_the_page_asks_and_keeps_what_was_typed(cast: SimpleNamespace, asked: Invoice, client_for: ClientFor) -> None:
    clerk, path = client_for(cast.billing), f"/billing/invoices/{asked.number}/payments/"
    page = f"/billing/invoices/{asked.number}/"
    assert "未入金の額より多く入金があった" not in clerk.get(page).content.decode()
    typed = {"amount": "1,200,000", "received_on": f"{asked.issued_on}", "payer": "トウワ", "idempotency": "7" * 32}
    answer = clerk.post(path, typed)
    told = answer.content.decode()
    assert (answer.status_code, Payment.objects.count()) == (422, 0)
    assert "未入金は1,100,000円です" in told
    assert 'value="トウワ"' in told
    assert "未入金の額より多く入金があった" in told
    assert clerk.post(path, typed | {"overpaid": "on"}).status_code == 302
    assert Payment.objects.get().amount == 1_200_000


# -- a bank fee


def test_what_is_left_is_a_bank_fee(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    for _tap in range(2):
        pay(cast, at, asked, 1_099_560, fee=True)
    assert list(Payment.objects.values_list("kind", "amount")) == [("money", 1_099_560), ("fee", 440)]
    assert paid(cast, at, asked) == 1_100_000
    assert list(verify.problems()) == []


@pytest.mark.parametrize("amount", [1_100_000, 1_000_000])
def test_neither_nothing_nor_much_is_a_fee(cast: SimpleNamespace, at: datetime, asked: Invoice, amount: int) -> None:
    with pytest.raises(Refused, match="is no bank fee") as refused:
        pay(cast, at, asked, amount, fee=True)
    assert (refused.value.field, Payment.objects.count()) == ("fee", 0)


# -- a mistake


def test_it_is_taken_back_with_its_fee_and_said_why(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    row = pay(cast, at, asked, 1_099_560, fee=True)
    with pytest.raises(Refused):
        payment_undo(payment_id=row.pk, reason=" ", by=cast.billing, at=at)
    back = payment_undo(payment_id=row.pk, reason="桁を誤って入力", by=cast.billing, at=at)
    assert (back.amount, back.reverses, paid(cast, at, asked)) == (-1_099_560, row, 0)
    assert JournalRow.objects.latest("pk").detail.endswith("桁を誤って入力")
    for again in (row, back):
        with pytest.raises(Refused, match="taken back already"):
            payment_undo(payment_id=again.pk, reason="再", by=cast.billing, at=at)
    pay(cast, at, asked, 1_100_000, key="right")
    assert list(verify.problems()) == []


def test_what_a_settlement_brought_is_taken_back_there(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    row = pay(cast, at, asked, 1_000, settlement_id=None)
    made = return_settle(
        invoice_id=returned(cast, at, asked).pk, against_id=asked.pk, amount=1_100, how="netted",
        settled_on=at.date(), key="s", by=cast.billing, at=at,
    )  # fmt: skip
    with pytest.raises(Refused, match="transfer or the settlement"):
        payment_undo(payment_id=made.payments.get().pk, reason="誤り", by=cast.billing, at=at)
    settlement_undo(settlement_id=made.pk, by=cast.billing, at=at)
    assert paid(cast, at, asked) == row.amount


def test_on_the_page_and_by_a_program(
    cast: SimpleNamespace, at: datetime, asked: Invoice, client_for: ClientFor
) -> None:
    row, page = pay(cast, at, asked, 1_000), f"/billing/invoices/{asked.number}/"
    clerk = client_for(cast.billing)
    assert f"{page}payments/{row.pk}/undo/" in clerk.get(page).content.decode()
    assert clerk.post(f"{page}payments/{row.pk + 9}/undo/", {"reason": "誤り"}).status_code == 404
    assert client_for(cast.rep).post(f"{page}payments/{row.pk}/undo/", {"reason": "誤り"}).status_code == 403
    assert clerk.post(f"{page}payments/{row.pk}/undo/", {"reason": "誤り"}).headers["Location"] == page
    assert f"{page}payments/{row.pk}/undo/" not in clerk.get(page).content.decode()
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=clock.now())}"})
    other = pay(cast, at, asked, 2_000, key="other")
    path = f"/api/v1/invoices/{asked.number}/payments/{other.pk}/undo"
    assert [program.post(path, {"reason": "誤り"}, "application/json").status_code for _ in range(2)] == [200, 409]
    assert paid(cast, at, asked) == 0


# -- one key, one act


def test_a_key_that_made_something_else_makes_nothing(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    other = billed(cast)
    row = pay(cast, at, asked, 1_000)
    assert pay(cast, at, asked, 1_000) == row
    for invoice, amount in ((other, 1_000), (asked, 2_000)):
        with pytest.raises(Refused, match="something else already"):
            pay(cast, at, invoice, amount)
    thank_you_calls_sweep(at=at)
    known = {"outcome": "reached", "by": cast.rep, "at": at, "key": "call"}
    thank_you_call_record(instalment_id=asked.instalments.get().pk, **known)
    with pytest.raises(Refused, match="something else already"):
        thank_you_call_record(instalment_id=other.instalments.get().pk, **known)
    known = {"invoice_id": returned(cast, at, asked).pk, "how": "refunded", "settled_on": at.date(), "key": "s"}
    return_settle(**known, amount=1_100, by=cast.billing, at=at)
    with pytest.raises(Refused, match="something else already"):
        return_settle(**known, amount=1_000, by=cast.billing, at=at)


# -- thanks


def test_a_correction_takes_the_call_along(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    thank_you_calls_sweep(at=at)
    new = issue(cast, invoice_correct(invoice_id=asked.pk, reason="数量", by=cast.billing, at=at), at)
    assert [(source, state) for source, state, _detail in calls()] == [
        (f"thank-you:{new.instalments.get().pk}", "open")
    ]
    thank_you_calls_sweep(at=at + timedelta(minutes=5))
    assert len(calls()) == 1
    assert (
        Activity.objects.get(source__startswith="thank-you:").link == f"/billing/thank-you/{new.instalments.get().pk}/"
    )


def test_who_was_thanked_is_not_thanked_again_for_the_correction(
    cast: SimpleNamespace, at: datetime, asked: Invoice
) -> None:
    pay(cast, at, asked, 1_100_000)
    thank_you_calls_sweep(at=at)
    thank_you_call_record(instalment_id=asked.instalments.get().pk, outcome="reached", by=cast.rep, at=at, key="c")
    issue(cast, invoice_correct(invoice_id=asked.pk, reason="数量", by=cast.billing, at=at), at)
    thank_you_calls_sweep(at=at + timedelta(minutes=5))
    assert [state for _source, state, _detail in calls()] == ["done"]


def test_one_sum_for_all_parts_is_thanked_once(cast: SimpleNamespace, at: datetime) -> None:
    invoice = billed(cast, parts=PARTS)
    pay(cast, at, invoice, 1_100_000)
    thank_you_calls_sweep(at=at)
    assert [(state, detail) for _source, state, detail in calls()] == [
        ("open", "The deposit has arrived. Shall we say thank you?")
    ]


def test_no_calls_means_none_that_wait(cast: SimpleNamespace, at: datetime, asked: Invoice) -> None:
    thank_you_calls_sweep(at=at)
    terms_put(customer_id=cast.towa.pk, closing_day=0, pay_month_offset=1, pay_day=0, shift="before", thank_you="none",
              by=cast.billing, at=at)  # fmt: skip
    thank_you_calls_sweep(at=at + timedelta(minutes=1))
    assert [state for _source, state, _detail in calls()] == ["dropped"]
