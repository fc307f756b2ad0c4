"""Price reductions: a return invoice that names the invoice whose price it takes off, checked and kept like others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.test import Client

from billing import verify
from billing.models import Invoice, InvoiceLine
from billing.paper.content import Sheet
from billing.reminders import OWED
from billing.selectors.checking import drafts_of
from billing.selectors.overdue import overdue
from billing.services import (
    Change,
    draft_change,
    draft_discard,
    draft_gather,
    invoice_correct,
    invoice_create,
    invoice_issue,
    invoices_check,
    invoices_import,
    payment_record,
    reduction_create,
    return_gather,
    return_settle,
)
from customers.models import Promise
from customers.services import NewPromise, promise_keep, promise_make
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_imports import HEAD
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, back, delivered

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[[User], Client]
WHY = "納入遅れのお詫びとして"
KEY = "7e57ca5e-0000-4000-8000-00000000000%s"


@pytest.fixture
def billed(cast: SimpleNamespace) -> Invoice:
    """An issued invoice of two rates: 1,032,000 at 10 %, 4,656 at 8 %; 1,140,228 with tax."""
    delivered(cast, "D-1", SCREW, WATER)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    return issue(cast, draft, EVENING)


def reduced(cast: SimpleNamespace, invoice: Invoice, amount: int, **more: Any) -> Invoice:
    return reduction_create(invoice_id=invoice.pk, amount=amount, reason=WHY, by=cast.billing, at=EVENING, **more)


def test_it_is_shared_out_by_rate_and_printed_with_all_the_law_wants(cast: SimpleNamespace, billed: Invoice) -> None:
    draft = reduced(cast, billed, 50_000)
    (found,) = drafts_of([draft], viewer_for(cast.billing2, EVENING))
    assert found.findings == []
    issued = issue(cast, draft, EVENING)
    sheet = Sheet.read(issued.paper)
    assert (sheet.kind, sheet.total, sheet.reason, sheet.mode) == ("return", 50_000, WHY, "inclusive")
    assert sheet.original is not None
    assert (sheet.original.number, sheet.original.issued_on) == (billed.number, billed.issued_on)
    assert [(line.rate, line.amount, line.on) for line in sheet.lines] == [
        (10, 49_780, date(2026, 11, 10)), (8, 220, date(2026, 11, 10)),
    ]  # fmt: skip
    assert [(row.rate, row.net, row.tax, row.gross) for row in sheet.totals] == [
        (10, 45_255, 4_525, 49_780), (8, 204, 16, 220),
    ]  # fmt: skip
    assert (issued.total, issued.instalments.count()) == (-50_000, 0)
    assert list(verify.problems()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceLine.objects.filter(invoice=issued).update(reduces=None)


def test_what_is_owed_is_settled_like_a_return(cast: SimpleNamespace, billed: Invoice) -> None:
    issued = issue(cast, reduced(cast, billed, 50_000), EVENING)
    return_settle(
        invoice_id=issued.pk, key="s", how="netted", amount=50_000, settled_on=date(2026, 11, 30), against_id=billed.pk,
        by=cast.billing, at=EVENING,
    )  # fmt: skip
    assert sum(billed.payments.values_list("amount", flat=True)) == 50_000


@pytest.mark.parametrize(
    ("amount", "code", "told"), [(0, "invalid", "above zero"), (1_140_229, "invalid", "At most 1,140,228 yen")]
)
def test_no_more_than_its_price_is_taken_off(
    cast: SimpleNamespace, billed: Invoice, amount: int, code: str, told: str
) -> None:
    with pytest.raises(Refused, match=told) as refused:
        reduced(cast, billed, amount)
    assert (refused.value.code, refused.value.field) == (code, "amount")


def test_reductions_add_up_and_one_draft_at_a_time(cast: SimpleNamespace, billed: Invoice) -> None:
    first = reduced(cast, billed, 1_000_000)
    with pytest.raises(Refused, match="already takes something off"):
        reduced(cast, billed, 1)
    first = issue(cast, first, EVENING)
    with pytest.raises(Refused, match="At most 140,228 yen"):
        reduced(cast, billed, 140_229)
    second = reduced(cast, billed, 140_228)
    more = {1: Change(unit_price=Decimal(140_000))}
    second = draft_change(invoice_id=second.pk, version=second.version, changes=more, by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="more than is left"):
        issue(cast, second, EVENING)
    draft_discard(invoice_id=second.pk, by=cast.billing, at=EVENING)
    newer = issue(cast, invoice_correct(invoice_id=first.pk, reason="金額の誤り", by=cast.billing, at=EVENING), EVENING)
    assert newer.total == -1_000_000  # counted once, though both name it
    assert reduced(cast, billed, 140_228).total == -140_228


def test_what_is_no_issued_invoice_is_refused(cast: SimpleNamespace, billed: Invoice) -> None:
    back = issue(cast, reduced(cast, billed, 100), EVENING)
    with pytest.raises(Refused, match="gives money back itself"):
        reduced(cast, back, 10)
    newer = invoice_correct(invoice_id=billed.pk, reason="宛名", by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="is not issued"):
        reduced(cast, newer, 10)
    issue(cast, newer, EVENING)
    with pytest.raises(Refused, match="replaces it"):
        reduced(cast, billed, 10)


@pytest.mark.parametrize(("sums", "rate"), [("1000,80", 8), ("1000,90", None)])
def test_of_one_issued_elsewhere_the_sums_tell_the_rate(cast: SimpleNamespace, sums: str, rate: int | None) -> None:
    row = HEAD + f"A-1,C-0001,保守,2026-09-10,2026-09-30,{sums},\n"
    assert invoices_import(data=row.encode(), by=cast.billing, at=EVENING).errors == ()
    old = Invoice.objects.get()
    if rate is None:
        with pytest.raises(Refused, match="has no lines here"):
            reduced(cast, old, 108)
        return
    (line,) = Sheet.read(issue(cast, reduced(cast, old, 108), EVENING).paper).lines
    assert (line.rate, line.on) == (rate, date(2026, 9, 10))


def promised(cast: SimpleNamespace, customer: Any, amount: int = 50_000) -> Promise:
    new = NewPromise(
        source=f"t:{customer.pk}", what="補償", answer_by=EVENING.replace(month=12, day=4), kind="money",
        document="credit", amount=amount, owner_id=cast.rep.pk,
    )  # fmt: skip
    return promise_make(customer=customer, new=new, by=cast.rep, at=EVENING)


def test_it_keeps_the_promise_of_a_compensation(cast: SimpleNamespace, billed: Invoice) -> None:
    promise = promised(cast, cast.towa)
    draft = reduced(cast, billed, 50_000, promise_id=promise.pk)
    assert reduced(cast, billed, 50_000, promise_id=promise.pk) == draft  # the same tap again
    promise.refresh_from_db()
    assert promise.state == "open"  # a draft keeps nothing
    issued = issue(cast, draft, EVENING)
    promise.refresh_from_db()
    assert (promise.state, promise.document_number, promise.ended_by) == ("kept", issued.number, cast.billing)


def test_another_amount_than_was_promised_is_told_to_the_second_person(cast: SimpleNamespace, billed: Invoice) -> None:
    draft = reduced(cast, billed, 40_000, promise_id=promised(cast, cast.towa).pk)
    (found,) = drafts_of([draft], viewer_for(cast.billing2, EVENING))
    assert [(one.kind, one.params) for one in found.findings] == [("sums", {"yen": "50,000"})]


def test_what_is_promised_no_more_is_not_issued(cast: SimpleNamespace, billed: Invoice) -> None:
    promise = promised(cast, cast.towa)
    draft = reduced(cast, billed, 50_000, promise_id=promise.pk)
    promise_keep(promise_id=promise.pk, document_number="紙の伝票 12", by=cast.rep, at=EVENING)
    with pytest.raises(Refused, match="no such promise"):
        issue(cast, draft, EVENING)
    draft.refresh_from_db()
    assert draft.state == "checked"
    for none in (promise, promised(cast, cast.hokuriku)):
        with pytest.raises(Refused, match="no such promise"):
            reduced(cast, billed, 50_000, promise_id=none.pk)


@time_machine.travel(EVENING, tick=False)
def test_a_clerk_makes_it_from_the_promise_or_from_the_invoice(
    cast: SimpleNamespace, billed: Invoice, client_for: ClientFor
) -> None:
    promise, clerk = promised(cast, cast.towa), client_for(cast.billing)
    path = f"/billing/compensations/{promise.pk}/"
    assert path in clerk.get("/billing/").content.decode()
    assert path in clerk.get(f"/customers/promises/{promise.pk}/").content.decode()
    shown = clerk.get(path).content.decode()
    assert 'value="50000"' in shown
    assert "このたびのお詫びとして" in shown
    tap = {"invoice": billed.number, "reason": WHY, "idempotency": KEY % 1}
    wrong = clerk.post(path, {**tap, "amount": "9,999,999"})
    assert (wrong.status_code, "1,140,228円" in wrong.content.decode()) == (422, True)
    made = clerk.post(path, {**tap, "amount": "50,000"})
    draft = Invoice.objects.get(promise=promise)
    assert made.headers["Location"] == f"/billing/invoices/{draft.number}/"
    assert clerk.get(path).headers["Location"] == f"/billing/invoices/{draft.number}/"
    page = clerk.get(f"/billing/invoices/{draft.number}/").content.decode()
    assert billed.number in page
    draft_discard(invoice_id=draft.pk, by=cast.billing, at=EVENING)
    by_hand = f"/billing/invoices/{billed.number}/reduce/"
    tap = {"reason": WHY, "idempotency": KEY % 2}
    assert clerk.post(by_hand, {**tap, "amount": "x"}).status_code == 422
    for _twice in range(2):  # a double tap
        assert clerk.post(by_hand, {**tap, "amount": "100"}).status_code == 302
    late = Invoice.objects.get(kind="return")
    issue(cast, late, EVENING)
    assert clerk.post(by_hand, {**tap, "amount": "100"}).status_code == 302  # and one that comes late
    assert Invoice.objects.filter(kind="return").count() == 1
    assert client_for(cast.rep).post(by_hand, {"amount": "100", "reason": WHY}).status_code == 403
    assert client_for(cast.rep).get(path).status_code == 403


@time_machine.travel(EVENING, tick=False)
def test_a_program_makes_it_too(cast: SimpleNamespace, billed: Invoice, client: Client) -> None:
    promise = promised(cast, cast.towa)
    bearer = {"authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"}
    path, body = f"/api/v1/invoices/{billed.number}/reduce", {"amount": 50_000, "reason": WHY, "promise": promise.pk}
    for _twice in range(2):
        answer = client.post(path, body, content_type="application/json", headers=bearer)
        assert (answer.status_code, answer.json()["total"], answer.json()["reason"]) == (201, -50_000, WHY)
    assert Invoice.objects.filter(promise=promise).count() == 1
    plain = {"amount": 700, "reason": WHY, "idempotency_key": "r1"}
    draft_discard(invoice_id=Invoice.objects.get(promise=promise).pk, by=cast.billing, at=EVENING)
    numbers = {
        client.post(path, plain, content_type="application/json", headers=bearer).json()["number"]
        for _twice in range(2)
    }
    assert len(numbers) == 1
    refused = client.post(path, body | {"promise": 10**9}, content_type="application/json", headers=bearer)
    assert refused.status_code == 404


def test_what_was_taken_off_before_a_correction_counts_after_it(cast: SimpleNamespace, billed: Invoice) -> None:
    issue(cast, reduced(cast, billed, 1_000_000), EVENING)
    draft = invoice_correct(invoice_id=billed.pk, reason="宛名", by=cast.billing, at=EVENING)
    lower = {1: Change(unit_price=Decimal(100)), 2: Change(dropped=True)}
    low = draft_change(invoice_id=draft.pk, version=draft.version, changes=lower, by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="more than is left"):
        issue(cast, low, EVENING)  # less than was given back already
    draft_discard(invoice_id=low.pk, by=cast.billing, at=EVENING)
    newer = issue(cast, invoice_correct(invoice_id=billed.pk, reason="宛名", by=cast.billing, at=EVENING), EVENING)
    with pytest.raises(Refused, match="At most 140,228 yen"):
        reduced(cast, newer, 140_229)


def test_what_was_replaced_meanwhile_is_not_reduced(cast: SimpleNamespace, billed: Invoice) -> None:
    draft = reduced(cast, billed, 1_000)
    issue(cast, invoice_correct(invoice_id=billed.pk, reason="宛名", by=cast.billing, at=EVENING), EVENING)
    with pytest.raises(Refused, match="another one replaces it"):
        issue(cast, draft, EVENING)


def test_what_came_back_is_not_given_back_twice(cast: SimpleNamespace, billed: Invoice) -> None:
    back(cast, 12)
    returned = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="At most 5,028 yen"):
        reduced(cast, billed, 5_029)
    draft_discard(invoice_id=returned.pk, by=cast.billing, at=EVENING)
    issue(cast, reduced(cast, billed, 1_000_000), EVENING)
    returned = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="more than is left"):
        issue(cast, returned, EVENING)


def test_a_rate_that_was_not_billed_gives_nothing_back(cast: SimpleNamespace, billed: Invoice) -> None:
    draft = reduced(cast, billed, 50_000)
    for change in ({1: Change(rate=0)}, {2: Change(unit_price=Decimal(5_029))}):
        draft = draft_change(invoice_id=draft.pk, version=draft.version, changes=change, by=cast.billing, at=EVENING)
        with pytest.raises(Refused, match="more than is left"):
            issue(cast, draft, EVENING)
        draft_discard(invoice_id=draft.pk, by=cast.billing, at=EVENING)
        draft = reduced(cast, billed, 50_000)


def test_who_is_owed_something_is_asked_for_nothing(cast: SimpleNamespace, billed: Invoice) -> None:
    """The customer may have kept it back from the transfer."""
    part = billed.instalments.get()
    issued = issue(cast, reduced(cast, billed, 50_000), EVENING)
    payment_record(
        invoice_id=billed.pk, key="p", amount=1_090_228, received_on=part.due_on, by=cast.billing,
        at=EVENING + timedelta(days=62),
    )  # fmt: skip
    late = datetime.combine(part.due_on, EVENING.timetz()) + timedelta(days=30)
    (row,) = overdue(Q(invoice__customer=cast.towa.pk), late)
    assert row.pause == OWED
    return_settle(
        invoice_id=issued.pk, key="s", how="netted", amount=50_000, settled_on=date(2026, 11, 30), against_id=billed.pk,
        by=cast.billing, at=EVENING,
    )  # fmt: skip
    assert overdue(Q(invoice__customer=cast.towa.pk), late) == []


def test_goods_of_an_invoice_that_took_a_return_off_come_back_too(cast: SimpleNamespace, billed: Invoice) -> None:
    """A month nets what came back of the month before; then all of its own comes back, of a rate that was nil, too."""
    back(cast, 8)
    back(cast, 48, "R-2", ("D-1", 2))
    delivered(cast, "D-2", SCREW, WATER)
    second = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert second.lines.filter(quantity__lt=0).count() == 2
    issue(cast, second, EVENING)
    back(cast, 12, "R-3", ("D-2", 1))
    back(cast, 1, "R-4", ("D-2", 2))
    returned = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert issue(cast, returned, EVENING).total == -(1_135_200 + 97 + 7)


def test_half_of_a_delivery_that_two_invoices_bill_comes_back(cast: SimpleNamespace) -> None:
    delivered(cast)
    first = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    half = {1: Change(quantity=Decimal(6))}
    first = draft_change(invoice_id=first.pk, version=first.version, changes=half, by=cast.billing, at=EVENING)
    issue(cast, first, EVENING)
    rest = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing2, at=EVENING)
    invoices_check(seen={rest.pk: rest.version}, by=cast.billing, at=EVENING)
    last = invoice_issue(invoice_id=rest.pk, by=cast.billing2, at=EVENING)
    issue(cast, reduced(cast, last, 1_000), EVENING)
    back(cast, 6)
    returned = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert issue(cast, returned, EVENING).state == "issued"


def test_a_key_that_made_something_else_is_refused(cast: SimpleNamespace, billed: Invoice) -> None:
    reduced(cast, billed, 100, key="k")
    with pytest.raises(Refused, match="made something else"):
        invoice_create(customer_id=cast.towa.pk, subject="x", net=100, tax=10, by=cast.billing, at=EVENING, key="k")
    typed = {"subject": "x", "net": 100, "tax": 10, "by": cast.billing, "at": EVENING, "key": "c"}
    invoice_create(customer_id=cast.towa.pk, **typed)
    with pytest.raises(Refused, match="made something else"):
        invoice_create(customer_id=cast.hokuriku.pk, **typed)
