"""Orders, deliveries, returns and contracts from files: whole or not at all, twice without doubling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from billing.models import Contract, Delivery, DeliveryLine, Order
from billing.services import contracts_import, deliveries_import, orders_import
from customers.importing import Report
from office.errors import Refused
from office.models import JournalRow, User
from office.services import token_create

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ORDERS = (
    "注文番号,お客様コード,注文日,納期,品名,数量,単位,単価,税率\n"
    'O-1,C-0001,2026/11/10,R8.12.1,ボールねじ,12,本,"86,000",10%\n'
    "O-1,,,,飲料水,48,本,97円,8\n"
    "O-2,C-0002,20261111,,治具,1.5,式,412000,\n"
)
DELIVERIES = (
    "納品書番号,お客様コード,納品日,区分,注文番号,注文行,元の納品書番号,元の行,品名,数量,単位,単価\n"
    "R-1,C-0001,2026-11-14,返品,,,D-1,2,,8,,\n"  # above the delivery that it is of
    "D-1,C-0001,2026-11-12,納品,O-1,1,,,,10,,\n"
    "D-1,C-0001,,,,2,,,,48,,95\n"
    "D-2,C-0002,2026-11-12,,,,,,送料,1,式,1500\n"
)
CONTRACTS = (
    "contract number,customer code,item,quantity,price,months,in advance,first day,last day\n"
    "K-1,C-0001,保守契約,1,48000,,1,2026-11-01,\n"
    "K-2,C-0002,賃貸,2,10000,3,0,2026-11-01,2027-10-31\n"
)


def done(report: Report) -> tuple[int, int, int]:
    assert report.errors == ()
    [count] = report.counts
    return count.created, count.updated, count.unchanged


def everything(cast: SimpleNamespace, at: datetime, encoding: str = "utf-8") -> list[tuple[int, int, int]]:
    by, files = cast.billing, (ORDERS, DELIVERIES, CONTRACTS)
    services: tuple[Callable[..., Report], ...] = (orders_import, deliveries_import, contracts_import)
    return [
        done(service(data=text.encode(encoding), by=by, at=at)) for service, text in zip(services, files, strict=True)
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_files_bring_all_of_it_once(cast: SimpleNamespace, at: datetime, encoding: str) -> None:
    assert everything(cast, at, encoding) == [(2, 0, 0), (3, 0, 0), (2, 0, 0)]
    rows = JournalRow.objects.count()
    assert everything(cast, at) == [(0, 0, 2), (0, 0, 3), (0, 0, 2)]
    assert JournalRow.objects.count() == rows + 3  # who brought the files in again
    order = Order.objects.get(number="O-1")
    assert (order.ordered_on, order.promised_on, order.customer) == (date(2026, 11, 10), date(2026, 12, 1), cast.towa)
    assert [f"{line.description} {line.unit_price} {line.rate}" for line in order.lines.all()] == [
        "ボールねじ 86000.00 10", "飲料水 97.00 8",
    ]  # fmt: skip
    lines = DeliveryLine.objects.order_by("delivery__number", "place")
    assert [(row.delivery.number, int(row.left), int(row.unit_price), row.rate) for row in lines] == [
        ("D-1", 10, 86_000, 10), ("D-1", 40, 95, 8), ("D-2", 1, 1_500, 10), ("R-1", 0, 95, 8),
    ]  # fmt: skip
    assert Contract.objects.get(number="K-2").every == 3
    assert Contract.objects.get(number="K-1").in_advance


def test_a_new_day_of_an_order_is_noted_and_nothing_else_is_changed(cast: SimpleNamespace, at: datetime) -> None:
    orders_import(data=ORDERS.encode(), by=cast.billing, at=at)
    dated = ORDERS.replace("R8.12.1", "2026-12-08")
    assert done(orders_import(data=dated.encode(), by=cast.billing, at=at)) == (0, 1, 1)
    assert Order.objects.get(number="O-1").promised_on == date(2026, 12, 8)
    for old, new, column in (("48,本", "49,本", "数量"), ("97円", "98", "単価"), ("C-0002", "C-0001", "お客様コード")):
        report = orders_import(data=ORDERS.replace(old, new).encode(), by=cast.billing, at=at)
        assert [error.column for error in report.errors] == [column]


def test_one_wrong_row_keeps_the_whole_file_out_and_is_named(cast: SimpleNamespace, at: datetime) -> None:
    wrong = {
        ("12,本", "0,本"): (2, ""), ("12,本", "zwölf,本"): (2, "数量"), ("48,本", ",本"): (3, "数量"),
        ("C-0002", "C-9999"): (4, "お客様コード"), ("20261111", "2026-02-30"): (4, "注文日"),
        ("412000", "-1"): (4, ""), ("O-1,,,,飲", "O-1,C-0002,,,飲"): (3, "お客様コード"),
        ("O-2", "O/2"): (4, "注文番号"), ("97円,8", "97円,7"): (3, ""),
    }  # fmt: skip
    for (old, new), place in wrong.items():
        assert old in ORDERS
        report = orders_import(data=ORDERS.replace(old, new, 1).encode(), by=cast.billing, at=at)
        assert [(error.line, error.column) for error in report.errors] == [place], new
        assert not Order.objects.exists()
    orders_import(data=ORDERS.encode(), by=cast.billing, at=at)
    much = DELIVERIES.replace(",8,,\n", ",49,,\n")
    [error] = deliveries_import(data=much.encode(), by=cast.billing, at=at).errors
    assert (error.line, error.message[:3]) == (2, "2行目"[:3])
    twice = CONTRACTS + "K-1,C-0001,保守契約,1,48000,,1,2026-11-01,\n"
    assert [e.line for e in contracts_import(data=twice.encode(), by=cast.billing, at=at).errors] == [4]
    assert not Delivery.objects.exists()
    assert not Contract.objects.exists()
    with pytest.raises(Refused):
        orders_import(data=ORDERS.encode(), by=cast.rep, at=at)


def test_a_rehearsal_writes_nothing(cast: SimpleNamespace, at: datetime, client_for: Callable[[User], Client]) -> None:
    clerk = client_for(cast.billing)
    file = SimpleUploadedFile("orders.csv", ORDERS.encode())
    page = clerk.post("/billing/import/orders/", {"file": file, "try": "1"}).content.decode()
    assert "O-2" in page
    assert "試し" in page
    assert not Order.objects.exists()
    assert "注文番号" in clerk.get("/billing/import/orders/sample.csv").content.decode()
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=at)}"})
    sent = {"file": SimpleUploadedFile("contracts.csv", CONTRACTS.encode())}
    assert program.post("/api/v1/imports/contracts", sent).json()["counts"][0]["created"] == 2


def test_the_command_takes_them(cast: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    call_command("import_csv", "orders", str(path))
    assert Order.objects.count() == 2
