"""How the customers of a quarter pay, what the bank tells of it, and what a clerk and the reps do with that.

The truth is kept here, apart from the books: which transfer was meant for what.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from billing.models import Instalment, Payment
from billing.selectors import Proposed, proposed
from billing.services import (
    Booking,
    payment_reminder_record,
    payment_reminders_sweep,
    receipt_book,
    receipt_put_aside,
    receipts_import,
    thank_you_call_record,
    thank_you_calls_sweep,
)
from customers.models import Activity, Call, Customer
from office.clock import local_day
from office.selectors import business_calendar
from office.viewer import viewer_for
from tests.billing.bankfile import Sent, notices

HABITS = (
    "on_day", "early", "fee", "in_two", "late", "in_one_sum", "on_day", "unknown_name", "like_another", "cancelled",
    "too_much",
)  # fmt: skip
THANKS = ("every", "every", "key", "key", "none")
# All sums of the quarter end in 0 or 5, so that what differs by these never looks like another invoice by chance.
FEE, TOO_MUCH = 154, 11
THANKED = ["reached", "message_left", "absent", "call_back"]
MISTYPED = 90_000
LATE = 8  # business days


@dataclass(frozen=True)
class Paid:
    """A transfer as its payer meant it: (instalment, yen) of each part, none when the bank takes it back.

    plain: sum and name may tell what it is for; else only a person can find out.
    """

    sent: Sent
    meant: tuple[tuple[int, int], ...] = ()
    plain: bool = True


def kana(n: int) -> str:
    """How customer `n` is read; some share their reading with others."""
    return "フタゴコウギョウ" if habit(n) == "like_another" else f"ダイ{n}コウギョウ"


def name(n: int) -> str:
    """How a bank writes customer `n`."""
    return {"like_another": "ｶ)ﾌﾀｺﾞｺｳｷﾞﾖｳ", "unknown_name": f"ﾔﾏﾓﾄ ﾊﾅｺ{n}"}.get(habit(n), f"ｶ)ﾀﾞｲ{n}ｺｳｷﾞﾖｳ")


def habit(n: int) -> str:
    return HABITS[n % len(HABITS)]


class QuarterMoney:
    """What is paid, brought in, booked, thanked for and asked about, day by day."""

    def __init__(self, cast: SimpleNamespace, dice: random.Random, customers: Sequence[Customer]) -> None:
        self.cast, self.dice, self.hours = cast, dice, business_calendar()
        self.n_of = {customer.pk: n for n, customer in enumerate(customers)}
        self.plans: dict[date, list[Paid]] = defaultdict(list)
        self.sums: dict[int, list[Instalment]] = defaultdict(list)  # of whoever pays all at once: not paid yet
        self.owed: dict[int, tuple[int, int]] = {}  # instalment → (customer, yen)
        self.paid_before: Counter[int] = Counter()
        self.paid: Counter[int] = Counter()  # instalment → yen that were meant for it and are booked
        self.came: dict[int, date] = {}  # instalment → the day on which the first of them were
        self.late: list[tuple[date, int]] = []  # (payment day, instalment) of whoever pays long after
        self.learned: set[str] = set()
        self.certain = self.by_hand = 0
        self.known: dict[date, date] = {}  # of each morning: the latest day on which money came
        self.surprises: list[str] = []  # what must not be

    # -- what the customers and their banks do

    def pay(self, day: date) -> None:
        """What is transferred this day. Who has got an invoice decides when and how it will be paid."""
        new = Instalment.objects.filter(invoice__state="issued", amount__gt=0).exclude(pk__in=self.owed)
        for part in new.select_related("invoice").order_by("pk"):
            self.owed[part.pk] = part.invoice.customer_id, part.amount
            for paid in self.plan(part, self.n_of[part.invoice.customer_id], day):
                self.plans[paid.sent.day].append(paid)
        for waiting in self.sums.values():
            if any(part.due_on <= day for part in waiting):
                meant = tuple((part.pk, part.amount) for part in waiting)
                n = self.n_of[waiting[0].invoice.customer_id]
                self.plans[day].append(Paid(Sent(day=day, yen=sum(yen for _part, yen in meant), payer=name(n)), meant))
                waiting.clear()

    def plan(self, part: Instalment, n: int, today: date) -> Iterator[Paid]:
        day, yen, after = max(part.due_on, today), part.amount, self.hours.business_day_after
        whole = Paid(Sent(day=day, yen=yen, payer=name(n)), ((part.pk, yen),))
        match habit(n):
            case "on_day" | "like_another":
                yield whole
            case "early":
                yield moved(whole, max(today, part.due_on - timedelta(days=6)))
            case "late":
                self.late.append((day, part.pk))
                yield moved(whole, after(day, LATE))
            case "fee":
                yield replace(whole, sent=replace(whole.sent, yen=yen - FEE), plain=False)
            case "too_much":
                yield replace(whole, sent=replace(whole.sent, yen=yen + TOO_MUCH), plain=False)
            case "unknown_name":
                yield replace(whole, plain=False)  # until the clerk has learned the name
            case "in_two":
                first = yen // 10 * 5 + 2
                yield Paid(replace(whole.sent, yen=first), ((part.pk, first),), plain=False)
                rest = Paid(replace(whole.sent, yen=yen - first), ((part.pk, yen - first),))
                yield moved(rest, after(day, 2))
            case "cancelled":
                wrong = replace(whole.sent, yen=yen + MISTYPED)
                yield Paid(wrong)
                yield Paid(replace(wrong, cancel=True))
                yield moved(whole, after(day, 1))
            case "in_one_sum":
                self.sums[part.invoice.customer_id].append(part)
            case other:
                raise AssertionError(other)

    # -- what the clerk and the reps do

    def opening(self, at: datetime) -> None:
        """The morning: calls open, the file of the bank day before is brought in and booked, people are called."""
        thank_you_calls_sweep(at=at)
        self.bring(at + timedelta(minutes=30))
        payment_reminders_sweep(at=at + timedelta(hours=1))
        self.call(at + timedelta(hours=2))
        self.call(at + timedelta(hours=7))

    def bring(self, at: datetime) -> None:
        day = local_day(at)
        told = [paid for on in sorted(self.plans) if on < day for paid in self.plans.pop(on)]
        self.known[day] = max([paid.sent.day for paid in told], default=max(self.known.values(), default=date.min))
        if not told:
            return
        rows = [paid.sent for paid in told]
        data, viewer, before = as_file(day, rows), viewer_for(self.cast.billing, at), Payment.objects.count()
        first, again = receipts_import(data=data, viewer=viewer), receipts_import(data=data, viewer=viewer)
        cancels = sum(row.cancel for row in rows)
        if (first.records, first.added, first.cancelled, again.added) != (len(rows), len(rows), cancels, 0):
            self.surprises.append(f"{day}: {first}, {again} of {len(rows)}")
        if Payment.objects.count() != before:
            self.surprises.append(f"{day}: a file booked a payment")
        self.paid_before = self.paid.copy()
        for found in proposed(viewer):
            self.book(found, told, at)

    def book(self, found: Proposed, told: list[Paid], at: datetime) -> None:
        """What is certain is booked as it is shown; else a person finds out what was meant."""
        row = found.receipt
        said = Sent(day=row.day, yen=row.amount, payer=row.payer)
        shown = tuple((share.claim.instalment, share.yen) for share in found.proposals[0].shares)
        fits = [paid for paid in told if paid.meant and paid.sent == said]
        paid = next((paid for paid in fits if sorted(paid.meant) == sorted(shown)), fits[0])
        told.remove(paid)
        if found.is_certain:
            self.certain += 1
            if sorted(shown) != sorted(paid.meant):
                self.surprises.append(f"{said}: certain and wrong")
            if not (paid.plain or row.payer in self.learned) or self.has_double(paid):
                self.surprises.append(f"{said}: certain, and nothing tells so")
        self.by_hand += not found.is_certain
        is_new = row.payer.startswith("ﾔﾏﾓﾄ")
        receipt_book(
            receipt_id=row.pk, parts=[Booking(*part) for part in (shown if found.is_certain else paid.meant)],
            by=self.cast.billing, at=at, key="k", learn=is_new,
        )  # fmt: skip
        self.learned |= {row.payer} if is_new else set()
        for part, yen in paid.meant:
            self.paid[part] += yen
            self.came.setdefault(part, local_day(at))
        if row.amount > sum(yen for _part, yen in paid.meant):
            receipt_put_aside(receipt_id=row.pk, reason="余りは返金", by=self.cast.billing, at=at)

    def has_double(self, paid: Paid) -> bool:
        """Whether somebody else of the same name owes anything this morning."""
        customer = self.owed[paid.meant[0][0]][0]
        owing = {who for part, (who, yen) in self.owed.items() if self.paid_before[part] < yen}
        return name(self.n_of[customer]) in {name(self.n_of[who]) for who in owing - {customer}}

    def call(self, at: datetime) -> None:
        """Each call that is to be made now is; a tap that is repeated is no second call. Who is asked is not there."""
        waiting = Activity.objects.filter(kind="call", state="open").order_by("pk")
        for row in [row for row in waiting if row.due and local_day(row.due) <= local_day(at)]:
            kind, instalment = row.source.split(":")[:2]
            tries = Call.objects.filter(source=row.source).count()
            record, outcomes = payment_reminder_record, ["absent"]
            if kind == "thank-you":
                record, outcomes = thank_you_call_record, (["reached"] if tries else THANKED)
            outcome, key = self.dice.choice(outcomes), f"{row.source}/{tries}"
            for _tap in range(2):
                record(instalment_id=int(instalment), outcome=outcome, by=self.cast.rep, at=at, key=key)


def moved(paid: Paid, day: date) -> Paid:
    return replace(paid, sent=replace(paid.sent, day=day))


def as_file(day: date, rows: Sequence[Sent]) -> bytes:
    """Transfer notices on even days; on odd ones what the bank's page offers, where a cancelled one is marked."""
    if day.day % 2 == 0:
        return notices(*rows)
    lines = [f"{row.day},{row.yen},{row.payer},{'取消' if row.cancel else ''}" for row in rows]
    return "\n".join(["日付,入金金額,振込依頼人名,取消区分", *lines]).encode("cp932")
