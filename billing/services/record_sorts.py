"""The sorts of records that come in by file: orders, deliveries with returns, contracts; see record_files."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from billing.models import Contract, Delivery, DeliveryLine, Order
from billing.services.contracts import contract_create
from billing.services.record_files import CODE, GOODS, Group, Sort, cell, day_of, lines_differ, records_import, whole
from billing.services.records import Line, delivery_create, order_create, order_promise
from customers.importing import Report, read_day, read_yes
from customers.models import Customer
from office.csvfile import Column, Row
from office.errors import Refused
from office.models import User

ORDERS = (
    Column("number", ("注文番号", "受注番号", "order number"), required=True, limit=40), CODE,
    Column("ordered_on", ("注文日", "受注日", "ordered on"), required=True, blanks=True, limit=20),
    Column("promised_on", ("納入日", "納期", "promised on", "delivery date"), limit=20),
    *GOODS,
)  # fmt: skip
DELIVERIES = (
    Column("number", ("納品書番号", "返品番号", "delivery number"), required=True, limit=40), CODE,
    Column("delivered_on", ("納品日", "返品日", "delivered on"), required=True, blanks=True, limit=20),
    Column("kind", ("区分",), limit=20),
    Column("order", ("注文番号", "受注番号", "order number"), limit=40),
    Column("order_line", ("注文行", "order line"), limit=5),
    Column("of_delivery", ("元の納品書番号", "returned delivery"), limit=40),
    Column("of_line", ("元の行", "returned line"), limit=5),
    *GOODS,
)  # fmt: skip
CONTRACTS = (
    Column("number", ("契約番号", "contract number"), required=True, limit=40), CODE, *GOODS,
    Column("every", ("請求間隔", "請求間隔(月)", "months"), limit=5),
    Column("in_advance", ("前払い", "in advance"), limit=10),
    Column("first_on", ("請求開始日", "開始日", "first day"), required=True, blanks=True, limit=20),
    Column("last_on", ("終了日", "last day"), limit=20),
)  # fmt: skip
KINDS = {
    "": "delivery", "納品": "delivery", "delivery": "delivery", "返品": "return", "return": "return",
}  # fmt: skip
NO_KIND = gettext_noop("Please write 納品 or 返品.")


def orders_import(*, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import orders, see records_import."""
    return records_import(ORDER_FILE, data=data, by=by, at=at, dry_run=dry_run)


def deliveries_import(*, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import deliveries and returns, see records_import."""
    return records_import(DELIVERY_FILE, data=data, by=by, at=at, dry_run=dry_run)


def contracts_import(*, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import contracts, see records_import."""
    return records_import(CONTRACT_FILE, data=data, by=by, at=at, dry_run=dry_run)


def _kind(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain not in KINDS:
        raise Refused("invalid", NO_KIND)
    return KINDS[plain]


def _order_head(row: Row) -> dict[str, Any]:
    return {"ordered_on": day_of(row, "ordered_on"), "promised_on": cell(row, "promised_on", read_day)}


def _order_same(known: Order, group: Group) -> str:
    return (
        "ordered_on" if known.ordered_on != group.head["ordered_on"] else lines_differ(group, list(known.lines.all()))
    )


def _order_new(group: Group, customer: Customer, by: User | None, at: datetime) -> object:
    return order_create(number=group.number, customer_id=customer.pk, lines=group.lines, by=by, at=at, **group.head)


def _order_again(known: Order, group: Group, by: User | None, at: datetime) -> bool:
    """A file may bring the day that was promised meanwhile."""
    promised_on = group.head["promised_on"]
    if promised_on is None or promised_on == known.promised_on:
        return False
    order_promise(order_id=known.pk, promised_on=promised_on, by=by, at=at)
    return True


def _delivery_head(row: Row) -> dict[str, Any]:
    day, kind = day_of(row, "delivered_on"), cell(row, "kind", _kind)
    return {"delivered_on": day, "kind": kind, "order": row.values.get("order", "")}


def _delivery_same(known: Delivery, group: Group) -> str:
    if (known.delivered_on, known.kind) != (group.head["delivered_on"], group.head["kind"]):
        return "delivered_on" if known.delivered_on != group.head["delivered_on"] else "kind"
    if group.head["order"] != (known.order.number if known.order else ""):
        return "order"
    lines = list(known.lines.all())
    differs = lines_differ(group, lines)
    pairs = zip(group.lines, lines, strict=False)
    return differs or next((name for typed, line in pairs if (name := _source_differs(typed, line))), "")


def _source_differs(typed: Line, known: DeliveryLine) -> str:
    if typed.order_line != (known.order_line.place if known.order_line else None):
        return "order_line"
    return "of_delivery" if typed.of != ((known.of.delivery.number, known.of.place) if known.of else None) else ""


def _delivery_new(group: Group, customer: Customer, by: User | None, at: datetime) -> object:
    return delivery_create(number=group.number, customer_id=customer.pk, lines=group.lines, by=by, at=at, **group.head)


def _contract_head(row: Row) -> dict[str, Any]:
    return {
        "first_on": day_of(row, "first_on"), "last_on": cell(row, "last_on", read_day),
        "every": cell(row, "every", whole) or 1, "in_advance": cell(row, "in_advance", read_yes),
    }  # fmt: skip


def _contract_same(known: Contract, group: Group) -> str:
    """The end is left to the contract's page: a file that names none does not take it away."""
    names = ("first_on", "every", "in_advance", *(("last_on",) if group.head["last_on"] else ()))
    differs = next((name for name in names if getattr(known, name) != group.head[name]), "")
    return differs or lines_differ(group, [known])


def _contract_new(group: Group, customer: Customer, by: User | None, at: datetime) -> object:
    return contract_create(
        number=group.number, customer_id=customer.pk, line=group.lines[0], by=by, at=at, **group.head
    )  # fmt: skip


ORDER_FILE = Sort(
    ORDERS, gettext_noop("Orders received"), gettext_noop("Orders imported"), "import orders", _order_head,
    lambda numbers: Order.objects.filter(number__in=numbers).prefetch_related("lines"), _order_same, _order_new,
    _order_again,
)  # fmt: skip
DELIVERY_FILE = Sort(
    DELIVERIES, gettext_noop("Delivery records"), gettext_noop("Deliveries imported"), "import deliveries",
    _delivery_head,
    lambda numbers: Delivery.objects.filter(number__in=numbers).select_related("order").prefetch_related(
        "lines__order_line", "lines__of__delivery"
    ),
    _delivery_same, _delivery_new, first=lambda group: group.head["kind"] == Delivery.Kind.DELIVERY,
)  # fmt: skip
CONTRACT_FILE = Sort(
    CONTRACTS, gettext_noop("Contracts"), gettext_noop("Contracts imported"), "import contracts", _contract_head,
    lambda numbers: Contract.objects.filter(number__in=numbers), _contract_same, _contract_new, single=True,
)  # fmt: skip
