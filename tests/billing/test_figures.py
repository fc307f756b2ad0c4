"""The figures of billing are computed from what is known, for the viewer's customers only."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from billing.models import Invoice
from billing.selectors.figures import figures
from billing.services import Line, check_refuse, delivery_create, invoice_create, invoice_sent, payment_record
from billing.views.figures import short_yen
from customers.models import Customer
from office.clock import JST
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


def made(
    cast: SimpleNamespace,
    at: datetime,
    number: str,
    planned: date,
    out: date | None,
    customer: Customer | None = None,
) -> Invoice:
    """An invoice of 110,000 yen planned for a day; issued on that day, and sent on another or not at all."""
    row = invoice_create(
        customer_id=(customer or cast.towa).pk, subject="保守", net=100_000, tax=10_000, number=number,
        planned_on=planned, by=cast.billing, at=at,
    )  # fmt: skip
    if out is None:
        return row
    row = issue(cast, row, at, issued_on=planned)
    return invoice_sent(invoice_id=row.pk, how="post", by=cast.billing, at=datetime.combine(out, time(23, 50), JST))


@pytest.fixture
def books(cast: SimpleNamespace, at: datetime) -> SimpleNamespace:
    """It is 24 November 2026. Two of three in time in September, one late draft in October, one that is not due yet."""
    made(cast, at, "F-1", date(2026, 9, 10), date(2026, 9, 10))
    made(cast, at, "F-2", date(2026, 9, 20), date(2026, 9, 18))
    made(cast, at, "F-3", date(2026, 9, 30), date(2026, 10, 2), cast.hokuriku)
    made(cast, at, "F-4", date(2026, 10, 5), None)
    made(cast, at, "F-5", date(2026, 12, 5), None)
    made(cast, at, "F-6", date(2026, 5, 31), date(2026, 6, 1))  # promised before the six months
    for number, day, customer, price in (
        ("D-1", date(2026, 11, 24), cast.towa, 1_000), ("D-2", date(2026, 11, 16), cast.towa, 20_000),
        ("D-3", date(2026, 9, 1), cast.hokuriku, 300_000),
    ):  # fmt: skip
        line = Line(description="ボールねじ", quantity=Decimal("1.5"), unit="本", unit_price=Decimal(price))
        delivery_create(number=number, customer_id=customer.pk, delivered_on=day, lines=[line], by=cast.billing, at=at)
    return cast


def test_on_time_is_by_the_day_that_was_promised(books: SimpleNamespace, at: datetime) -> None:
    found = {row.month: row for row in figures(viewer_for(books.billing, at)).on_time}
    assert list(found) == [date(2026, month, 1) for month in range(6, 12)]
    september, october = found[date(2026, 9, 1)], found[date(2026, 10, 1)]
    assert (september.on_time, september.late, september.percent) == (2, 1, 66)
    assert (october.on_time, october.late, october.percent) == (0, 1, 0)
    assert found[date(2026, 6, 1)].percent is None
    assert found[date(2026, 11, 1)].percent is None


def test_issued_and_not_sent_is_not_in_time_and_what_went_out_elsewhere_is(cast: SimpleNamespace, at: datetime) -> None:
    day = date(2026, 9, 10)
    row = invoice_create(
        customer_id=cast.towa.pk, subject="保守", net=100_000, tax=10_000, planned_on=day, by=cast.billing, at=at
    )
    issue(cast, row, at, issued_on=day)
    Invoice.objects.create(
        number="X-1", customer=cast.towa, subject="保守", net=100, tax=10, total=110, state="issued", planned_on=day,
        issued_on=day, created_at=at,
    )  # fmt: skip
    (september,) = (row for row in figures(viewer_for(cast.billing, at)).on_time if row.month.month == 9)
    assert (september.on_time, september.late) == (1, 1)


def test_what_is_not_billed_stands_by_its_age(books: SimpleNamespace, at: datetime) -> None:
    ages = figures(viewer_for(books.director, at)).unbilled
    assert [(age.first, age.last, age.count, age.yen) for age in ages] == [
        (0, 7, 1, 1_500), (8, 30, 1, 30_000), (31, 60, 0, 0), (61, None, 1, 450_000),
    ]  # fmt: skip


def test_expected_is_what_is_still_to_come_of_each_payment_day(books: SimpleNamespace, at: datetime) -> None:
    rows = figures(viewer_for(books.auditor, at)).expected
    first = Invoice.objects.get(number="F-1")
    due = first.instalments.get().due_on
    before = {row.day: (row.count, row.yen) for row in rows}
    payment_record(invoice_id=first.pk, key="f", amount=50_000, received_on=date(2026, 11, 2), by=books.billing, at=at)
    after = {row.day: (row.count, row.yen) for row in figures(viewer_for(books.auditor, at)).expected}
    assert after == before | {due: (before[due][0], before[due][1] - 50_000)}
    assert sum(yen for _count, yen in before.values()) == 330_000  # F-1 to F-3; drafts are owed by nobody, F-6 is old
    assert all(row.past == (row.day < date(2026, 11, 24)) for row in rows)


def test_errors_are_counted_by_customer(books: SimpleNamespace, at: datetime) -> None:
    assert figures(viewer_for(books.billing, at)).errors == []
    check_refuse(invoice_id=Invoice.objects.get(number="F-4").pk, reason="数量が違う", by=books.billing2, at=at)
    new = made(books, at, "F-7", date(2026, 11, 2), None, books.hokuriku)
    Invoice.objects.filter(pk=new.pk).update(kind="corrected", corrects=Invoice.objects.get(number="F-3"))
    assert len(figures(viewer_for(books.billing, at)).errors) == 1  # a correction counts once it is issued
    new.refresh_from_db()
    issue(books, new, at, issued_on=date(2026, 11, 20))
    found = figures(viewer_for(books.billing, at)).errors
    assert {(row.customer, row.corrected, row.sent_back) for row in found} == {
        (books.towa, 0, 1),
        (books.hokuriku, 1, 0),
    }


def test_a_manager_sees_the_figures_of_their_own_customers(books: SimpleNamespace, at: datetime) -> None:
    found = figures(viewer_for(books.manager, at))
    assert [(row.on_time, row.late) for row in found.on_time if row.percent is not None] == [(2, 0), (0, 1)]
    assert [age.yen for age in found.unbilled] == [1_500, 30_000, 0, 0]


@pytest.mark.parametrize(
    ("who", "status"), [("billing", 200), ("auditor", 200), ("manager", 200), ("rep", 403), ("tech", 403)]
)
def test_page_and_program_say_the_same_numbers(
    books: SimpleNamespace, at: datetime, client_for: ClientFor, who: str, status: int
) -> None:
    user = getattr(books, who)
    with time_machine.travel(at, tick=False):
        page = client_for(user).get("/billing/figures/")
        token = {"Authorization": f"Bearer {token_create(user=user, at=at)}"}
        told = Client(headers=token).get("/api/v1/billing/figures")
    assert (page.status_code, told.status_code) == (status, status)
    if status == 200:
        numbers, shown = told.json(), page.content.decode()
        assert [row["percent"] for row in numbers["on_time"]].count(None) < 6
        for age in numbers["unbilled"]:
            assert f"{age['yen']:,}円" in shown
        assert shown.count("<svg") >= 4  # a drawing beside each table
        assert "style=" not in shown.split('id="main"')[1]


@pytest.mark.parametrize(
    ("amount", "mark"),
    [
        (5_000, "5,000"), (50_000, "5万円"), (50_000_000, "5,000万円"), (100_000_000, "1億円"),
        (150_000_000, "1.5億円"), (2 * 10**12, "20,000億円"),
    ],
)  # fmt: skip
def test_a_mark_of_the_axis_is_a_plain_number(amount: int, mark: str) -> None:
    with translation.override("ja"):
        assert short_yen(amount) == mark
