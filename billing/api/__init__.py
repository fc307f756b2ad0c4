"""Billing for programs: the same services as the pages. Fixed paths stand before those that take a number."""

from billing.api import (
    drafts,
    figures,
    imports,
    inquiries,
    invoices,
    overdue,
    payments,
    previews,
    receipts,
    records,
    sendings,
    settlements,
    terms,
    thank_you,
)

ROUTERS = (
    ("/invoices", drafts.router),
    ("/invoices", sendings.router),
    ("/invoices", settlements.router),
    ("/invoices", invoices.router),
    ("/orders", records.orders),
    ("/deliveries", records.deliveries),
    ("/contracts", records.contracts),
    ("/watch", records.watch),
    ("/terms", sendings.recipients),
    ("/terms", terms.router),
    ("/thank-you-calls", thank_you.router),
    ("/billing", payments.router),
    ("/billing", figures.router),
    ("/billing", previews.router),
    ("/billing", receipts.router),
    ("/billing", overdue.router),
    ("/inquiries", inquiries.router),
    ("/imports", imports.router),
)
