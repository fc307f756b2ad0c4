"""The price list from a CSV file: a price that is there already is put right, the same file twice adds nothing."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.services.prices import price_put
from billing.services.record_files import NO_CUSTOMER, ORDER, cell, day_of, read_decimal
from customers.importing import Count, Preview, Report, chunks, first_lines, may_import
from customers.models import Customer
from office.csvfile import Column, Row, RowError, read_rows
from office.errors import Refused
from office.http import sentence
from office.models import User
from office.services import journal_write

PRICES = (
    Column("product", ("品名", "品番", "品目", "item"), required=True, limit=200),
    Column("unit_price", ("単価", "unit price", "price"), required=True, limit=20),
    Column("from_on", ("適用開始日", "開始日", "from", "valid from"), required=True, limit=20),
    Column("code", ("お客様コード", "得意先コード", "customer code"), limit=40),
)
HEADINGS = {column.name: column.headings[0] for column in PRICES}
TWICE = gettext_noop("This price already stands in line %(line)s.")


def prices_import(*, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import a file of prices; a row without a customer code is for everybody. Whole or not at all, see
    billing.services.record_files."""
    may_import(by)
    rows = read_rows(data, PRICES)
    errors = [error for row in rows for error in row.errors]
    previews: list[Preview] = []
    with transaction.atomic():
        codes = chunks({row.values.get("code", "") for row in rows})
        customers = {c.code: c for part in codes for c in Customer.objects.filter(code__in=part)}
        seen: dict[tuple[int | None, int], int] = {}
        for row in rows:
            if not row.errors:
                _take(row, customers, seen, previews, errors, by, at)
        if errors or dry_run:
            transaction.set_rollback(True)
        else:
            verb = gettext_noop("Prices imported")
            journal_write(actor=by, verb=verb, about="import prices", detail=f"{len(previews)}", at=at)
    if errors:
        return Report(dry_run, errors=tuple(sorted(errors, key=lambda error: error.line)))
    counts = Count(gettext_noop("Prices"), **Counter(preview.act for preview in previews))
    previews.sort(key=lambda preview: (ORDER[preview.act], preview.line))
    return Report(dry_run, counts=(counts,), preview=first_lines(previews))


def _take(
    row: Row, customers: dict[str, Customer], seen: dict[tuple[int | None, int], int], previews: list[Preview],
    errors: list[RowError], by: User | None, at: datetime,
) -> None:  # fmt: skip
    code = row.values.get("code", "")
    try:
        if code and code not in customers:
            raise Refused("invalid", NO_CUSTOMER, field="code")
        customer_id = customers[code].pk if code else None
        put = price_put(
            product=row.values["product"], unit_price=cell(row, "unit_price", read_decimal),
            from_on=day_of(row, "from_on"), customer_id=customer_id, by=by, at=at,
        )  # fmt: skip
        if (customer_id, put.price.pk) in seen:
            raise Refused("conflict", TWICE, field="product", line=seen[customer_id, put.price.pk])
        seen[customer_id, put.price.pk] = row.line
        previews.append(Preview(row.line, put.act, put.price.product, customers[code].name if code else ""))
    except Refused as refused:
        errors.append(RowError(row.line, HEADINGS.get(refused.field, ""), sentence(refused)))
