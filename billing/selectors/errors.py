"""Which corrected invoices were our error (practice 3-04): all, but for those made because the customer wished it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from billing.models import Invoice


def our_errors() -> Q:
    """Return when an invoice puts an error of ours right: it corrects another one and is issued."""
    return Q(corrects__isnull=False, state=Invoice.State.ISSUED) & ~Q(wished=True)


def errors_of(customer_id: int, since: date, until: date) -> QuerySet[Invoice]:
    """Return the invoices that put an error of ours right for a customer on one of these days, the latest first."""
    rows = Invoice.objects.filter(our_errors(), customer=customer_id, issued_on__range=(since, until))
    return rows.order_by("-issued_on", "-pk")
