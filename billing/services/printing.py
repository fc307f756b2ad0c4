"""Printing what was issued: outside the transaction, stored once; a sweep resumes what was cut (law 9)."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from billing.models import Invoice
from billing.paper import Sheet, press
from office.errors import Refused
from office.services import file_store

logger = logging.getLogger(__name__)
AT_ONCE = 50


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
        name = f"{sheet.issued_on:%Y%m%d}_{sheet.customer.name}_{row.number}_{row.total}.pdf"
        row.file = file_store(name=name, content_type="application/pdf", data=data, by=None, at=at)
        row.save(update_fields=["file"])
    return True
