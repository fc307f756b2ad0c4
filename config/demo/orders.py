"""What is still to deliver (one order has no date, one is late), the price list, an invoice that was corrected, and what
came in by the bank this morning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from billing.models import BankReceipt, Delivery, Instalment, Invoice, Order, Price
from billing.services import (
    Booking,
    Change,
    Line,
    delivery_create,
    draft_change,
    draft_gather,
    invoice_correct,
    invoice_sent,
    order_create,
    price_put,
    receipt_book,
    receipts_import,
)
from config.demo.days import Days
from config.demo.invoices import GOODS, check_and_issue
from customers.models import Customer
from office.models import User
from office.viewer import viewer_for

LISTED = 240  # business days ago: the list came out
RAISED = (3, 18_900)  # which goods cost more since some days: a draft of the demo still has the price before
OWN = ("C-0101", 0, 84_000)  # what one customer pays
WRONG, RIGHT = Decimal(10_800), Decimal(9_800)  # yen: what was typed on a delivery note, and what was agreed
REASON = "納品書の単価に誤りがあり、お約束の単価に直しました。"
STRANGER = ("ヤマダ シヨウジ", 88_000)  # of no customer of ours
BOOKED = "C-0123"
TRANSFERS = {BOOKED: 0, "C-0107": 0, "C-0121": 440}  # whose came in, and the yen that their bank kept back


def make_orders(days: Days, customers: Mapping[str, Customer], people: Mapping[str, User]) -> None:
    """Orders, prices and the corrected invoice; what is there stays."""
    clerk = people["billing"]
    _prices(days, customers, clerk)
    _order(days, customers["C-0117"], clerk, 6, 961, None, (0, 8), (1, 2))
    _order(days, customers["C-0104"], clerk, 8, 962, days.ago(1).date(), (5, 20), (4, 100))
    _order(days, customers["C-0120"], clerk, 3, 963, days.ahead(9).date(), (2, 1))
    late = f"O-{days.ago(8):%Y%m%d}-962"
    if not Delivery.objects.filter(order__number=late).exists():
        delivery_create(
            number=f"D-{days.ago(3):%Y%m%d}-962", customer_id=customers["C-0104"].pk, delivered_on=days.ago(3).date(),
            lines=[Line(quantity=Decimal(12), order_line=1)], order=late, by=clerk, at=days.ago(3, "15:30"),
        )  # fmt: skip
    _corrected(days, customers["C-0115"], people)


def _prices(days: Days, customers: Mapping[str, Customer], by: User) -> None:
    if Price.objects.exists():
        return
    with transaction.atomic():
        came_out = days.ago(LISTED)
        for description, _unit, yen in GOODS:
            price_put(product=description, unit_price=Decimal(yen), from_on=came_out.date(), by=by, at=came_out)
        goods, yen = RAISED
        price_put(product=GOODS[goods][0], unit_price=Decimal(yen), from_on=days.ago(5).date(), by=by, at=days.ago(12))
        code, goods, yen = OWN
        price_put(
            product=GOODS[goods][0], unit_price=Decimal(yen), from_on=came_out.date(), customer_id=customers[code].pk,
            by=by, at=came_out,
        )  # fmt: skip


def _order(
    days: Days, customer: Customer, by: User, ago: int, place: int, promised_on: date | None, *goods: tuple[int, int]
) -> None:
    number, at = f"O-{days.ago(ago):%Y%m%d}-{place}", days.ago(ago, "10:40")
    if not Order.objects.filter(number=number).exists():
        lines = [_line(which, Decimal(quantity)) for which, quantity in goods]
        order_create(number=number, customer_id=customer.pk, ordered_on=at.date(), lines=lines, by=by, at=at,
                     promised_on=promised_on)  # fmt: skip


def _line(which: int, quantity: Decimal, price: Decimal | None = None) -> Line:
    description, unit, yen = GOODS[which]
    return Line(description=description, unit=unit, unit_price=Decimal(yen) if price is None else price,
                quantity=quantity)  # fmt: skip


def _corrected(days: Days, customer: Customer, people: Mapping[str, User]) -> None:
    """Billed at the price on the note; the customer asks, and a new document puts it right. Some came back later."""
    number, clerk = f"D-{days.ago(7):%Y%m%d}-951", people["billing"]
    if Delivery.objects.filter(number=number).exists():
        return
    with transaction.atomic():
        delivery_create(
            number=number, customer_id=customer.pk, delivered_on=days.ago(7).date(),
            lines=[_line(4, Decimal(60), WRONG)], by=clerk, at=days.ago(7, "15:10"),
        )  # fmt: skip
        draft = draft_gather(customer_id=customer.pk, until=days.ago(7).date(), by=clerk, at=days.ago(6, "10:15"))
        check_and_issue(draft, people, days.ago(6, "13:40"))
        invoice_sent(invoice_id=draft.pk, how=Invoice.Sent.POST, by=clerk, at=days.ago(6, "15:00"))
        new = invoice_correct(invoice_id=draft.pk, reason=REASON, by=clerk, at=days.ago(4, "11:20"))
        changes = {1: Change(unit_price=RIGHT)}
        new = draft_change(invoice_id=new.pk, version=new.version, changes=changes, by=clerk, at=days.ago(4, "11:25"))
        check_and_issue(new, people, days.ago(4, "14:30"))
        invoice_sent(invoice_id=new.pk, how=Invoice.Sent.POST, by=clerk, at=days.ago(4, "15:30"))
        delivery_create(
            number=f"R-{days.ago(2):%Y%m%d}-951", customer_id=customer.pk, delivered_on=days.ago(2).date(),
            kind=Delivery.Kind.RETURN, lines=[Line(quantity=Decimal(3), of=(number, 1))], by=clerk,
            at=days.ago(2, "11:10"),
        )  # fmt: skip


@transaction.atomic
def make_transfers(days: Days, customers: Mapping[str, Customer], people: Mapping[str, User]) -> None:
    """What the bank told this morning: one is booked, one fits to the yen, one less by a fee, one of nobody we know."""
    if BankReceipt.objects.exists():
        return
    at, clerk = days.anchor, people["billing"]
    owed = [(row, kept) for code, kept in TRANSFERS.items() if (row := _owed(customers[code]))]
    told = [(row.invoice.customer.kana, row.amount - kept) for row, kept in owed]
    lines = [f"{days.bank_day():%Y/%m/%d},{yen},{payer}" for payer, yen in (*told, STRANGER)]
    told_by_bank = "\n".join(["日付,入金金額,振込依頼人名", *lines])
    receipts_import(data=told_by_bank.encode(), viewer=viewer_for(clerk, at))
    for row, _kept in owed:
        if row.invoice.customer.code == BOOKED:
            receipt = BankReceipt.objects.get(payer=row.invoice.customer.kana)
            receipt_book(receipt_id=receipt.pk, parts=[Booking(row.pk, row.amount)], by=clerk, at=at,
                         key="demo")  # fmt: skip


def _owed(customer: Customer) -> Instalment | None:
    """The first that this customer has still to pay; in the first days of a month there may be none."""
    rows = Instalment.objects.filter(invoice__customer=customer, invoice__state=Invoice.State.ISSUED, payments=None)
    return rows.select_related("invoice__customer").order_by("due_on", "pk").first()
