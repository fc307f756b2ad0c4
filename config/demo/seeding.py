"""Everything of the demo in order. Cut short, it is told on from where it stopped; told to the end, nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_noop

from billing.services import notices_sweep, orders_sweep, thank_you_calls_sweep
from config.demo.days import Days
from config.demo.deliveries import make_deliveries
from config.demo.firms import make_firms
from config.demo.incidents import make_incidents
from config.demo.invoices import make_invoices, pay, pays_today
from config.demo.ledger import make_ledger
from config.demo.notices import make_notices
from config.demo.orders import make_orders, make_transfers
from config.demo.people import PEOPLE, make_closing_days, make_company, make_people, make_stand_in
from config.demo.readings import make_readings
from config.demo.telling import House
from customers.models import Customer
from customers.services import promises_sweep
from desk.gaps import temperature_sweep
from incidents.models import Incident
from incidents.services import deadlines
from incidents.store import ring
from office.models import JournalRow, Outbox, User
from office.selectors import business_calendar
from office.services import journal_write

ABOUT = "demo"
BEGUN, DONE = gettext_noop("began to make the demo data"), gettext_noop("made the demo data")
YEAR = 250  # business days: the company was there before the first incident


def finished() -> bool:
    """Whether the demo is there, whole."""
    return JournalRow.objects.filter(about=ABOUT, verb=DONE).exists()


def begun() -> bool:
    """Whether the demo was begun; a database in which others work was not."""
    return JournalRow.objects.filter(about=ABOUT, verb=BEGUN).exists()


def seed(at: datetime) -> None:
    """Make the demo as of `at`."""
    with _quick_commits():
        _seed(at)


@contextmanager
def _quick_commits() -> Iterator[None]:
    """A thousand small commits need not each wait for the disk: a power cut costs only what is told again."""
    waits = connection.vendor == "sqlite" and not connection.in_atomic_block
    if waits:
        _run("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        if waits:
            _run("PRAGMA synchronous=FULL")


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _seed(at: datetime) -> None:
    if not begun():
        journal_write(actor=None, verb=BEGUN, about=ABOUT, detail="", at=at)
    make_closing_days(at.year, at)
    days = Days(at, business_calendar())
    long_ago = days.ago(YEAR)
    make_company(long_ago)
    people = make_people(long_ago)
    make_stand_in(people, days.ahead(9).date(), days.ahead(12).date(), days.anchor)
    make_firms(people, long_ago, pays_today(days))
    customers = {row.code: row for row in Customer.objects.select_related("owner__boss", "deputy")}
    make_invoices(days, customers, people)
    make_deliveries(days, customers, people)
    make_orders(days, customers, people)
    make_notices(days, customers, people)
    house = House(days, {name: people[name] for name in PEOPLE}, customers)
    make_ledger(house)
    make_incidents(house)
    make_readings(house)
    pay(days, people)  # what was billed late comes in as agreed
    make_transfers(days, customers, people)
    _bring_up_to_date(at)
    journal_write(actor=None, verb=DONE, about=ABOUT, detail="", at=at)


def is_foreign() -> bool:
    """Whether people work here who did not come from the demo."""
    return User.objects.exists() and not begun()


def is_wanted() -> bool:
    """Whether an empty house waits for its demo, or one that was cut short."""
    return not finished() and not is_foreign()


def _bring_up_to_date(at: datetime) -> None:
    """What the house would have noticed by now. Mails of the past count as sent: nobody is written to."""
    while alarm := Incident.objects.filter(wake_at__lte=at).order_by("wake_at").first():
        ring(number=alarm.number, at=alarm.wake_at or at)
    thank_you_calls_sweep(at=at)
    promises_sweep(at=at)
    deadlines(at=at)
    orders_sweep(at=at)
    temperature_sweep(at=at)
    notices_sweep(at=at)
    Outbox.objects.filter(state=Outbox.State.DUE).update(state=Outbox.State.SENT, sent_at=F("try_at"), attempts=1)
