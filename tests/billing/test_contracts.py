"""A contract that ends within a period, or after it was billed: a person says what is owed (practice 3-05)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.models import Contract, Invoice
from billing.periods import whole
from billing.selectors.checking import drafts_of
from billing.services import Change, Line, contract_create, contract_end, draft_change, drafts_sweep
from customers.models import Activity
from office.errors import Refused
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import EVENING

pytestmark = [pytest.mark.django_db, pytest.mark.both]
CARE = Line(description="保守", quantity=Decimal(1), unit="か月", unit_price=Decimal(300_000))
ENDED = date(2026, 11, 5)


def agreed(cast: SimpleNamespace, first_on: date = date(2026, 11, 1), **more: object) -> Contract:
    known = {"number": "K-1", "customer_id": cast.towa.pk, "line": CARE, "first_on": first_on, "by": cast.billing}
    return contract_create(**(known | {"at": EVENING} | more))


def drafted(at: datetime = EVENING) -> Invoice:
    drafts_sweep(at=at)
    return Invoice.objects.get()


def said(cast: SimpleNamespace, draft: Invoice) -> list[str]:
    found = drafts_of([draft], viewer_for(cast.billing2, EVENING))[0].findings
    return [one.text for one in found if one.kind == "period"]


def told() -> list[str]:
    return list(Activity.objects.open().filter(source__startswith="contract-end:").values_list("detail", flat=True))


def test_a_part_of_a_period_is_not_waved_through(cast: SimpleNamespace) -> None:
    contract_end(contract_id=agreed(cast).pk, last_on=ENDED, by=cast.billing, at=EVENING)
    draft = drafted()
    assert draft.net == 300_000
    assert said(cast, draft) == [
        "「保守」: 契約は2026/11/05に終わりますが、期間は2026/11/30までです。満額で請求しています。"
    ]
    cheaper = {1: Change(unit_price=Decimal(50_000))}
    draft = draft_change(invoice_id=draft.pk, version=draft.version, changes=cheaper, by=cast.billing, at=EVENING)
    assert said(cast, draft) == []  # somebody has looked; that the price is another is told by itself


@pytest.mark.parametrize("last_on", [None, date(2026, 11, 30), date(2027, 3, 31)])
def test_a_whole_period_is_silent(cast: SimpleNamespace, last_on: date | None) -> None:
    agreed(cast, last_on=last_on)
    assert said(cast, drafted()) == []


def test_a_draft_of_a_period_that_the_contract_no_longer_reaches(cast: SimpleNamespace) -> None:
    contract = agreed(cast, in_advance=True, every=12)
    draft = drafted()
    contract_end(contract_id=contract.pk, last_on=ENDED, by=cast.billing, at=EVENING)
    assert "期間は2027/10/31までです" in said(cast, draft)[0]
    contract.first_on, contract.last_on = date(2026, 10, 1), date(2026, 10, 20)
    contract.save()
    assert said(cast, draft) == ["「保守」: 契約はこの期間より前の2026/10/20に終わっています。"]
    assert told() == []  # nothing is issued


def test_what_was_issued_beyond_the_end_is_put_before_whoever_ends_it(cast: SimpleNamespace) -> None:
    contract = agreed(cast, in_advance=True, every=12)
    number = issue(cast, drafted(), EVENING).number
    contract_end(contract_id=contract.pk, last_on=date(2027, 10, 31), by=cast.billing, at=EVENING)
    assert told() == []
    for _again in range(2):
        contract_end(contract_id=contract.pk, last_on=ENDED, by=cast.billing, at=EVENING)
    assert told() == [f"{number}は、契約終了日(2026/11/05)より後の分も請求しています。お返しする分はありませんか。"]
    row = Activity.objects.get(source__startswith="contract-end:")
    assert (row.who, row.link) == (cast.billing, "/billing/contracts/K-1/")


def test_the_end_comes_after_the_beginning(cast: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="before the first"):
        contract_end(contract_id=agreed(cast).pk, last_on=date(2026, 10, 31), by=cast.billing, at=EVENING)


@pytest.mark.parametrize(
    ("first_on", "every", "first", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 1, 31), 1, date(2026, 3, 31), date(2026, 4, 29)),
        (date(2026, 11, 15), 12, date(2027, 11, 15), date(2028, 11, 14)),
        (date(2026, 11, 1), 3, date(2027, 2, 1), date(2027, 4, 30)),
    ],
)
def test_a_whole_period(first_on: date, every: int, first: date, last: date) -> None:
    assert whole(Contract(first_on=first_on, every=every), first) == last
