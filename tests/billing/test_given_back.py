"""What is given back of a sale, by returns, price reductions and corrections of both, is never more than it came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from billing import verify
from billing.models import DeliveryLine, Invoice
from billing.selectors.checking import drafts_of
from billing.selectors.left import left_of
from billing.selectors.unbilled import lines_unbilled, periods_unbilled
from billing.selectors.watch import gaps
from billing.services import (
    Change,
    Line,
    contract_create,
    draft_change,
    draft_discard,
    draft_gather,
    drafts_sweep,
    invoice_correct,
    invoice_issue,
    return_gather,
)
from office.errors import Refused
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, back, delivered
from tests.billing.test_reductions import billed, reduced

pytestmark = [pytest.mark.django_db, pytest.mark.both]
__all__ = ["billed"]  # the fixture


def gathered(cast: SimpleNamespace) -> Invoice:
    return draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)


def returned(cast: SimpleNamespace) -> Invoice:
    return return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)


def corrected(cast: SimpleNamespace, invoice: Invoice, **changes: Any) -> Invoice:
    draft = invoice_correct(invoice_id=invoice.pk, reason="誤り", by=cast.billing, at=EVENING)
    return changed(cast, draft, **changes) if changes else draft


def changed(cast: SimpleNamespace, draft: Invoice, **changes: Any) -> Invoice:
    only = {1: Change(**changes)}
    return draft_change(invoice_id=draft.pk, version=draft.version, changes=only, by=cast.billing, at=EVENING)


def kinds(cast: SimpleNamespace, draft: Invoice) -> list[str]:
    (found,) = drafts_of([draft], viewer_for(cast.billing2, EVENING))
    return [one.kind for one in found.findings]


def test_it_comes_back_at_the_price_and_rate_it_was_sold_at(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    issue(cast, changed(cast, gathered(cast), unit_price=Decimal(50_000), rate=8), EVENING)
    back(cast, 12)
    draft = returned(cast)
    assert (draft.total, kinds(cast, draft)) == (-648_000, [])
    assert issue(cast, draft, EVENING).total == -648_000


def test_after_a_correction_it_comes_back_at_the_new_price(cast: SimpleNamespace, billed: Invoice) -> None:
    issue(cast, corrected(cast, billed, unit_price=Decimal(50_000)), EVENING)
    back(cast, 2)
    assert issue(cast, returned(cast), EVENING).total == -110_000


@pytest.mark.parametrize(("line", "change"), [
    (1, {"unit_price": Decimal(200_000)}), (1, {"rate": 0}), (2, {"rate": 10}),
])  # fmt: skip
def test_dearer_or_at_another_rate_is_refused(
    cast: SimpleNamespace, billed: Invoice, line: int, change: dict[str, Any]
) -> None:
    back(cast, 12 if line == 1 else 48, "R-1", ("D-1", line))
    with pytest.raises(Refused, match="would be given back"):
        issue(cast, changed(cast, returned(cast), **change), EVENING)


def test_the_draft_of_a_correction_hides_nothing(cast: SimpleNamespace, billed: Invoice) -> None:
    back(cast, 12)
    issue(cast, returned(cast), EVENING)
    corrected(cast, billed)
    assert left_of(billed) == {10: 0, 8: 5_028}
    with pytest.raises(Refused, match="At most 5,028"):
        reduced(cast, billed, 1_000_000)


def test_nor_what_it_would_lower(cast: SimpleNamespace, billed: Invoice) -> None:
    back(cast, 12)
    given = issue(cast, returned(cast), EVENING)
    draft = corrected(cast, given, quantity=Decimal(-1))
    with pytest.raises(Refused, match="At most 5,028"):
        reduced(cast, billed, 1_000_000)
    issue(cast, draft, EVENING)
    assert left_of(billed)[10] == 11 * 94_600


def test_what_was_reduced_comes_back_no_more(cast: SimpleNamespace, billed: Invoice) -> None:
    issue(cast, reduced(cast, billed, 1_100_000), EVENING)
    corrected(cast, billed)
    back(cast, 12)
    with pytest.raises(Refused, match="would be given back"):
        issue(cast, returned(cast), EVENING)


def test_two_invoices_of_one_delivery_do_not_excuse_each_other(cast: SimpleNamespace) -> None:
    delivered(cast)
    first = issue(cast, changed(cast, gathered(cast), quantity=Decimal(6)), EVENING)
    rest = issue(cast, gathered(cast), EVENING)
    back(cast, 6)
    issue(cast, returned(cast), EVENING)
    issue(cast, reduced(cast, first, first.total), EVENING)
    assert left_of(rest) == {10: 0}
    with pytest.raises(Refused):
        reduced(cast, rest, 1)


def test_a_reduction_is_put_right_after_its_invoice_was(cast: SimpleNamespace, billed: Invoice) -> None:
    given = issue(cast, reduced(cast, billed, 10_000), EVENING)
    right = issue(cast, corrected(cast, billed), EVENING)
    before = sum(left_of(right).values())
    issue(cast, corrected(cast, given, unit_price=Decimal(5_000)), EVENING)
    assert sum(left_of(right).values()) == before + 4_956  # of 10,000 yen 9,956 stood at 10 %


def test_a_wrong_rate_is_put_right_although_something_was_taken_off(cast: SimpleNamespace) -> None:
    delivered(cast)
    invoice = issue(cast, gathered(cast), EVENING)
    given = issue(cast, reduced(cast, invoice, 10_000), EVENING)
    right = issue(cast, corrected(cast, invoice, rate=8), EVENING)
    issue(cast, corrected(cast, given, rate=8), EVENING)
    assert left_of(right) == {8: right.total - 10_000}
    draft = corrected(cast, right, unit_price=Decimal(500))  # 6,480 yen for 12: less than was given back
    with pytest.raises(Refused, match="would be given back"):
        issue(cast, draft, EVENING)


def test_more_that_came_back_at_another_rate_holds_no_delivery_up(cast: SimpleNamespace) -> None:
    screws = Line(description="部品", quantity=Decimal(1), unit_price=Decimal(95_000))
    delivered(cast, "D-1", screws, day=date(2026, 10, 10))
    drafts_sweep(at=EVENING.replace(month=10, day=31))
    issue(cast, Invoice.objects.get(), EVENING.replace(month=11, day=2))
    back(cast, 1)
    delivered(cast, "D-2", Line(description="土地の貸付け", quantity=Decimal(1), unit_price=Decimal(100_000), rate=0))
    assert drafts_sweep(at=EVENING) == 1
    assert Invoice.objects.get(state="draft").total == 100_000


def test_a_month_that_a_correction_leaves_out_is_billed_again(cast: SimpleNamespace) -> None:
    care = Line(description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(200_000))
    contract_create(
        number="K-1", customer_id=cast.towa.pk, line=care, first_on=date(2026, 11, 1), by=cast.billing, at=EVENING
    )
    delivered(cast)
    invoice = issue(cast, gathered(cast), EVENING)
    place = invoice.lines.get(contract__isnull=False).place
    draft = draft_change(
        invoice_id=corrected(cast, invoice).pk, version=1, changes={place: Change(dropped=True)}, by=cast.billing,
        at=EVENING,
    )  # fmt: skip
    assert periods_unbilled(CUTOFF) == []  # the invoice counts until another one replaces it
    issue(cast, draft, EVENING)
    assert [owed.first_on for owed in periods_unbilled(CUTOFF)] == [date(2026, 11, 1)]
    assert gathered(cast).total == 220_000


def test_no_rate_bears_more_than_is_left_of_it(cast: SimpleNamespace) -> None:
    rates = [
        Line(description=f"{rate}%", quantity=Decimal(1), unit_price=Decimal(1_000), rate=rate) for rate in (10, 8, 0)
    ]
    delivered(cast, "D-1", *rates)
    invoice = issue(cast, gathered(cast), EVENING)
    issue(cast, reduced(cast, invoice, invoice.total - 1), EVENING)
    assert sorted(left_of(invoice).values()) == [0, 0, 1]


def test_what_a_correction_leaves_out_is_left_once_it_is_issued(cast: SimpleNamespace, billed: Invoice) -> None:
    draft = corrected(cast, billed, dropped=True)
    assert (left("D-1"), list(lines_unbilled(CUTOFF))) == (0, [])  # the invoice counts, and the watch is silent
    back(cast, 5)
    assert left("R-1") == 5
    draft_discard(invoice_id=draft.pk, by=cast.billing, at=EVENING)
    assert (left("D-1"), list(verify.problems())) == (0, [])
    issue(cast, corrected(cast, billed, dropped=True), EVENING)
    assert (left("D-1"), left("R-1"), list(verify.problems())) == (7, 0, [])  # as if it had come back before
    assert gathered(cast).net == 7 * 86_000


def test_what_a_correction_bills_more_is_held_at_once(cast: SimpleNamespace) -> None:
    delivered(cast)
    invoice = issue(cast, changed(cast, gathered(cast), quantity=Decimal(6)), EVENING)
    draft = corrected(cast, invoice, quantity=Decimal(10))
    assert (left("D-1"), list(verify.problems())) == (2, [])
    assert left("D-1", changed(cast, draft, quantity=Decimal(4))) == 6
    draft.refresh_from_db()
    issue(cast, changed(cast, draft, quantity=Decimal(5)), EVENING)
    assert (left("D-1"), list(verify.problems())) == (7, [])


def left(number: str, *_after: Invoice) -> int:
    return int(DeliveryLine.objects.get(delivery__number=number, place=1).left)


def test_what_came_back_may_stand_on_the_invoice_that_bills_the_rest(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    issue(cast, changed(cast, gathered(cast), quantity=Decimal(6)), EVENING)
    rest = gathered(cast)
    back(cast, 12)
    draft_discard(invoice_id=rest.pk, by=cast.billing, at=EVENING)
    delivered(cast, "D-2", SCREW)
    draft = gathered(cast)
    assert sorted(int(line.quantity) for line in draft.lines.all()) == [-6, 12]
    assert issue(cast, draft, EVENING).net == 6 * 86_000
    assert list(verify.problems()) == []


def test_a_correction_gives_back_no_more_than_there_is_either(cast: SimpleNamespace, billed: Invoice) -> None:
    given = issue(cast, reduced(cast, billed, 10_000), EVENING)
    draft = corrected(cast, given, unit_price=Decimal(1_200_000))
    with pytest.raises(Refused, match="would be given back"):
        issue(cast, draft, EVENING)


def test_nothing_is_given_back_of_what_only_a_draft_bills(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    first = gathered(cast)
    back(cast, 2)
    delivered(cast, "D-2", SCREW)
    second = gathered(cast)
    with pytest.raises(Refused, match="no invoice that bills it is issued yet") as refused:
        issue(cast, second, EVENING)
    assert refused.value.code == "conflict"
    issue(cast, first, EVENING)
    assert invoice_issue(invoice_id=second.pk, by=cast.billing, at=EVENING).net == 10 * 86_000


def test_a_correction_bills_no_less_than_was_given_back_of_it(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    old = issue(cast, gathered(cast), EVENING)
    back(cast, 11)
    credit = issue(cast, returned(cast), EVENING)
    cheap = corrected(cast, old, unit_price=Decimal(50_000))
    with pytest.raises(Refused, match="Please correct the return invoice first"):
        issue(cast, cheap, EVENING)
    issue(cast, corrected(cast, credit, unit_price=Decimal(50_000)), EVENING)
    assert invoice_issue(invoice_id=cheap.pk, by=cast.billing, at=EVENING).net == 600_000


def test_what_comes_back_after_its_rate_was_put_right_is_given_back_at_that_rate(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    old = issue(cast, gathered(cast), EVENING)
    back(cast, 2)
    issue(cast, returned(cast), EVENING)
    issue(cast, corrected(cast, old, rate=8), EVENING)
    back(cast, 3, "R-2")
    assert issue(cast, returned(cast), EVENING).total == -3 * 86_000 * 108 // 100


def test_what_was_given_back_twice_is_told_by_verify(
    cast: SimpleNamespace, billed: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(cast, reduced(cast, billed, billed.total), EVENING)
    assert list(verify.problems()) == []
    back(cast, 12)
    monkeypatch.setattr("billing.services.issuing.refuse_overreduced", lambda invoice: None)
    credit = issue(cast, returned(cast), EVENING)
    (told,) = verify.problems()
    assert told == f"invoice {billed.number}: {-credit.total} yen more were given back than it came to"


def test_a_draft_thrown_away_bills_nothing_that_came_back_meanwhile(cast: SimpleNamespace) -> None:
    delivered(cast)
    draft = gathered(cast)
    back(cast, 12)
    draft_discard(invoice_id=draft.pk, by=cast.billing, at=EVENING)
    assert (left("D-1"), left("R-1"), list(verify.problems())) == (0, 0, [])
    assert [gap.kind for gap in gaps(EVENING + timedelta(days=10))] == []
    with pytest.raises(Refused, match="Nothing of this customer is left"):
        gathered(cast)


def test_a_return_on_the_very_invoice_counts_for_what_is_left_of_it(cast: SimpleNamespace) -> None:
    delivered(cast)
    back(cast, 5)
    DeliveryLine.objects.filter(of=None).update(left=12)  # as drafts that were thrown away once left it
    DeliveryLine.objects.filter(of__isnull=False).update(left=5)
    invoice = issue(cast, gathered(cast), EVENING)
    assert (invoice.net, left_of(invoice)[10]) == (7 * 86_000, 7 * 94_600)


def test_parts_that_were_billed_at_two_prices_come_back_at_both(cast: SimpleNamespace) -> None:
    delivered(cast)
    first = issue(cast, changed(cast, gathered(cast), quantity=Decimal(6)), EVENING)
    second = issue(cast, changed(cast, gathered(cast), unit_price=Decimal(50_000)), EVENING)
    back(cast, 8)
    draft = returned(cast)
    assert [(int(line.quantity), int(line.unit_price)) for line in draft.lines.all()] == [(-6, 50_000), (-2, 86_000)]
    assert kinds(cast, draft) == []
    issue(cast, draft, EVENING)
    back(cast, 4, "R-2")
    credit = issue(cast, returned(cast), EVENING)
    assert credit.net == -4 * 86_000
    draft.refresh_from_db()
    assert first.total + second.total + draft.total + credit.total == 0
    assert list(verify.problems()) == []


def test_the_clerk_bills_no_further_than_the_next_cutoff(cast: SimpleNamespace) -> None:
    delivered(cast)
    with pytest.raises(Refused, match="next cutoff") as refused:
        draft_gather(customer_id=cast.towa.pk, until=CUTOFF + timedelta(days=1), by=cast.billing, at=EVENING)
    assert (refused.value.code, refused.value.field) == ("invalid", "until")


class TestTwoInvoicesOfOneDelivery:
    """Two sorts of goods, each half on one invoice of 2,200 yen and half on another one."""

    @pytest.fixture
    def both(self, cast: SimpleNamespace) -> tuple[Invoice, Invoice]:
        goods = Line(description="A", quantity=Decimal(2), unit="本", unit_price=Decimal(1_000))
        delivered(cast, "D-1", goods, replace(goods, description="B"))
        half = {1: Change(quantity=Decimal(1)), 2: Change(quantity=Decimal(1))}
        draft = gathered(cast)
        draft = draft_change(invoice_id=draft.pk, version=draft.version, changes=half, by=cast.billing, at=EVENING)
        return issue(cast, draft, EVENING), issue(cast, gathered(cast), EVENING)

    def test_bear_what_came_back_together(self, cast: SimpleNamespace, both: tuple[Invoice, Invoice]) -> None:
        back(cast, 1, "R-1", ("D-1", 1))
        back(cast, 1, "R-2", ("D-1", 2))
        issue(cast, returned(cast), EVENING)
        issue(cast, reduced(cast, both[0], 1_100), EVENING)
        draft = reduced(cast, both[1], 2_200)
        with pytest.raises(Refused, match="1,100 yen more than INV-26-0001・INV-26-0002 came to together"):
            issue(cast, draft, EVENING)
        draft_discard(invoice_id=draft.pk, by=cast.billing, at=EVENING)
        issue(cast, reduced(cast, both[1], 1_100), EVENING)
        assert list(verify.problems()) == []

    def test_bear_what_was_taken_off_together(self, cast: SimpleNamespace, both: tuple[Invoice, Invoice]) -> None:
        for one in both:
            issue(cast, reduced(cast, one, 1_100), EVENING)
        back(cast, 2, "R-1", ("D-1", 1))
        issue(cast, returned(cast), EVENING)
        back(cast, 1, "R-2", ("D-1", 2))
        with pytest.raises(Refused, match="came to together"):
            issue(cast, returned(cast), EVENING)
        assert list(verify.problems()) == []
