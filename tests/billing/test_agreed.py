"""What was agreed about paying is printed on the invoice, and known where money is booked (practices 1-08, 3-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from billing.models import Terms
from billing.paper.content import Sheet
from billing.selectors.checking import drafts_to_check
from billing.services import draft_gather, terms_put
from office.cache import clear_all
from office.errors import Refused
from office.models import BankAccount, User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_receipts import Bank, bank, sent
from tests.billing.test_records import CUTOFF, EVENING, SCREW, back, delivered

pytestmark = pytest.mark.django_db
__all__ = ["bank"]


def agree(cast: SimpleNamespace, **terms: Any) -> Terms:
    usual: dict[str, Any] = {
        "closing_day": 20,
        "pay_month_offset": 1,
        "pay_day": 0,
        "shift": "before",
        "thank_you": "every",
    }
    return terms_put(customer_id=cast.towa.pk, **(usual | terms), by=cast.billing, at=EVENING)


@pytest.mark.parametrize(
    ("terms", "printed", "banks"),
    [
        ({"fee": "customer"}, ("20日締め、翌月末日に銀行振込", "振込手数料は貴社にてご負担"), True),
        (
            {"fee": "us", "closing_day": 0, "pay_month_offset": 2, "pay_day": 10},
            ("月末締め、翌々月10日に", "差し引いて"),
            True,
        ),
        ({"way": "debit", "fee": "customer"}, ("翌月末日に口座振替", "お引き落とし"), False),
        ({"way": "densai", "pay_month_offset": 4}, ("4か月後の末日にでんさい", "電子記録債権"), False),
    ],
)
def test_the_paper_says_how_it_is_paid(
    cast: SimpleNamespace, terms: dict[str, Any], printed: tuple[str, str], banks: bool
) -> None:
    BankAccount.objects.create(
        bank_code="0001", bank_name="見本銀行", branch_code="001", branch_name="本店", number="0000001", holder="セイワ"
    )
    clear_all()
    agree(cast, **terms)
    delivered(cast, "D-1", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    sheet = Sheet.read(issue(cast, draft, EVENING).paper)
    assert all(words in sheet.terms for words in printed)
    assert bool(sheet.banks) == banks
    assert ("振込手数料" in sheet.terms) == banks  # where nothing is transferred there is no fee to speak of


@pytest.mark.parametrize(("shift", "told"), [("before", "その前の営業日を"), ("after", "その次の営業日を"), ("", "")])
def test_why_the_day_is_another_one_is_told(cast: SimpleNamespace, shift: str, told: str) -> None:
    """31 December is no bank day; 25 December is one."""
    agree(cast, closing_day=0, shift=shift or "before", pay_day=0 if shift else 25)
    delivered(cast, "D-1", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    terms = Sheet.read(issue(cast, draft, EVENING).paper).terms
    assert ("休業日" in terms) == bool(shift)
    assert told in terms


def test_what_came_back_names_the_day_and_the_invoice_on_which_it_was_sold(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    first = issue(cast, draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING), EVENING)
    back(cast, 2)
    delivered(cast, "D-2", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    lines = Sheet.read(issue(cast, draft, EVENING).paper).lines
    (returned,) = (line for line in lines if line.amount < 0)
    assert [(source.label, source.number) for source in returned.sources] == [
        ("返品", "R-1"), ("納品書", "D-1"), ("もとの請求書", first.number),
    ]  # fmt: skip
    assert returned.sources[1].on == date(2026, 11, 10)


def test_without_an_account_of_ours_whoever_checks_is_told(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW)
    draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)

    def found() -> list[str]:
        return [one.kind for draft in drafts_to_check(viewer_for(cast.billing2, EVENING)) for one in draft.findings]

    assert found() == []
    cast.account.delete()
    clear_all()
    assert found() == ["account"]
    agree(cast, way="debit", closing_day=0)
    assert found() == []


def test_a_fee_kept_back_against_what_was_agreed_is_told(bank: Bank, client_for: Callable[[User], Client]) -> None:
    bank.issue()
    bank.bring(sent(1_100 - 660))
    clerk, told = client_for(bank.cast.billing), "お客様負担のお取り決め"
    page = clerk.get("/billing/receipts/").content.decode()
    assert ("手数料660円の差引" in page, told in page) == (True, False)
    agree(bank.cast, fee="customer")
    assert told in clerk.get("/billing/receipts/").content.decode()


def test_what_cannot_be_agreed_is_refused(cast: SimpleNamespace) -> None:
    for wrong in ({"way": "barter"}, {"fee": "nobody"}):
        with pytest.raises(Refused):
            agree(cast, **wrong)
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"})
    body = {"closing_day": 20, "pay_month_offset": 1, "pay_day": 0, "fee": "nobody"}
    path = f"/api/v1/terms/{cast.towa.pk}"
    assert program.put(path, body, content_type="application/json").status_code == 400
    answer = program.put(path, body | {"fee": "us", "way": "card"}, content_type="application/json")
    assert (answer.json()["fee"], answer.json()["way"]) == ("us", "card")


@pytest.mark.parametrize(("closing", "pays"), [(20, 10), (0, 28)])
def test_nobody_pays_before_the_cutoff(cast: SimpleNamespace, closing: int, pays: int) -> None:
    with pytest.raises(Refused) as refused:
        agree(cast, closing_day=closing, pay_month_offset=0, pay_day=pays)
    assert (refused.value.code, refused.value.field) == ("invalid", "pay_day")
    assert not Terms.objects.exists()


@pytest.mark.parametrize(("closing", "pays"), [(20, 20), (20, 25), (20, 0), (0, 0)])
def test_who_pays_in_the_month_of_the_cutoff_pays_on_its_day_or_later(
    cast: SimpleNamespace, closing: int, pays: int
) -> None:
    agree(cast, closing_day=closing, pay_month_offset=0, pay_day=pays)
    assert Terms.objects.get().pay_day == pays
