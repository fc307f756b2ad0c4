"""What the sums of an invoice must be, told from its lines: no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence

from billing import tax
from billing.models import Invoice, InvoiceLine

HIGHEST = max(tax.RATES)
ROUNDED = 2  # yen that rounding up may add, once for each of two rates


def taxed(line: InvoiceLine) -> tax.Line:
    """Return a line as the tax is counted from."""
    return tax.Line(description=line.description, quantity=line.quantity, unit_price=line.unit_price, rate=line.rate)


def gross(line: InvoiceLine, invoice: Invoice) -> int:
    """Return the yen of a line with its tax, as if it stood alone."""
    return line.amount if invoice.inclusive else line.amount + tax.on(line.amount, line.rate, invoice.rounding)


def counted(invoice: Invoice, lines: Sequence[InvoiceLine]) -> tuple[int, int, int]:
    """Return what these lines come to, (net, tax, total) in yen, by the invoice's own rounding and sort of prices."""
    mode = tax.INCLUSIVE if invoice.inclusive else tax.EXCLUSIVE
    sums = tax.sums([taxed(line) for line in lines], mode, invoice.rounding)
    return sum(rate.net for rate in sums.rates), sum(rate.tax for rate in sums.rates), sums.total


def adds_up(invoice: Invoice, lines: Sequence[InvoiceLine]) -> bool:
    """Whether net, tax and total are what the lines come to; of one without lines, whether its tax can be one."""
    if not lines:
        return can_be_tax(invoice.net, invoice.tax)
    added = sum(line.amount for line in lines)
    same = added == (invoice.total if invoice.inclusive else invoice.net)
    return same and (invoice.net, invoice.tax, invoice.total) == counted(invoice, lines)


def can_be_tax(net: int, yen: int) -> bool:
    """Whether so many yen can be the tax of `net`: not below nothing, and no more than the highest rate, rounded up."""
    return 0 <= yen * 100 <= net * HIGHEST + ROUNDED * 100
