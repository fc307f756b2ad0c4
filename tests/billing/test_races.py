"""Twenty clerks at once: numbers without gaps, one issue of one draft, one draft of one cutoff."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

import pytest

from billing import verify
from billing.models import Invoice, InvoiceLine
from billing.services import (
    Change,
    Imported,
    Line,
    delivery_create,
    draft_change,
    draft_gather,
    drafts_sweep,
    invoice_correct,
    invoice_issue,
    invoices_check,
    receipts_import,
    return_gather,
)
from office.errors import Refused
from office.models import JournalRow
from office.viewer import viewer_for
from tests.billing.bankfile import Sent, notices
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, back, delivered
from tests.proof.test_races import Crowd

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def twenty() -> Iterator[Crowd]:
    crowd = Crowd(20)
    yield crowd
    crowd.leave()


def checked(cast: SimpleNamespace, number: str) -> Invoice:
    delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=CUTOFF, lines=[SCREW, WATER], by=cast.billing, at=EVENING
    )
    invoice = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    return invoices_check(seen={invoice.pk: invoice.version}, by=cast.billing2, at=EVENING)[0]


def test_twenty_at_once_get_numbers_without_a_gap(cast: SimpleNamespace, twenty: Crowd) -> None:
    drafts = [checked(cast, f"D-{n}") for n in range(20)]
    issued = twenty.at_once(*(partial(invoice_issue, invoice_id=d.pk, by=cast.billing, at=EVENING) for d in drafts))
    numbers = sorted(one.number for one in issued if isinstance(one, Invoice))
    assert numbers == [f"INV-26-{n:04d}" for n in range(1, 21)]


def test_one_draft_is_issued_once(cast: SimpleNamespace, twenty: Crowd) -> None:
    draft = checked(cast, "D-1")
    issue = partial(invoice_issue, invoice_id=draft.pk, by=cast.billing, at=EVENING)
    outcomes = twenty.at_once(*[issue] * 20)
    assert sorted(type(one).__name__ for one in outcomes) == ["Invoice"] + ["Refused"] * 19
    assert {one.code for one in outcomes if isinstance(one, Refused)} == {"conflict"}
    assert Invoice.objects.get().number == "INV-26-0001"


def test_a_cutoff_makes_one_draft_however_many_sweeps_look(cast: SimpleNamespace, twenty: Crowd) -> None:
    delivery_create(
        number="D-1", customer_id=cast.towa.pk, delivered_on=CUTOFF, lines=[SCREW], by=cast.billing, at=EVENING
    )
    made = twenty.at_once(*[partial(drafts_sweep, at=EVENING)] * 20)
    assert sum(one for one in made if isinstance(one, int)) == 1
    assert InvoiceLine.objects.get().quantity == 12


def test_a_bank_file_that_comes_twenty_times_at_once_adds_its_transfers_once(
    cast: SimpleNamespace, twenty: Crowd
) -> None:
    rows = [Sent(day=CUTOFF, yen=1_000 + n, payer="ﾄｳﾜ") for n in range(30)]
    files = [notices(*(rows if n % 2 else rows[::-1])) for n in range(20)]
    viewer = viewer_for(cast.billing, EVENING)
    outcomes = twenty.at_once(*(partial(receipts_import, data=data, viewer=viewer) for data in files))
    assert sorted(one.added for one in outcomes if isinstance(one, Imported)) == [0] * 19 + [30]
    assert JournalRow.objects.filter(about="import receipts").count() == 1


def test_two_corrections_do_not_both_count_on_the_other_invoice(cast: SimpleNamespace, twenty: Crowd) -> None:
    goods = Line(description="A", quantity=Decimal(12), unit="本", unit_price=Decimal(1_000))
    delivered(cast, "D-1", goods)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    half = {1: Change(quantity=Decimal(6))}
    draft = draft_change(invoice_id=draft.pk, version=draft.version, changes=half, by=cast.billing, at=EVENING)
    rest = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    sold = [issue(cast, one, EVENING) for one in (draft, rest)]
    back(cast, 6)
    issue(cast, return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING), EVENING)
    cheaper = []
    for invoice in sold:
        draft = invoice_correct(invoice_id=invoice.pk, reason="単価", by=cast.billing, at=EVENING)
        price = {1: Change(unit_price=Decimal(1))}
        draft = draft_change(invoice_id=draft.pk, version=draft.version, changes=price, by=cast.billing, at=EVENING)
        cheaper.append(invoices_check(seen={draft.pk: draft.version}, by=cast.billing2, at=EVENING)[0])
    put = [partial(invoice_issue, invoice_id=one.pk, by=cast.billing, at=EVENING) for one in cheaper]
    outcomes = twenty.at_once(*put * 10)
    assert sorted(type(one).__name__ for one in outcomes) == ["Invoice"] + ["Refused"] * 19
    assert list(verify.problems()) == []
