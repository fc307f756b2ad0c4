"""A company's own export is the input of the main job: 1,000 customers, 5,000 invoices, an incident on one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from billing.models import Invoice
from billing.services import invoices_import
from customers.models import Contact, Customer
from customers.services import customers_import
from incidents.services import FirstReport, incident_open
from tests.job import Job

pytestmark = pytest.mark.django_db

CUSTOMERS, EACH = 1000, 5
CUSTOMER_HEAD = "お客様コード,会社名,会社カナ,主担当,役職,姓,名,姓カナ,名カナ"
INVOICE_HEAD = "請求書番号,お客様コード,件名,数量,納品書番号,納品日,発行予定日,税抜金額,消費税額,税込金額"


def customers() -> Iterator[str]:
    yield CUSTOMER_HEAD
    for n in range(CUSTOMERS):
        yield f"K-{n:04d},第{n}髙﨑機械株式会社,ダイ{n}タカサキキカイ,rep,専務取締役,渡邊,{n}郎,ワタナベ,ロウ"


def invoices(first: date) -> Iterator[str]:
    yield INVOICE_HEAD
    for n in range(CUSTOMERS * EACH):
        net = 10_000 + n
        tax = net // 10
        day = first + timedelta(days=n % 60)
        yield f"E-{n:05d},K-{n % CUSTOMERS:04d},歯車 {n}番,{n % 9 + 1}個,D-{n:05d},{day},{day},{net},{tax},{net + tax}"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_it_comes_in_and_an_incident_is_walked_on_it(cast: SimpleNamespace, at: datetime, encoding: str) -> None:
    read = customers_import(data="\n".join(customers()).encode(encoding), by=cast.admin, at=at)
    assert read.errors == ()
    billed = invoices_import(data="\n".join(invoices(date(2026, 8, 1))).encode(encoding), by=cast.billing, at=at)
    assert billed.errors == ()
    assert (Customer.objects.filter(code__startswith="K-").count(), Invoice.objects.count()) == (1000, 5000)

    firm = Customer.objects.get(code="K-0777")
    assert firm.name == "第777髙﨑機械株式会社"
    invoice = Invoice.objects.filter(customer=firm).earliest("pk")
    job = Job(cast, at)
    data = {"summary": "請求書が届いていない", "next_contact": "none"}
    report = FirstReport(customer_id=firm.pk, data=data, kind="missed_invoice", key="one-of-them")
    job.number = incident_open(viewer=job.viewer(cast.rep), report=report)[0].number
    job.do(cast.rep, "submit", "first_apology")
    plan = job.offers(cast.rep)["submit", "plan"]["schema"]["example"]
    job.do(cast.rep, "submit", "plan", {**plan, "invoice": invoice.number})
    job.do(cast.manager, "approve", "plan", {})
    letter = job.offers(cast.rep)["submit", "letter"]["schema"]["example"]["letter"]
    assert letter["addressee"]["company"] == firm.name
    assert letter["addressee"]["name"].startswith("渡邊")
    assert Contact.objects.get(customer=firm).surname == "渡邊"
    assert f"{invoice.total:,}円" in "".join(letter["paragraphs"])
    assert invoice.delivery_number in str(letter["facts"])


def test_a_broken_row_is_named_and_nothing_of_its_file_is_imported(cast: SimpleNamespace, at: datetime) -> None:
    rows = list(customers())[:50]
    rows[30] = rows[30].replace("髙﨑機械株式会社", "")[:7] + ",,"
    report = customers_import(data="\n".join(rows).encode("cp932"), by=cast.admin, at=at)
    assert [error.line for error in report.errors][:1] == [31]
    assert not Customer.objects.filter(code__startswith="K-").exists()
