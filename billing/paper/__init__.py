"""What an invoice says and looks like (適格請求書). Pure: no Django, no clock, no database.

`Sheet` says it, `missing` names what the law still wants, `press().pdf(sheet)` prints it, `preview_png` shows it. The
press is that of office; its child prints a sheet by `billing.paper.render`, which is not imported from here.
"""

from billing.paper.content import (
    Bank,
    Customer,
    Issuer,
    Line,
    Original,
    Payment,
    RateTotal,
    Sheet,
    Source,
)
from billing.paper.law import missing
from office.press import Press, Rendered, bundled, press, preview_png

__all__ = [
    "Bank",
    "Customer",
    "Issuer",
    "Line",
    "Original",
    "Payment",
    "Press",
    "RateTotal",
    "Rendered",
    "Sheet",
    "Source",
    "bundled",
    "missing",
    "press",
    "preview_png",
]
