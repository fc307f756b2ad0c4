"""Orders, deliveries, returns and contracts; drafts made of them by the clock; two people; what is frozen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from billing.models import Delivery, DeliveryLine, Invoice, InvoiceLine, Terms
from billing.selectors.checking import drafts_to_check
from billing.selectors.watch import gaps
from billing.services import (
    Change,
    Line,
    check_refuse,
    contract_create,
    delivery_cancel,
    delivery_create,
    draft_change,
    draft_discard,
    draft_gather,
    drafts_sweep,
    invoice_issue,
    invoices_check,
    order_create,
)
from office.clock import JST
from office.errors import Refused
from office.models import JournalRow
from office.services import policy_set
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SCREW = Line(description="ボールねじ BS-2510", quantity=Decimal(12), unit="本", unit_price=Decimal(86_000))
WATER = Line(description="飲料水", quantity=Decimal(48), unit="本", unit_price=Decimal(97), rate=8)
CUTOFF = date(2026, 11, 30)
EVENING = datetime(2026, 11, 30, 18, tzinfo=JST)


def delivered(cast: SimpleNamespace, number: str = "D-1", *lines: Line, day: date = date(2026, 11, 10)) -> Delivery:
    return delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=day, lines=lines or (SCREW,), by=cast.billing,
        at=datetime(2026, 11, 10, 16, tzinfo=JST),
    )  # fmt: skip


def back(cast: SimpleNamespace, quantity: int, number: str = "R-1", of: tuple[str, int] = ("D-1", 1)) -> Delivery:
    line = Line(quantity=Decimal(quantity), of=of)
    return delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=date(2026, 11, 12), lines=[line], kind="return",
        by=cast.billing, at=datetime(2026, 11, 12, 16, tzinfo=JST),
    )  # fmt: skip


def left() -> list[int]:
    return [int(row) for row in DeliveryLine.objects.order_by("pk").values_list("left", flat=True)]


def kinds(cast: SimpleNamespace, at: datetime = EVENING) -> list[str]:
    return [one.kind for draft in drafts_to_check(viewer_for(cast.billing2, at)) for one in draft.findings]


def test_the_clock_makes_one_draft_of_a_cutoff(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    assert drafts_sweep(at=EVENING - timedelta(hours=2)) == 0  # the office is still open: more may be delivered
    assert drafts_sweep(at=EVENING) == 1
    assert drafts_sweep(at=EVENING + timedelta(days=1)) == 0
    invoice = Invoice.objects.get()
    assert (invoice.net, invoice.tax, invoice.closing_on) == (1_036_656, 103_572, CUTOFF)
    assert (invoice.created_by, invoice.number, invoice.subject) == (None, "DRAFT-26-0001", "ボールねじ BS-2510 ほか")
    assert invoice.instalments.get().due_on == date(2026, 12, 30)  # 31 December is no bank day
    assert left() == [0, 0]


def test_what_a_person_took_off_or_threw_away_is_not_made_again(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    assert drafts_sweep(at=EVENING) == 1
    draft = Invoice.objects.get()
    draft_change(invoice_id=draft.pk, version=1, changes={2: Change(dropped=True)}, by=cast.billing, at=EVENING)
    assert drafts_sweep(at=EVENING + timedelta(days=1)) == 0
    draft_discard(invoice_id=draft.pk, by=cast.billing, at=EVENING)
    assert drafts_sweep(at=EVENING + timedelta(days=1)) == 0
    assert [gap.kind for gap in gaps(EVENING + timedelta(days=1))] == ["unbilled", "unbilled"]


def test_a_cutoff_in_the_month_is_the_customers_own(cast: SimpleNamespace) -> None:
    Terms.objects.create(customer=cast.towa, closing_day=20)
    delivered(cast)
    delivered(cast, "D-2", day=date(2026, 11, 21))
    assert drafts_sweep(at=datetime(2026, 11, 20, 18, tzinfo=JST)) == 1
    assert left() == [0, 12]
    assert drafts_sweep(at=EVENING) == 0
    assert drafts_sweep(at=datetime(2026, 12, 20, 18, tzinfo=JST)) == 1


def test_what_comes_back_before_it_is_billed_is_never_billed(cast: SimpleNamespace) -> None:
    delivered(cast)
    back(cast, 2)
    assert left() == [10, 0]
    drafts_sweep(at=EVENING)
    assert InvoiceLine.objects.get().quantity == 10


def test_what_comes_back_after_it_was_billed_is_taken_off_the_next_invoice(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", day=date(2026, 10, 10))
    drafts_sweep(at=datetime(2026, 10, 31, 18, tzinfo=JST))
    back(cast, 2)
    delivered(cast, "D-2")
    assert left() == [0, 2, 12]
    drafts_sweep(at=EVENING)
    invoice = Invoice.objects.get(closing_on=CUTOFF)
    assert sorted(invoice.lines.values_list("quantity", flat=True)) == [-2, 12]
    assert invoice.net == 10 * 86_000


def test_more_cannot_come_back_than_was_delivered(cast: SimpleNamespace) -> None:
    delivered(cast)
    back(cast, 10)
    with pytest.raises(Refused, match="Line"):
        back(cast, 3, "R-2")
    with pytest.raises(Refused):
        back(cast, 1, "R-3", ("D-9", 1))
    assert Delivery.objects.count() == 2


def test_returns_alone_make_no_invoice_of_less_than_nothing(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", day=date(2026, 10, 10))
    drafts_sweep(at=datetime(2026, 10, 31, 18, tzinfo=JST))
    back(cast, 2)
    assert drafts_sweep(at=EVENING) == 0
    with pytest.raises(Refused):
        draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert left() == [0, 2]


def test_more_that_came_back_than_is_billed_waits_and_holds_no_delivery_up(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", day=date(2026, 10, 10))
    drafts_sweep(at=datetime(2026, 10, 31, 18, tzinfo=JST))
    back(cast, 12)
    delivered(cast, "D-2", WATER)
    assert drafts_sweep(at=EVENING) == 1
    assert Invoice.objects.get(closing_on=CUTOFF).net == 4_656
    assert left() == [0, 12, 0]


def test_a_contract_is_billed_month_by_month_each_once(cast: SimpleNamespace) -> None:
    line = Line(description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(50_000))
    contract_create(
        number="K-1", customer_id=cast.towa.pk, line=line, first_on=date(2026, 10, 1), by=cast.billing, at=EVENING,
        last_on=date(2026, 11, 30),
    )  # fmt: skip
    for month in (10, 11, 12):
        drafts_sweep(at=datetime(2026, month, 28, 18, tzinfo=JST) + timedelta(days=3))
    periods = InvoiceLine.objects.order_by("pk").values_list("period_on", flat=True)
    assert list(periods) == [date(2026, 10, 1), date(2026, 11, 1)]


def test_a_month_belongs_to_the_cutoff_that_comes_weeks_after_its_end(cast: SimpleNamespace) -> None:
    Terms.objects.create(customer=cast.towa, closing_day=25)
    line = Line(description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(50_000))
    contract_create(
        number="K-1", customer_id=cast.towa.pk, line=line, first_on=date(2026, 10, 1), by=cast.billing, at=EVENING
    )
    assert drafts_sweep(at=datetime(2026, 10, 25, 18, tzinfo=JST)) == 0
    assert drafts_sweep(at=datetime(2026, 11, 25, 18, tzinfo=JST)) == 1


def test_what_costs_nothing_and_what_was_cancelled_is_not_billed(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", Line(description="予備部品(無償)", quantity=Decimal(1), unit_price=Decimal(0)))
    wrong = delivered(cast, "D-2")
    delivery_cancel(delivery_id=wrong.pk, by=cast.billing, at=EVENING)
    assert drafts_sweep(at=EVENING) == 0


def test_a_draft_thrown_away_leaves_everything_to_bill(cast: SimpleNamespace) -> None:
    delivered(cast)
    invoice = draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 15), by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="billed already"):
        delivery_cancel(delivery_id=Delivery.objects.get().pk, by=cast.billing, at=EVENING)
    draft_discard(invoice_id=invoice.pk, by=cast.billing, at=EVENING)
    assert left() == [12]
    assert not Invoice.objects.exists()


def test_differences_are_found(cast: SimpleNamespace) -> None:
    order = order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 11, 1), lines=[SCREW], by=cast.billing, at=EVENING
    )
    wrong = Line(quantity=Decimal(13), unit_price=Decimal(90_000), rate=8, order_line=1)
    delivery_create(
        number="D-1", customer_id=cast.towa.pk, delivered_on=date(2026, 11, 10), lines=[wrong], order=order.number,
        by=cast.billing, at=EVENING,
    )  # fmt: skip
    vague = Line(description="作業費", quantity=Decimal(1), unit="式", unit_price=Decimal(1_000))
    delivered(cast, "D-2", vague, vague)
    delivered(cast, "D-3", day=date(2026, 10, 14))
    drafts_sweep(at=EVENING)
    assert sorted(kinds(cast)) == ["late", "price", "quantity", "rate", "twice", "vague", "vague"]


def ordered(cast: SimpleNamespace, number: str = "O-1") -> None:
    order_create(
        number=number, customer_id=cast.towa.pk, ordered_on=date(2026, 11, 1), lines=[SCREW], by=cast.billing,
        at=EVENING,
    )  # fmt: skip


def went(cast: SimpleNamespace, number: str, quantity: int, day: int, order: str = "O-1") -> Delivery:
    return delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=date(2026, 11, day), order=order, by=cast.billing,
        lines=[Line(quantity=Decimal(quantity), order_line=1)], at=EVENING,
    )  # fmt: skip


def test_what_was_delivered_twice_is_found_in_the_sum_of_its_notes(cast: SimpleNamespace) -> None:
    ordered(cast)
    went(cast, "D-1", 12, 10)
    draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 15), by=cast.billing, at=EVENING)
    assert kinds(cast) == []
    went(cast, "D-2", 12, 17)
    drafts_sweep(at=EVENING)
    found = [draft.findings for draft in drafts_to_check(viewer_for(cast.billing2, EVENING))]
    assert [[(one.kind, one.grave) for one in some] for some in found] == [[("quantity", True)]] * 2
    assert found[0][0].text == "「ボールねじ BS-2510」: 納品 計24(D-1, D-2)、注文 12"


def test_two_notes_of_one_order_in_one_draft_are_told_once(cast: SimpleNamespace) -> None:
    ordered(cast)
    for n in range(1, 7):
        went(cast, f"D-{n}", 3, n)
    drafts_sweep(at=EVENING)
    (draft,) = drafts_to_check(viewer_for(cast.billing2, EVENING))
    assert [one.text for one in draft.findings] == ["「ボールねじ BS-2510」: 納品 計18(…, D-3, D-4, D-5, D-6)、注文 12"]


@pytest.mark.parametrize("how", ["parts", "returned", "returned after it was billed", "cancelled"])
def test_what_went_in_parts_or_came_back_is_no_double_delivery(cast: SimpleNamespace, how: str) -> None:
    ordered(cast)
    first = went(cast, "D-1", 5 if how == "parts" else 12, 10)
    if how == "returned after it was billed":
        draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 11), by=cast.billing, at=EVENING)
    if how.startswith("returned"):
        back(cast, 12)
    if how == "cancelled":
        delivery_cancel(delivery_id=first.pk, by=cast.billing, at=EVENING)
    went(cast, "D-2", 7 if how == "parts" else 12, 17)
    drafts_sweep(at=EVENING)
    assert "quantity" not in kinds(cast)


def test_the_list_asks_no_more_for_many_orders(cast: SimpleNamespace, django_assert_num_queries: Any) -> None:
    for n in range(1, 3):
        ordered(cast, f"O-{n}")
        went(cast, f"D-{n}", 13, n, f"O-{n}")
        draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, n), by=cast.billing, at=EVENING)
        assert kinds(cast) == ["quantity"] * n
        with django_assert_num_queries(11):
            kinds(cast)


@pytest.mark.parametrize(
    ("described", "quantity", "unit", "note", "vague"),
    [
        ("据付工事", 1, "式", "", True), ("据付工事", 1, "一式", "", True), ("現場諸費用", 3, "日", "", True),
        ("諸掛り", 1, "", "", True), ("消耗品１式", 1, "", "", True), ("消耗品 1 式", 1, "", "", True),
        ("据付工事", 1, "式", "架台2基、配線40m、試運転", False), ("諸費用", 1, "", "高速代、駐車料", False),
        ("測定器セット MS-3", 2, "式", "", False), ("第1式治具", 1, "個", "", False),
        ("電動式バルブ V-1式", 1, "台", "", False),
    ],
)  # fmt: skip
def test_a_line_that_says_nothing_is_asked_about(
    cast: SimpleNamespace, described: str, quantity: int, unit: str, note: str, vague: bool
) -> None:
    line = Line(description=described, quantity=Decimal(quantity), unit=unit, unit_price=Decimal(9_000), note=note)
    delivered(cast, "D-1", line)
    drafts_sweep(at=EVENING)
    assert kinds(cast) == ["vague"][:vague]


def test_nothing_is_found_in_what_agrees(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    drafts_sweep(at=EVENING)
    assert kinds(cast) == []


def test_who_made_a_draft_does_not_check_it(cast: SimpleNamespace) -> None:
    delivered(cast)
    invoice = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    with pytest.raises(Refused) as refused:
        invoices_check(seen={invoice.pk: 1}, by=cast.billing, at=EVENING)
    assert refused.value.code == "forbidden"
    with pytest.raises(Refused, match="not been checked"):
        invoice_issue(invoice_id=invoice.pk, by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="changed or checked"):
        invoices_check(seen={invoice.pk: 7}, by=cast.billing2, at=EVENING)
    issued = issue(cast, invoice, EVENING)
    assert (issued.number, issued.was) == ("INV-26-0001", "DRAFT-26-0001")


def test_of_what_the_clock_made_two_people_see_each(cast: SimpleNamespace) -> None:
    delivered(cast)
    drafts_sweep(at=EVENING)
    invoice = Invoice.objects.get()
    invoices_check(seen={invoice.pk: 1}, by=cast.billing2, at=EVENING)
    with pytest.raises(Refused, match="two people"):
        invoice_issue(invoice_id=invoice.pk, by=cast.billing2, at=EVENING)
    assert invoice_issue(invoice_id=invoice.pk, by=cast.billing, at=EVENING).state == "issued"


def test_a_refused_check_needs_a_reason_and_takes_the_check_back(cast: SimpleNamespace) -> None:
    delivered(cast)
    invoice = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    with pytest.raises(Refused):
        check_refuse(invoice_id=invoice.pk, reason=" ", by=cast.billing2, at=EVENING)
    invoices_check(seen={invoice.pk: 1}, by=cast.billing2, at=EVENING)
    again = check_refuse(invoice_id=invoice.pk, reason="単価は11月改定前", by=cast.billing2, at=EVENING)
    assert (again.state, again.checked_by, again.version) == ("draft", None, 2)


def test_one_person_alone_only_by_a_house_rule_and_never_in_silence(cast: SimpleNamespace) -> None:
    delivered(cast)
    invoice = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    policy_set(key="billing.one_person", value=1, by=cast.director, at=EVENING)
    invoice_issue(invoice_id=invoice.pk, by=cast.billing, at=EVENING + timedelta(minutes=1))
    assert JournalRow.objects.filter(verb="Invoice issued by one person alone").exists()


def test_an_issued_invoice_is_frozen_by_the_database(cast: SimpleNamespace) -> None:
    delivered(cast)
    drafts_sweep(at=EVENING)
    invoice = issue(cast, Invoice.objects.get(), EVENING)
    lines = InvoiceLine.objects.filter(invoice=invoice)
    for wrong in (
        lambda: Invoice.objects.update(total=1, net=1, tax=0),
        lambda: Invoice.objects.update(number="x"),
        lambda: lines.update(amount=1),
        lambda: lines.delete(),
        lambda: Invoice.objects.filter(pk=invoice.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            wrong()
    with pytest.raises(Refused):
        draft_discard(invoice_id=invoice.pk, by=cast.billing, at=EVENING)
