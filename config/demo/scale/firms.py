"""Customers, their people, terms, invoices and payments, a few thousand in a few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from billing.due import instalments
from billing.models import Instalment, Invoice, Payment, Terms
from config.demo.invoices import AMOUNTS, GOODS, tax_of
from config.demo.scale.names import GIVEN, GIVEN_KANA, RANKS, STEMS, SURNAME_KANA, SURNAMES, TOWNS, TRADES
from config.demo.scale.staff import Staff
from customers.models import Contact, Customer
from office.calendar import BusinessCalendar
from office.clock import JST, local_day
from office.models import User

BATCH = 500
EACH = 6  # invoices of a customer, one a month
TERMS = ((0, 1, 0), (20, 1, 0), (20, 1, 20), (15, 1, 15), (25, 1, 25), (0, 2, 10), (10, 1, 10))


class Client(NamedTuple):
    """A customer with the people a walk meets."""

    customer: Customer
    contacts: list[Contact]
    terms: Terms


def make_clients(count: int, staff: Staff, random: Random) -> list[Client]:
    """So many customers beside those that are there."""
    known = Customer.objects.filter(code__startswith="G-").count()
    made = [_client(known + number, staff, random) for number in range(1, count + 1)]
    Customer.objects.bulk_create([client.customer for client in made], batch_size=BATCH)
    Contact.objects.bulk_create([contact for client in made for contact in client.contacts], batch_size=BATCH)
    Terms.objects.bulk_create([client.terms for client in made], batch_size=BATCH)
    return made


def _client(number: int, staff: Staff, random: Random) -> Client:
    (stem, stem_kana), (trade, trade_kana) = random.choice(STEMS), random.choice(TRADES)
    town, postal_code, area = random.choice(TOWNS)
    owner = random.choice(staff.reps)
    mates = [rep for rep in staff.reps if rep.team_id == owner.team_id and rep.pk != owner.pk]
    customer = Customer(
        code=f"G-{number:05d}", name=_firm_name(f"{stem}{trade}", random), kana=stem_kana + trade_kana,
        postal_code=postal_code, address=f"{town}{random.choice(STEMS)[0]}町{random.randint(1, 40)}",
        phone=f"{area}-0{random.randint(10, 99)}-{random.randint(0, 9999):04d}", owner=owner,
        deputy=random.choice(mates) if mates and random.random() < 0.7 else None, gift_refused=random.random() < 0.1,
    )  # fmt: skip
    contacts = [_contact(customer, place, random) for place in range(random.randint(1, 3))]
    customer.index(*(text for contact in contacts for text in contact.index_texts()))
    closing, months, day = random.choice(TERMS)
    terms = Terms(customer=customer, closing_day=closing, pay_month_offset=months, pay_day=day,
                  thank_you=random.choice(("every", "key", "none", "none")))  # fmt: skip
    return Client(customer, contacts, terms)


def _firm_name(name: str, random: Random) -> str:
    return random.choice((f"{name}株式会社", f"株式会社{name}", f"{name}株式会社", f"{name}㈱", f"有限会社{name}"))


def _contact(customer: Customer, place: int, random: Random) -> Contact:
    surname, given = random.randrange(len(SURNAMES)), random.randrange(len(GIVEN))
    return Contact(
        customer=customer, surname=SURNAMES[surname], surname_kana=SURNAME_KANA[surname], given_name=GIVEN[given],
        given_kana=GIVEN_KANA[given], rank=RANKS[min(place * 3 + random.randrange(3), len(RANKS) - 1)],
        phone=f"{customer.phone[:-1]}{place}", decides=place == 0,
    )  # fmt: skip


class Books(NamedTuple):
    """What was billed and paid, unsaved."""

    invoices: list[Invoice]
    instalments: list[Instalment]
    payments: list[Payment]


def make_books(clients: list[Client], today: date, calendar: BusinessCalendar, by: User, random: Random) -> int:
    """EACH invoices of every customer over the last months; paid when their day has passed. Returns how many."""
    first = Invoice.objects.filter(number__startswith="G").count() + 1
    books = Books([], [], [])
    for number, (client, month) in enumerate(_deliveries(clients), start=first):
        _bill(books, client, number, _delivered(today, month, calendar, random), calendar, by, random)
    Invoice.objects.bulk_create(books.invoices, batch_size=BATCH)
    Instalment.objects.bulk_create(books.instalments, batch_size=BATCH)
    paid = [row for row in books.instalments if row.due_on < today and random.random() < 0.985]
    Payment.objects.bulk_create((_paid(row, by, calendar) for row in paid), batch_size=BATCH)
    return len(books.invoices)


def _deliveries(clients: list[Client]) -> Iterator[tuple[Client, int]]:
    for month in range(EACH, 0, -1):
        for client in clients:
            yield client, month


def _delivered(today: date, month: int, calendar: BusinessCalendar, random: Random) -> date:
    return calendar.business_day_after(today - timedelta(days=month * 30 + random.randrange(28)), -1)


def _bill(
    books: Books, client: Client, number: int, day: date, calendar: BusinessCalendar, by: User, random: Random
) -> None:
    goods = random.randrange(len(GOODS))
    subject, unit, price = GOODS[goods]
    amount = max(1, AMOUNTS[goods] * random.randint(1, 4) // 2)
    issued = calendar.business_day_after(day, 2)
    net = price * amount
    invoice = Invoice(
        number=f"G{number:07d}", customer=client.customer, subject=subject, quantity=f"{amount}{unit}",
        delivery_number=f"DG-{number:07d}", delivered_on=day, planned_on=issued, issued_on=issued, net=net,
        tax=tax_of(net), total=net + tax_of(net), state="issued", created_by=by,
        created_at=calendar.opening_of(issued),
    )  # fmt: skip
    rows = instalments(invoice.total, day, client.terms, calendar)
    for row in rows:
        row.invoice = invoice
    books.invoices.append(invoice)
    books.instalments.extend(rows)


def _paid(row: Instalment, by: User, calendar: BusinessCalendar) -> Payment:
    at = calendar.opening_of(row.due_on).astimezone(JST)
    return Payment(
        invoice=row.invoice, instalment=row, key=f"generated:{row.pk}", amount=row.amount, received_on=local_day(at),
        payer=row.invoice.customer.kana, recorded_by=by, recorded_at=at,
    )  # fmt: skip
