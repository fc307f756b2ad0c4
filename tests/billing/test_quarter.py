"""A company's quarter on the clock: customers of mixed terms, deliveries, returns, contracts; drafts, two people,
issue, sending; bank files and calls.

Thirty faults are planted: all are found, and nothing else is. All money stands where it was meant for, and everybody
is thanked once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Sum

from billing import verify
from billing.models import (
    BankReceipt,
    Contract,
    Delivery,
    Instalment,
    Invoice,
    InvoiceLine,
    PayerName,
    Payment,
    Terms,
)
from billing.selectors import receipts_open
from billing.selectors.checking import Draft, drafts_to_check
from billing.selectors.watch import gaps
from billing.services import (
    Change,
    Line,
    contract_create,
    delivery_create,
    draft_change,
    draft_discard,
    draft_gather,
    drafts_sweep,
    invoice_issue,
    invoice_sent,
    invoices_check,
    order_create,
    return_gather,
    return_settle,
)
from customers.models import Activity, Call, Customer
from office.clock import JST, local_day
from office.selectors import business_calendar
from office.viewer import viewer_for
from tests.billing.quarter_money import THANKS, TOO_MUCH, QuarterMoney, kana
from tests.cast import make_customer
from tests.proof.dice import SEED, again, often

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
FAULTS = (
    *["returned"] * 2, *["forgotten"] * 6, *["dropped"] * 5, *["unissued"] * 4, *["unsent"] * 3, *["price"] * 4,
    *["rate"] * 2, *["quantity"] * 2, "twice", "sums",
)  # fmt: skip
FOUND_AS = {  # else as it is called; what is written twice on its note is more than was ordered, too
    "forgotten": ("unbilled",), "dropped": ("period",), "twice": ("twice", "quantity"),
}  # fmt: skip
LATER = {"forgotten", "dropped"}  # the watch finds it, or the next cutoff
EARLY = ("returned", "sums")  # what follows takes its time
ITEMS = ("ボールねじ", "リニアガイド", "減速機", "軸受", "歯車")


class Quarter:
    """The months as they pass, and what was planted and found on the way, as (how it is found, for whom)."""

    def __init__(self, cast: SimpleNamespace, customers: int) -> None:
        self.cast, self.dice = cast, random.Random(SEED)
        self.hours = business_calendar()
        self.customers = [self.customer(n) for n in range(customers)]
        days = [day for day in _days() if self.hours.is_business_day(day) and day.month in (10, 11)]
        early = [day for day in days if day.month == 10]
        chosen = self.dice.sample(self.customers, len(FAULTS))
        chosen.sort(key=lambda customer: customer.contracts.exists())  # what came back is taken off no contract's month
        self.faults = {
            customer.pk: (fault, self.dice.choice(early if fault in EARLY else days))
            for customer, fault in zip(chosen, FAULTS, strict=True)
        }
        self.planted: Counter[tuple[str, int]] = Counter()
        self.found: set[tuple[str, int]] = set()
        self.late: list[tuple[date, Customer]] = []
        self.back: list[tuple[date, Customer]] = []
        self.number = 0
        self.money = QuarterMoney(cast, random.Random(SEED), self.customers)

    def customer(self, n: int) -> Customer:
        customer = make_customer(f"Q-{n:03d}", f"第{n}工業株式会社", self.cast.rep, kana=kana(n))
        closing, day = self.dice.choice([0, 0, 10, 15, 20, 25]), self.dice.choice([0, 10, 25])
        Terms.objects.create(
            customer=customer, closing_day=closing, pay_day=day, pay_month_offset=self.dice.choice([1, 2]),
            shift=self.dice.choice(["before", "after"]), thank_you=THANKS[n % len(THANKS)],
        )  # fmt: skip
        if n % 4 == 0:
            goods = Line(description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(30_000))
            contract_create(
                number=f"K-{n:03d}", customer_id=customer.pk, line=goods, first_on=FIRST, by=self.cast.billing,
                at=_at(FIRST, 9), in_advance=n % 8 == 0,
            )  # fmt: skip
        return customer

    def pass_by(self) -> Quarter:
        for day in _days():
            if self.hours.is_business_day(day):
                self.money.opening(_at(day, 9))
                self.morning(day)
                self.deliver(day)
                self.money.pay(day)
            drafts_sweep(at=_at(day, 18))
            self.spoil()
        self.morning(self.hours.business_day_after(LAST, 1))
        for count in (1, 2):  # the money of the last days comes in, the last calls are made
            self.money.opening(_at(self.hours.business_day_after(LAST, count), 9))
        return self

    def spoil(self) -> None:
        """A draft of the evening is damaged: its tax is not what its lines come to."""
        marked = [pk for pk, (fault, _on) in self.faults.items() if fault == "sums"]
        draft = Invoice.objects.filter(customer__in=marked, state="draft").first()
        if draft is not None and ("sums", draft.customer_id) not in self.planted:
            self.planted["sums", draft.customer_id] += 1
            Invoice.objects.filter(pk=draft.pk).update(tax=draft.tax + 1_000, total=draft.total + 1_000)

    # -- what people do

    def deliver(self, day: date) -> None:
        for customer in self.customers:
            fault, on = self.faults.get(customer.pk, ("", None))
            if on == day:
                self.plant(fault, customer, day)
            elif self.dice.random() < 0.1 and fault != "returned":
                self.delivery(customer, day, fault="")
        for customer in [customer for on, customer in self.late if on == day]:
            self.delivery(customer, day - timedelta(days=40), fault="forgotten")
        for customer in [customer for on, customer in self.back if on == day]:
            self.return_part(customer, day)

    def plant(self, fault: str, customer: Customer, day: date) -> None:
        if fault != "sums":  # that one is planted in the draft itself
            for kind in FOUND_AS.get(fault, (fault,)):
                self.planted[kind, customer.pk] += 1
        if fault == "forgotten":  # it is written down long after its cutoff
            self.late.append((self.hours.business_day_after(day + timedelta(days=30), 1), customer))
        elif fault == "dropped":
            goods = Line(description="レンタル", quantity=Decimal(1), unit="月", unit_price=Decimal(20_000))
            contract_create(
                number=f"L-{customer.pk}", customer_id=customer.pk, line=goods, first_on=day, last_on=day,
                by=self.cast.billing, at=_at(day, 11),
            )  # fmt: skip
        else:
            self.delivery(customer, day, fault=fault)

    def delivery(self, customer: Customer, day: date, *, fault: str) -> None:
        self.number += 1
        n, at, by = self.number, _at(max(day, FIRST), 15), self.cast.billing
        goods = Line(description=self.dice.choice(ITEMS), quantity=Decimal(self.dice.randint(5, 9)), unit="個",
                     unit_price=Decimal(self.dice.choice([1_000, 8_000])), rate=10)  # fmt: skip
        order = order_create(number=f"O-{n}", customer_id=customer.pk, ordered_on=day, lines=[goods], by=by, at=at)
        more: dict[str, dict[str, Any]] = {
            "price": {"unit_price": Decimal(950)},
            "rate": {"rate": 8},
            "quantity": {"quantity": Decimal(30)},
        }
        usual: dict[str, Any] = {"quantity": goods.quantity, "order_line": 1}
        came = Line(**usual | more.get(fault, {}))
        lines = [came, came] if fault == "twice" else [came]
        delivery_create(
            number=f"D-{n}", customer_id=customer.pk, delivered_on=day, lines=lines, order=order.number, by=by, at=at
        )
        if not fault and self.dice.random() < 0.3:
            line = Line(quantity=Decimal(self.dice.randint(1, 5)), of=(f"D-{n}", 1))
            delivery_create(
                number=f"R-{n}", customer_id=customer.pk, delivered_on=day, lines=[line], kind="return", by=by, at=at
            )

    def return_part(self, customer: Customer, day: date) -> None:
        """Some of what was billed comes back, and nothing more is delivered from which it could be taken off."""
        note = Delivery.objects.get(customer=customer).number
        line = Line(quantity=Decimal(2), of=(note, 1))
        delivery_create(
            number=f"R-{note}", customer_id=customer.pk, delivered_on=day, lines=[line], kind="return",
            by=self.cast.billing, at=_at(day, 15),
        )  # fmt: skip

    # -- what the clerks do, and what they are shown

    def morning(self, day: date) -> None:
        at, second = _at(day, 10), viewer_for(self.cast.billing2, _at(day, 10))
        for gap in gaps(at):
            self.found.add((gap.kind, gap.customer.pk))
            if gap.kind == "returned":
                return_gather(customer_id=gap.customer.pk, until=day, by=self.cast.billing, at=at)
            if gap.kind == "sums":  # whatever has changed it behind our back, gathered anew it is right
                wrong = Invoice.objects.get(number=gap.number)
                draft_discard(invoice_id=wrong.pk, by=self.cast.billing, at=at)
                draft_gather(customer_id=gap.customer.pk, until=gap.closing, by=self.cast.billing, at=at)
        for draft in drafts_to_check(second):
            customer = draft.invoice.customer_id
            fault, _on = self.faults.get(customer, ("", None))
            told = {"late": FOUND_AS[fault][0]} if fault in LATER else {}  # or taken in by the next cutoff at once
            self.found |= {(told.get(one.kind, one.kind), customer) for one in draft.findings if one.grave}
            if fault == "dropped" and any(map(is_rent, draft.lines)):
                self.drop(draft, at)
            elif fault == "unissued" and not self.has_waited(customer) and self.is_planted(draft.lines, customer):
                continue
            else:
                self.send(draft.invoice, fault, at)

    def drop(self, draft: Draft, at: datetime) -> None:
        """The month of the contract is taken out once; it is gathered again by the next cutoff."""
        invoice = draft.invoice
        if ("period", invoice.customer_id) not in self.found:
            rent = {line.place: Change(dropped=True) for line in draft.lines if is_rent(line)}
            if len(rent) == len(draft.lines):
                draft_discard(invoice_id=invoice.pk, by=self.cast.billing, at=at)
                return
            invoice = draft_change(invoice_id=invoice.pk, version=1, changes=rent, by=self.cast.billing, at=at)
        self.send(invoice, "", at)

    def customer_of(self, invoice: Invoice) -> Customer:
        return next(customer for customer in self.customers if customer.pk == invoice.customer_id)

    def has_waited(self, customer: int) -> bool:
        return ("unissued", customer) in self.found

    def is_planted(self, lines: object, customer: int) -> bool:
        on = self.faults[customer][1]
        return any(line.traded_on == on for line in lines)  # type: ignore[attr-defined]

    def send(self, invoice: Invoice, fault: str, at: datetime) -> None:
        invoices_check(seen={invoice.pk: invoice.version}, by=self.cast.billing2, at=at)
        invoice_issue(invoice_id=invoice.pk, by=self.cast.billing, at=at)
        if invoice.kind == Invoice.Kind.RETURN:
            return_settle(
                invoice_id=invoice.pk, how="refunded", amount=-invoice.total, settled_on=local_day(at),
                by=self.cast.billing, at=at, key=invoice.number,
            )  # fmt: skip
        elif fault == "returned":
            self.back.append((self.hours.business_day_after(local_day(at), 3), self.customer_of(invoice)))
        if fault == "unsent" and ("unsent", invoice.customer_id) not in self.found:
            return
        invoice_sent(invoice_id=invoice.pk, how="post", by=self.cast.billing, at=at)


def is_rent(line: InvoiceLine) -> bool:
    return line.contract is not None and line.contract.number.startswith("L-")


def _days() -> Iterator[date]:
    return (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), JST)


def test_a_quarter_on_the_clock(cast: SimpleNamespace) -> None:
    quarter = Quarter(cast, often(32, 200)).pass_by()
    every_planted_fault_is_found_and_nothing_else(quarter)
    numbers_have_no_gap_and_no_month_is_billed_twice()
    all_money_stands_where_it_was_meant(quarter.money)
    everybody_is_thanked_once(quarter)
    only_who_is_late_is_asked(quarter.money)
    assert list(verify.problems()) == []
    assert Delivery.objects.count() > 100
    assert Contract.objects.count() > 10


def every_planted_fault_is_found_and_nothing_else(quarter: Quarter) -> None:
    planted = set(quarter.planted)
    assert len(planted) == 31  # thirty faults, of which one is found in two ways
    assert planted - quarter.found == set(), f"not found, {again()}"
    assert quarter.found - planted == set(), f"a false alarm, {again()}"


def numbers_have_no_gap_and_no_month_is_billed_twice() -> None:
    numbers = sorted(Invoice.objects.filter(state="issued").values_list("number", flat=True))
    assert numbers == [f"INV-{year}-{n:04d}" for year in (26, 27) for n in range(1, 1 + sum(
        number.startswith(f"INV-{year}") for number in numbers))]  # fmt: skip
    months = InvoiceLine.objects.filter(contract__isnull=False)
    assert months.values("contract", "period_on").distinct().count() == months.count()


def all_money_stands_where_it_was_meant(money: QuarterMoney) -> None:
    """What is certain is right, what nobody can know is never certain, and no file books anything by itself."""
    assert money.surprises == [], again()
    booked = Payment.objects.values_list("instalment").annotate(Sum("amount")).order_by("instalment")
    assert dict(booked) == dict(money.paid), again()
    assert not receipts_open().exists()
    kept = BankReceipt.objects.filter(cancels=False, cancelled_by__isnull=True).aggregate(sum=Sum("amount"))["sum"]
    came = Payment.objects.filter(kind="money").aggregate(sum=Sum("amount"))["sum"]
    aside = BankReceipt.objects.filter(state="aside").count()
    assert kept == came + aside * TOO_MUCH
    assert money.certain > 0
    assert money.by_hand > 0
    assert PayerName.objects.count() == len(money.learned) > 0


def everybody_is_thanked_once(quarter: Quarter) -> None:
    """Whoever is to be thanked, on the morning of the payment day or of the money when that came before."""
    hours, until, opened = quarter.hours, max(quarter.money.known), {}
    parts = Instalment.objects.filter(invoice__state="issued", amount__gt=0).order_by("due_on")
    first: dict[int, date] = {}
    for part in parts.select_related("invoice__customer__terms"):
        customer = part.invoice.customer
        is_key = part.amount >= 1_000_000 or part.due_on == first.setdefault(customer.pk, part.due_on)
        day = min(part.due_on, quarter.money.came.get(part.pk, part.due_on))
        day = day if hours.is_business_day(day) else hours.business_day_after(day, 1)
        if {"every": True, "key": is_key, "none": False}[customer.terms.thank_you] and day <= until:
            opened[f"thank-you:{part.pk}"] = day
    calls = Activity.objects.filter(source__startswith="thank-you:")
    assert {row.source: local_day(row.opened_at) for row in calls} == opened, again()
    assert all(opened[row.source] > LAST for row in calls if row.state == "open"), again()
    made = Call.objects.filter(source__startswith="thank-you:", outcome__in=["reached", "message_left"])
    assert sorted(made.values_list("source", flat=True)) == sorted(row.source for row in calls if row.state == "done")
    assert len(opened) > 20


def only_who_is_late_is_asked(money: QuarterMoney) -> None:
    """From the third business day on, when the books know of later days; the money that comes ends it by itself."""
    asked = {row.source: row.state for row in Activity.objects.filter(source__startswith="payment-reminder:")}
    assert asked == {
        f"payment-reminder:{part}:1": "dropped" if part in money.came else "open"
        for due, part in money.late
        if any(
            money.hours.business_days_between(due, day) >= 3 and known > due and day < money.came.get(part, date.max)
            for day, known in money.known.items()
        )
    }, again()
