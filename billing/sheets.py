"""From the rows of an invoice to what is printed (billing.paper)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Max, Q

from billing import tax
from billing.models import Instalment, Invoice, InvoiceLine, Terms
from billing.paper import Bank, Customer, Issuer, Line, Original, Payment, RateTotal, Sheet, Source
from billing.paper.content import Rate
from billing.selectors.returns import originals
from billing.totals import taxed
from office.selectors import bank_accounts, company

GIVEN_BACK = "お振り込み、または次のご請求との差し引きのうち、貴社のご都合を伺って進めさせていただきます。"
PRINTED = ("delivery_line__delivery", "delivery_line__of__delivery", "contract", "reduces")  # what a line names
TRANSFER = "下記の口座へお振り込みくださいますようお願い申し上げます。"
WAYS = {  # how it is paid, in a word, and what we ask for
    "transfer": ("銀行振込", TRANSFER), "debit": ("口座振替", "ご指定の口座からお引き落としいたします。"),
    "card": ("カード払い", "ご登録のカードにてお支払いいただきます。"), "cash": ("現金払い", ""),
    "note": ("手形", "手形でのお支払いをお願い申し上げます。"),
    "densai": ("でんさい", "電子記録債権（でんさい）でのお支払いをお願い申し上げます。"),
}  # fmt: skip
FEES = {
    "customer": "恐れ入りますが、振込手数料は貴社にてご負担くださいますようお願い申し上げます。",
    "us": "振込手数料は当社が負担いたします。差し引いてお振り込みください。",
}
MOVED = {
    "before": "お支払日が金融機関の休業日にあたるため、その前の営業日をお支払期限としております。",
    "after": "お支払日が金融機関の休業日にあたるため、その次の営業日をお支払期限としております。",
}
RATES: Mapping[int, Rate] = {10: 10, 8: 8, 0: 0}  # as the paper knows them
MONTHS = {0: "当月", 1: "翌月", 2: "翌々月"}


def sheet_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Sheet:
    """Return the sheet of an invoice; lines: with their deliveries and contracts. Refused when it does not add up."""
    mode = tax.INCLUSIVE if invoice.inclusive else tax.EXCLUSIVE
    sums = tax.sums([taxed(line) for line in lines], mode, invoice.rounding)
    us, back = company(), invoice.kind == Invoice.Kind.RETURN
    agreed = None if back else Terms.objects.filter(customer=invoice.customer_id).first()
    banks = bank_accounts() if not back and (agreed is None or agreed.way == Terms.Way.TRANSFER) else []
    sold = originals([line for line in lines if line.quantity < 0])
    sign = -1 if back else 1  # the paper of a return says how much goes back, above zero
    return Sheet(
        kind=invoice.kind,  # type: ignore[arg-type]  # the column's choices are those of the paper
        period=_days(lines) if back else None,
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
        terms=GIVEN_BACK if back else _terms(agreed, invoice, asks=bool(banks)),
        payments=tuple(
            Payment(on=row.due_on, amount=row.amount, label=_label(row)) for row in invoice.instalments.all()
        ),
        lines=tuple(_line(line, sold, back=back) for line in lines),
        totals=tuple(
            RateTotal(rate=RATES[row.rate], net=sign * row.net, tax=sign * row.tax, gross=sign * row.gross)
            for row in sums.rates
        ),
        total=sign * invoice.total,
        mode="inclusive" if invoice.inclusive else "exclusive",
        rounding=invoice.rounding,  # type: ignore[arg-type]  # one of tax.ROUNDINGS
        banks=tuple(
            Bank(
                bank=row.bank_name,
                branch=row.branch_name,
                kind=account_kind(row.kind),
                number=row.number,
                holder=row.holder,
            )
            for row in banks
        ),
        original=_original(invoice, [*sold.values(), *(line.reduces for line in lines if line.reduces)]),
        reason=_reason(invoice),
    )


def _terms(agreed: Terms | None, invoice: Invoice, *, asks: bool) -> str:
    """What was agreed (月末締め、翌月末日に銀行振込), why the day is another one where banks are closed, what we ask
    for, whose the fee is. asks: our account is there."""
    if agreed is None:
        return TRANSFER if asks else ""
    closing = f"{agreed.closing_day}日締め" if agreed.closing_day else "月末締め"
    month = MONTHS.get(agreed.pay_month_offset) or f"{agreed.pay_month_offset}か月後の"
    day = f"{agreed.pay_day}日" if agreed.pay_day else "末日"
    way, ask = WAYS[agreed.way]
    if agreed.way == Terms.Way.TRANSFER:
        ask = f"{ask}\n{FEES.get(agreed.fee, '')}" if asks else ""
    moved = any(row.due_on != row.nominal_on for row in invoice.instalments.all())
    why = f"\n{MOVED[agreed.shift]}" if moved else ""
    return f"{closing}、{month}{day}に{way}{why}\n{ask}".strip()


def _original(invoice: Invoice, sold: Sequence[Invoice]) -> Original | None:
    """What it corrects; of a return invoice the invoices on which what is given back was sold, all by name."""
    corrects = invoice.corrects
    if invoice.kind != Invoice.Kind.RETURN:
        return (
            Original(number=corrects.number, issued_on=corrects.issued_on, total=corrects.total) if corrects else None
        )
    named = {row.number: row.issued_on for row in sorted(sold, key=lambda row: row.pk)}
    if len(named) > 1:
        return Original(number="、".join(named))
    return next((Original(number=number, issued_on=issued_on) for number, issued_on in named.items()), None)


def _reason(invoice: Invoice) -> str:
    """Why; of a return invoice that replaces another one, that it does."""
    if invoice.kind == Invoice.Kind.RETURN and invoice.corrects:
        return f"先にお届けした{invoice.corrects.number}を本書に差し替えます（{invoice.reason}）"
    return f"お客様のご依頼による変更: {invoice.reason}" if invoice.wished else invoice.reason


def _days(lines: Sequence[InvoiceLine]) -> tuple[date, date] | None:
    """The first and the last day on which something came back."""
    days = [line.traded_on for line in lines]
    return (min(days), max(days)) if days else None


def _line(line: InvoiceLine, sold: Mapping[int, Invoice], *, back: bool) -> Line:
    """A line as it is printed; back: of a return, above zero and under the day on which it was sold."""
    sign = -1 if back else 1
    return Line(
        on=_sold_day(line) if back else line.traded_on, description=line.description, quantity=sign * line.quantity,
        unit=line.unit, unit_price=line.unit_price, rate=RATES[line.rate], amount=sign * line.amount, note=line.note,
        sources=_sources(line, sold),
    )  # fmt: skip


def _sold_day(line: InvoiceLine) -> date | None:
    """When what is given back was sold: the day of its delivery, of a price reduction the last day of its invoice."""
    of = line.delivery_line.of if line.delivery_line is not None else None
    if of is not None:
        return of.delivery.delivered_on
    return _sold_on(line.reduces) if line.reduces is not None else None


def _sold_on(invoice: Invoice) -> date | None:
    """The last day of what an invoice bills."""
    last = invoice.lines.aggregate(last=Max("traded_on", filter=Q(quantity__gt=0)))["last"]
    return last or invoice.delivered_on or invoice.issued_on


def _sources(line: InvoiceLine, sold: Mapping[int, Invoice]) -> tuple[Source, ...]:
    """The records a line comes from; of what came back also the delivery and the invoice on which it was sold, since
    the law wants the day of that sale also where it is taken off within an invoice (消費税法57条の4③)."""
    if line.delivery_line is not None:
        note, of = line.delivery_line.delivery, line.delivery_line.of
        if line.quantity >= 0 or of is None:
            return (Source(number=note.number, on=note.delivered_on, label="返品" if line.quantity < 0 else "納品書"),)
        told = [Source(number=note.number, on=note.delivered_on, label="返品"),
                Source(number=of.delivery.number, on=of.delivery.delivered_on)]  # fmt: skip
        if invoice := sold.get(of.pk):
            told.append(Source(number=invoice.number, on=invoice.issued_on, label="もとの請求書"))
        return tuple(told)
    if line.contract is not None:
        return (Source(number=line.contract.number, label="契約書"),)
    if line.reduces is not None:
        return (Source(number=line.reduces.number, on=line.reduces.issued_on, label="もとの請求書"),)
    typed = line.invoice  # by its sums alone: the delivery note it names is on paper elsewhere
    return (Source(number=typed.delivery_number, on=typed.delivered_on),) if typed.delivery_number else ()


def _label(row: Instalment) -> str:
    return {"deposit": "着手金", "interim": "中間金"}.get(row.kind, "")


def account_kind(kind: str) -> str:
    """Return the kind of an account of ours as papers print it."""
    return {"ordinary": "普通", "current": "当座", "savings": "貯蓄"}[kind]
