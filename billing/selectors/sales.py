"""How much business hangs on a customer."""

from datetime import datetime, timedelta

from django.db.models import Sum

from billing.models import Invoice
from billing.selectors.invoices import REPLACED, reads_invoices
from office.clock import local_day
from office.viewer import Viewer

YEAR = timedelta(days=365)


def sales_of(viewer: Viewer, customer_id: int, at: datetime) -> int | None:
    """Return the yen before tax issued to a customer in the year up to `at`, net of returns; what was replaced counts
    once. None for whom invoices are not their work."""
    if not reads_invoices(viewer):
        return None
    today = local_day(at)
    rows = Invoice.objects.filter(customer=customer_id, state=Invoice.State.ISSUED)
    rows = rows.filter(issued_on__gt=today - YEAR, issued_on__lte=today).exclude(REPLACED)
    return rows.aggregate(sum=Sum("net"))["sum"] or 0
