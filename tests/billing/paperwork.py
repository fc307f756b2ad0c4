"""What the clerks do with a draft in most tests: one made it, the other checks it, the first issues it."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

from billing.models import Invoice
from billing.services import invoice_issue, invoices_check


def issue(cast: SimpleNamespace, invoice: Invoice, at: datetime, issued_on: date | None = None) -> Invoice:
    """The invoice, checked by billing2 and issued by billing."""
    invoices_check(seen={invoice.pk: invoice.version}, by=cast.billing2, at=at)
    return invoice_issue(invoice_id=invoice.pk, by=cast.billing, at=at, issued_on=issued_on)
