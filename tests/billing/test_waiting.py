"""Orders that were forgotten are on the owner's list before the promised day (practice 4-29)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Order
from billing.services import delivery_cancel, delivery_create, order_cancel, order_create, orders_sweep
from billing.services.records import Line
from customers.models import Activity
from office.clock import JST, local_day
from office.services import token_create
from tests.billing.test_records import SCREW, WATER

pytestmark = [pytest.mark.django_db, pytest.mark.both]
AT = datetime(2026, 11, 24, 10, tzinfo=JST)


def ordered(cast: SimpleNamespace, promised: date | None, number: str = "O-1", on: date = date(2026, 11, 10)) -> Order:
    return order_create(
        number=number, customer_id=cast.towa.pk, ordered_on=on, promised_on=promised, lines=[SCREW, WATER],
        by=cast.billing, at=AT,
    )  # fmt: skip


def told(at: datetime = AT) -> list[tuple[str, bool]]:
    orders_sweep(at=at)
    assert orders_sweep(at=at) == 0, "the second look found something to do"
    return list(Activity.objects.open().filter(source__startswith="order:").values_list("source", "urgent"))


def goes(cast: SimpleNamespace, *lines: Line, number: str = "D-1") -> int:
    return delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=AT.date(), lines=lines, order="O-1",
        by=cast.billing, at=AT,
    ).pk  # fmt: skip


def test_an_order_without_a_date_is_told_after_some_days(cast: SimpleNamespace) -> None:
    order = ordered(cast, None, on=date(2026, 11, 19))
    assert told() == []  # 20 and 24 November are the only business days since: Monday was a holiday
    assert told(AT + timedelta(days=1)) == [("order:undated:O-1", False)]
    row = Activity.objects.get()
    assert (row.who, row.customer) == (cast.towa.owner, cast.towa)
    assert row.detail == "11/19のご注文O-1(ボールねじ BS-2510ほか)は納入日が決まっていません。"
    Order.objects.filter(pk=order.pk).update(promised_on=date(2027, 1, 15))
    assert told(AT + timedelta(days=1)) == []


def test_a_day_that_comes_near_and_passes_is_told_each_time(cast: SimpleNamespace) -> None:
    ordered(cast, date(2026, 11, 30))
    assert told() == []
    assert told(AT + timedelta(days=1)) == [("order:near:O-1", False)]
    assert told(AT + timedelta(days=6)) == [("order:near:O-1", False)]  # the day itself
    assert told(AT + timedelta(days=7)) == [("order:past:O-1", True)]
    assert "11/30納入のお約束でしたが" in Activity.objects.open().get().detail


def test_what_was_delivered_in_full_leaves_the_list(cast: SimpleNamespace) -> None:
    ordered(cast, date(2026, 11, 20))
    goes(cast, Line(quantity=SCREW.quantity - 1, order_line=1), Line(quantity=WATER.quantity, order_line=2))
    assert told() == [("order:past:O-1", True)]
    rest = goes(cast, Line(quantity=SCREW.quantity - 11, order_line=1), number="D-2")
    assert told() == []
    delivery_cancel(delivery_id=rest, by=cast.billing, at=AT)
    assert told() == [("order:past:O-1", True)]  # it never went


def test_no_alarm_where_nobody_can_tell_or_nothing_is_owed(cast: SimpleNamespace) -> None:
    order = ordered(cast, date(2026, 11, 20))
    pk = goes(cast, SCREW)  # of the order, without saying which line
    assert told() == []
    delivery_cancel(delivery_id=pk, by=cast.billing, at=AT)
    assert told() == [("order:past:O-1", True)]
    order_cancel(order_id=order.pk, by=cast.billing, at=AT)
    assert told() == []


def test_they_stand_on_the_watch_and_are_told_to_programs(cast: SimpleNamespace) -> None:
    now = timezone.now()
    ordered(cast, local_day(now) - timedelta(days=3), on=local_day(now) - timedelta(days=3))
    clerk = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=now)}"})
    [row] = clerk.get("/api/v1/watch").json()["orders"]
    assert (row["kind"], row["number"], row["customer"]) == ("past", "O-1", cast.towa.pk)
    clerk.force_login(cast.billing)
    assert "納入日を過ぎた未納の注文" in clerk.get("/billing/watch/").content.decode()
