"""A customer asks about an invoice: noted with its day, answered once, and nobody asks for money meanwhile (3-07)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import Inquiry, Invoice
from billing.reminders import QUESTION, WRONG
from billing.selectors import overdue_seen
from billing.selectors.figures import figures
from billing.selectors.inquiries import inquiries_visible
from billing.services import (
    inquiry_answer,
    inquiry_note,
    inquiry_postpone,
    invoice_correct,
    invoice_create,
    payment_record,
)
from billing.services.inquiries import Answer, Question
from customers.models import Activity, Promise
from customers.selectors import activities_for, promise_rate
from customers.services import promise_chase, promise_keep, promises_sweep
from office.clock import JST
from office.errors import Refused
from office.models import JournalRow, User
from office.selectors.journal import journal_page
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ASKED = "先月分に見覚えのない明細があります。"
ClientFor = Callable[[User], Client]


@pytest.fixture
def invoice(cast: SimpleNamespace, at: datetime) -> Invoice:
    """One of towa's that was due at the end of October; money of another customer came in later."""
    made = at.replace(month=9, day=11)
    rows = []
    for customer, net in ((cast.towa, 1_000), (cast.hokuriku, 7_000)):
        row = invoice_create(customer_id=customer.pk, subject="保守", net=net, tax=net // 10,
                             delivered_on=date(2026, 9, 10), by=cast.billing, at=made)  # fmt: skip
        rows.append(issue(cast, row, made))
    payment_record(invoice_id=rows[1].pk, amount=7_700, received_on=date(2026, 11, 20), by=cast.billing, at=at, key="p")
    return rows[0]


def note(cast: SimpleNamespace, at: datetime, invoice: Invoice | None = None, **changes: Any) -> Inquiry:
    known: dict[str, Any] = {"asked": ASKED, "way": "phone", "contact_id": cast.ogawa.pk}
    question = Question(**known | {"invoice_id": invoice.pk if invoice else None} | changes)
    return inquiry_note(customer_id=cast.towa.pk, question=question, by=cast.rep, at=at, key="k")


def answer(cast: SimpleNamespace, inquiry: Inquiry, at: datetime, outcome: str = "right", key: str = "a") -> Inquiry:
    given = Answer(outcome=outcome, answer="10月の追加分とご説明した")
    return inquiry_answer(inquiry_id=inquiry.pk, answer=given, by=cast.rep, at=at, key=key)


def test_it_is_a_promise_on_today_of_whoever_answers(cast: SimpleNamespace, at: datetime, invoice: Invoice) -> None:
    inquiry = note(cast, at, invoice, owner_id=cast.billing.pk)
    promise = inquiry.promise
    assert (promise.kind, promise.owner, promise.agreed, promise.what) == ("request", cast.billing, False, ASKED)
    assert promise.answer_by == at.replace(day=25, hour=17, minute=30)  # the next business day, by the house rule
    row = activities_for(viewer_for(cast.billing, at)).open().get()
    assert (row.due, row.link, row.label) == (promise.answer_by, f"/billing/inquiries/{inquiry.number}/",
                                              "Answer the customer")  # fmt: skip
    assert note(cast, at, invoice) == inquiry  # the same key
    assert Promise.objects.count() == Activity.objects.filter(source__startswith="promise:").count() == 1
    late = promise.answer_by + timedelta(minutes=1)
    assert not activities_for(viewer_for(cast.rep2, late)).open().exists()
    promises_sweep(at=late)
    assert activities_for(viewer_for(cast.rep2, late)).open().get().waiting  # the deputy has it, the customer waits
    answer(cast, inquiry, late)
    assert not activities_for(viewer_for(cast.billing, late)).open().exists()


def test_who_asks_again_stands_first_with_the_one_who_answers(cast: SimpleNamespace, at: datetime) -> None:
    inquiry = note(cast, at, owner_id=cast.billing.pk)
    promise_chase(promise_id=inquiry.promise_id, by=cast.rep, at=at, key="k")
    row = activities_for(viewer_for(cast.billing, at)).open().get()
    assert (row.waiting, row.label, row.link) == (
        True,
        "The customer asked again",
        f"/billing/inquiries/{inquiry.number}/",
    )
    answer(cast, inquiry, at + timedelta(hours=1))
    assert promise_rate(Promise.objects.all()).kept == 0  # only after the customer had to ask again


def test_an_answer_is_recorded_once(cast: SimpleNamespace, at: datetime, invoice: Invoice) -> None:
    inquiry, later = note(cast, at, invoice), at + timedelta(hours=2)
    done = answer(cast, inquiry, later)
    assert (done.answered_to, done.answered_at, done.answered_by) == ("経理課長 小川", later, cast.rep)
    assert Promise.objects.get().state == "kept"
    assert answer(cast, inquiry, later + timedelta(hours=1)).answered_at == later  # the same key
    with pytest.raises(Refused, match="already been answered"):
        answer(cast, inquiry, later, key="another")
    verbs = JournalRow.objects.filter(about=f"inquiry {inquiry.number}").values_list("verb", flat=True)
    assert sorted(verbs) == ["Question about billing answered", "Question about billing noted"]
    assert ASKED not in [vars(row)["told"] for row in journal_page(viewer=viewer_for(cast.admin, at)).rows]


def test_who_no_longer_asks_was_promised_nothing(cast: SimpleNamespace, at: datetime) -> None:
    answer(cast, note(cast, at), at, "released")
    assert Promise.objects.get().state == "released"
    assert Activity.objects.get().state == "done"


def test_the_ledger_cannot_end_what_is_answered_elsewhere(cast: SimpleNamespace, at: datetime) -> None:
    inquiry = note(cast, at)
    with pytest.raises(Refused) as refused:
        promise_keep(promise_id=inquiry.promise_id, evidence="電話", by=cast.rep, at=at)
    assert refused.value.code == "conflict"
    inquiry.refresh_from_db()
    assert inquiry.answered_at is None


def test_it_is_put_off_with_the_customers_agreement(cast: SimpleNamespace, at: datetime) -> None:
    inquiry, friday = note(cast, at), at + timedelta(days=3)
    was = inquiry.promise.answer_by
    for _twice in range(2):
        moved = inquiry_postpone(
            inquiry_id=inquiry.pk, answer_by=friday, agreement="小川様", was=was, by=cast.rep, at=at
        )
    assert (moved.promise.answer_by, moved.promise.agreed, Promise.objects.count()) == (friday, True, 2)
    assert activities_for(viewer_for(cast.rep, at)).open().get().link == f"/billing/inquiries/{inquiry.number}/"
    with pytest.raises(Refused, match="another time meanwhile"):
        inquiry_postpone(inquiry_id=inquiry.pk, answer_by=friday + timedelta(days=1), agreement="小川様", was=was,
                         by=cast.rep2, at=at)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"asked": " "}, "asked"), ({"way": "smoke"}, "way"), ({"owner_id": 0.5}, "owner"),
        ({"answer_by": datetime(2026, 11, 20, tzinfo=JST)}, "answer_by"), ({"contact_id": 999_999}, "contact"),
        ({"invoice_id": 999_999}, "invoice"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_written(
    changes: dict[str, Any], field: str, cast: SimpleNamespace, at: datetime
) -> None:
    if field == "owner":
        changes = {"owner_id": cast.auditor.pk}
    with pytest.raises(Refused) as refused:
        note(cast, at, **changes)
    assert refused.value.field == field
    assert (Inquiry.objects.count(), Promise.objects.count(), Activity.objects.count()) == (0, 0, 0)


def test_an_answer_that_cannot_be_is_refused(cast: SimpleNamespace, at: datetime) -> None:
    inquiry = note(cast, at)
    tomorrow, yesterday = at + timedelta(days=1), at - timedelta(days=1)
    for wrong, field in (
        (Answer(outcome="right", answer=" "), "answer"), (Answer(outcome="perhaps", answer="x"), "outcome"),
        (Answer(outcome="correct", answer="x"), "outcome"),  # no invoice
        (Answer(outcome="right", answer="x", answered_at=tomorrow), "answered_at"),
        (Answer(outcome="right", answer="x", answered_at=yesterday), "answered_at"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            inquiry_answer(inquiry_id=inquiry.pk, answer=wrong, by=cast.rep, at=at, key="a")
        assert refused.value.field == field
    assert Promise.objects.get().state == "open"


def test_nobody_asks_for_money_meanwhile_nor_for_a_wrong_invoice(
    cast: SimpleNamespace, at: datetime, invoice: Invoice
) -> None:
    def pause() -> str:
        return overdue_seen(viewer_for(cast.billing, at))[0].pause

    assert pause() == ""
    inquiry = note(cast, at)  # about billing in general
    assert pause() == QUESTION
    answer(cast, inquiry, at)
    assert pause() == ""
    second = Question(asked=ASKED, way="mail", invoice_id=invoice.pk)
    wrong = inquiry_note(customer_id=cast.towa.pk, question=second, by=cast.billing, at=at, key="k2")
    answer(cast, wrong, at, "correct")
    assert pause() == WRONG
    right = inquiry_note(customer_id=cast.towa.pk, question=second, by=cast.billing, at=at, key="k3")
    answer(cast, right, at)  # looked at again: it was right
    assert pause() == ""
    invoice_correct(invoice_id=invoice.pk, reason="数量", by=cast.billing, at=at)
    assert pause() == WRONG


def test_the_figures_say_how_fast_they_were_answered(cast: SimpleNamespace, at: datetime) -> None:
    question, day = Question(asked=ASKED, way="phone"), at.replace(month=10, day=5)
    for place, days in enumerate((0, 1, 3, None)):
        made = inquiry_note(customer_id=cast.towa.pk, question=question, by=cast.rep, at=day, key=f"k{place}")
        if days is not None:
            answer(cast, made, day + timedelta(days=days))
    october, november = figures(viewer_for(cast.billing, at)).answered[-2:]
    assert (october.on_time, october.late, october.percent, october.days) == (2, 2, 50, 1)
    assert (november.on_time, november.late, november.percent, november.days) == (0, 0, None, None)
    assert figures(viewer_for(cast.manager_b, at)).answered[-2].percent is None  # of another team


def test_it_is_seen_by_whoever_sees_its_promise(cast: SimpleNamespace, at: datetime) -> None:
    note(cast, at, owner_id=cast.rep_b.pk)  # of another team, but asked to answer
    seen = {name for name in ("rep", "rep2", "manager", "rep_b", "billing", "auditor", "manager_b", "tech")
            if inquiries_visible(viewer_for(getattr(cast, name), at)).exists()}  # fmt: skip
    assert seen == {"rep", "rep2", "manager", "tech", "rep_b", "billing", "auditor"}


def test_from_the_invoice_to_the_answer_on_the_pages(
    cast: SimpleNamespace, at: datetime, invoice: Invoice, client_for: ClientFor
) -> None:
    with time_machine.travel(at, tick=False):
        rep = client_for(cast.rep)
        new = f"/billing/customers/{cast.towa.pk}/inquiries/new/?invoice={invoice.number}"
        assert new.encode() in rep.get(f"/billing/invoices/{invoice.number}/").content
        form = rep.get(new).context["form"]
        data = {name: form[name].value() or "" for name in form.fields} | {"asked": ASKED, "contact": cast.ogawa.pk}
        data["answer_by"] = "2026-11-25T17:30"
        assert rep.post(new, data | {"asked": ""}).status_code == 422
        there = rep.post(new, data)
        assert rep.post(new, data)["Location"] == there["Location"]  # a double tap
        page = rep.get(there["Location"])
        assert f"/customers/promises/{Promise.objects.get().pk}/chase/" in page.content.decode()
        sent = {"answer": "ご説明した", "outcome": "correct", "answered_at": "2026-11-24T10:00",
                "idempotency": page.context["forms"]["answer"]["idempotency"].value()}  # fmt: skip
        assert rep.post(f"{there['Location']}answer/", sent | {"answer": ""}).status_code == 422
        assert rep.post(f"{there['Location']}answer/", sent).status_code == 302
        for path in (there["Location"], f"/customers/{cast.towa.pk}/", f"/billing/invoices/{invoice.number}/",
                     "/billing/inquiries/?state=answered"):  # fmt: skip
            assert Inquiry.objects.get().number.encode() in rep.get(path).content
    assert client_for(cast.rep_b).get(there["Location"]).status_code == 404


def test_programs_do_the_same(cast: SimpleNamespace, at: datetime, invoice: Invoice) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=at)}"})
    paper = {"customer": cast.towa.pk, "asked": ASKED, "way": "mail", "invoice": invoice.number,
             "asked_by": "経理課 山田", "idempotency_key": "k"}  # fmt: skip

    def send(path: str, data: dict[str, Any]) -> Any:
        return program.post(f"/api/v1/inquiries{path}", data, content_type="application/json")

    with time_machine.travel(at, tick=False):
        made = send("", paper)
        assert made.status_code == 201
        number = made.json()["number"]
        assert send("", paper).json()["number"] == number
        assert send(f"/{number}/postpone", {"answer_by": "2026-11-27T12:00:00+09:00", "agreement": "山田様"}).json()[
            "agreed"
        ]
        told = {"answer": "正しい金額とご説明", "outcome": "right", "idempotency_key": "a"}
        assert send(f"/{number}/answer", told).json()["answered_to"] == "経理課 山田"
        assert send(f"/{number}/answer", told | {"idempotency_key": "b"}).status_code == 409
        listed = program.get(f"/api/v1/inquiries?invoice={invoice.number}&open=false").json()
    assert [row["outcome"] for row in listed] == ["right"]
