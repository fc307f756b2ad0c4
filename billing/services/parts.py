"""In which parts an invoice is paid: deposit, interim payment, final payment (practices 1-06, 1-08)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from billing.due import BALANCE, WHOLE, Part, instalments
from billing.models import Instalment, Invoice
from billing.selectors.invoices import terms_of
from office.selectors import business_calendar


def payments_put(invoice: Invoice, base: date, parts: Sequence[Part] = WHOLE) -> None:
    """Write the instalments of a draft anew, their days counted from `base` by the customer's terms.

    For a return invoice nothing is to come in: it has none.
    """
    invoice.instalments.all().delete()
    if invoice.kind == Invoice.Kind.RETURN:
        return
    rows = instalments(invoice.total, base, terms_of(invoice.customer_id), business_calendar(), parts)
    for row in rows:
        row.invoice = invoice
    Instalment.objects.bulk_create(rows)


def parts_of(invoice: Invoice) -> Sequence[Part]:
    """Return how an invoice is paid, for a sum that changes: its parts as they are, the last takes the balance."""
    rows = list(invoice.instalments.order_by("pk"))
    if not rows:
        return WHOLE
    return [*(Part(kind=row.kind, amount=row.amount, base=row.base_on) for row in rows[:-1]),
            replace(BALANCE, kind=rows[-1].kind, base=rows[-1].base_on)]  # fmt: skip
