"""What `manage.py verify` finds wrong in billing; nothing is repaired here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.guards import APPEND_ONLY, PARTS, RULES, TRANSFERS
from billing.held import NONE, held, quantities
from billing.models import Delivery, DeliveryLine, Invoice, InvoiceLine
from billing.paper import Sheet
from billing.selectors.invoices import REPLACED, REPLACING
from billing.selectors.left import family_of, left_in_all, left_of, newest_of
from billing.selectors.returns import originals
from office.errors import Refused
from office.guards import missing_guards
from office.hashing import digest
from office.models import File


def problems() -> Iterator[str]:
    """One English sentence for each bad row; nothing when all is well."""
    missing = missing_guards(connection, APPEND_ONLY, (*RULES, PARTS, TRANSFERS))
    yield from (f"guard {name} is missing: issued invoices or payments could be changed" for name in missing)
    issued = Invoice.objects.filter(state=Invoice.State.ISSUED).exclude(paper="")
    for invoice in issued.annotate(stored=_name_of_file()).iterator(chunk_size=500):
        if digest(invoice.paper) != invoice.sha256:
            yield f"invoice {invoice.number}: its words are not those that were issued"
        sheet = Sheet.read(invoice.paper)
        given = -sheet.total if sheet.kind == "return" else sheet.total
        if (sheet.number, given, sheet.issued_on) != (invoice.number, invoice.total, invoice.issued_on):
            yield f"invoice {invoice.number}: its row differs from what was printed"
        if invoice.file_id is not None and invoice.stored is None:
            yield f"invoice {invoice.number}: its PDF is missing"
        elif invoice.stored is not None and not _is_its_own(invoice.stored, invoice):
            yield f"invoice {invoice.number}: its PDF is that of another one"
    yield from _left()
    yield from _given_back()


def _is_its_own(name: str, invoice: Invoice) -> bool:
    """Whether the PDF is called as its invoice; long names were once cut off at their end."""
    cut = len(name) == File._meta.get_field("name").max_length
    return cut or name.endswith(f"_{invoice.number}_{invoice.total}.pdf")


def _name_of_file() -> Subquery:
    """The name of the PDF, which holds number and amount; null when the file is not there."""
    return Subquery(File.objects.filter(pk=OuterRef("file_id")).values("name"))


def _left() -> Iterator[str]:
    """What is left to bill is what was delivered less what came back and what stands on invoices."""
    holding = Invoice.objects.exclude(REPLACED | REPLACING)
    billed = InvoiceLine.objects.filter(delivery_line=OuterRef("pk"), invoice__in=holding)
    more = _more_of_corrections()
    back = DeliveryLine.objects.filter(of=OuterRef("pk"), delivery__state=Delivery.State.VALID)
    lines = DeliveryLine.objects.filter(unit_price__gt=0, delivery__state=Delivery.State.VALID, of=None).annotate(
        on_invoices=_sum(billed), returned=_sum(back), credited=_sum(back, "left"),
    )  # fmt: skip
    for line in lines.select_related("delivery").iterator(chunk_size=500):
        credited = line.returned - line.credited  # what came back before it was billed, or was taken off since
        most = line.quantity - line.on_invoices - more[line.pk]
        if not most - credited <= line.left <= most:
            where = f"delivery {line.delivery.number}, line {line.place}"
            yield f"{where}: {line.left} left to bill does not fit its invoices"


def _given_back() -> Iterator[str]:
    """No more is given back of what was sold than it came to."""
    taken = InvoiceLine.objects.filter(frozen=True, quantity__lt=0).select_related("reduces", "delivery_line")
    lines = list(taken.filter(Q(reduces__isnull=False) | Q(delivery_line__of__isnull=False)))
    named = [line.reduces for line in lines if line.reduces] + list(originals(lines).values())
    told = set[int]()
    for invoice in {newest_of(row) for row in named}:
        with suppress(Refused):  # issued elsewhere, and its sums do not tell the rate
            if (over := -sum(left_of(invoice, drafts=False).values())) > 0:
                yield f"invoice {invoice.number}: {over} yen more were given back than it came to"
            family = family_of(invoice) if invoice.pk not in told else []
            told |= {row.pk for row in family}
            if len(family) > 1 and (over := -left_in_all(family, drafts=False)) > 0:
                numbers = ", ".join(row.number for row in family)
                yield f"invoices {numbers}: {over} yen more were given back than they came to together"


def _more_of_corrections() -> Mapping[int, Decimal]:
    """What drafts of corrections hold of each delivery line beside what the invoices bill that they would replace."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for draft in Invoice.objects.filter(REPLACING).select_related("corrects"):
        before = quantities(draft.corrects.lines.all()) if draft.corrects else {}
        for key, quantity in held(draft, draft.lines.all()).items():
            found[key] += quantity - before.get(key, NONE)
    return found


def _sum(rows: QuerySet[Any], column: str = "quantity") -> Coalesce:
    total = rows.order_by().values(every=Value(1)).annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(total, output_field=DecimalField()), Value(0), output_field=DecimalField())
