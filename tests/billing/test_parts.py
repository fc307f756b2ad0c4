"""In which parts a draft is paid: deposit, interim, final payment, on days of the terms (practices 1-06, 1-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from billing.due import BALANCE, Part
from billing.models import Invoice
from billing.services import Change, draft_change, draft_parts, invoice_correct, invoices_check
from office.errors import Refused
from office.models import User
from office.services import token_create
from tests.billing.paperwork import issue
from tests.billing.test_changes import draft
from tests.billing.test_records import EVENING

pytestmark = pytest.mark.django_db
__all__ = ["draft"]
DEPOSIT = Part(kind="deposit", percent=Decimal(30), base=date(2026, 10, 5))


def paid_in(invoice: Invoice) -> list[tuple[str, int, date]]:
    return [(row.kind, row.amount, row.due_on) for row in invoice.instalments.order_by("pk")]


def parted(cast: SimpleNamespace, draft: Invoice, *parts: Part) -> Invoice:
    return draft_parts(invoice_id=draft.pk, version=draft.version, parts=parts, by=cast.billing, at=EVENING)


def test_deposit_and_balance_have_their_own_days(cast: SimpleNamespace, draft: Invoice) -> None:
    assert draft.total == 1_140_228
    made = parted(cast, draft, DEPOSIT, BALANCE)
    assert paid_in(made) == [("deposit", 342_068, date(2026, 11, 30)), ("final", 798_160, date(2026, 12, 30))]
    assert made.version == 2


def test_the_deposit_stays_when_lines_change(cast: SimpleNamespace, draft: Invoice) -> None:
    made = parted(cast, draft, DEPOSIT, BALANCE)
    changed = draft_change(
        invoice_id=made.pk, version=2, changes={2: Change(dropped=True)}, by=cast.billing, at=EVENING
    )
    assert [(kind, yen) for kind, yen, _day in paid_in(changed)] == [
        ("deposit", 342_068), ("final", changed.total - 342_068),
    ]  # fmt: skip
    less = {1: Change(unit_price=Decimal(10))}
    with pytest.raises(Refused, match="above zero"):  # the deposit is more than what is left: a person decides
        draft_change(invoice_id=made.pk, version=3, changes=less, by=cast.billing, at=EVENING)


def test_a_corrected_invoice_is_paid_as_the_old_one(cast: SimpleNamespace, draft: Invoice) -> None:
    old = issue(cast, parted(cast, draft, DEPOSIT, BALANCE), EVENING)
    new = invoice_correct(invoice_id=old.pk, reason="単価の誤り", by=cast.billing, at=EVENING)
    assert paid_in(new) == paid_in(old)


def test_what_was_checked_is_to_be_checked_again(cast: SimpleNamespace, draft: Invoice) -> None:
    invoices_check(seen={draft.pk: draft.version}, by=cast.billing2, at=EVENING)
    assert parted(cast, draft, DEPOSIT, BALANCE).state == "draft"
    with pytest.raises(Refused, match="changed or checked meanwhile"):
        parted(cast, draft, DEPOSIT, BALANCE)  # as it was read before


def test_the_clerk_s_way_through_the_page(
    cast: SimpleNamespace, draft: Invoice, client_for: Callable[[User], Client]
) -> None:
    with time_machine.travel(EVENING, tick=False):
        clerk, path = client_for(cast.billing), f"/billing/invoices/{draft.number}/parts/"
        typed = {"version": "1", "deposit": "300000", "deposit_of": "yen", "deposit_on": "2026-10-05",
                 "interim": "50", "interim_of": "balance"}  # fmt: skip
        assert "/parts/" in clerk.get(f"/billing/invoices/{draft.number}/").content.decode()
        answer = clerk.post(path, typed | {"deposit": "300000.5"})
        assert (answer.status_code, "円未満は入力できません" in answer.content.decode()) == (422, True)
        answer = clerk.post(path, typed | {"deposit": "2000000"})
        assert (answer.status_code, 'value="2000000"' in answer.content.decode()) == (422, True)
        assert clerk.post(path, typed).status_code == 302
        assert [yen for _kind, yen, _day in paid_in(draft)] == [300_000, 420_114, 420_114]
        assert 'value="420114"' in clerk.get(path).content.decode()
        for read in ("1", "", "x"):  # a second tap on the old page, and a page that says nothing
            answer = clerk.post(path, typed | {"version": read})
            assert (answer.status_code, "もう一度" in answer.content.decode()) == (422, True)
        assert client_for(cast.rep).get(path).status_code == 403


def test_by_program(cast: SimpleNamespace, draft: Invoice) -> None:
    with time_machine.travel(EVENING, tick=False):
        program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"})

        def post(*parts: dict[str, str]) -> int:
            body = {"version": 1, "parts": parts}
            path = f"/api/v1/invoices/{draft.number}/parts"
            return program.post(path, body, content_type="application/json").status_code

        assert post({"percent": "40"}) == 400
        assert post() == 400
        assert post(*[{"percent": "1", "kind": "interim"}] * 12, {"percent": "88"}) == 400
        assert post({"kind": "deposit", "percent": "40"}, {"percent": "100", "of": "balance"}) == 200
        assert post({"percent": "100"}) == 409
        assert [yen for _kind, yen, _day in paid_in(draft)] == [456_091, 684_137]
