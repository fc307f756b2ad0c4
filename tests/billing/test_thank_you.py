"""On a payment day's morning a call stands on the list, worded as thanks (practices 1-05, 1-06, 1-08, 1-09)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from billing.due import Part
from billing.models import Instalment, Invoice
from billing.selectors import thank_you_get
from billing.services import (
    invoice_create,
    payment_record,
    terms_put,
    thank_you_call_record,
    thank_you_calls_sweep,
)
from customers.models import Activity, Call
from customers.selectors import activities_for
from customers.services import care_hold_put
from office.errors import Refused
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = [pytest.mark.django_db, pytest.mark.both]
PARTS = (Part(kind="deposit", amount=330_000), Part(kind="final", amount=770_000))


def billed(cast: SimpleNamespace, at: datetime, parts: tuple[Part, ...] = PARTS, **changes: object) -> Invoice:
    """An invoice due on Friday 30 October 2026: the 31st is a Saturday."""
    known = {"customer_id": cast.towa.pk, "subject": "搬送装置 一式", "net": 1_000_000, "tax": 100_000}
    known |= {"delivered_on": date(2026, 9, 10), "parts": parts}
    made = at.replace(month=9, day=11)
    invoice = invoice_create(by=cast.billing, at=made, **(known | changes))
    return issue(cast, invoice, made)


def on(at: datetime, hour: int, minute: int = 0, day: int = 30) -> datetime:
    return at.replace(month=10, day=day, hour=hour, minute=minute)


def record(cast: SimpleNamespace, instalment: Instalment, outcome: str, at: datetime, key: str = "k1") -> Activity:
    return thank_you_call_record(instalment_id=instalment.pk, outcome=outcome, by=cast.rep, at=at, key=key)


def test_the_call_opens_on_the_bank_days_morning(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)
    assert thank_you_calls_sweep(at=on(at, 8, 59)) == 0
    assert thank_you_calls_sweep(at=on(at, 9)) == 2
    deposit, final = Activity.objects.order_by("pk")
    assert deposit.detail == "Today is the payment day of the deposit. Shall we say thank you?"
    assert final.detail == "Today is the day of the final payment. Shall we say thank you?"
    assert (deposit.who, deposit.deputy, deposit.due) == (cast.rep, cast.rep2, on(at, 17, 30))
    assert deposit.link.startswith("/billing/thank-you/")


def test_many_sweeps_make_one_call(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at, (Part(amount=1_100_000),))
    assert [thank_you_calls_sweep(at=on(at, 9, minute)) for minute in range(5)] == [1, 0, 0, 0, 0]
    assert Activity.objects.get().detail == "Today is the payment day. Shall we say thank you?"


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_moment_make_one_call(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)

    def sweep(_number: int) -> None:
        thank_you_calls_sweep(at=on(at, 9))
        close_old_connections()
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(8)))
    assert Activity.objects.count() == 2


def test_after_receipt_the_words_change(cast: SimpleNamespace, at: datetime) -> None:
    invoice = billed(cast, at)
    thank_you_calls_sweep(at=on(at, 9))
    payment_record(
        invoice_id=invoice.pk, amount=330_000, received_on=date(2026, 10, 30), by=cast.billing, at=on(at, 11), key="p1"
    )
    details = list(Activity.objects.order_by("pk").values_list("detail", flat=True))
    assert details[0] == "The deposit has arrived. Shall we say thank you?"
    assert details[1].startswith("Today")


def test_part_of_the_money_is_no_receipt(cast: SimpleNamespace, at: datetime) -> None:
    invoice = billed(cast, at)
    day = date(2026, 10, 30)
    payment_record(invoice_id=invoice.pk, amount=1, received_on=day, by=cast.billing, at=on(at, 11), key="p1")
    assert all("arrived" not in row.detail for row in Activity.objects.all())


def test_money_that_comes_early_opens_the_call_early(cast: SimpleNamespace, at: datetime) -> None:
    invoice = billed(cast, at)
    day = date(2026, 10, 20)
    payment_record(
        invoice_id=invoice.pk, amount=330_000, received_on=day, by=cast.billing, at=on(at, 14, day=20), key="p"
    )
    assert Activity.objects.get().detail == "The deposit has arrived. Shall we say thank you?"
    assert Activity.objects.get().due == on(at, 17, 30, day=20)


def test_uncalled_by_the_evening_the_deputy_sees_it(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)
    thank_you_calls_sweep(at=on(at, 9))
    deputy = viewer_for(cast.rep2, at)
    assert not activities_for(deputy).exists()
    assert thank_you_calls_sweep(at=on(at, 17, 30)) == 2
    assert activities_for(deputy).open().count() == 2


def test_the_next_day_no_sentence_says_today(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)
    thank_you_calls_sweep(at=on(at, 9))
    thank_you_calls_sweep(at=on(at, 9, day=31))
    assert Activity.objects.earliest("pk").detail == "Thanks for the deposit can still be given. Shall we call?"


def test_an_outage_of_days_loses_no_call_but_old_invoices_open_none(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)
    assert thank_you_calls_sweep(at=on(at, 9) + timedelta(days=20)) == 0
    assert thank_you_calls_sweep(at=on(at, 9) + timedelta(days=4)) == 2


@pytest.mark.parametrize(("mode", "calls"), [("every", 3), ("key", 2), ("none", 0)])
def test_the_customer_decides_how_often(cast: SimpleNamespace, at: datetime, mode: str, calls: int) -> None:
    terms_put(
        customer_id=cast.towa.pk,
        closing_day=0,
        pay_month_offset=1,
        pay_day=0,
        shift="before",
        thank_you=mode,
        by=cast.billing,
        at=at,
    )
    billed(cast, at, (Part(amount=1_100_000),), delivered_on=date(2026, 7, 10))  # the first, long ago
    billed(cast, at, (Part(amount=10_000),), net=10_000, tax=0)  # small, in the middle
    billed(cast, at)  # deposit and last
    assert thank_you_calls_sweep(at=on(at, 9)) == calls


def test_the_first_and_the_large_are_key_payments(cast: SimpleNamespace, at: datetime) -> None:
    values: dict[str, Any] = {
        "closing_day": 0,
        "pay_month_offset": 1,
        "pay_day": 0,
        "shift": "before",
        "thank_you": "key",
    }
    terms_put(customer_id=cast.towa.pk, by=cast.billing, at=at, **values)
    billed(cast, at, (Part(amount=10_000),), net=10_000, tax=0)
    assert thank_you_calls_sweep(at=on(at, 9)) == 1
    billed(cast, at, (Part(amount=2_200_000),), net=2_000_000, tax=200_000, delivered_on=date(2026, 10, 10))
    assert thank_you_calls_sweep(at=at.replace(month=11, day=30)) == 1


def test_care_changes_the_label_and_not_the_call(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)
    care_hold_put(cast.towa.pk, "incident:2026-0001")
    assert thank_you_calls_sweep(at=on(at, 9)) == 2
    assert Activity.objects.earliest("pk").label == "Thank-you call (in care)"


@pytest.mark.parametrize("outcome", ["reached", "message_left"])
def test_one_tap_ends_it(cast: SimpleNamespace, at: datetime, outcome: str) -> None:
    instalment = billed(cast, at).instalments.earliest("pk")
    thank_you_calls_sweep(at=on(at, 9))
    assert record(cast, instalment, outcome, on(at, 10)).state == "done"
    thank_you_calls_sweep(at=on(at, 17, 45))
    assert Activity.objects.get(source=f"thank-you:{instalment.pk}").state == "done"


def test_an_absence_is_tried_again_later(cast: SimpleNamespace, at: datetime) -> None:
    instalment = billed(cast, at).instalments.earliest("pk")
    thank_you_calls_sweep(at=on(at, 9))
    activity = record(cast, instalment, "absent", on(at, 10))
    assert (activity.state, activity.due) == ("open", on(at, 12))
    assert thank_you_calls_sweep(at=on(at, 10, 30)) == 0


def test_whoever_will_call_back_is_waited_for_until_the_next_day(cast: SimpleNamespace, at: datetime) -> None:
    instalment = billed(cast, at).instalments.earliest("pk")
    thank_you_calls_sweep(at=on(at, 9))
    activity = record(cast, instalment, "call_back", on(at, 10))
    assert activity.due == at.replace(month=11, day=2, hour=17, minute=30)  # Friday to Monday


def test_a_double_tap_is_one_call(cast: SimpleNamespace, at: datetime) -> None:
    instalment = billed(cast, at).instalments.earliest("pk")
    thank_you_calls_sweep(at=on(at, 9))
    for _tap in range(2):
        record(cast, instalment, "reached", on(at, 10))
    assert Call.objects.count() == 1
    with pytest.raises(Refused, match="already been made"):
        record(cast, instalment, "reached", on(at, 11), key="another")


def test_a_call_that_is_not_open_cannot_be_recorded(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        record(cast, billed(cast, at).instalments.earliest("pk"), "reached", on(at, 8))
    assert refused.value.code == "conflict"


def test_a_stranger_finds_no_call(cast: SimpleNamespace, at: datetime) -> None:
    instalment = billed(cast, at).instalments.earliest("pk")
    for pk in (instalment.pk, 999_999):
        with pytest.raises(Refused) as refused:
            thank_you_get(viewer_for(cast.rep_b, at), pk)
        assert refused.value.code == "not_found"
    assert thank_you_get(viewer_for(cast.rep, at), instalment.pk).customer == cast.towa


def test_a_sweep_costs_the_same_for_many(cast: SimpleNamespace, at: datetime) -> None:
    billed(cast, at)
    with CaptureQueriesContext(connection) as few:
        thank_you_calls_sweep(at=on(at, 9))
    for _n in range(10):
        billed(cast, at)
    with CaptureQueriesContext(connection) as many:
        thank_you_calls_sweep(at=on(at, 9))
    assert len(many) <= len(few)


def test_money_that_comes_weeks_later_is_thanked_for_on_that_day(cast: SimpleNamespace, at: datetime) -> None:
    invoice = billed(cast, at)
    day = date(2026, 11, 24)
    payment_record(invoice_id=invoice.pk, amount=330_000, received_on=day, by=cast.billing, at=at, key="p")
    activity = Activity.objects.get()
    assert (activity.due, activity.level) == (at.replace(hour=17, minute=30), 0)
