from billing.selectors.invoices import (
    invoice_get,
    invoices_late,
    invoices_of,
    invoices_visible,
    named,
    reads_invoices,
    terms_of,
    unpaid,
)
from billing.selectors.thank_you import thank_you_get

__all__ = [
    "invoice_get",
    "invoices_late",
    "invoices_of",
    "invoices_visible",
    "named",
    "reads_invoices",
    "terms_of",
    "thank_you_get",
    "unpaid",
]
