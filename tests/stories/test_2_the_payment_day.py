"""Story 2: the deposit's day. Paid by bank transfer, nobody says a word; here the call stands on the list."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.due import Part
from billing.models import Instalment, Terms
from billing.services import invoice_create, payment_record, thank_you_call_record, thank_you_calls_sweep
from customers.models import Activity
from customers.selectors import activities_for
from desk.notebook import calendar_of
from office.clock import JST
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=JST)


def machine(cast: SimpleNamespace) -> Instalment:
    """A machine sold in three payments, made by one clerk and checked by the other. Their days come from the terms:
    the deposit's is a Saturday and moves to the bank day before."""
    Terms.objects.create(customer=cast.towa, shift="before")
    parts = (
        Part(kind="deposit", percent=Decimal(30), base=date(2026, 9, 30)),
        Part(kind="interim", percent=Decimal(30), base=date(2026, 10, 31)),
        Part(kind="final", percent=Decimal(40), base=date(2026, 11, 30)),
    )
    made = invoice_create(
        customer_id=cast.towa.pk, subject="搬送ユニット", net=10_000_000, tax=1_000_000, parts=parts, by=cast.billing,
        at=at(9, 30),
    )  # fmt: skip
    return issue(cast, made, at(9, 30)).instalments.order_by("due_on")[0]


def calls() -> list[Activity]:
    return list(Activity.objects.open().filter(source__startswith="thank-you:"))


def test_every_day_comes_from_the_terms_and_stands_in_the_phone_s_calendar(cast: SimpleNamespace) -> None:
    machine(cast)
    days = [(row.kind, row.amount, row.nominal_on.day, row.due_on) for row in Instalment.objects.order_by("due_on")]
    assert days == [
        ("deposit", 3_300_000, 31, date(2026, 10, 30)),
        ("interim", 3_300_000, 30, date(2026, 11, 30)),
        ("final", 4_400_000, 31, date(2026, 12, 30)),
    ]
    feed = calendar_of(cast.rep, at(10, 1)).decode()
    for _kind, _yen, _nominal, due in days:
        assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in feed


def test_the_day_before_nothing_stands_on_the_list(cast: SimpleNamespace) -> None:
    machine(cast)
    thank_you_calls_sweep(at=at(10, 29))
    assert calls() == []


def test_on_the_bank_days_morning_the_rep_is_asked_to_say_thank_you(cast: SimpleNamespace) -> None:
    machine(cast)
    for _ in range(5):
        thank_you_calls_sweep(at=at(10, 30))
    (call,) = calls()
    assert (call.who, call.due and call.due.astimezone(JST).date()) == (cast.rep, date(2026, 10, 30))
    assert call.detail == "Today is the payment day of the deposit. Shall we say thank you?"


def test_once_the_money_is_in_the_words_change_but_never_demand(cast: SimpleNamespace) -> None:
    deposit = machine(cast)
    thank_you_calls_sweep(at=at(10, 30))
    payment_record(
        invoice_id=deposit.invoice_id, instalment_id=deposit.pk, amount=3_300_000, received_on=date(2026, 10, 30),
        payer="トウワコウギヨウ(カ", by=cast.billing, at=at(10, 30, 11), key="p1",
    )  # fmt: skip
    assert [call.detail for call in calls()] == ["The deposit has arrived. Shall we say thank you?"]


def test_uncalled_by_the_evening_the_deputy_sees_it(cast: SimpleNamespace) -> None:
    machine(cast)
    thank_you_calls_sweep(at=at(10, 30))
    deputy = viewer_for(cast.rep2, at(10, 30, 18))
    assert not activities_for(deputy).open().exists()
    thank_you_calls_sweep(at=at(10, 30, 18))
    assert activities_for(deputy).open().exists()


def test_called_it_is_done_and_stays_done(cast: SimpleNamespace) -> None:
    deposit = machine(cast)
    thank_you_calls_sweep(at=at(10, 30))
    thank_you_call_record(instalment_id=deposit.pk, outcome="reached", by=cast.rep, at=at(10, 30, 10), key="c1")
    thank_you_calls_sweep(at=at(10, 30, 18))
    assert calls() == []


def test_every_instalment_has_its_call(cast: SimpleNamespace) -> None:
    machine(cast)
    for month, day in ((10, 30), (11, 30), (12, 30)):
        thank_you_calls_sweep(at=at(month, day))
    assert Activity.objects.filter(source__startswith="thank-you:").count() == 3
