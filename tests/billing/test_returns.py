"""What came back where nothing more is billed: the watch tells a clerk, the clerk makes a return invoice, and a person
notes how it was settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing import verify
from billing.models import DeliveryLine, Invoice, Payment, Settlement
from billing.paper import Sheet
from billing.selectors import proposed
from billing.selectors.checking import drafts_of
from billing.selectors.invoices import invoices_of, to_settle, unpaid
from billing.selectors.watch import gaps
from billing.services import (
    Change,
    Line,
    contract_create,
    delivery_create,
    draft_change,
    draft_discard,
    draft_gather,
    drafts_sweep,
    invoice_correct,
    invoices_check,
    order_cancel,
    order_create,
    payment_record,
    receipts_import,
    reduction_create,
    render_invoices,
    return_gather,
    return_settle,
    settlement_undo,
    watch_sweep,
)
from customers.models import Activity
from office.clock import JST
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.bankfile import notices
from tests.billing.paperwork import issue
from tests.billing.test_receipts import sent
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, back, delivered

pytestmark = [pytest.mark.django_db, pytest.mark.both]
OCTOBER = datetime(2026, 10, 31, 18, tzinfo=JST)
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=JST)


@pytest.fixture
def sold(cast: SimpleNamespace) -> Invoice:
    """Two goods at two rates, billed and issued for October."""
    delivered(cast, "D-1", SCREW, WATER, day=date(2026, 10, 10))
    drafts_sweep(at=OCTOBER)
    return issue(cast, Invoice.objects.get(), OCTOBER + timedelta(hours=16))


@pytest.fixture
def given_back(cast: SimpleNamespace, sold: Invoice) -> Invoice:
    """Two screws and eight bottles came back in November; the return invoice of them is issued."""
    back(cast, 2)
    back(cast, 8, "R-2", ("D-1", 2))
    draft = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    return issue(cast, draft, TUESDAY)


def told(at: datetime = TUESDAY) -> list[str]:
    return [gap.kind for gap in gaps(at) if gap.kind in ("returned", "unsettled")]


def test_a_clerk_is_told_of_what_came_back_once_its_cutoff_has_passed(cast: SimpleNamespace, sold: Invoice) -> None:
    back(cast, 2)
    assert told(EVENING - timedelta(hours=2)) == []
    (gap,) = [gap for gap in gaps(TUESDAY) if gap.kind == "returned"]
    assert (gap.number, gap.yen, gap.closing, gap.link) == (
        "R-1",
        172_000,
        CUTOFF,
        f"/billing/watch/?customer={cast.towa.pk}",
    )
    watch_sweep(at=TUESDAY)
    assert Activity.objects.get(source=gap.source).who in (cast.billing, cast.billing2)
    return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    assert told() == []
    watch_sweep(at=TUESDAY + timedelta(hours=1))
    assert Activity.objects.get(source=gap.source).state == "done"


def test_no_alarm_where_the_price_was_taken_off_already(cast: SimpleNamespace, sold: Invoice) -> None:
    back(cast, 2)
    assert told() == ["returned"]
    draft = reduction_create(invoice_id=sold.pk, amount=sold.total, reason="お詫び", by=cast.billing, at=TUESDAY)
    assert told() == []
    draft_discard(invoice_id=draft.pk, by=cast.billing, at=TUESDAY)
    assert told() == ["returned"]


def test_no_alarm_while_a_next_invoice_takes_it(cast: SimpleNamespace, sold: Invoice) -> None:
    back(cast, 2)
    delivered(cast, "D-2", day=date(2026, 12, 1))
    assert told() == []


def test_a_smaller_invoice_that_cannot_take_it_is_no_reason_to_be_silent(cast: SimpleNamespace, sold: Invoice) -> None:
    back(cast, 2)
    delivered(cast, "D-2", WATER, day=date(2026, 12, 1))
    assert told() == ["returned"]


@pytest.mark.parametrize(
    ("first_on", "every", "expected"), [(date(2026, 12, 1), 1, []), (date(2027, 3, 1), 12, ["returned"])]
)
def test_a_contract_counts_when_its_next_period_is_billed_by_the_next_cutoff(
    cast: SimpleNamespace, sold: Invoice, first_on: date, every: int, expected: list[str]
) -> None:
    back(cast, 2)
    line = Line(description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(200_000))
    contract_create(number="K-1", customer_id=cast.towa.pk, line=line, first_on=first_on, every=every, by=cast.billing,
                    at=EVENING)  # fmt: skip
    assert told() == expected


def test_an_order_counts_while_its_promised_day_lies_ahead(cast: SimpleNamespace, sold: Invoice) -> None:
    back(cast, 2)
    order = order_create(number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 11, 20), lines=[SCREW],
                         by=cast.billing, at=EVENING, promised_on=date(2026, 12, 10))  # fmt: skip
    assert told() == []
    assert told(datetime(2026, 12, 11, 10, tzinfo=JST)) == ["returned"]
    order_cancel(order_id=order.pk, by=cast.billing, at=TUESDAY)
    assert told() == ["returned"]


def test_what_was_never_on_an_issued_invoice_makes_no_return_invoice(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", day=date(2026, 10, 10))
    drafts_sweep(at=OCTOBER)
    back(cast, 2)  # its invoice is a draft still: the draft is what is put right
    assert told() == []
    with pytest.raises(Refused, match="come back"):
        return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)


def test_a_return_invoice_says_what_the_law_asks_for(given_back: Invoice, sold: Invoice) -> None:
    assert (given_back.net, given_back.tax, given_back.total) == (-172_776, -17_262, -190_038)
    sheet = Sheet.read(given_back.paper)
    assert (sheet.kind, sheet.total, sheet.payments) == ("return", 190_038, ())
    assert [(row.rate, row.net, row.tax) for row in sheet.totals] == [(10, 172_000, 17_200), (8, 776, 62)]
    assert sheet.days == (date(2026, 11, 12), date(2026, 11, 12))
    assert [line.on for line in sheet.lines] == [date(2026, 10, 10)] * 2
    assert sheet.original is not None
    assert (sheet.original.number, sheet.original.issued_on) == (sold.number, sold.issued_on)
    assert [(source.label, source.number) for source in sheet.lines[1].sources] == [
        ("返品", "R-2"), ("納品書", "D-1"), ("もとの請求書", sold.number),
    ]  # fmt: skip
    assert not given_back.instalments.exists()
    assert list(verify.problems()) == []


def test_it_prints_under_its_own_title(given_back: Invoice) -> None:
    assert render_invoices(at=TUESDAY) == 2
    given_back.refresh_from_db()
    assert given_back.file is not None
    assert bytes(given_back.file.data).startswith(b"%PDF")


def test_two_people_look_at_it_and_what_differs_from_the_sale_is_found(cast: SimpleNamespace, sold: Invoice) -> None:
    line = Line(quantity=Decimal(1), unit_price=Decimal(90_000), of=("D-1", 1))
    delivery_create(number="R-1", customer_id=cast.towa.pk, delivered_on=date(2026, 11, 12), lines=[line],
                    kind="return", by=cast.billing, at=EVENING)  # fmt: skip
    draft = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    (looked,) = drafts_of([draft], viewer_for(cast.billing2, TUESDAY))
    assert [one.kind for one in looked.findings] == ["price"]
    changed = draft_change(invoice_id=draft.pk, version=1, changes={1: Change(unit_price=Decimal(86_000))},
                           by=cast.billing, at=TUESDAY)  # fmt: skip
    assert changed.total == -94_600
    with pytest.raises(Refused):
        draft_change(
            invoice_id=draft.pk, version=2, changes={1: Change(unit_price=Decimal(0))}, by=cast.billing, at=TUESDAY
        )
    with pytest.raises(Refused, match="does not check"):
        invoices_check(seen={draft.pk: 2}, by=cast.billing, at=TUESDAY)


def test_a_draft_thrown_away_leaves_it_to_be_taken_off(cast: SimpleNamespace, sold: Invoice) -> None:
    back(cast, 2)
    draft = return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    with pytest.raises(Refused):
        return_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    draft_discard(invoice_id=draft.pk, by=cast.billing, at=TUESDAY)
    assert [int(row.left) for row in DeliveryLine.objects.filter(delivery__number="R-1")] == [2]
    delivered(cast, "D-2", day=date(2026, 12, 1))
    taken = draft_gather(customer_id=cast.towa.pk, until=date(2026, 12, 31), by=cast.billing, at=TUESDAY)
    assert taken.net == 10 * 86_000


def test_it_asks_for_no_money_and_takes_none(cast: SimpleNamespace, given_back: Invoice) -> None:
    assert given_back not in list(unpaid(invoices_of(cast.towa.pk)))
    assert list(to_settle(invoices_of(cast.towa.pk))) == [given_back]
    with pytest.raises(Refused, match="gives money back"):
        payment_record(invoice_id=given_back.pk, amount=1, received_on=CUTOFF, by=cast.billing, at=TUESDAY, key="p")


def test_money_sent_back_is_noted_once_and_never_more_than_is_owed(cast: SimpleNamespace, given_back: Invoice) -> None:
    def settle(amount: int, key: str, day: date = date(2026, 12, 1)) -> Settlement:
        return return_settle(invoice_id=given_back.pk, how="refunded", amount=amount, settled_on=day, key=key,
                             by=cast.billing, at=TUESDAY)  # fmt: skip

    assert settle(100_000, "a") == settle(100_000, "a")
    for wrong, day in ((90_039, CUTOFF), (0, CUTOFF), (1, date(2026, 12, 2))):
        with pytest.raises(Refused):
            settle(wrong, f"x{wrong}", day)
    settle(90_038, "b")
    assert list(to_settle(invoices_of(cast.towa.pk))) == []
    with pytest.raises(Refused, match="Nothing is owed"):
        settle(1, "c")
    settlement_undo(settlement_id=Settlement.objects.get(key="b").pk, by=cast.billing, at=TUESDAY)
    with pytest.raises(Refused, match="already"):
        settlement_undo(settlement_id=Settlement.objects.get(key="b").pk, by=cast.billing, at=TUESDAY)
    (still,) = to_settle(invoices_of(cast.towa.pk))
    assert -still.total - vars(still)["settled"] == 90_038


def test_set_against_an_invoice_it_asks_that_much_less(
    cast: SimpleNamespace, sold: Invoice, given_back: Invoice
) -> None:
    asked: dict[str, Any] = {
        "invoice_id": given_back.pk,
        "how": "netted",
        "settled_on": CUTOFF,
        "by": cast.billing,
        "at": TUESDAY,
    }
    with pytest.raises(Refused, match="against which"):
        return_settle(amount=1, key="x", **asked)
    made = return_settle(amount=190_038, key="a", against_id=sold.pk, **asked)
    payment = Payment.objects.get()
    assert (payment.invoice, payment.amount, payment.kind, payment.settlement) == (sold, 190_038, "back", made)
    (row,) = unpaid(invoices_of(cast.towa.pk))
    assert row.total - vars(row)["paid"] == sold.total - 190_038
    settlement_undo(settlement_id=made.pk, by=cast.billing, at=TUESDAY)
    (row,) = unpaid(invoices_of(cast.towa.pk))
    assert vars(row)["paid"] == 0


def test_money_that_came_in_less_what_we_owe_is_recognised(
    cast: SimpleNamespace, sold: Invoice, given_back: Invoice, client_for: Callable[..., Client]
) -> None:
    viewer, part = viewer_for(cast.billing, TUESDAY), sold.instalments.get()
    receipts_import(data=notices(sent(sold.total + given_back.total)), viewer=viewer)
    with time_machine.travel(TUESDAY, tick=False):
        clerk = client_for(cast.billing)
        page = clerk.get("/billing/receipts/").content.decode()
        assert "お返しする分を差し引くと一致" in page
        assert f"/billing/invoices/{given_back.number}/#settle" in page
        assert "を消し込む" not in page  # it would be booked as if something were missing
        token = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=TUESDAY)}"})
        (found,) = token.get("/api/v1/billing/receipts").json()[0]["proposals"]
        assert (found["fit"], found["certain"], found["credits"]) == (
            "netted", False, [{"invoice": given_back.number, "amount": -given_back.total}],
        )  # fmt: skip
        return_settle(
            invoice_id=given_back.pk, how="netted", amount=-given_back.total, settled_on=CUTOFF, by=cast.billing,
            at=TUESDAY, against_id=sold.pk, key="a",
        )  # fmt: skip
        ((row,),) = [one.proposals for one in proposed(viewer)]
        assert (row.certain, [(share.claim.instalment, share.yen) for share in row.shares]) == (
            True, [(part.pk, sold.total + given_back.total)],
        )  # fmt: skip


def test_it_is_not_set_against_what_is_paid(cast: SimpleNamespace, sold: Invoice, given_back: Invoice) -> None:
    payment_record(
        invoice_id=sold.pk, amount=sold.total - 100, received_on=CUTOFF, by=cast.billing, at=TUESDAY, key="p"
    )
    with pytest.raises(Refused, match="100"):
        return_settle(invoice_id=given_back.pk, how="netted", amount=190_038, settled_on=CUTOFF, against_id=sold.pk,
                      key="a", by=cast.billing, at=TUESDAY)  # fmt: skip
    assert not Settlement.objects.exists()


def test_a_clerk_is_told_when_it_stays_owed(cast: SimpleNamespace, given_back: Invoice) -> None:
    later = TUESDAY + timedelta(days=21)
    assert told(TUESDAY + timedelta(days=7)) == []
    assert told(later) == ["unsettled"]
    return_settle(invoice_id=given_back.pk, how="refunded", amount=190_038, settled_on=CUTOFF, key="a", by=cast.billing,
                  at=TUESDAY)  # fmt: skip
    assert told(later) == []


def test_a_wrong_one_is_replaced_and_what_was_settled_counts(cast: SimpleNamespace, given_back: Invoice) -> None:
    return_settle(invoice_id=given_back.pk, how="refunded", amount=1_000, settled_on=CUTOFF, key="a", by=cast.billing,
                  at=TUESDAY)  # fmt: skip
    draft = invoice_correct(invoice_id=given_back.pk, reason="数量の誤り", by=cast.billing, at=TUESDAY)
    changed = draft_change(invoice_id=draft.pk, version=1, changes={1: Change(quantity=Decimal(-1))}, by=cast.billing,
                           at=TUESDAY)  # fmt: skip
    new = issue(cast, changed, TUESDAY)
    assert "差し替えます" in Sheet.read(new.paper).reason
    (owed,) = to_settle(invoices_of(cast.towa.pk))
    assert (owed.number, vars(owed)["settled"]) == (new.number, 1_000)
    assert list(verify.problems()) == []


def test_the_clerk_s_way_through_the_pages(
    cast: SimpleNamespace, sold: Invoice, client_for: Callable[[User], Client]
) -> None:
    back(cast, 2)
    with time_machine.travel(TUESDAY, tick=False):
        clerk, second = client_for(cast.billing), client_for(cast.billing2)
        assert "適格返還請求書の下書きを作る" in clerk.get("/billing/watch/").content.decode()
        made = clerk.post("/billing/watch/", {"customer": cast.towa.pk, "returns": "1"})
        path = made.headers["Location"]
        assert clerk.post("/billing/watch/", {"customer": cast.towa.pk, "returns": "1"}).status_code == 409
        draft = Invoice.objects.get(kind="return")
        second.post("/billing/check/", {"seen": [f"{draft.pk}:1"]})
        path = clerk.post(f"{path}issue/").headers["Location"]
        page = clerk.get(path).content.decode()
        assert "お返しする残り" in page
        assert "入金を記録" not in page
        typed = {"idempotency": "0b0f8a3e-4b3f-4c1e-8a51-111111111111", "how": "netted", "amount": "189,200",
                 "settled_on": "2026-12-01", "against": sold.number}  # fmt: skip
        assert clerk.post(f"{path}settle/", typed | {"amount": "189,201"}).status_code == 422
        assert clerk.post(f"{path}settle/", typed).status_code == 302
        assert clerk.post(f"{path}settle/", typed).status_code == 302
        assert "精算済み" in clerk.get(path).content.decode()
        assert clerk.post(f"{path}settlements/{Settlement.objects.get().pk}/undo/").status_code == 302
        assert clerk.post(f"{path}settlements/999/undo/").status_code == 404
        assert client_for(cast.rep).post(f"{path}settle/", typed).status_code == 403
        assert Settlement.objects.count() == 2


def test_by_program(cast: SimpleNamespace, sold: Invoice, client: Client) -> None:
    back(cast, 2)
    with time_machine.travel(TUESDAY, tick=False):
        headers = {"authorization": f"Bearer {token_create(user=cast.billing, at=TUESDAY)}"}

        def post(path: str, body: object) -> tuple[int, Any]:
            answer = client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)
            return answer.status_code, answer.json()

        asked = {"customer": cast.towa.pk, "until": "2026-11-30", "returns": True}
        status, draft = post("/invoices/gather", asked)
        assert (status, draft["kind"], draft["total"]) == (201, "return", -189_200)
        assert post("/invoices/gather", asked)[0] == 409
        issued = issue(cast, Invoice.objects.get(number=draft["number"]), TUESDAY)
        body = {
            "how": "netted",
            "amount": 189_200,
            "settled_on": "2026-12-01",
            "against": sold.number,
            "idempotency_key": "k",
        }
        assert post(f"/invoices/{issued.number}/settle", body | {"against": "INV-9"})[0] == 400
        status, told = post(f"/invoices/{issued.number}/settle", body)
        assert (status, told["amount"], told["against"]) == (201, 189_200, sold.number)
        assert post(f"/invoices/{issued.number}/settle", body)[1]["id"] == told["id"]
        status, taken = post(f"/invoices/{issued.number}/settlements/{told['id']}/undo", None)
        assert (status, taken["amount"]) == (200, -189_200)
