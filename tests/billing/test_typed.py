"""An invoice typed by its sums alone: printed, kept, checked and sent like any other, and never billed twice unseen."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from billing import typed, verify
from billing.due import Part
from billing.models import Invoice
from billing.paper.content import Sheet
from billing.selectors.checking import drafts_of, drafts_to_check
from billing.services import (
    Change,
    draft_change,
    draft_gather,
    invoice_correct,
    invoice_create,
    invoice_issue,
    invoices_check,
    invoices_import,
    render_invoices,
    terms_put,
)
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_imports import FILE, HEAD
from tests.billing.test_records import CUTOFF, EVENING, delivered

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[[User], Client]
KEY = "7e57ca5e-0000-4000-8000-000000000001"


def made(cast: SimpleNamespace, **more: Any) -> Invoice:
    known = {"customer_id": cast.towa.pk, "subject": "搬送装置", "net": 1_000_000, "tax": 100_000}
    return invoice_create(**(known | more), by=cast.billing, at=EVENING)


def said(cast: SimpleNamespace, draft: Invoice) -> set[str]:
    return {one.kind for one in drafts_of([draft], viewer_for(cast.billing2, EVENING))[0].findings}


@pytest.mark.parametrize(
    ("quantity", "net", "line"),
    [
        ("24本", 2_064_000, ("24", "本", "86000", "")),
        ("２台", 3, ("2", "台", "1.5", "")),
        ("2.5 kg", 500, ("2.5", "kg", "200", "")),
        ("3個", 100, ("1", "式", "100", "3個")),
        ("0個", 100, ("1", "式", "100", "0個")),
        ("1,000個", 5_000, ("1000", "個", "5", "")),
        ("10月分", 100, ("1", "式", "100", "10月分")),
        ("2号機", 100, ("1", "式", "100", "2号機")),
        ("3回目", 90, ("1", "式", "90", "3回目")),
        ("3か月", 90, ("3", "か月", "30", "")),
        ("0.001kg", 1_000_000_000, ("1", "式", "1000000000", "0.001kg")),
        ("一式", 100, ("1", "式", "100", "")),
        ("", 100, ("1", "式", "100", "")),
        ("2台ほか", 100, ("2", "台ほか", "50", "")),
        ("4m×2", 100, ("1", "式", "100", "4m×2")),
    ],
)
def test_what_is_counted_gets_its_unit_price(quantity: str, net: int, line: tuple[str, str, str, str]) -> None:
    count, unit, price, note = line
    assert typed.typed(quantity, net) == (Decimal(count), unit, Decimal(price), note)


@pytest.mark.parametrize(
    ("net", "tax", "rounding", "rate"),
    [(1_000, 100, "down", 10), (1_000, 80, "down", 8), (1_000, 0, "down", 0), (1_005, 100, "down", 10),
     (1_005, 101, "half_up", 10), (1_005, 101, "down", None), (1_000, 90, "down", None), (1_000, -100, "down", None)],
)  # fmt: skip
def test_the_rate_is_told_by_the_tax(net: int, tax: int, rounding: str, rate: int | None) -> None:
    assert typed.rate_of(net, tax, rounding) == rate


def test_a_deposit_before_any_delivery_is_printed_and_kept(cast: SimpleNamespace) -> None:
    parts = (Part(kind="deposit", percent=Decimal(30), base=date(2026, 11, 1)), Part(kind="final", percent=Decimal(70)))
    draft = made(cast, subject="搬送装置 頭金を含む", planned_on=date(2026, 11, 25), parts=parts)
    assert said(cast, draft) >= {"source", "vague"}
    issued = issue(cast, draft, EVENING)
    sheet = Sheet.read(issued.paper)
    (line,) = sheet.lines
    told = (line.description, line.quantity, line.unit, line.amount, line.rate)
    assert told == ("搬送装置 頭金を含む", Decimal(1), "式", 1_000_000, 10)
    assert line.on == issued.issued_on  # nothing tells of a delivery: the day of issue counts
    assert [(part.label, part.amount) for part in sheet.payments] == [("着手金", 330_000), ("", 770_000)]
    assert issued.sha256
    render_invoices(at=EVENING)
    issued.refresh_from_db()
    assert issued.file is not None
    assert bytes(issued.file.data).startswith(b"%PDF")
    assert list(verify.problems()) == []


def test_a_tax_of_no_rate_is_refused(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.billing).post(
        "/billing/new/", {"customer": "トウワ", "subject": "混在", "net": "1000", "tax": "90", "idempotency": KEY}
    )
    assert answer.status_code == 422
    assert "どの税率とも合いません" in answer.content.decode()
    assert not Invoice.objects.exists()


def test_a_double_tap_or_a_repeated_request_makes_one_draft(
    cast: SimpleNamespace, client_for: ClientFor, client: Client
) -> None:
    typed_in = {"customer": "トウワ", "subject": "保守", "net": "1000", "tax": "100", "idempotency": KEY}
    pages = {client_for(cast.billing).post("/billing/new/", typed_in).headers["Location"] for _twice in range(2)}
    assert len(pages) == 1
    body = {"customer": cast.towa.pk, "subject": "点検", "net": 1000, "tax": 100, "idempotency_key": "a"}
    bearer = {"authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"}
    numbers = [
        client.post("/api/v1/invoices", sent, content_type="application/json", headers=bearer).json()["number"]
        for sent in (body, body, body | {"idempotency_key": "b"})
    ]
    assert (numbers[0] == numbers[1], numbers[2] == numbers[0]) == (True, False)
    assert Invoice.objects.count() == 3


def test_a_delivery_that_stands_here_is_billed_from_its_lines(cast: SimpleNamespace) -> None:
    delivered(cast)
    for number in ("Ｄ－１", "d-1", "D-1"):
        with pytest.raises(Refused, match="stands here") as refused:
            made(cast, delivery_number=number)
    assert (refused.value.code, refused.value.field) == ("conflict", "delivery_number")
    row = HEAD.replace("納品日", "納品書番号") + "A-1,C-0001,搬送装置,D-1,,1000000,100000,\n"
    report = invoices_import(data=row.encode(), by=cast.billing, at=EVENING)
    assert [error.column for error in report.errors] == ["納品書番号"]
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("first", ["issued", "on the same list"])
@pytest.mark.parametrize(
    ("by_hand", "told"),
    [
        ({"delivery_number": "ｄ－1"}, True),  # whatever its words, in any width and case
        ({"subject": "ボールねじ BS-2510", "net": 1_032_000, "tax": 103_200}, True),
        ({"subject": "ボールねじ BS-2510", "net": 86_000, "tax": 8_600}, False),
        ({"net": 1_032_000, "tax": 103_200}, False),
    ],
)
def test_what_was_billed_by_hand_is_told_before_it_is_billed_again(
    cast: SimpleNamespace, by_hand: dict[str, Any], told: bool, first: str
) -> None:
    typed_one = made(cast, **by_hand)
    if first == "issued":
        typed_one = issue(cast, typed_one, EVENING)
        (line,) = Sheet.read(typed_one.paper).lines
        assert [source.number for source in line.sources] == list(by_hand.get("delivery_number", "").split())
    delivered(cast)
    draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    found = next(one for one in drafts_to_check(viewer_for(cast.billing2, EVENING)) if one.invoice != typed_one)
    twice = [one.params["number"] for one in found.findings if one.kind == "twice"]
    assert twice == [typed_one.number] * told


def test_what_was_billed_elsewhere_is_told_too(cast: SimpleNamespace) -> None:
    row = HEAD.replace("納品日", "納品書番号") + "A-1,C-0001,部品,d-1,2026-11-20,1032000,103200,\n"
    assert invoices_import(data=row.encode(), by=cast.billing, at=EVENING).errors == ()
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    (found,) = drafts_of([draft], viewer_for(cast.billing2, EVENING))
    assert [one.params["number"] for one in found.findings if one.kind == "twice"] == ["A-1"]


def test_a_deposit_is_thought_of_when_the_rest_is_billed(cast: SimpleNamespace) -> None:
    deposit = issue(cast, made(cast, subject="搬送装置 頭金", net=300_000, tax=30_000), EVENING)
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    (found,) = drafts_of([draft], viewer_for(cast.billing2, EVENING))
    (one,) = (one for one in found.findings if one.kind == "deposit")
    assert (one.params["number"], one.params["yen"], one.grave) == (deposit.number, "330,000", False)


def test_the_same_typed_twice_is_told(cast: SimpleNamespace) -> None:
    first, again = made(cast), made(cast)
    later = made(cast, delivered_on=date(2026, 12, 31))  # next month's may be alike
    for draft, told in ((first, True), (again, True), (later, False)):
        assert ("twice" in said(cast, draft)) == told
    named_once, named_again = (made(cast, subject=word, delivery_number="紙 X-9") for word in ("甲", "乙"))
    assert "twice" in said(cast, named_once)
    assert "twice" in said(cast, named_again)


def test_a_typed_lump_is_no_price(cast: SimpleNamespace) -> None:
    issue(cast, made(cast, subject="ボールねじ BS-2510"), EVENING)
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert "price" not in said(cast, draft)


def test_what_no_line_can_hold_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="cannot be made here") as refused:
        made(cast, net=10**12, tax=10**11)
    assert refused.value.field == "net"
    report = invoices_import(
        data=(HEAD + "A-1,C-0001,設備,,,1000000000000,100000000000,\n").encode(), by=cast.billing, at=EVENING
    )
    assert [error.column for error in report.errors] == ["税抜金額"]
    whole = issue(cast, made(cast, net=999_999_999_999, tax=99_999_999_999), EVENING)
    assert drafts_to_check(viewer_for(cast.billing2, EVENING)) == []
    assert whole.total == 1_099_999_999_998


def test_what_a_correction_takes_back_was_not_billed(cast: SimpleNamespace) -> None:
    wrong = issue(cast, made(cast, delivery_number="D-1"), EVENING)
    right = invoice_correct(invoice_id=wrong.pk, reason="品名の誤り", by=cast.billing, at=EVENING)
    right = draft_change(
        invoice_id=right.pk,
        version=right.version,
        changes={1: Change(description="据付工事")},
        by=cast.billing,
        at=EVENING,
    )
    Invoice.objects.filter(pk=right.pk).update(delivery_number="")
    right.refresh_from_db()
    issue(cast, right, EVENING)
    delivered(cast)
    assert "twice" not in said(cast, draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING))


def test_a_corrected_one_keeps_its_payment_day(cast: SimpleNamespace) -> None:
    wrong = issue(cast, made(cast, delivered_on=date(2026, 9, 10)), EVENING)
    right = invoice_correct(invoice_id=wrong.pk, reason="金額の誤り", by=cast.billing, at=EVENING)
    changes = {1: Change(unit_price=Decimal(900_000))}
    draft_change(invoice_id=right.pk, version=right.version, changes=changes, by=cast.billing, at=EVENING)
    assert right.instalments.get().due_on == wrong.instalments.get().due_on


def test_a_draft_of_a_file_is_issued_with_its_line(cast: SimpleNamespace) -> None:
    invoices_import(data=FILE.encode(), by=cast.billing, at=EVENING)
    changed = FILE.replace("120000,12000,132000円", "200000,16000,216000")
    assert invoices_import(data=changed.encode(), by=cast.billing, at=EVENING).errors == ()
    elsewhere, draft = Invoice.objects.order_by("number")
    assert not elsewhere.lines.exists()
    with pytest.raises(Refused, match="no lines here"):
        invoice_correct(invoice_id=elsewhere.pk, reason="x", by=cast.billing, at=EVENING)
    (line,) = Sheet.read(issue(cast, draft, EVENING).paper).lines
    assert (line.amount, line.rate, line.on) == (200_000, 8, date(2026, 10, 31))


def test_a_file_leaves_what_a_person_wrote_beside_the_line(cast: SimpleNamespace) -> None:
    invoices_import(data=FILE.encode(), by=cast.billing, at=EVENING)
    draft = Invoice.objects.get(number="INV-2")
    note = {1: Change(note="4月から6月の定期点検 3回")}
    draft_change(invoice_id=draft.pk, version=draft.version, changes=note, by=cast.billing, at=EVENING)
    invoices_import(data=FILE.replace("保守 10月分", "保守 10月").encode(), by=cast.billing, at=EVENING)
    (line,) = draft.lines.all()
    assert (line.description, line.note) == ("保守 10月", "4月から6月の定期点検 3回")


def test_no_file_changes_a_draft_made_from_deliveries(cast: SimpleNamespace) -> None:
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    report = invoices_import(
        data=(HEAD + f"{draft.number},C-0001,一式,,,1000,100,\n").encode(), by=cast.billing2, at=EVENING
    )
    assert [error.column for error in report.errors] == ["請求書番号"]
    draft.refresh_from_db()
    assert draft.net == 1_032_000


def test_a_draft_without_lines_is_never_issued(cast: SimpleNamespace) -> None:
    draft = made(cast)
    draft.lines.all().delete()
    invoices_check(seen={draft.pk: draft.version}, by=cast.billing2, at=EVENING)
    with pytest.raises(Refused, match="does not say what is billed"):
        invoice_issue(invoice_id=draft.pk, by=cast.billing, at=EVENING)


def test_drafts_of_before_get_their_line_and_are_checked_anew(cast: SimpleNamespace) -> None:
    """The data migration, over rows as they were before it."""
    fits, mixed = made(cast, quantity="2台"), made(cast, subject="混在")
    for draft in (fits, mixed):
        draft.lines.all().delete()
    Invoice.objects.filter(pk=mixed.pk).update(tax=90_000, total=1_090_000)
    invoices_check(seen={fits.pk: fits.version}, by=cast.billing2, at=EVENING)
    importlib.import_module("billing.migrations.0017_typed_lines_and_wishes").say_what(apps, connection.schema_editor())
    fits.refresh_from_db()
    assert (fits.state, fits.checked_by, fits.version) == ("draft", None, 2)
    assert [(line.quantity, line.unit, line.amount) for line in fits.lines.all()] == [(Decimal(2), "台", 1_000_000)]
    assert not mixed.lines.exists()
    (line,) = json.loads(issue(cast, fits, EVENING).paper)["lines"]
    assert line["unit"] == "台"


def test_the_same_goods_under_another_note_are_another_delivery(cast: SimpleNamespace) -> None:
    issue(cast, made(cast, subject="ボールねじ BS-2510", net=1_032_000, tax=103_200, delivery_number="X-9"), EVENING)
    delivered(cast)
    assert "twice" not in said(cast, draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING))


def test_terms_that_move_its_payment_day_take_the_check_away(cast: SimpleNamespace) -> None:
    """Who typed it would set the day that nobody has checked (practice 0-13)."""
    draft, other = made(cast), made(cast)
    invoices_check(seen={draft.pk: draft.version, other.pk: other.version}, by=cast.billing2, at=EVENING)
    known = {"customer_id": cast.towa.pk, "closing_day": 0, "pay_day": 0, "shift": "before", "thank_you": "every"}
    terms_put(**known, pay_month_offset=1, by=cast.manager, at=EVENING, method="振込")  # the days stay
    draft.refresh_from_db()
    assert (draft.state, draft.instalments.get().due_on) == ("checked", date(2026, 12, 30))
    terms_put(**known, pay_month_offset=6, by=cast.manager, at=EVENING)
    draft.refresh_from_db()
    assert (draft.state, draft.instalments.get().due_on) == ("draft", date(2027, 5, 31))
    with pytest.raises(Refused, match="does not check"):
        invoices_check(seen={draft.pk: draft.version}, by=cast.manager, at=EVENING)
    assert issue(cast, draft, EVENING).instalments.get().due_on == date(2027, 5, 31)


def test_terms_leave_what_is_issued_and_what_was_delivered(cast: SimpleNamespace) -> None:
    issued = issue(cast, made(cast), EVENING)
    dated = made(cast, delivered_on=date(2026, 11, 2))
    invoices_check(seen={dated.pk: dated.version}, by=cast.billing2, at=EVENING)
    before = [one.instalments.get().due_on for one in (issued, dated)]
    terms_put(customer_id=cast.towa.pk, closing_day=0, pay_month_offset=6, pay_day=0, shift="after", thank_you="every",
              by=cast.billing, at=EVENING)  # fmt: skip
    assert [one.instalments.get().due_on for one in (issued, dated)] == before
    dated.refresh_from_db()
    assert dated.state == "checked"
