"""The pages of billing: drafts, issuing, money, terms, and the thank-you call in one tap."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Invoice, Payment, Terms
from billing.services import invoice_create, invoices_check, payment_record, thank_you_calls_sweep
from customers.models import Activity
from office import clock
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar
from tests.billing.paperwork import issue

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
KEY = "7f3f1a52-5d39-4d0c-9f0a-3f4f0a8f5a11"


def issued(cast: SimpleNamespace, number: str = "INV-1") -> Invoice:
    """An invoice of 1,100 yen, issued today."""
    now = clock.now()
    made = invoice_create(
        customer_id=cast.towa.pk, subject="保守", net=1000, tax=100, number=number, by=cast.billing, at=now
    )
    return issue(cast, made, now)


@pytest.fixture
def clerk(cast: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(cast.billing)


def test_a_draft_with_a_deposit_is_made_and_issued(cast: SimpleNamespace, clerk: Client) -> None:
    values = {
        "idempotency": KEY,
        "customer": "トウワ",
        "subject": "搬送装置 一式",
        "net": "1,000,000",
        "tax": "１００，０００",
        "delivered_on": "2026-10-10",
        "deposit": "300000",
        "deposit_on": "2026-09-10",
    }
    there = clerk.post("/billing/new/", values).headers["Location"]
    invoice = Invoice.objects.get()
    assert there == f"/billing/invoices/{invoice.number}/"
    assert [(row.kind, row.amount, row.due_on) for row in invoice.instalments.all()] == [
        ("deposit", 300_000, date(2026, 10, 30)),
        ("final", 800_000, date(2026, 11, 30)),
    ]
    assert clerk.post(there + "issue/").status_code == 409  # nobody has checked it
    invoices_check(seen={invoice.pk: invoice.version}, by=cast.billing2, at=clock.now())
    assert clerk.post(there + "issue/").status_code == 302
    assert clerk.post(there + "issue/").status_code == 409
    assert "発行済み" in clerk.get(there).content.decode()


def test_numbers_run_without_a_gap_and_pass_over_taken_ones(cast: SimpleNamespace) -> None:
    at = clock.now()
    year = f"{local_day(at):%y}"

    def make(number: str = "") -> str:
        values = {"customer_id": cast.towa.pk, "subject": "x", "net": 1, "tax": 0}
        return issue(cast, invoice_create(by=cast.billing, at=at, number=number, **values), at).number

    brought_in = {"subject": "x", "net": 1, "tax": 0, "total": 1, "state": "issued", "issued_on": local_day(at)}
    Invoice.objects.create(number=f"INV-{year}-0002", customer=cast.towa, created_at=at, **brought_in)
    assert [make(), make()] == [f"INV-{year}-0001", f"INV-{year}-0003"]
    make("A-1")
    with pytest.raises(Refused, match="already in use"):
        make("A-1")
    with pytest.raises(Refused, match="at one rate"):
        invoice_create(customer_id=cast.towa.pk, subject="x", net=1_000, tax=900, by=cast.billing, at=at)
    for ours in (f"INV-{year}-0009", "inv-26-9", f"DRAFT-{year}-0001"):  # thrown away, it would leave a gap
        with pytest.raises(Refused, match="given when an invoice is issued"):
            make(ours)


def test_where_nothing_was_delivered_the_day_of_issue_counts(cast: SimpleNamespace) -> None:
    at = clock.now()
    values = {"customer_id": cast.towa.pk, "subject": "x", "net": 1, "tax": 0, "planned_on": date(2026, 8, 1)}
    made = invoice_create(by=cast.billing, at=at, **values)
    issue(cast, made, at, date(2026, 9, 5))
    assert made.instalments.get().nominal_on == date(2026, 10, 31)


def test_money_is_recorded_once(cast: SimpleNamespace, clerk: Client) -> None:
    issued(cast)
    values = {"amount": "1,100", "received_on": str(local_day(clock.now())), "payer": "ﾄｳﾜ(ｶ", "idempotency": KEY}
    for _tap in range(2):
        assert clerk.post("/billing/invoices/INV-1/payments/", values).status_code == 302
    assert [(p.amount, p.payer, p.instalment is not None) for p in Payment.objects.all()] == [(1100, "ﾄｳﾜ(ｶ", True)]
    assert "ご入金" in clerk.get("/billing/").content.decode()
    assert "INV-1" not in clerk.get("/billing/?state=unpaid").content.decode().split('id="main"')[1]


def test_money_from_tomorrow_is_told_beside_its_field(cast: SimpleNamespace, clerk: Client) -> None:
    issued(cast)
    tomorrow = local_day(clock.now()) + timedelta(days=1)
    values = {"amount": "1", "received_on": str(tomorrow), "idempotency": KEY}
    page = clerk.post("/billing/invoices/INV-1/payments/", values)
    assert (page.status_code, "received_on" in page.context["form"].errors) == (422, True)


def test_money_for_a_draft_is_refused(cast: SimpleNamespace) -> None:
    at = clock.now()
    made = invoice_create(customer_id=cast.towa.pk, subject="x", net=1, tax=0, by=cast.billing, at=at)
    with pytest.raises(Refused) as refused:
        payment_record(invoice_id=made.pk, amount=1, received_on=local_day(at), by=cast.billing, at=at, key="k")
    assert refused.value.code == "conflict"


def test_the_terms_show_the_next_payment_days(cast: SimpleNamespace, clerk: Client) -> None:
    path = f"/billing/customers/{cast.towa.pk}/terms/"
    values = {
        "closing_day": 20,
        "pay_month_offset": 1,
        "pay_day": 0,
        "shift": "after",
        "thank_you": "key",
        "way": "transfer",
    }
    assert clerk.post(path, values).status_code == 302
    terms = Terms.objects.get(customer=cast.towa)
    assert (terms.closing_day, terms.shift, terms.thank_you) == (20, "after", "key")
    assert len(clerk.get(path).context["days"]) == 3
    assert "20日締め" in clerk.get(f"/customers/{cast.towa.pk}/").content.decode()
    assert clerk.post(path, values | {"closing_day": 31}).context["form"].errors


def test_a_foreign_invoice_answers_like_one_that_never_existed(cast: SimpleNamespace, client_for: ClientFor) -> None:
    issued(cast)
    stranger, instalment = client_for(cast.rep_b), Invoice.objects.get().instalments.get().pk
    for path in ("/billing/invoices/INV-1/", "/billing/invoices/INV-9/", f"/billing/thank-you/{instalment}/"):
        assert stranger.get(path).status_code == 404
    assert "INV-1" not in stranger.get("/billing/").content.decode()


def test_a_rep_reads_invoices_and_issues_none(cast: SimpleNamespace, client_for: ClientFor) -> None:
    issued(cast)
    rep = client_for(cast.rep)
    assert "INV-1" in rep.get("/billing/?q=東和").content.decode()
    assert "<form" not in rep.get("/billing/invoices/INV-1/").content.decode().split('id="main"')[1].split("</main>")[0]
    assert rep.post("/billing/invoices/INV-1/issue/").status_code == 403
    assert rep.get("/billing/new/").status_code == 403


def test_the_thank_you_call_is_recorded_in_one_tap(cast: SimpleNamespace, client_for: ClientFor) -> None:
    instalment = issued(cast).instalments.get()
    morning = business_calendar().opening_of(instalment.due_on)
    assert thank_you_calls_sweep(at=morning) == 1
    rep, path = client_for(cast.rep), Activity.objects.get().link
    page = rep.get(path).content.decode()
    for text in ("お礼だけをお伝えする電話です", "専務取締役 岡本様", "1,100円"):
        assert text in page
    assert "督促" not in page
    values = {"outcome": "reached", "contact": cast.okamoto.pk, "idempotency": KEY}
    assert rep.post(path, values).status_code == 302
    assert Activity.objects.get().state == "done"
    assert "お電話しました" in rep.get(path).content.decode()


def test_a_file_of_invoices_is_tried_then_imported(clerk: Client) -> None:
    text = "請求書番号,お客様コード,件名,税抜金額,消費税額\nINV-7,C-0001,保守,100,10\n"
    for name in ("try", "import"):
        file = SimpleUploadedFile("i.csv", text.encode())
        page = clerk.post("/billing/import/", {"file": file, name: "1"}, headers={"HX-Request": "true"})
        assert page.content.decode().lstrip().startswith('<section id="result"')
        assert Invoice.objects.filter(number="INV-7").exists() == (name == "import")
    file = SimpleUploadedFile("i.csv", text.replace("C-0001", "C-9").encode())
    page = clerk.post("/billing/import/", {"file": file, "import": "1"})
    assert (page.status_code, "このコードのお客様がありません" in page.content.decode()) == (422, True)


def test_a_list_costs_the_same_for_many(cast: SimpleNamespace, clerk: Client) -> None:
    issued(cast)

    def cost() -> int:
        clerk.get("/billing/")
        with CaptureQueriesContext(connection) as queries:
            clerk.get("/billing/")
        return len(queries)

    few = cost()
    for n in range(2, 20):
        issued(cast, f"INV-{n}")
    assert cost() == few
