"""What was issued is kept: nobody changes or deletes it, and what is handed over can be checked byte by byte."""

import csv
import hashlib
import io
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

import billing.verify
import office.verify
from billing.models import BankReceipt, Invoice, InvoiceLine, Payment
from billing.services import (
    Line,
    delivery_create,
    draft_gather,
    invoice_create,
    invoices_import,
    payment_record,
    receipts_import,
    render_invoices,
)
from office import clock
from office.models import File, JournalRow, User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.proof.owner import put_guards_aside

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


@pytest.fixture
def books(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """One invoice in print with a payment, two imported without a PDF, a draft, and a transfer of the bank."""
    at = clock.now()
    quick = SimpleNamespace(pdf=lambda sheet: SimpleNamespace(data=f"%PDF {sheet.number}".encode()))
    monkeypatch.setattr("billing.services.printing.press", lambda: quick)
    goods = Line(description="ボールねじ", quantity=Decimal(1), unit="本", unit_price=Decimal(100_000))
    delivery_create(
        number="D-1", customer_id=cast.towa.pk, delivered_on=date(2026, 10, 5), lines=[goods], by=cast.billing, at=at
    )
    draft = draft_gather(customer_id=cast.towa.pk, until=date(2026, 10, 31), by=cast.billing, at=at)
    cast.printed = issue(cast, draft, at, issued_on=date(2026, 10, 31))
    elsewhere = "請求書番号,お客様コード,件名,発行日,税抜金額,消費税額\n"
    elsewhere += "".join(f"{one},保守,2026-09-30,1000,100\n" for one in ("=A-1,C-0001", "B-1,C-0002"))
    assert invoices_import(data=elsewhere.encode(), by=cast.billing, at=at).errors == ()
    invoice_create(customer_id=cast.towa.pk, subject="下書き", net=1000, tax=100, by=cast.billing, at=at)
    render_invoices(at=at)
    cast.printed.refresh_from_db()
    payment_record(
        invoice_id=cast.printed.pk, key="p", amount=1_000, received_on=date(2026, 11, 2), by=cast.billing, at=at
    )
    told = "日付,入金金額,振込依頼人名\n2026-11-20,3894000,トウワコウギヨウ\n"
    receipts_import(data=told.encode(), viewer=viewer_for(cast.billing, at))
    return cast


def test_neither_paper_nor_money_is_deleted_by_any_route(books: SimpleNamespace) -> None:
    issued = Invoice.objects.filter(state="issued")
    for rows in (issued, InvoiceLine.objects.filter(frozen=True), Payment.objects.all(), File.objects.all()):
        assert rows.exists()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete(rows.db)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        BankReceipt.objects.all()._raw_delete("default")


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (File, {"data": b"%PDF another"}), (Payment, {"amount": 1}), (Payment, {"received_on": date(2020, 1, 1)}),
        (BankReceipt, {"amount": 1}), (BankReceipt, {"payer": "x"}), (Invoice, {"total": 1, "net": 1, "tax": 0}),
    ],
)  # fmt: skip
def test_nor_is_a_word_of_it_changed(books: SimpleNamespace, model: type, change: dict[str, object]) -> None:
    rows = Invoice.objects.filter(state="issued") if model is Invoice else model._default_manager.all()  # type: ignore[attr-defined]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(**change)


def test_what_became_of_a_transfer_may_still_be_noted(books: SimpleNamespace) -> None:
    assert BankReceipt.objects.update(state="aside", reason="前受金") == 1


def test_no_address_deletes_what_was_issued(books: SimpleNamespace, client_for: ClientFor) -> None:
    clerk = client_for(books.billing)
    token = {"authorization": f"Bearer {token_create(user=books.billing, at=clock.now())}"}
    number = books.printed.number
    assert clerk.post(f"/billing/invoices/{number}/discard/").status_code == 409
    assert Client().delete(f"/api/v1/invoices/{number}", headers=token).status_code == 409
    for path in (f"/billing/invoices/{number}/", f"/billing/invoices/{number}/paper.pdf"):
        assert clerk.delete(path).status_code == 405
    assert Invoice.objects.filter(number=number).exists()


def test_verify_finds_a_pdf_that_was_altered_is_missing_or_was_swapped(books: SimpleNamespace, at: datetime) -> None:
    assert [*billing.verify.problems(), *office.verify.problems()] == []
    put_guards_aside()
    file = books.printed.file
    File.objects.filter(pk=file.pk).update(data=b"%PDF " + b"x" * (file.size - 5))
    assert any(f"file {file.pk} " in problem for problem in office.verify.problems())
    other = File.objects.create(sha256="0" * 64, name="20261031_x_INV-0_1.pdf", size=1, data=b"x", at=at)
    Invoice.objects.filter(pk=books.printed.pk).update(file=other)
    said = f"invoice {books.printed.number}: its PDF is "
    assert f"{said}that of another one" in list(billing.verify.problems())
    File.objects.filter(pk=other.pk)._raw_delete("default")
    assert f"{said}missing" in list(billing.verify.problems())
    Invoice.objects.filter(pk=books.printed.pk).update(file=file)  # or the test's own end would find it missing


def test_verify_tells_of_a_guard_that_is_gone(books: SimpleNamespace) -> None:
    put_guards_aside()
    gone = [problem for problem in billing.verify.problems() if "is missing" in problem]
    assert sum("billing_payment" in problem for problem in gone) == 2
    assert sum("billing_bankreceipt" in problem for problem in gone) == 2


def taken(answer: object) -> zipfile.ZipFile:
    """The ZIP of a streamed answer."""
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def test_an_export_holds_papers_index_and_manifest_and_is_noted(
    books: SimpleNamespace, client_for: ClientFor, tmp_path: Path
) -> None:
    answer = client_for(books.auditor).post("/billing/export/", {"since": "2026-09-01", "until": "2026-10-31"})
    assert answer.status_code == 200
    archive = taken(answer)
    archive.extractall(tmp_path)
    rows = list(csv.DictReader(io.StringIO(archive.read("索引.csv").decode("utf-8-sig"))))
    assert archive.read("索引.csv").startswith(b"\xef\xbb\xbf")
    assert [row["請求書番号"] for row in rows] == [books.printed.number, "B-1", "'=A-1"]
    first = rows[0]
    assert (first["発行日"], first["取引先"], first["税込金額"]) == ("2026-10-31", "東和工業株式会社", "110000")
    assert (
        hashlib.sha256(archive.read(first["ファイル名"])).hexdigest() == first["SHA-256"] == books.printed.file.sha256
    )
    assert rows[1]["ファイル名"] == ""
    check = ["sha256sum", "-c", "SHA256SUMS.txt"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 0
    listed = {line.split("  ", 1)[1] for line in archive.read("SHA256SUMS.txt").decode().splitlines()}
    assert listed | {"SHA256SUMS.txt"} == set(archive.namelist())
    for name in listed:
        path = tmp_path / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        told = subprocess.run(check, cwd=tmp_path, capture_output=True)
        assert told.returncode == 1, name
        path.write_bytes(data)
    row = JournalRow.objects.get(about="export invoices")
    assert (row.actor, row.detail) == (books.auditor, "3\nsince 2026-09-01\nuntil 2026-10-31")


@pytest.mark.parametrize("stored", ["new", "cut off"])
def test_long_names_are_papers_of_their_own(
    books: SimpleNamespace, client_for: ClientFor, tmp_path: Path, stored: str
) -> None:
    """A name of a file takes 255 bytes, 85 kanji; two papers of one day are two."""
    books.towa.name = "株式会社" + "長" * 191
    books.towa.save()
    at, numbers = clock.now(), ("D-2", "D-3")
    for number in numbers:
        goods = Line(description="ボールねじ", quantity=Decimal(1), unit="本", unit_price=Decimal(100_000))
        delivery_create(
            number=number, customer_id=books.towa.pk, delivered_on=date(2026, 10, 5), lines=[goods], by=books.billing,
            at=at,
        )  # fmt: skip
        draft = draft_gather(customer_id=books.towa.pk, until=date(2026, 10, 31), by=books.billing, at=at)
        issue(books, draft, at, issued_on=date(2026, 10, 31))
    render_invoices(at=at)
    if stored == "cut off":
        put_guards_aside()
        File.objects.filter(name__contains="長").update(name=f"20261031_{books.towa.name}"[:200])
    answer = client_for(books.auditor).post("/billing/export/", {"since": "2026-10-31", "until": "2026-10-31"})
    archive = taken(answer)
    archive.extractall(tmp_path)
    assert sum(name.startswith("pdf/") for name in {*archive.namelist()}) == 3
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS.txt"], cwd=tmp_path, capture_output=True).returncode == 0
    assert [problem for problem in billing.verify.problems() if "PDF" in problem] == []


def test_a_byte_changed_in_the_database_shows_in_the_export(books: SimpleNamespace, client_for: ClientFor) -> None:
    put_guards_aside()
    file = books.printed.file
    File.objects.filter(pk=file.pk).update(data=b"%PDF " + b"x" * (file.size - 5))
    archive = taken(client_for(books.auditor).post("/billing/export/", {"since": "2026-10-01"}))
    lines = [line.split("  ", 1) for line in archive.read("SHA256SUMS.txt").decode().splitlines()]
    wrong = [name for sha256, name in lines if hashlib.sha256(archive.read(name)).hexdigest() != sha256]
    assert wrong == [name for name in archive.namelist() if name.startswith("pdf/")]


def test_an_export_holds_only_what_its_reader_may_see(books: SimpleNamespace, client_for: ClientFor) -> None:
    archive = taken(client_for(books.rep_b).post("/billing/export/", {}))
    assert archive.read("索引.csv").decode("utf-8-sig").count("\r\n") == 2
    assert "B-1" in archive.read("索引.csv").decode("utf-8-sig")
    assert client_for(books.tech).post("/billing/export/", {}).status_code == 403


def test_programs_export_by_the_same_words(books: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=books.billing, at=clock.now())}"})
    assert "B-1" in taken(program.post("/api/v1/invoices/export?q=北陸")).read("索引.csv").decode()
    assert program.post("/api/v1/invoices/export?since=2030-01-01").status_code == 404
    monkeypatch.setattr("billing.services.exports.MOST", 1)
    answer = program.post("/api/v1/invoices/export")
    assert answer.status_code == 400
    assert "more than 1 documents" in answer.json()["message"] or "1件を超えています" in answer.json()["message"]


def test_what_cannot_be_exported_is_said_in_a_sentence(books: SimpleNamespace, client_for: ClientFor) -> None:
    clerk = client_for(books.billing)
    for asked in ({"since": "x"}, {"since": "2030-01-01"}, {"least": "5", "most": "1"}):
        answer = clerk.post("/billing/export/", asked)
        assert answer.status_code in (400, 404, 422)
        assert not JournalRow.objects.filter(about="export invoices").exists()


def test_the_auditor_reads_what_is_kept_and_for_how_long(books: SimpleNamespace, client_for: ClientFor) -> None:
    page = client_for(books.auditor).get("/billing/keeping/").content.decode()
    for words in ("2026年9月30日", "2026年11月2日", "7年間", "10年間", "自動で消すことはありません", "sha256sum -c"):
        assert words in page
