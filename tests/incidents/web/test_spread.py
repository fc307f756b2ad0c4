"""横展開 (feature 58): who else is exposed to the cause, looked at one by one."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from billing.models import Invoice
from customers.models import Customer
from incidents.models import Incident, SpreadCheck
from incidents.services import FirstReport, incident_open, spread_check
from incidents.spread import spread
from office.viewer import viewer_for
from tests.cast import make_customer
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast: SimpleNamespace) -> Customer:
    return make_customer("C-0009", "南風電機株式会社", cast.rep, kana="ミナミカゼデンキ")


def incident_at(cast: SimpleNamespace, customer: Customer, at: datetime, kind: str, summary: str) -> Incident:
    report = FirstReport(
        customer_id=customer.pk, data={"summary": summary, "next_contact": "today"}, kind=kind, key=summary
    )
    return incident_open(viewer=viewer_for(cast.rep, at), report=report)[0]


def names(cast: SimpleNamespace, matter: Matter, query: str | None = None, who: str = "rep") -> list[str]:
    found = spread(viewer_for(getattr(cast, who), matter.at), matter.row, query)
    return [one.customer.name for one in found.exposed]


def test_the_same_kind_elsewhere_is_exposed(cast: SimpleNamespace, matter: Matter, other: Customer) -> None:
    assert names(cast, matter) == []
    incident_at(cast, other, matter.at, "missed_invoice", "10月分の請求がない")
    assert names(cast, matter) == ["南風電機株式会社"]


def test_another_kind_is_not_unless_the_words_are_the_same(
    cast: SimpleNamespace, matter: Matter, other: Customer
) -> None:
    incident_at(cast, other, matter.at, "defect", "FC-16Aが固い")
    assert names(cast, matter) == []
    assert names(cast, matter, "ＦＣ－16A") == ["南風電機株式会社"]


def test_what_lies_further_back_is_left_out(cast: SimpleNamespace, matter: Matter, other: Customer) -> None:
    incident_at(cast, other, matter.at - timedelta(days=181), "missed_invoice", "古い件")
    assert names(cast, matter) == []


def test_an_invoice_with_the_same_words_is_exposed(cast: SimpleNamespace, matter: Matter, other: Customer) -> None:
    Invoice.objects.create(
        number="S-1", customer=other, subject="継手 FC-16A", net=100, tax=10, total=110, created_at=matter.at
    )
    assert names(cast, matter, "FC-16A") == ["南風電機株式会社"]
    assert names(cast, matter, "FC-16A", who="tech") == [], "invoices are no part of a technician's work"


def test_nobody_else_s_customers_are_told(cast: SimpleNamespace, matter: Matter, at: datetime) -> None:
    report = FirstReport(
        customer_id=cast.hokuriku.pk, data={"summary": "もれ", "next_contact": "today"}, kind="missed_invoice", key="h"
    )
    incident_open(viewer=viewer_for(cast.rep_b, at), report=report)
    assert names(cast, matter) == []
    assert names(cast, matter, who="director") == ["北陸精機株式会社"]


def test_one_looked_at_is_counted(
    cast: SimpleNamespace, planned: Matter, other: Customer, client_for: ClientFor
) -> None:
    incident_at(cast, other, planned.at, "missed_invoice", "10月分の請求がない")
    planned.do(cast.manager, "submit", "prevention")
    client, page = client_for(cast.rep), f"{planned.url}spread/"
    assert "対象 1件、確認済み 0件、該当あり 0件" in client.get(f"{planned.url}measures/0/").content.decode()
    assert client.post(page, {"customer": str(other.pk), "outcome": "clear"}).status_code == 302
    assert "対象 1件、確認済み 1件、該当あり 0件" in client.get(f"{planned.url}measures/0/").content.decode()
    assert "確認済み: 該当なし" in client.get(page).content.decode()


def test_all_are_counted_though_a_page_holds_fewer(
    cast: SimpleNamespace, planned: Matter, other: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.spread.MOST_CUSTOMERS", 1)
    second = make_customer("C-0010", "北風電機株式会社", cast.rep)
    for firm in (other, second):
        incident_at(cast, firm, planned.at, "missed_invoice", "10月分の請求がない")
    viewer = viewer_for(cast.rep, planned.at)
    spread_check(viewer=viewer, incident=planned.row, customer=second.pk, outcome="clear")
    found = spread(viewer, planned.row)
    assert [one.customer for one in found.listed] == [other], "whom nobody has looked at comes first"
    assert (len(found.exposed), found.checked, found.left) == (2, 1, 1)


def test_the_subject_of_an_invoice_is_looked_for_by_those_who_read_invoices(
    cast: SimpleNamespace, matter: Matter
) -> None:
    Invoice.objects.create(
        number="S-7", customer=cast.towa, subject="継手", net=100, tax=10, total=110, created_at=matter.at
    )
    Incident.objects.filter(number=matter.number).update(invoice="S-7")
    assert spread(viewer_for(cast.rep, matter.at), matter.row).words == "継手"
    assert spread(viewer_for(cast.tech, matter.at), matter.row).words == ""


def test_one_found_begins_a_first_report(
    cast: SimpleNamespace, matter: Matter, other: Customer, client_for: ClientFor
) -> None:
    incident_at(cast, other, matter.at, "missed_invoice", "10月分の請求がない")
    client = client_for(cast.rep)
    address = client.post(f"{matter.url}spread/", {"customer": str(other.pk), "outcome": "found"})["Location"]
    form = client.get(address).context["form"]
    assert form["kind"].value() == "missed_invoice"
    assert form["customer"].value() == "南風電機株式会社"
    check = SpreadCheck.objects.get()
    fields = {
        "customer": other.name, "pick": str(other.pk), "summary": "照合したところ11月分も請求がない",
        "next_contact": "today", "kind": "missed_invoice", "spread": str(check.pk),
        "idempotency": "7e57ca5e-0000-4000-8000-000000000007",
    }  # fmt: skip
    client.post("/incidents/new/", fields)
    check.refresh_from_db()
    assert check.number == Incident.objects.order_by("-pk")[0].number
    assert check.number in client.get(f"{matter.url}spread/").content.decode()
    again = client.post(f"{matter.url}spread/", {"customer": str(other.pk), "outcome": "clear"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("customer", "outcome", "status"),
    [
        ("own", "clear", 400),
        ("theirs", "clear", 404),
        ("0", "clear", 404),
        ("other", "perhaps", 400),
        ("x", "clear", 404),
    ],
)
def test_what_cannot_be_recorded(
    cast: SimpleNamespace,
    matter: Matter,
    other: Customer,
    client_for: ClientFor,
    customer: str,
    outcome: str,
    status: int,
) -> None:
    pk = {"own": cast.towa.pk, "theirs": cast.hokuriku.pk, "other": other.pk}.get(customer, customer)
    answer = client_for(cast.rep).post(f"{matter.url}spread/", {"customer": str(pk), "outcome": outcome})
    assert answer.status_code == status
    assert not SpreadCheck.objects.exists()


def test_the_page_costs_the_same_with_many(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        firm = make_customer(f"D-{number}", f"第{number}工業", cast.rep)
        incident_at(cast, firm, matter.at, "missed_invoice", f"{number}月分")
    client = client_for(cast.rep)
    with django_assert_max_num_queries(9):
        assert client.get(f"{matter.url}spread/").content.decode().count("該当あり(第一報へ)") == 5
