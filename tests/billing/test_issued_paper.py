"""What is issued is kept word for word and printed once; the PDF says all that the law and a clerk want."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from billing import verify
from billing.models import Invoice
from billing.paper import Sheet
from billing.services import draft_gather, invoice_correct, invoice_issue, invoices_check, render_invoices
from office.errors import Refused
from office.hashing import digest
from office.models import Company, File, User
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, back, delivered

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(cast: SimpleNamespace) -> Invoice:
    delivered(cast, "D-1", SCREW, WATER)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    return issue(cast, draft, EVENING)


def test_the_words_are_frozen_with_their_fingerprint(cast: SimpleNamespace, issued: Invoice) -> None:
    sheet = Sheet.read(issued.paper)
    assert (sheet.number, sheet.total, sheet.customer.name) == ("INV-26-0001", 1_140_228, cast.towa.name)
    assert [(row.rate, row.tax) for row in sheet.totals] == [(10, 103_200), (8, 372)]
    assert sheet.lines[0].sources[0].number == "D-1"
    assert issued.sha256 == digest(issued.paper)
    Company.objects.update(name="改名後")
    assert Sheet.read(Invoice.objects.get().paper).issuer.name == "株式会社誠和製作所"
    assert list(verify.problems()) == []


def test_it_is_printed_once_and_the_clerk_gets_those_bytes(
    cast: SimpleNamespace, issued: Invoice, client_for: Callable[[User], Client]
) -> None:
    assert render_invoices(at=EVENING) == 1
    assert render_invoices(at=EVENING) == 0
    stored = File.objects.get(content_type="application/pdf")
    answer = client_for(cast.billing).get("/billing/invoices/INV-26-0001/paper.pdf")
    assert answer.content == bytes(stored.data)
    assert answer.content.startswith(b"%PDF")
    assert client_for(cast.rep_b).get("/billing/invoices/INV-26-0001/paper.pdf").status_code == 404


def test_the_database_keeps_its_note_its_pdf_and_its_payment_days(cast: SimpleNamespace, issued: Invoice) -> None:
    render_invoices(at=EVENING)
    rows, days = Invoice.objects.filter(pk=issued.pk), issued.instalments.all()
    for change in (
        lambda: rows.update(note="振込先が変わりました"),
        lambda: rows.update(planned_on=CUTOFF),
        lambda: rows.update(file=None),
        lambda: days.update(due_on=CUTOFF),
        lambda: days.update(frozen=False),
        days.delete,
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    assert list(verify.problems()) == []


def test_a_draft_and_a_correction_are_on_paper_too(
    cast: SimpleNamespace, issued: Invoice, client_for: Callable[[User], Client]
) -> None:
    new = invoice_correct(invoice_id=issued.pk, reason="単価の誤り", by=cast.billing, at=EVENING)
    clerk = client_for(cast.billing)
    assert clerk.get(f"/billing/invoices/{new.number}/paper.png").headers["content-type"] == "image/png"
    corrected = Sheet.read(issue(cast, new, EVENING).paper)
    assert (corrected.kind, corrected.original and corrected.original.number) == ("corrected", "INV-26-0001")
    assert list(verify.problems()) == []


def test_without_what_the_law_wants_nothing_is_issued(cast: SimpleNamespace) -> None:
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    invoices_check(seen={draft.pk: 1}, by=cast.billing2, at=EVENING)
    Company.objects.update(t_number="")
    with pytest.raises(Refused, match="without"):
        invoice_issue(invoice_id=draft.pk, by=cast.billing, at=EVENING)
    kept = Invoice.objects.get()
    assert (kept.state, kept.number) == ("checked", "DRAFT-26-0001")


def test_what_is_left_is_compared_with_what_is_billed(cast: SimpleNamespace, issued: Invoice) -> None:
    back(cast, 2)
    assert list(verify.problems()) == []
    issued.lines.first().delivery_line.delivery.lines.update(left=3)  # type: ignore[union-attr]
    assert any("left to bill" in problem for problem in verify.problems())
