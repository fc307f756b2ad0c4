"""Four months of deliveries, invoices and payments: a hundred of them, some due today, a few still open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from billing.due import Part
from billing.models import Instalment, Invoice
from billing.services import (
    invoice_create,
    invoice_issue,
    invoice_sent,
    invoices_check,
    payment_record,
    thank_you_call_record,
)
from billing.thank_you import source_of
from config.demo.days import Days
from config.demo.firms import FIRMS, Pays
from customers.models import Activity, Customer
from office.clock import local_day
from office.models import User

GOODS = (  # subject, unit, yen before tax for one
    ("ボールねじ BS-2510", "本", 86_000),
    ("リニアガイド LG-35 組品", "組", 124_500),
    ("主軸スピンドルユニット SP-40", "台", 780_000),
    ("フレキシブルカップリング FC-16", "個", 18_400),
    ("平歯車 m2 加工品", "枚", 9_800),
    ("軸受ハウジング H-208", "個", 32_600),
    ("搬送ローラー R-60", "本", 7_450),
    ("組立治具 J-7", "式", 412_000),
    ("減速機 GR-50 修理", "台", 168_000),
    ("定期点検(年2回契約)", "式", 240_000),
    ("位置決めユニット XY-300", "台", 1_180_000),
)
AMOUNTS = (2, 4, 1, 24, 60, 8, 120, 1, 1, 1, 1)
ROUNDS = 4  # deliveries of each firm
LARGE = 700_000  # yen before tax
SPLIT = frozenset({"C-0108", "C-0111", "C-0114", "C-0117", "C-0122"})  # they pay the large unit in parts
UNPAID = frozenset({("C-0107", 2), ("C-0119", 3)})  # past their day and still to come
PAY_TODAY = ("C-0104", "C-0108", "C-0110")  # money moves on the day of the demo
WHOLE = (Part(percent=Decimal(100)),)
TAX = Decimal("0.1")


class Delivery(NamedTuple):
    """What went out to whom, and how it was billed."""

    code: str
    round: int
    day: date
    goods: int
    number: str  # of the delivery note

    @property
    def net(self) -> int:
        """Yen before tax."""
        return GOODS[self.goods][2] * AMOUNTS[self.goods]

    @property
    def quantity(self) -> str:
        """As printed."""
        return f"{AMOUNTS[self.goods]}{GOODS[self.goods][1]}"


def pays_today(days: Days) -> dict[str, Pays]:
    """Terms under which last month's deliveries are paid on the day of the demo; from the 29th on at month's end."""
    day = days.bank_day().day
    return {code: Pays(0, 1, day if day <= 28 else 0) for code in PAY_TODAY}


def make_invoices(days: Days, customers: dict[str, Customer], people: dict[str, User]) -> None:
    """Every delivery is billed within two business days, paid on its day and thanked for; what is there stays."""
    billed = set(Invoice.objects.values_list("delivery_number", flat=True))
    for delivery in sorted(_deliveries(days), key=lambda delivery: (delivery.day, delivery.code)):
        if delivery.number not in billed:
            _bill(delivery, days, customers[delivery.code], people)
    pay(days, people)
    _pay_early(days, customers["C-0114"], people["billing"])


def pay(days: Days, people: dict[str, User]) -> None:
    """What was due comes in, but for two, and the owner rings with thanks."""
    for instalment in _due(days):
        _pay(instalment, days, people)


def tax_of(net: int) -> int:
    """Ten percent, cut to whole yen once per invoice."""
    return int(net * TAX)


def _deliveries(days: Days) -> list[Delivery]:
    found = []
    for place, firm in enumerate(FIRMS):
        for round_ in range(ROUNDS):
            day = days.work(days.month_before(ROUNDS - round_, 3 + (place * 5 + round_ * 7) % 24)).date()
            goods = (place * 3 + round_ * 4) % len(GOODS)
            number = f"D-{day:%Y%m%d}-{place + 1:03d}"
            found.append(Delivery(firm.code, round_, day, goods, number))
    return found


def _bill(delivery: Delivery, days: Days, customer: Customer, people: dict[str, User]) -> None:
    planned = days.calendar.business_day_after(delivery.day, 2)
    at = days.work(planned, "14:20")
    invoice = invoice_create(
        customer_id=customer.pk, subject=GOODS[delivery.goods][0], net=delivery.net, tax=tax_of(delivery.net),
        by=people["billing"], at=at, quantity=delivery.quantity, delivery_number=delivery.number,
        delivered_on=delivery.day, planned_on=planned,
        parts=_parts(delivery),
    )  # fmt: skip
    if local_day(at) < days.today:
        check_and_issue(invoice, people, at + timedelta(minutes=95))
        post(invoice, people, at + timedelta(minutes=130))


def check_and_issue(invoice: Invoice, people: Mapping[str, User], at: datetime) -> None:
    """The second clerk compares it with the delivery, the first sends it off."""
    invoices_check(seen={invoice.pk: invoice.version}, by=people["billing2"], at=at - timedelta(minutes=25))
    invoice_issue(invoice_id=invoice.pk, by=people["billing"], at=at)


def post(invoice: Invoice, people: Mapping[str, User], at: datetime) -> None:
    """It goes out in the evening's mail."""
    invoice_sent(invoice_id=invoice.pk, how=Invoice.Sent.POST, by=people["billing"], at=at)


def _parts(delivery: Delivery) -> tuple[Part, ...]:
    """Large units of some firms: a deposit that counts from a month earlier, the rest with the delivery."""
    if delivery.code not in SPLIT or delivery.net < LARGE:
        return WHOLE
    ordered = delivery.day - timedelta(days=31)
    return Part(kind="deposit", percent=Decimal(30), base=ordered), Part(kind="final", percent=Decimal(70))


def _due(days: Days) -> list[Instalment]:
    """What should have come in by yesterday and has not, the oldest first."""
    rows = Instalment.objects.filter(
        due_on__lt=days.bank_day(), invoice__state="issued", payments=None, invoice__delivery_number__startswith="D-"
    )
    return [row for row in rows.select_related("invoice__customer__owner") if _place(row, days) not in UNPAID]


def _place(row: Instalment, days: Days) -> tuple[str, int]:
    delivered = row.invoice.delivered_on or days.today
    months = (days.today.year - delivered.year) * 12 + days.today.month - delivered.month
    return row.invoice.customer.code, ROUNDS - months


def _pay(row: Instalment, days: Days, people: dict[str, User]) -> None:
    at = days.work(row.due_on, "10:20")
    issued = row.invoice.issued_on or row.due_on
    if issued > local_day(at):  # a deposit of an order that was billed with its delivery
        at = days.work(days.calendar.business_day_after(issued, 1), "10:20")
    if at > days.anchor:
        return
    customer = row.invoice.customer
    payment_record(
        invoice_id=row.invoice_id, instalment_id=row.pk, amount=row.amount, received_on=local_day(at),
        by=people["billing"], at=at, key=f"demo:{row.pk}", payer=customer.kana,
    )  # fmt: skip
    _thank(row, customer.owner, at + timedelta(minutes=70 + row.pk % 5 * 35))


def _thank(row: Instalment, by: User, at: datetime) -> None:
    """The owner rings the same day; once in a while nobody is at the desk."""
    if not Activity.objects.open().filter(source=source_of(row.pk)).exists():
        return
    contact = row.invoice.customer.contacts.order_by("decides", "pk").first()
    contact_id = contact.pk if contact else None
    if row.pk % 9 == 0:
        thank_you_call_record(instalment_id=row.pk, outcome="absent", by=by, at=at, key=f"demo:{row.pk}:1",
                              contact_id=contact_id)  # fmt: skip
    thank_you_call_record(
        instalment_id=row.pk, outcome="reached", by=by, at=at + timedelta(minutes=40), key=f"demo:{row.pk}:2",
        contact_id=contact_id, note=THANKED[row.pk % len(THANKED)],
    )  # fmt: skip


THANKED = (
    "ご入金のお礼をお伝えした。「いつもご丁寧に」とのこと",
    "お礼をお伝えした。来月の納期についてご質問があり、折り返しの約束をした",
    "お礼をお伝えした。設備の調子は良好とのこと",
    "",
)


def _pay_early(days: Days, customer: Customer, by: User) -> None:
    """One customer pays before the day: the call of thanks opens at once, in the words for money that has come."""
    rows = Instalment.objects.filter(invoice__customer=customer, invoice__state="issued", due_on__gt=days.bank_day())
    row = rows.filter(payments=None).order_by("due_on", "pk").first()
    if row is not None and not customer.invoices.filter(payments__key="demo:early").exists():
        payment_record(
            invoice_id=row.invoice_id, instalment_id=row.pk, amount=row.amount, received_on=local_day(days.anchor),
            by=by, at=days.anchor, key="demo:early", payer=customer.kana,
        )  # fmt: skip
