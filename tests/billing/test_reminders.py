"""ご入金の確認: asked politely, in stages, once each, and never where a reason speaks against it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from billing.models import BankReceipt, Instalment
from billing.reminders import stage
from billing.services import (
    Booking,
    invoice_create,
    payment_record,
    payment_reminder_record,
    payment_reminders_sweep,
    receipt_book,
    receipts_import,
)
from customers.models import Activity, Call
from customers.services import NewPromise, care_hold_drop, care_hold_put, promise_keep, promise_make
from office.clock import JST
from office.errors import Refused
from office.models import JournalRow, User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.bankfile import Sent, notices
from tests.billing.paperwork import issue

DUE = date(2026, 10, 30)  # a Friday: the 31st is a Saturday
AFTER = (3, 10, 20)
ClientFor = Callable[..., Client]


@pytest.mark.parametrize(
    ("late", "since_each", "expected"),
    [
        (2, [], 0), (3, [], 1), (40, [], 1), (40, [0], 0), (40, [6], 0), (40, [7], 2), (9, [6], 0), (40, [30, 9], 0),
        (40, [30, 10], 3), (400, [300, 200, 100], 0),
    ],
)  # fmt: skip
def test_no_time_is_skipped_and_between_two_lie_the_days_of_the_rule(
    late: int, since_each: list[int], expected: int
) -> None:
    assert stage(late, since_each, AFTER) == expected


@given(answered=st.lists(st.integers(0, 9), max_size=4))
def test_whatever_day_it_is_answered_each_time_comes_once_in_order(answered: list[int]) -> None:
    asked: list[int] = []
    waits = iter(answered)
    for day in range(120):
        if stage(day, [day - then for then in asked], AFTER) == len(asked) + 1:
            asked.append(day + next(waits, 0))
            if asked[-1] > day:  # answered later: nothing else is asked until then
                assert stage(day, [day - then for then in asked], AFTER) == 0
    assert len(asked) == 3
    assert all(late >= least for late, least in zip(asked, AFTER, strict=True))


class Books:
    """An invoice due on 30 October, and money of another customer that came in later: the books are up to date."""

    def __init__(self, cast: SimpleNamespace, at: datetime) -> None:
        self.cast = cast
        self.made = at.replace(month=9, day=11)
        self.part = self.bill()
        self.known(date(2026, 11, 2))

    def bill(self, customer: Any = None, net: int = 1_000) -> Instalment:
        made = invoice_create(
            customer_id=(customer or self.cast.towa).pk, subject="保守", net=net, tax=net // 10,
            delivered_on=date(2026, 9, 10), by=self.cast.billing, at=self.made,
        )  # fmt: skip
        return issue(self.cast, made, self.made).instalments.get()

    def pay(self, part: Instalment, day: date) -> None:
        at = datetime(day.year, day.month, day.day, 18, tzinfo=JST)
        payment_record(
            invoice_id=part.invoice_id, amount=part.amount, received_on=day, by=self.cast.billing, at=at,
            key=f"{part.pk}",
        )  # fmt: skip

    def known(self, day: date) -> None:
        self.pay(self.bill(self.cast.hokuriku, 7_777), day)

    def sweep(self, month: int, day: int, hour: int = 10) -> int:
        return payment_reminders_sweep(at=self.at(month, day, hour))

    def at(self, month: int, day: int, hour: int = 10) -> datetime:
        return datetime(2026, month, day, hour, tzinfo=JST)

    def record(self, outcome: str, at: datetime, key: str = "k") -> Activity:
        return payment_reminder_record(instalment_id=self.part.pk, outcome=outcome, by=self.cast.rep, at=at, key=key)

    def tasks(self) -> list[tuple[str, str]]:
        found = Activity.objects.filter(source__startswith="payment-reminder:").order_by("pk")
        return [(row.source.rpartition(":")[2], row.state) for row in found]


@pytest.fixture
def books(cast: SimpleNamespace, at: datetime) -> Books:
    return Books(cast, at)


pytestmark = pytest.mark.django_db


def test_the_clock_opens_it_once_on_the_day_of_the_rule(books: Books) -> None:
    assert (books.sweep(11, 4), books.tasks()) == (0, [])  # the 3rd is a holiday: two business days have passed
    assert books.sweep(11, 5) == 1
    assert books.sweep(11, 5) == 0
    task = Activity.objects.get(source__startswith="payment-reminder:")
    assert (task.who, task.customer, task.kind) == (books.cast.rep, books.cast.towa, "call")
    assert "Did the invoice arrive?" in task.detail


def test_the_stages_follow_each_other(books: Books) -> None:
    books.sweep(11, 5)
    books.record("reached", books.at(11, 6))
    assert books.sweep(11, 13) == 0
    assert books.sweep(11, 17) == 1  # seven business days after the first, ten after the payment day
    books.record("mailed", books.at(11, 17), "k2")
    assert JournalRow.objects.filter(verb="Asked about a payment by mail").exists()
    assert (books.sweep(11, 30), books.sweep(12, 2)) == (0, 1)
    books.record("message_left", books.at(12, 2), "k3")
    assert (books.sweep(12, 28), books.tasks()) == (0, [("1", "done"), ("2", "done"), ("3", "done")])


def test_an_absence_moves_it_and_a_repeated_key_changes_nothing(books: Books) -> None:
    books.sweep(11, 5)
    due = books.record("absent", books.at(11, 5)).due
    assert due == books.at(11, 5, 12)
    assert books.record("absent", books.at(11, 5, 13)).due == due
    assert Call.objects.count() == 1
    assert books.sweep(11, 5, 14) == 1  # past its time the deputy sees it, too
    assert Activity.objects.get(source__startswith="payment-reminder:").level == 1
    books.record("call_back", books.at(11, 5, 15), "k2")
    assert books.tasks() == [("1", "open")]
    Call.objects.filter(key="k2").update(source="payment-reminder:0:1")  # the key of a call about something else
    with pytest.raises(Refused, match="something else already"):
        books.record("call_back", books.at(11, 5, 15), "k2")


def test_money_ends_it(books: Books) -> None:
    books.sweep(11, 5)
    books.pay(books.part, date(2026, 11, 5))
    assert (books.sweep(11, 6), books.tasks()) == (1, [("1", "dropped")])
    with pytest.raises(Refused, match="not asked about"):
        books.record("reached", books.at(11, 6))


def test_it_rests_while_the_customer_is_in_care(books: Books) -> None:
    books.sweep(11, 5)
    care_hold_put(books.cast.towa.pk, "incident:1")
    assert (books.sweep(11, 6), books.sweep(11, 6), books.tasks()) == (1, 0, [("1", "dropped")])
    care_hold_drop("incident:1")
    assert (books.sweep(11, 9), books.tasks()) == (1, [("1", "open")])


def test_it_rests_while_an_answer_of_ours_is_still_to_come(books: Books) -> None:
    at = books.at(11, 5)
    new = NewPromise(source="q", what="請求の内訳", kind="request", answer_by=at + timedelta(days=5))
    made = promise_make(customer=books.cast.towa, new=new, by=books.cast.rep, at=at)
    assert books.sweep(11, 5) == 0
    promise_keep(promise_id=made.pk, evidence="電話でお答えした", by=books.cast.rep, at=books.at(11, 6))
    assert books.sweep(11, 6) == 1


def test_it_rests_while_a_transfer_may_be_the_payment(books: Books) -> None:
    viewer = viewer_for(books.cast.billing, books.at(11, 5))
    receipts_import(data=notices(Sent(day=date(2026, 11, 4), yen=660, payer="ﾄｳﾜｺｳｷﾞﾖｳ(ｶ")), viewer=viewer)
    assert books.sweep(11, 5) == 0
    receipt_book(
        receipt_id=BankReceipt.objects.get().pk,
        parts=[Booking(books.part.pk, 660)],
        by=books.cast.billing,
        at=viewer.at,
        key="k",
    )
    assert books.sweep(11, 5) == 1  # 440 yen are still to come


def test_nobody_is_asked_before_the_books_are_known(cast: SimpleNamespace, at: datetime) -> None:
    books = Books.__new__(Books)
    books.cast, books.made = cast, at.replace(month=9, day=11)
    books.part = books.bill()
    assert books.sweep(11, 5) == 0
    books.known(DUE)
    assert books.sweep(11, 5) == 0
    books.known(date(2026, 11, 4))
    assert books.sweep(11, 5) == 1


def test_what_is_long_past_is_not_asked_by_itself(books: Books) -> None:
    late = datetime(2027, 2, 1, 10, tzinfo=JST)
    assert payment_reminders_sweep(at=late) == 0


def test_the_rep_asks_in_one_tap(books: Books, client_for: ClientFor) -> None:
    books.sweep(11, 5)
    rep, path = client_for(books.cast.rep), f"/billing/overdue/{books.part.pk}/"
    with time_machine.travel(books.at(11, 5), tick=False):
        assert "1回目の確認" in rep.get("/billing/overdue/").content.decode()
        page = rep.get(path).content.decode()
        for words in (
            "請求書はお手元に届いておりますでしょうか",
            "東和工業株式会社 御中",
            "専務取締役 岡本様",
            "1,100円",
        ):
            assert words in page
        assert "督促" not in page
        values = {"outcome": "reached", "idempotency": "7f3f1a52-5d39-4d0c-9f0a-3f4f0a8f5a11"}
        assert rep.post(path, values).status_code == 302
        page = rep.get(path).content.decode()
    assert "いまは確認する時期ではありません" in page
    assert books.tasks() == [("1", "done")]


def test_a_pause_is_said_on_the_page(books: Books, client_for: ClientFor) -> None:
    care_hold_put(books.cast.towa.pk, "incident:1")
    with time_machine.travel(books.at(11, 5), tick=False):
        page = client_for(books.cast.manager).get("/billing/overdue/").content.decode()
    assert "お客様に配慮中のため" in page


def test_a_foreign_payment_answers_like_none(books: Books, client_for: ClientFor) -> None:
    stranger = client_for(books.cast.rep_b)
    assert "東和工業" not in stranger.get("/billing/overdue/").content.decode()
    for pk in (books.part.pk, 999_999):
        assert stranger.get(f"/billing/overdue/{pk}/").status_code == 404
        assert stranger.post(f"/billing/overdue/{pk}/", {"outcome": "reached"}).status_code == 404


def test_a_program_lists_and_records(books: Books) -> None:
    books.sweep(11, 5)
    user: User = books.cast.rep
    at = books.at(11, 5)
    with time_machine.travel(at, tick=False):
        program = Client(headers={"Authorization": f"Bearer {token_create(user=user, at=at)}"})
        (row,) = program.get("/api/v1/billing/overdue").json()
        assert row == {
            "instalment": books.part.pk, "invoice": books.part.invoice.number, "customer": books.cast.towa.pk,
            "amount": 1_100, "due_on": "2026-10-30", "business_days": 3, "asked": 0, "ask": 1, "why_not": "",
        }  # fmt: skip
        path = f"/api/v1/billing/overdue/{books.part.pk}/reminder"
        body = {"outcome": "mailed", "idempotency_key": "k"}
        assert program.post(path, body, content_type="application/json").json()["state"] == "done"
        assert program.get("/api/v1/billing/overdue").json()[0]["ask"] == 0
        assert program.post(path, body, content_type="application/json").status_code == 409
