"""A draft is changed until it is issued; what is issued is corrected by a new document that names the old one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.models import Invoice
from billing.selectors.invoices import invoices_of, unpaid
from billing.services import (
    Change,
    draft_change,
    draft_discard,
    draft_gather,
    invoice_correct,
    invoices_check,
    payment_record,
)
from office.errors import Refused
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, delivered, left

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def draft(cast: SimpleNamespace) -> Invoice:
    delivered(cast, "D-1", SCREW, WATER)
    return draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)


def test_part_of_a_line_is_billed_and_the_rest_is_left(cast: SimpleNamespace, draft: Invoice) -> None:
    changes = {1: Change(quantity=Decimal(5), note="11月分のみ"), 2: Change(dropped=True)}
    changed = draft_change(invoice_id=draft.pk, version=1, changes=changes, by=cast.billing, at=EVENING)
    assert (changed.net, changed.tax, changed.version) == (430_000, 43_000, 2)
    assert left() == [7, 48]
    assert changed.instalments.get().amount == 473_000


def test_more_than_was_delivered_is_not_billed(cast: SimpleNamespace, draft: Invoice) -> None:
    with pytest.raises(Refused, match="More of"):
        draft_change(invoice_id=draft.pk, version=1, changes={1: Change(quantity=Decimal(13))}, by=cast.billing,
                     at=EVENING)  # fmt: skip
    assert left() == [0, 0]


@pytest.mark.parametrize(
    "change",
    [
        {1: Change(quantity=Decimal(-1))},
        {1: Change(quantity=Decimal("0.0001"))},
        {1: Change(unit_price=Decimal(-1))},
        {1: Change(rate=7)},
        {1: Change(description=" ")},
        {3: Change()},
        {1: Change(dropped=True), 2: Change(dropped=True)},
        {1: Change(unit_price=Decimal(0)), 2: Change(unit_price=Decimal(0))},
    ],
)
def test_what_is_no_invoice_is_refused_and_nothing_changes(
    cast: SimpleNamespace, draft: Invoice, change: dict[int, Change]
) -> None:
    with pytest.raises(Refused) as refused:
        draft_change(invoice_id=draft.pk, version=1, changes=change, by=cast.billing, at=EVENING)
    assert refused.value.code in ("invalid", "incomplete")
    assert (Invoice.objects.get().total, left()) == (draft.total, [0, 0])


def test_a_change_takes_the_check_back_and_makes_it_ones_own(cast: SimpleNamespace, draft: Invoice) -> None:
    invoices_check(seen={draft.pk: 1}, by=cast.billing2, at=EVENING)
    changed = draft_change(invoice_id=draft.pk, version=1, changes={1: Change(note="x")}, by=cast.billing2, at=EVENING)
    assert (changed.state, changed.created_by) == ("draft", cast.billing2)
    for maker in (cast.billing2, cast.billing):  # nor does whoever made it first
        with pytest.raises(Refused, match="does not check"):
            invoices_check(seen={draft.pk: 2}, by=maker, at=EVENING)
    with pytest.raises(Refused, match="meanwhile"):
        draft_change(invoice_id=draft.pk, version=1, changes={}, by=cast.billing, at=EVENING)


def test_an_issued_invoice_is_corrected_by_a_new_document(cast: SimpleNamespace, draft: Invoice) -> None:
    with pytest.raises(Refused, match="not issued"):
        invoice_correct(invoice_id=draft.pk, reason="単価の誤り", by=cast.billing, at=EVENING)
    old = issue(cast, draft, EVENING)
    payment_record(
        invoice_id=old.pk, amount=100_000, received_on=date(2026, 11, 30), by=cast.billing, at=EVENING, key="p"
    )
    new = invoice_correct(invoice_id=old.pk, reason="単価の誤り", by=cast.billing, at=EVENING)
    with pytest.raises(Refused, match="corrected already"):
        invoice_correct(invoice_id=old.pk, reason="単価の誤り", by=cast.billing, at=EVENING)
    changed = draft_change(
        invoice_id=new.pk, version=1, changes={1: Change(unit_price=Decimal(80_000))}, by=cast.billing, at=EVENING
    )
    issued = issue(cast, changed, EVENING)
    assert (issued.kind, issued.corrects, issued.number) == ("corrected", old, "INV-26-0002")
    assert left() == [0, 0]
    owed = unpaid(invoices_of(cast.towa.pk))
    assert [(one.number, vars(one)["paid"]) for one in owed] == [("INV-26-0002", 100_000)]
    assert Invoice.objects.get(pk=old.pk).total == 1_140_228


def test_a_correction_thrown_away_leaves_the_old_one_as_it_was(cast: SimpleNamespace, draft: Invoice) -> None:
    old = issue(cast, draft, EVENING)
    new = invoice_correct(invoice_id=old.pk, reason="数量の誤り", by=cast.billing, at=EVENING)
    fewer = {1: Change(quantity=Decimal(5))}
    draft_change(invoice_id=new.pk, version=1, changes=fewer, by=cast.billing, at=EVENING)
    assert left() == [0, 0]  # the old one bills twelve until the new one is issued
    draft_discard(invoice_id=new.pk, by=cast.billing, at=EVENING)
    assert left() == [0, 0]
    assert [one.number for one in unpaid(invoices_of(cast.towa.pk))] == [old.number]
    new = invoice_correct(invoice_id=old.pk, reason="数量の誤り", by=cast.billing, at=EVENING)
    issue(cast, draft_change(invoice_id=new.pk, version=1, changes=fewer, by=cast.billing, at=EVENING), EVENING)
    assert left() == [7, 0]
