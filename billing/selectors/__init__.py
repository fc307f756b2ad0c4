from billing.selectors.invoices import (
    invoice_get,
    invoices_late,
    invoices_of,
    invoices_visible,
    named,
    reads_invoices,
    terms_of,
    to_settle,
    unpaid,
)
from billing.selectors.overdue import overdue, overdue_get, overdue_seen
from billing.selectors.receipts import (
    Proposed,
    claims_open,
    ledger,
    money_of,
    proposed,
    receipt_get,
    receipts,
    receipts_open,
)
from billing.selectors.search import Wanted, invoices_found, invoices_page, payments_found, payments_page
from billing.selectors.thank_you import thank_you_get

__all__ = [
    "Proposed",
    "Wanted",
    "claims_open",
    "invoice_get",
    "invoices_found",
    "invoices_late",
    "invoices_of",
    "invoices_page",
    "invoices_visible",
    "ledger",
    "money_of",
    "named",
    "overdue",
    "overdue_get",
    "overdue_seen",
    "payments_found",
    "payments_page",
    "proposed",
    "reads_invoices",
    "receipt_get",
    "receipts",
    "receipts_open",
    "terms_of",
    "thank_you_get",
    "to_settle",
    "unpaid",
]
