"""Invoices come in from a spreadsheet: whole or not at all, twice without doubling, never over an issued one."""

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.due import Part
from billing.models import Instalment, Invoice, Terms
from billing.services import check_refuse, invoice_create, invoices_check, invoices_import, thank_you_calls_sweep
from customers.importing import Report
from customers.models import Customer
from office.errors import Refused
from office.models import JournalRow

pytestmark = [pytest.mark.django_db, pytest.mark.both]
HEAD = "請求書番号,お客様コード,件名,納品日,発行日,税抜金額,消費税額,税込金額\n"
FILE = HEAD + (
    'INV-1,C-0001,吸着部品,2026/10/15,R8.10.20,"440,000",44000,\n'
    "INV-2,C-0002,保守 10月分,2026-10-31,,120000,12000,132000円\n"
)


def run(cast: SimpleNamespace, at: datetime, text: str = FILE, encoding: str = "utf-8") -> Report:
    return invoices_import(data=text.encode(encoding), by=cast.billing, at=at)


def done(report: Report) -> tuple[int, int, int]:
    assert report.errors == ()
    count = report.counts[0]
    return count.created, count.updated, count.unchanged


def test_a_file_brings_invoices_with_their_payment_days(cast: SimpleNamespace, at: datetime) -> None:
    Terms.objects.create(customer=cast.towa, closing_day=20, pay_month_offset=1, pay_day=0, shift="before")
    assert done(run(cast, at)) == (2, 0, 0)
    issued, draft = Invoice.objects.order_by("number")
    assert (issued.state, issued.issued_on, issued.total) == ("issued", date(2026, 10, 20), 484_000)
    assert (draft.state, draft.customer) == ("draft", cast.hokuriku)
    assert [(i.amount, i.due_on) for i in issued.instalments.all()] == [(484_000, date(2026, 11, 30))]


def test_a_second_import_changes_nothing(cast: SimpleNamespace, at: datetime) -> None:
    run(cast, at)
    days = list(Instalment.objects.values_list("pk", "due_on"))
    assert done(run(cast, at)) == (0, 0, 2)
    assert list(Instalment.objects.values_list("pk", "due_on")) == days


def test_a_draft_is_brought_up_to_date(cast: SimpleNamespace, at: datetime) -> None:
    run(cast, at)
    later = FILE.replace("2026-10-31,,120000,12000,132000円", "2026-11-30,,200000,20000,220000")
    assert done(run(cast, at, later)) == (0, 1, 1)
    invoice = Invoice.objects.get(number="INV-2")
    assert (invoice.total, invoice.state) == (220_000, "draft")
    assert [i.amount for i in invoice.instalments.all()] == [220_000]


def test_no_file_issues_a_draft_that_stands_here(cast: SimpleNamespace, at: datetime) -> None:
    """Two people do. What was issued elsewhere comes in, and the journal says that nobody here has checked it."""
    run(cast, at)
    assert JournalRow.objects.filter(verb__contains="unchecked here").get().detail == "INV-1"
    later = FILE.replace("2026-10-31,,120000", "2026-10-31,2026-11-30,120000")
    assert [(error.line, error.column) for error in run(cast, at, later).errors] == [(3, "発行日")]
    assert Invoice.objects.get(number="INV-2").state == "draft"


def test_who_changes_a_draft_by_a_file_does_not_check_it(cast: SimpleNamespace, at: datetime) -> None:
    run(cast, at)
    changed = FILE.replace("120000,12000,132000円", "200000,20000,220000")
    invoices_import(data=changed.encode(), by=cast.billing2, at=at)
    draft = Invoice.objects.get(number="INV-2")
    for maker in (cast.billing, cast.billing2):
        with pytest.raises(Refused, match="does not check it"):
            invoices_check(seen={draft.pk: draft.version}, by=maker, at=at)
        with pytest.raises(Refused, match="does not check it"):
            check_refuse(invoice_id=draft.pk, reason="x", by=maker, at=at)


def test_a_note_of_what_is_issued_is_frozen_too(cast: SimpleNamespace, at: datetime) -> None:
    noted = HEAD.replace("\n", ",備考\n") + "INV-1,C-0001,吸着部品,2026/10/15,R8.10.20,440000,44000,,初めの備考\n"
    run(cast, at, noted)
    report = run(cast, at, noted.replace("初めの備考", "振込先が変わりました"))
    assert [error.column for error in report.errors] == ["備考"]
    assert Invoice.objects.get().note == "初めの備考"


def test_an_issued_invoice_is_frozen(cast: SimpleNamespace, at: datetime) -> None:
    run(cast, at)
    report = run(cast, at, FILE.replace('"440,000",44000,', "450000,45000,"))
    assert [(error.line, error.column) for error in report.errors] == [(2, "税抜金額")]
    assert Invoice.objects.get(number="INV-1").total == 484_000


def test_a_draft_split_by_hand_is_left_to_its_page(cast: SimpleNamespace, at: datetime) -> None:
    parts = (Part(kind="deposit", amount=100), Part(kind="final", amount=1000))
    made = invoice_create(
        customer_id=cast.towa.pk, subject="x", net=1000, tax=100, by=cast.billing, at=at, number="INV-2", parts=parts
    )
    assert [error.line for error in run(cast, at).errors] == [3]
    assert made.instalments.count() == 2


def test_a_file_from_windows_is_read(cast: SimpleNamespace, at: datetime) -> None:
    assert done(run(cast, at, FILE, "cp932")) == (2, 0, 0)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("INV-3,C-9999,x,,,100,10,", "お客様コード"),
        ("INV-3,C-0001,x,2026-02-30,,100,10,", "納品日"),
        ("INV-3,C-0001,x,,,100,10,111", "税込金額"),
        ("INV-3,C-0001,x,,,,,110", "税込金額"),
        ("INV-3,C-0001,x,,,1.5,0,", "税抜金額"),
        ("INV-3,C-0001,x,,,-5,0,", "税込金額"),
        ("INV-1,C-0001,x,,,100,10,", "請求書番号"),
        ("a/b,C-0001,x,,,100,10,", "請求書番号"),
        ("INV-3,C-0001,,,,100,10,", "件名"),
        ("INV-3,C-0001,x,,,1000,900,", "消費税額"),
        ("INV-26-0007,C-0001,x,,,100,10,", "請求書番号"),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_half_imported(
    cast: SimpleNamespace, at: datetime, row: str, column: str
) -> None:
    assert [(e.line, e.column) for e in run(cast, at, FILE + row + "\n").errors] == [(4, column)]
    assert not Invoice.objects.exists()


def test_an_open_quote_stops_the_file(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused):
        run(cast, at, FILE + '"INV-3,C-0001\n')
    assert not Invoice.objects.exists()


def test_old_invoices_open_no_calls(cast: SimpleNamespace, at: datetime) -> None:
    run(cast, at, HEAD + "INV-1,C-0001,x,2026-01-15,2026-01-20,100,10,\n")
    assert thank_you_calls_sweep(at=at) == 0


def test_five_thousand_invoices_are_not_asked_for_one_by_one(cast: SimpleNamespace, at: datetime) -> None:
    Customer.objects.bulk_create(Customer(code=f"M-{n}", name=f"第{n}", owner=cast.rep) for n in range(1000))
    rows = "".join(f"N-{n},M-{n % 1000},保守,2026-10-{n % 28 + 1},2026-10-31,{n + 1}000,100,\n" for n in range(5000))
    with CaptureQueriesContext(connection) as asked:
        assert done(run(cast, at, HEAD + rows)) == (5000, 0, 0)
        assert done(run(cast, at, HEAD + rows)) == (0, 0, 5000)
    assert len(asked) < 1000
    assert Instalment.objects.count() == 5000


def test_the_command_imports_and_tells(
    cast: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text(FILE)
    call_command("import_csv", "invoices", str(path), "--dry-run")
    assert not Invoice.objects.exists()
    call_command("import_csv", "invoices", str(path), "--by", "billing")
    assert Invoice.objects.count() == 2
    assert "2" in capsys.readouterr().out
    path.write_text(FILE + "INV-3,C-9999,x,,,100,10,\n")
    with pytest.raises(CommandError):
        call_command("import_csv", "invoices", str(path))
    assert capsys.readouterr().err.startswith("4: お客様コード")
    with pytest.raises(CommandError):
        call_command("import_csv", "invoices", str(tmp_path / "missing.csv"))
