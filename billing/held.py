"""How much of what was delivered is held by invoices, so that nothing is billed twice (practice 3-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from billing.models import Invoice, InvoiceLine

Held = Mapping[int, Decimal]  # how much of a delivery line, by its key
NONE = Decimal(0)


def quantities(lines: Iterable[InvoiceLine]) -> Held:
    """Return how much of each delivery line these lines bill; of what came back, how much they take off."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.delivery_line_id is not None:
            found[line.delivery_line_id] += abs(line.quantity)
    return found


def held(draft: Invoice, lines: Iterable[InvoiceLine]) -> Held:
    """Return how much of each delivery line a draft with these lines keeps from being billed again: what they bill, and
    of a correction also what the invoice bills that it would replace, which counts until the correction is issued."""
    here, replaced = quantities(lines), quantities(draft.corrects.lines.all()) if draft.corrects else {}
    return {key: max(here.get(key, NONE), replaced.get(key, NONE)) for key in here.keys() | replaced.keys()}
