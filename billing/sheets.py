"""From the rows of an invoice to what is printed (billing.paper)."""

from __future__ import annotations

from collections.abc import Sequence

from billing import tax
from billing.models import Instalment, Invoice, InvoiceLine
from billing.paper import Bank, Customer, Issuer, Line, Original, Payment, RateTotal, Sheet, Source
from office.selectors import bank_accounts, company

PAID_BY = "下記の口座へお振り込みくださいますようお願い申し上げます。"


def sheet_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Sheet:
    """Return the sheet of an invoice; lines: with their deliveries and contracts. Refused when it does not add up."""
    mode = tax.INCLUSIVE if invoice.inclusive else tax.EXCLUSIVE
    sums = tax.sums([taxed(line) for line in lines], mode, invoice.rounding)
    us, corrects = company(), invoice.corrects
    return Sheet(
        kind="corrected" if corrects else "invoice",
        number="" if invoice.state != Invoice.State.ISSUED else invoice.number,
        issued_on=invoice.issued_on,
        customer=Customer(
            name=invoice.customer.name, postal_code=invoice.customer.postal_code, address=invoice.customer.address
        ),
        issuer=Issuer(
            name=us.name,
            t_number=us.t_number,
            postal_code=us.postal_code,
            address=us.address,
            phone=us.phone,
            seal=bytes(us.seal.data) if us.seal else b"",
        ),
        subject=invoice.subject,
        terms=PAID_BY if bank_accounts() else "",
        payments=tuple(
            Payment(on=row.due_on, amount=row.amount, label=_label(row)) for row in invoice.instalments.all()
        ),
        lines=tuple(_line(line) for line in lines),
        totals=tuple(RateTotal(rate=row.rate, net=row.net, tax=row.tax, gross=row.gross) for row in sums.rates),  # type: ignore[arg-type]  # one of tax.RATES
        total=invoice.total,
        mode="inclusive" if invoice.inclusive else "exclusive",
        rounding=invoice.rounding,  # type: ignore[arg-type]  # one of tax.ROUNDINGS
        banks=tuple(
            Bank(bank=row.bank_name, branch=row.branch_name, kind=_kind(row.kind), number=row.number, holder=row.holder)
            for row in bank_accounts()
        ),
        original=Original(number=corrects.number, issued_on=corrects.issued_on, total=corrects.total)
        if corrects
        else None,
        reason=invoice.reason,
    )


def taxed(line: InvoiceLine) -> tax.Line:
    """Return a line as the tax is counted from."""
    return tax.Line(description=line.description, quantity=line.quantity, unit_price=line.unit_price, rate=line.rate)


def _line(line: InvoiceLine) -> Line:
    return Line(
        on=line.traded_on, description=line.description, quantity=line.quantity, unit=line.unit,
        unit_price=line.unit_price, rate=line.rate, amount=line.amount, note=line.note, sources=_sources(line),  # type: ignore[arg-type]  # one of tax.RATES
    )  # fmt: skip


def _sources(line: InvoiceLine) -> tuple[Source, ...]:
    if line.delivery_line is not None:
        note = line.delivery_line.delivery
        label = "返品" if line.quantity < 0 else "納品書"
        return (Source(number=note.number, on=note.delivered_on, label=label),)
    if line.contract is not None:
        return (Source(number=line.contract.number, label="契約書"),)
    return ()


def _label(row: Instalment) -> str:
    return {"deposit": "着手金", "interim": "中間金"}.get(row.kind, "")


def _kind(kind: str) -> str:
    return {"ordinary": "普通", "current": "当座", "savings": "貯蓄"}[kind]
