"""Printing what was issued: outside the transaction, stored once; a sweep resumes what was cut (law 9)."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.db import transaction

from billing.models import Invoice
from billing.paper import Sheet, press
from office.clock import local_day
from office.errors import Refused
from office.services import file_store
from office.text import clipped

logger = logging.getLogger(__name__)
AT_ONCE = 50
MOST_OF_A_NAME = 120  # bytes of UTF-8: 255 is what a name of a file may take


def render_invoices(*, at: datetime) -> int:
    """Print every issued invoice that has no PDF yet; return how many were printed."""
    waiting = Invoice.objects.filter(state=Invoice.State.ISSUED, file=None).exclude(paper="").order_by("pk")
    return sum(_print(pk, paper, at) for pk, paper in list(waiting.values_list("pk", "paper")[:AT_ONCE]))


def _print(pk: int, paper: str, at: datetime) -> bool:
    """Make one PDF of its frozen words; one that cannot be made must not hold up the others."""
    sheet = Sheet.read(paper)
    try:
        data = press().pdf(sheet).data
    except Refused:
        logger.exception("the invoice %s could not be printed", sheet.number)
        return False
    with transaction.atomic(durable=True):
        row = Invoice.objects.select_for_update().get(pk=pk)
        if row.file_id is not None:
            return False
        name = file_name(row.issued_on or local_day(at), sheet.customer.name, row)
        row.file = file_store(name=name, content_type="application/pdf", data=data, by=None, at=at)
        row.save(update_fields=["file"])
    return True


def file_name(issued_on: date, customer: str, invoice: Invoice) -> str:
    """What its PDF is called: by day, customer, number and yen (電子帳簿保存法), short enough for every file system."""
    return f"{issued_on:%Y%m%d}_{clipped(customer, MOST_OF_A_NAME)}_{invoice.number}_{invoice.total}.pdf"
