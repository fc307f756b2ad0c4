from billing.services.imports import invoices_import
from billing.services.invoices import invoice_create, invoice_issue
from billing.services.payments import payment_record
from billing.services.terms import terms_put
from billing.services.thank_you import thank_you_call_record, thank_you_calls_sweep

__all__ = [
    "invoice_create",
    "invoice_issue",
    "invoices_import",
    "payment_record",
    "terms_put",
    "thank_you_call_record",
    "thank_you_calls_sweep",
]
