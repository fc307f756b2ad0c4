"""Invoices from a CSV file, keyed by the document number (docs/import.md).

A file goes in whole or not at all. A second import changes drafts that differ and never doubles; what is issued is
frozen (law 9), so a row that says otherwise is an error. A row with a day of issue was issued elsewhere and has no
lines here; a draft has one, and is checked and issued here, by two people (practice 0-13).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from billing.due import instalments
from billing.models import Instalment, Invoice, InvoiceLine, Terms
from billing.services.drafts import deliveries_known, refuse_ours, refuse_recorded, uncheck
from billing.totals import can_be_tax
from billing.typed import line_of
from customers.importing import Count, Preview, Report, chunks, first_lines, may_import, read_day, read_yen
from customers.models import Customer
from office.csvfile import Column, Row, RowError, read_rows
from office.errors import Refused
from office.http import sentence
from office.models import User
from office.selectors import business_calendar, company
from office.services import journal_write

COLUMNS = (
    Column("number", ("請求書番号", "伝票番号", "document number", "invoice number"), required=True, limit=40),
    Column("code", ("お客様コード", "得意先コード", "customer code"), required=True, limit=40),
    Column("subject", ("件名", "品名"), required=True, limit=200),
    Column("quantity", ("数量",), limit=60),
    Column("delivery_number", ("納品書番号", "delivery number"), limit=40),
    Column("delivered_on", ("納品日", "delivered on"), limit=20),
    Column("planned_on", ("発行予定日", "planned on"), limit=20),
    Column("issued_on", ("発行日", "請求日", "issued on"), limit=20),
    Column("net", ("税抜金額", "net amount"), limit=20),
    Column("tax", ("消費税額", "消費税", "tax amount"), limit=20),
    Column("total", ("税込金額", "請求金額", "total amount"), limit=20),
    Column("note", ("備考",), limit=4000),
)
HEADINGS = {column.name: column.headings[0] for column in COLUMNS}
FROZEN = (
    "customer_id", "subject", "quantity", "delivery_number", "delivered_on", "issued_on", "net", "tax", "total",
    "planned_on", "note",
)  # fmt: skip
WRITTEN = (*FROZEN, "state", "rounding", "created_by", "checked_by", "checked_at", "version")
DAYS = ("delivered_on", "planned_on", "issued_on")
TEXTS = ("subject", "quantity", "delivery_number", "note")
NO_CUSTOMER = gettext_noop("There is no customer with this code.")
TWICE = gettext_noop("This number already stands in line %(line)s.")
SUM = gettext_noop("Amounts before tax, tax and amount with tax do not add up, or two of them are missing.")
POSITIVE = gettext_noop("An invoice needs an amount above zero.")
IS_ISSUED = gettext_noop("This invoice has been issued; its %(what)s cannot change. Correct it by a new document.")
ISSUED_HERE = gettext_noop("This draft stands here. Please have it checked and issue it on its own page.")
IN_PARTS = gettext_noop("This draft is paid in parts. Please change it on its own page.")
OF_RECORDS = gettext_noop("This draft says line by line what was delivered. Please change it on its own page.")
NO_TAX = gettext_noop("So many yen cannot be the consumption tax of this amount.")
SLASH = gettext_noop("A document number cannot hold a slash.")
ORDER = {"created": 0, "updated": 1, "unchanged": 2}
T = TypeVar("T")


def invoices_import(*, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import a file of invoices; return what was done, or with `dry_run` what would be.

    A row with a day of issue is an issued invoice, one without is a draft; payment days come from the customer's terms.
    Refused for files that cannot be read at all. Errors in rows come back in the report, and then nothing was written.
    """
    may_import(by)
    rows = read_rows(data, COLUMNS)
    with transaction.atomic():
        file = _File(rows, by, at)
        if not file.errors and not dry_run:
            file.write()
            verb = gettext_noop("Invoices imported")
            journal_write(actor=by, verb=verb, about="import invoices", detail=f"{len(file.acts)}", at=at)
            if elsewhere := file.issued_elsewhere():
                verb = gettext_noop("Invoices issued elsewhere brought in, unchecked here")
                journal_write(actor=by, verb=verb, about="import invoices", detail=", ".join(elsewhere), at=at)
    return file.report(dry_run)


class Noted(NamedTuple):
    """What the line of a draft counts, and what is written beside it."""

    quantity: Decimal
    unit: str
    note: str


class _File:
    """The invoices of one file, beside those in the database."""

    def __init__(self, rows: Sequence[Row], by: User | None, at: datetime) -> None:
        self.by, self.at = by, at
        self.errors: list[RowError] = [error for row in rows for error in row.errors]
        self.lines: dict[str, int] = {}
        self.acts: dict[str, tuple[str, Invoice]] = {}
        self.redated: list[Invoice] = []
        self.lined: dict[str, InvoiceLine] = {}  # the one line of each draft, by its number
        self.rounding = company().tax_rounding
        notes = {note for row in rows if (note := row.values.get("delivery_number"))}
        self.deliveries = {known for part in chunks(notes) for known in deliveries_known(part)}
        self.changed: list[tuple[Invoice, set[int | None]]] = []  # drafts, with who has made them
        self.customers = _customers({row.values["code"] for row in rows})
        self.noted: dict[int, Noted] = {}  # by the id of a draft
        self.known, self.parts, self.of_records = _known({row.values["number"] for row in rows})
        drafts = [row for row in self.known.values() if row.state != Invoice.State.ISSUED]
        for part in chunks(drafts):
            for line in InvoiceLine.objects.filter(invoice__in=part):
                self.noted[line.invoice_id] = Noted(line.quantity, line.unit, line.note)
        for row in rows:
            if not row.errors:
                self._take(row)
        self.errors.sort(key=lambda error: error.line)

    def _take(self, row: Row) -> None:
        number = row.values["number"]
        try:
            if number in self.lines:
                raise Refused("conflict", TWICE, field="number", line=self.lines[number])
            if "/" in number:
                raise Refused("invalid", SLASH, field="number")
            self.lines[number] = row.line
            self._put(row, self.known.get(number))
        except Refused as refused:
            heading = HEADINGS.get(refused.field, refused.field)
            self.errors.append(RowError(row.line, heading, sentence(refused)))

    def _put(self, row: Row, known: Invoice | None) -> None:
        values = self._values(row, known)
        if known is None and values["state"] != Invoice.State.ISSUED:
            refuse_ours(row.values["number"])
        invoice = known or Invoice(number=row.values["number"], created_by=self.by, created_at=self.at)
        changed = [name for name, value in values.items() if known is None or getattr(known, name) != value]
        is_issued = known is not None and known.state == Invoice.State.ISSUED
        if is_issued and (frozen := [name for name in changed if name in FROZEN]):
            what = HEADINGS.get(frozen[0], HEADINGS["code"])
            raise Refused("conflict", IS_ISSUED, field=frozen[0], what=what)
        for name, value in values.items():
            setattr(invoice, name, value)
        if known is not None and changed and not is_issued:
            if invoice.state == Invoice.State.ISSUED:
                raise Refused("conflict", ISSUED_HERE, field="issued_on")
            uncheck(invoice)
            self.changed.append((invoice, {invoice.created_by_id, self.by.pk if self.by else None} - {None}))
            invoice.created_by = self.by or invoice.created_by
        if invoice.state != Invoice.State.ISSUED and (known is None or changed):
            self._line(invoice)
        act = "created" if known is None else "updated" if changed else "unchanged"
        self.acts[invoice.number] = (act, invoice)
        if known is None or (not is_issued and {"total", "customer_id", *DAYS} & set(changed)):
            self._redate(invoice)

    def _line(self, invoice: Invoice) -> None:
        """What is billed, in one line; what says it line by line is left to whoever changes it on its page."""
        if invoice.pk in self.of_records:
            raise Refused("conflict", OF_RECORDS, field="number")
        refuse_recorded(invoice, self.deliveries)
        invoice.rounding = self.rounding
        line = line_of(invoice)
        before = self.noted.get(invoice.pk) if invoice.pk else None
        if before and (before.quantity, before.unit) == (
            line.quantity,
            line.unit,
        ):  # a person has written it
            line.note = before.note
        self.lined[invoice.number] = line

    def _redate(self, invoice: Invoice) -> None:
        """The payment days must be computed anew; what a person split by hand is left to them."""
        if invoice.pk and self.parts.get(invoice.pk, 0) > 1:
            raise Refused("conflict", IN_PARTS, field="number")
        self.redated.append(invoice)

    def _values(self, row: Row, known: Invoice | None) -> dict[str, Any]:
        customer = self.customers.get(row.values["code"])
        if customer is None:
            raise Refused("invalid", NO_CUSTOMER, field="code")
        values: dict[str, Any] = {"customer_id": customer.pk}
        values |= {name: row.values[name] for name in TEXTS if name in row.values}
        values |= {name: _read(row, name, read_day) for name in DAYS if name in row.values}
        issued_on: date | None = values.get("issued_on", known.issued_on if known else None)
        values["state"] = Invoice.State.ISSUED if issued_on else known.state if known else Invoice.State.DRAFT
        return values | self._sums(row, known)

    def _sums(self, row: Row, known: Invoice | None) -> dict[str, int]:
        """Two of the three amounts are enough; when the file has none at all, those of a known invoice stay."""
        net, tax, total = (_read(row, name, read_yen) for name in ("net", "tax", "total"))
        if known and (net, tax, total) == (None, None, None):
            return {}
        if net is None and tax is not None and total is not None:
            net = total - tax
        if tax is None and net is not None and total is not None:
            tax = total - net
        if net is None or tax is None or (total is not None and net + tax != total):
            raise Refused("invalid", SUM, field="total")
        if net + tax <= 0:
            raise Refused("invalid", POSITIVE, field="total")
        if not can_be_tax(net, tax):
            raise Refused("invalid", NO_TAX, field="tax")
        return {"net": net, "tax": tax, "total": net + tax}

    def write(self) -> None:
        """Write invoices, lines and payment days, each in a few statements however many there are."""
        changed = [invoice for act, invoice in self.acts.values() if act != "unchanged"]
        fields = [name.removesuffix("_id") for name in WRITTEN]
        Invoice.objects.bulk_create(changed, update_conflicts=True, unique_fields=["number"], update_fields=fields)
        makers = Invoice.makers.through
        rows = [makers(invoice_id=one.pk, user_id=user) for one, users in self.changed for user in users]
        makers.objects.bulk_create(rows, ignore_conflicts=True)
        keys = {
            number: pk
            for part in chunks([invoice.number for invoice in changed])
            for number, pk in Invoice.objects.filter(number__in=part).values_list("number", "pk")
        }
        for part in chunks([invoice.number for invoice in self.redated]):
            Instalment.objects.filter(invoice__number__in=part).delete()
        Instalment.objects.bulk_create(self._instalments(keys))
        for part in chunks(self.lined):
            InvoiceLine.objects.filter(invoice__number__in=part).delete()
        for number, line in self.lined.items():
            line.invoice_id = keys[number]
        InvoiceLine.objects.bulk_create(self.lined.values())

    def _instalments(self, keys: dict[str, int]) -> list[Instalment]:
        banks, found = business_calendar(), []
        terms = _terms({invoice.customer_id for invoice in self.redated})
        for invoice in self.redated:
            for row in instalments(invoice.total, invoice.base_on, terms.get(invoice.customer_id, Terms()), banks):
                row.invoice_id = keys[invoice.number]
                row.frozen = invoice.state == Invoice.State.ISSUED
                found.append(row)
        return found

    def issued_elsewhere(self) -> list[str]:
        """The numbers of those that are new here and were issued elsewhere."""
        return [n for n, (act, row) in self.acts.items() if act == "created" and row.state == Invoice.State.ISSUED]

    def report(self, dry_run: bool) -> Report:
        """Return what was, or would be, done."""
        if self.errors:
            return Report(dry_run, errors=tuple(self.errors))
        counts = Count(gettext_noop("Invoices"), **Counter(act for act, _invoice in self.acts.values()))
        previews = [Preview(self.lines[n], act, n, invoice.subject) for n, (act, invoice) in self.acts.items()]
        previews.sort(key=lambda preview: (ORDER[preview.act], preview.line))
        return Report(dry_run, counts=(counts,), preview=first_lines(previews))


def _read(row: Row, name: str, reader: Callable[[str], T]) -> T | None:
    """Return a cell as `reader` reads it; its refusal names the column."""
    try:
        return reader(row.values.get(name, ""))
    except Refused as refused:
        raise Refused(refused.code, refused.message, field=name) from refused


def _customers(codes: set[str]) -> dict[str, Customer]:
    return {c.code: c for part in chunks(codes) for c in Customer.objects.filter(code__in=part)}


def _terms(customers: set[int]) -> dict[int, Terms]:
    return {t.customer_id: t for part in chunks(customers) for t in Terms.objects.filter(customer__in=part)}


def _known(numbers: set[str]) -> tuple[dict[str, Invoice], dict[int, int], set[int]]:
    """Return the invoices that exist, locked, in how many parts each is paid, and which say line by line from which
    record it comes, or are no plain invoices."""
    found: dict[str, Invoice] = {}
    parts: Counter[int] = Counter()
    of_records: set[int] = set()
    recorded = Q(lines__delivery_line__isnull=False) | Q(lines__contract__isnull=False) | ~Q(kind=Invoice.Kind.INVOICE)
    for chunk in chunks(numbers):
        found |= {row.number: row for row in Invoice.objects.select_for_update(of=("self",)).filter(number__in=chunk)}
        parts.update(Instalment.objects.filter(invoice__number__in=chunk).values_list("invoice_id", flat=True))
        of_records |= set(Invoice.objects.filter(recorded, number__in=chunk).values_list("pk", flat=True))
    return found, dict(parts), of_records
