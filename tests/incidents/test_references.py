"""Feature 3, practice 0-01: an incident names the invoices, orders, deliveries and lines it is about, with links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from billing.selectors.references import Reference, references_named
from billing.services import Line, delivery_create, invoice_create, order_create
from incidents import verify
from incidents.models import Incident
from incidents.references import linked
from incidents.services import FirstReport, incident_open
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.test_records import SCREW, WATER
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
URL = "/incidents/new/"


@pytest.fixture
def papers(cast: SimpleNamespace, at: datetime) -> SimpleNamespace:
    """An order, a delivery and an invoice of 東和, an invoice of 北陸, and an order and delivery of one number."""
    by = {"by": cast.billing, "at": at}
    for number in ("O-1", "1001"):
        order_create(number=number, customer_id=cast.towa.pk, ordered_on=at.date(), lines=[SCREW, WATER], **by)
    for number in ("D-1", "1001"):
        delivery_create(number=number, customer_id=cast.towa.pk, delivered_on=at.date(), lines=[SCREW], **by)
    bill = {"subject": "ボールねじ", "net": 1_000, "tax": 100, **by}
    cast.invoice = invoice_create(customer_id=cast.towa.pk, **bill)
    cast.foreign = invoice_create(customer_id=cast.hokuriku.pk, **bill)
    return cast


def named(cast: SimpleNamespace, typed: str, at: datetime, who: str = "rep") -> list[Reference]:
    return references_named(viewer_for(getattr(cast, who), at), cast.towa.pk, typed)


def three(typed: str, **more: str) -> dict[str, str]:
    report = {"customer": "東和工業株式会社", "summary": "納品書と請求書が合わない", "next_contact": "today"}
    return {**report, "references": typed, "idempotency": str(uuid4()), **more}


def known(incident: Incident) -> list[list[Any]]:
    found: list[list[Any]] = incident.case.get("known", {}).get("references", [])
    return found


def test_numbers_are_understood_as_people_type_them(papers: SimpleNamespace, at: datetime) -> None:
    order, delivery = Reference("order", "O-1"), Reference("delivery", "D-1")
    invoice = Reference("invoice", papers.invoice.number)
    assert named(papers, f"o-1、Ｄ－１, {invoice.number}", at) == [order, delivery, invoice]
    assert named(papers, "O-1 D-1\nO-1", at) == [order, delivery]
    assert named(papers, "1001", at) == [Reference("order", "1001"), Reference("delivery", "1001")]
    assert named(papers, "O-1#2", at) == [Reference("order", "O-1", 2)]
    assert named(papers, " 、 ", at) == []


def test_a_number_may_hold_blanks(cast: SimpleNamespace, at: datetime) -> None:
    order_create(
        number="注文 7", customer_id=cast.towa.pk, ordered_on=at.date(), lines=[SCREW], by=cast.billing, at=at
    )  # fmt: skip
    assert named(cast, "注文 7", at) == [Reference("order", "注文 7")]


@pytest.mark.parametrize(
    ("typed", "who", "message"),
    [
        ("O-1 O-9", "rep", "is no invoice, order or delivery"), ("O-1#3", "rep", "has no line"),
        ("foreign", "rep", "is no invoice, order or delivery"),
        ("foreign", "billing", "is no invoice, order or delivery"),
        ("O-1", "rep_b", "is no invoice, order or delivery"), ("O-1", "tech", "is no invoice, order or delivery"),
        ("O-1 " * 21, "rep", "up to 20"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_customers_is_refused(
    papers: SimpleNamespace, at: datetime, typed: str, who: str, message: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        named(papers, papers.foreign.number if typed == "foreign" else typed, at, who)
    assert (refused.value.code, refused.value.field) == ("invalid", "references")


def test_the_report_names_them_and_the_incident_links_them(papers: SimpleNamespace, client_for: ClientFor) -> None:
    rep = client_for(papers.rep)
    refused = rep.post(URL, three("O-1 O-9"))
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "O-9 という請求書・注文・納品書は、このお客様にはありません。" in shown
    assert 'value="O-1 O-9"' in shown
    rep.post(URL, three(f"O-1#2 {papers.invoice.number}"))
    incident = Incident.objects.get()
    assert known(incident) == [["order", "O-1", 2], ["invoice", papers.invoice.number, 0]]
    assert incident.invoice == papers.invoice.number
    page = rep.get(f"/incidents/{incident.number}/").content.decode()
    for link in ("/billing/orders/O-1/", f"/billing/invoices/{papers.invoice.number}/"):
        assert f'href="{link}"' in page
    assert "2行目" in page
    assert list(verify.problems()) == []


def test_who_has_no_part_in_billing_is_not_asked_and_gets_no_link(
    papers: SimpleNamespace, client_for: ClientFor, at: datetime
) -> None:
    assert 'name="references"' not in client_for(papers.tech).get(URL).content.decode()
    client_for(papers.rep).post(URL, three("O-1"))
    incident = Incident.objects.get()
    found = {who: linked(viewer_for(getattr(papers, who), at), incident) for who in ("rep", "tech")}
    assert [one.link for one in found["rep"]] == ["/billing/orders/O-1/"]
    assert [(one.number, one.link) for one in found["tech"]] == [("O-1", "")]


@pytest.mark.parametrize("path", ["orders/O-1", "deliveries/D-1", "invoices/{invoice}"])
def test_a_report_begins_from_the_page_of_the_paper(papers: SimpleNamespace, client_for: ClientFor, path: str) -> None:
    path = path.format(invoice=papers.invoice.number)
    link = f"{URL}?customer={papers.towa.pk}&amp;references={path.partition('/')[2]}"
    rep = client_for(papers.rep)
    assert f'href="{link}"' in rep.get(f"/billing/{path}/").content.decode()
    assert link not in client_for(papers.auditor).get(f"/billing/{path}/").content.decode()
    page = rep.get(link.replace("&amp;", "&")).content.decode()
    assert f'value="{path.partition("/")[2]}"' in page
    assert '<details class="card" open' in page


def test_a_line_with_a_difference_begins_one_too(papers: SimpleNamespace, client_for: ClientFor, at: datetime) -> None:
    more = Line(quantity=SCREW.quantity + 1, order_line=1)
    delivery_create(
        number="D-9", customer_id=papers.towa.pk, delivered_on=at.date(), lines=[more], order="O-1", by=papers.billing,
        at=at,
    )  # fmt: skip
    assert "references=O-1%231" in client_for(papers.rep).get("/billing/orders/O-1/").content.decode()


def test_programs_name_and_read_them(papers: SimpleNamespace, client: Client, at: datetime) -> None:
    token = token_create(user=papers.rep, at=at)

    def call(method: str, path: str, body: object = None) -> Any:
        headers = {"authorization": f"Bearer {token}"}
        answer = getattr(client, method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    report = {"customer": papers.towa.pk, "summary": "数量が違う", "references": ["O-1#1", "D-1"]}
    status, refused = call("post", "/incidents", {**report, "references": ["D-77"]})
    assert (status, "D-77" in refused["message"]) == (400, True)
    status, made = call("post", "/incidents", report)
    assert status == 201
    assert call("get", f"/incidents/{made['number']}")[1]["references"] == [
        {"sort": "order", "number": "O-1", "line": 1}, {"sort": "delivery", "number": "D-1", "line": 0},
    ]  # fmt: skip
    status, made = call("post", "/incidents", {"customer": papers.towa.pk, "summary": "x", "invoice": "unknown"})
    assert call("get", f"/incidents/{made['number']}")[1]["references"] == []
    assert "unknown" in Incident.objects.get(number=made["number"]).invoice


def test_an_invoice_that_goes_along_with_a_split_is_named_there_alone(papers: SimpleNamespace, at: datetime) -> None:
    viewer = viewer_for(papers.rep, at)
    data = {"summary": "請求書と納品の件", "next_contact": "none"}
    first = FirstReport(papers.towa.pk, data, references=f"{papers.invoice.number} D-1", key="s")
    job = Job(papers, at)
    job.number = incident_open(viewer=viewer, report=first)[0].number
    second = {"summary": "請求書の宛名", "kind": "missed_invoice", "severity": "B", "invoice": True}
    job.do(papers.rep, "split", data=second)
    other = Incident.objects.exclude(number=job.number).latest("pk")
    assert (known(job.incident), known(other)) == (
        [["delivery", "D-1", 0]], [["invoice", papers.invoice.number, 0]],
    )  # fmt: skip
    assert list(verify.problems()) == []


def named_job(papers: SimpleNamespace, at: datetime, typed: str, kind: str) -> Job:
    job, data = Job.__new__(Job), {"summary": "品違い", "next_contact": "none"}
    job.cast, job.at = papers, at
    first = FirstReport(papers.towa.pk, data, kind, references=typed, key=f"{kind}{typed}")
    job.number = incident_open(viewer=viewer_for(papers.rep, at), report=first)[0].number
    return job


def test_a_return_of_the_delivery_named_is_one_tap_away(
    papers: SimpleNamespace, client_for: ClientFor, at: datetime
) -> None:
    job = named_job(papers, at, "D-1#1 O-1", "wrong_delivery")
    page = client_for(papers.rep).get(f"/incidents/{job.number}/").content.decode()
    assert "D-1 の返品" in page
    assert "/return/" not in page, "billing writes it down"
    User.objects.filter(pk=papers.manager.pk).update(roles=["manager", "billing"])
    papers.manager.refresh_from_db()
    page = client_for(papers.manager).get(f"/incidents/{job.number}/").content.decode()
    assert 'href="/billing/deliveries/D-1/return/"' in page
    assert client_for(papers.manager).get("/billing/deliveries/D-1/return/").status_code == 200
    Incident.objects.filter(number=job.number).update(state="closed")
    assert "D-1 の返品" not in client_for(papers.rep).get(f"/incidents/{job.number}/").content.decode()


def test_a_repair_stands_beside_it_once_it_is_its_turn(
    papers: SimpleNamespace, client_for: ClientFor, at: datetime
) -> None:
    job = Job(papers, at, kind="defect")
    address = reverse("incidents:step", args=[job.number, "repair_period"])
    link = f'<a class="btn btn-bare justify-content-start" href="{address}">'

    def page() -> str:
        return client_for(papers.rep).get(f"/incidents/{job.number}/").content.decode()

    assert link not in page(), "there is no plan yet"
    job.planned()
    assert link in page()


def test_what_is_found_later_is_named_later(papers: SimpleNamespace, client_for: ClientFor, at: datetime) -> None:
    """The number is seldom at hand when the first report is written in the car park."""
    job, bill = Job(papers, at), papers.invoice.number
    job.do(papers.rep, "name_references", data={"numbers": "O-1#2"})
    page, rep = f"/incidents/{job.number}/", client_for(papers.rep)
    act = f"{page}acts/name_references/"
    assert act in rep.get(page).content.decode()
    wrong = rep.post(act, {"numbers": f"O-1#2 {papers.foreign.number}", "idempotency": str(uuid4())})
    assert (wrong.status_code, "このお客様にはありません" in wrong.content.decode()) == (400, True)
    assert rep.post(act, {"numbers": f"o-1#2、{bill}", "idempotency": str(uuid4())}).status_code == 302
    incident = Incident.objects.get()
    assert known(incident) == [["order", "O-1", 2], ["invoice", bill, 0]]
    assert incident.invoice == bill  # so that the letter finds it
    shown = rep.get(page).content.decode()
    assert f'href="/billing/invoices/{bill}/"' in shown
    assert f"関係する書類を記録: {bill}" in rep.get(f"{page}timeline/").content.decode()
    with pytest.raises(Refused, match="named already"):
        job.do(papers.rep, "name_references", data={"numbers": bill})
    assert list(verify.problems()) == []
