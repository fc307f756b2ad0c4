"""From a bank's file to payments: each transfer once, nothing booked by itself, every booking taken back on demand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import BankReceipt, Instalment, PayerName, Payment
from billing.selectors import invoice_get, proposed
from billing.services import (
    Booking,
    invoice_create,
    receipt_book,
    receipt_put_aside,
    receipt_undo,
    receipts_import,
)
from customers.models import Activity
from office import clock
from office.clock import JST
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import Viewer, viewer_for
from tests.billing.bankfile import Account, BankFile, Sent, notices
from tests.billing.paperwork import issue

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
DAY = date(2026, 11, 20)
OURS = "ﾄｳﾜｺｳｷﾞﾖｳ(ｶ"


def sent(yen: int = 1_100, payer: str = OURS, day: date = DAY, **more: Any) -> Sent:
    return Sent(day=day, yen=yen, payer=payer, **more)


class Bank:
    """The office of the clerk: issued invoices, files brought in."""

    def __init__(self, cast: SimpleNamespace, at: datetime) -> None:
        self.cast, self.at = cast, at

    @property
    def viewer(self) -> Viewer:
        return viewer_for(self.cast.billing, self.at)

    def issue(self, net: int = 1_000, number: str = "", customer: Any = None) -> Instalment:
        made = invoice_create(
            customer_id=(customer or self.cast.towa).pk, subject="保守", net=net, tax=net // 10, number=number,
            by=self.cast.billing, at=self.at,
        )  # fmt: skip
        return issue(self.cast, made, self.at).instalments.get()

    def bring(self, *rows: Sent, data: bytes = b"") -> tuple[int, int, int, int, int]:
        found = receipts_import(data=data or notices(*rows), viewer=self.viewer)
        return found.records, found.added, found.matched, found.open, found.cancelled

    def book(self, row: BankReceipt, *parts: tuple[Instalment, int], key: str = "k", learn: bool = False) -> None:
        receipt_book(
            receipt_id=row.pk, parts=[Booking(part.pk, yen) for part, yen in parts], key=key, learn=learn,
            by=self.cast.billing, at=self.at,
        )  # fmt: skip

    def undo(self, row: BankReceipt) -> None:
        receipt_undo(receipt_id=row.pk, by=self.cast.billing, at=self.at)

    def paid(self, part: Instalment) -> int:
        return int(invoice_get(self.viewer, part.invoice.number).paid)  # type: ignore[attr-defined]


@pytest.fixture
def bank(cast: SimpleNamespace, at: datetime) -> Bank:
    return Bank(cast, at)


def one(**where: Any) -> BankReceipt:
    return BankReceipt.objects.get(**where)


# -- a file is read once


def test_what_fits_alone_is_matched_and_nothing_is_booked(bank: Bank) -> None:
    bank.issue()
    assert bank.bring(sent(), sent(999, "ﾀﾞﾚｶ")) == (2, 2, 1, 1, 0)
    assert not Payment.objects.exists()


def test_the_same_file_twice_adds_nothing_nor_do_days_that_overlap(bank: Bank) -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    twins = [sent(500, "ﾌﾀｺﾞ", day) for day in days for _twin in range(2)]
    assert bank.bring(*twins[:4])[:2] == (4, 4)
    assert bank.bring(*twins[:4])[:2] == (4, 0)
    again = [Sent(day=row.day, yen=row.yen, payer=row.payer, inquiry=f"{n:06}") for n, row in enumerate(twins)]
    assert bank.bring(*again)[:2] == (6, 2)
    assert bank.bring(twins[0], twins[0], twins[0])[:2] == (3, 1)
    assert BankReceipt.objects.filter(day=DAY).count() == 3


def test_two_accounts_are_two_transfers(bank: Bank) -> None:
    accounts = [Account(sent=[sent()], number=number) for number in ("0000001", "0000002")]
    assert bank.bring(data=BankFile(accounts=accounts).data())[:2] == (2, 2)


def test_a_file_goes_in_whole_or_not_at_all(bank: Bank) -> None:
    with pytest.raises(Refused) as refused:
        bank.bring(data=notices(sent(), sent(5)).replace(b"9 ", b"7 "))
    assert (refused.value.status, BankReceipt.objects.count()) == (422, 0)


def test_a_year_that_cannot_be_is_refused(bank: Bank) -> None:
    with pytest.raises(Refused, match="2044-11-20"):  # 26 for 2026 instead of the era's 08
        bank.bring(sent(), sent(day=date(2044, 11, 20)))
    with pytest.raises(Refused, match="empty"):
        receipts_import(data=b" \n", viewer=bank.viewer)
    assert not BankReceipt.objects.exists()


def test_a_csv_is_read_by_the_same_door(bank: Bank) -> None:
    bank.issue()
    text = "日付,入金金額,出金金額,摘要\n2026-11-20,1100,,カ）トウワコウギョウ\n2026-11-21,,50,デンキ\n"
    assert bank.bring(data=text.encode("cp932")) == (1, 1, 1, 0, 0)
    assert bank.bring(data=text.encode("utf-8")) == (1, 0, 1, 0, 0)


# -- what the bank takes back


def test_a_cancelled_transfer_is_open_no_more(bank: Bank) -> None:
    bank.issue()
    assert bank.bring(sent(), sent(cancel=True)) == (2, 2, 0, 0, 1)
    assert one(cancels=False).state == "cancelled"
    assert proposed(bank.viewer) == []


def test_a_cancel_record_of_a_later_file_finds_its_transfer(bank: Bank) -> None:
    bank.bring(sent(), sent())
    later = DAY + timedelta(days=1)
    bank.bring(sent(day=later, cancel=True), sent(day=later))
    assert sorted(BankReceipt.objects.filter(cancels=False).values_list("day", "state")) == [
        (DAY, "cancelled"), (DAY, "open"), (later, "open"),
    ]  # fmt: skip
    bank.bring(sent(day=later, cancel=True), sent(day=later))
    assert BankReceipt.objects.filter(state="open").count() == 2


def test_a_booked_transfer_that_was_cancelled_is_for_a_person(bank: Bank) -> None:
    part = bank.issue()
    bank.bring(sent())
    bank.book(one(), (part, 1_100))
    bank.bring(sent(cancel=True, day=DAY + timedelta(days=1)))
    row, task = one(cancels=False), Activity.objects.get(source__startswith="receipt-cancelled")
    assert (row.state, bank.paid(part), task.state, task.who) == ("booked", 1_100, "open", bank.cast.billing)
    bank.undo(row)
    task.refresh_from_db()
    assert (one(cancels=False).state, bank.paid(part), task.state) == ("cancelled", 0, "done")


def test_a_blank_number_of_the_payer_is_no_other_payer(bank: Bank) -> None:
    bank.bring(sent(code="0000000012"))
    assert bank.bring(sent(cancel=True, day=DAY + timedelta(days=1))) == (1, 1, 0, 0, 1)
    assert one(cancels=False).state == "cancelled"


def test_the_same_number_of_the_payer_comes_first(bank: Bank) -> None:
    bank.bring(sent(code="0000000012"), sent(code="0000000013"))
    bank.bring(sent(cancel=True, code="0000000012", day=DAY + timedelta(days=1)))
    assert one(cancels=False, state="cancelled").payer_code.endswith("12")


def test_a_cancel_record_that_fits_nothing_waits_for_a_person(bank: Bank, client_for: ClientFor) -> None:
    part = bank.issue()
    assert bank.bring(sent(payer="ﾄｳﾜ"), sent(999, cancel=True), sent(cancel=True)) == (3, 3, 0, 3, 2)
    wanted, other = one(cancels=True, amount=1_100), one(cancels=True, amount=999)
    clerk = client_for(bank.cast.billing)
    assert "銀行からの取消の記録です" in clerk.get("/billing/receipts/").content.decode()
    page = clerk.get(f"/billing/receipts/{wanted.pk}/").content.decode()
    assert "どの入金の取消ですか" in page
    assert "これより前に同じ金額の入金はありません" in clerk.get(f"/billing/receipts/{other.pk}/").content.decode()
    with pytest.raises(Refused, match="no longer open"):
        bank.book(wanted, (part, 1_100))
    for pk, status in ((wanted.pk, 422), (2**63, 422), (one(cancels=False).pk, 302), (one(cancels=False).pk, 422)):
        assert clerk.post(f"/billing/receipts/{wanted.pk}/cancel/", {"receipt": pk}).status_code == status
    assert (one(cancels=False).state, one(pk=wanted.pk).state) == ("cancelled", "cancelled")
    clerk.post(f"/billing/receipts/{other.pk}/aside/", {"reason": "他行の記録"})
    assert one(pk=other.pk).state == "aside"
    assert proposed(bank.viewer) == []
    bank.undo(other)
    assert [row.receipt.pk for row in proposed(bank.viewer)] == [other.pk]


def test_a_program_says_which_transfer_is_taken_back(bank: Bank) -> None:
    bank.bring(sent(payer="ﾄｳﾜ"), sent(cancel=True))
    program = Client(headers={"Authorization": f"Bearer {token_create(user=bank.cast.billing, at=clock.now())}"})
    waiting = program.get("/api/v1/billing/receipts").json()
    assert [(row["cancels"], row["proposals"]) for row in waiting if row["cancels"]] == [(True, [])]
    path = f"/api/v1/billing/receipts/{one(cancels=True).pk}/cancel"
    assert program.post(path, {"receipt": one(cancels=True).pk}, "application/json").status_code == 400
    answer = program.post(path, {"receipt": one(cancels=False).pk}, "application/json")
    assert (answer.status_code, answer.json()["cancelled_by_bank"]) == (200, True)


def test_what_comes_in_after_the_cancel_record_is_not_taken_back(bank: Bank) -> None:
    assert bank.bring(sent(cancel=True)) == (1, 1, 0, 1, 1)
    assert bank.bring(sent()) == (1, 1, 0, 1, 0)
    assert one(cancels=False).state == "open"


# -- booking


def test_a_booking_becomes_payments_once(bank: Bank) -> None:
    part = bank.issue()
    bank.bring(sent())
    for _tap in range(2):
        bank.book(one(), (part, 1_100))
    payment = Payment.objects.get()
    assert (payment.amount, payment.received_on, payment.payer) == (1_100, DAY, OURS)
    assert (one().state, bank.paid(part)) == ("booked", 1_100)
    with pytest.raises(Refused, match="no longer open"):
        bank.book(one(), (part, 1), key="another")


def test_one_sum_for_several_invoices_and_in_several_bookings(bank: Bank) -> None:
    first, second = bank.issue(), bank.issue(2_000)
    bank.bring(sent(3_300))
    bank.book(one(), (first, 1_100))
    assert one().state == "open"
    (row,) = proposed(bank.viewer)
    assert [(share.claim.instalment, share.yen) for share in row.proposals[0].shares] == [(second.pk, 2_200)]
    bank.book(one(), (second, 2_200), key="rest")
    assert (one().state, bank.paid(first), bank.paid(second)) == ("booked", 1_100, 2_200)


def test_a_fee_that_we_bear_is_an_entry_of_its_own(bank: Bank) -> None:
    part = bank.issue(10_000)
    bank.bring(sent(10_560))
    (row,) = proposed(bank.viewer)
    assert (row.proposals[0].fee, row.is_certain) == (440, False)
    bank.book(one(), (part, 11_000))
    assert sorted(Payment.objects.values_list("kind", "amount")) == [("fee", 440), ("money", 10_560)]
    assert (one().state, bank.paid(part)) == ("booked", 11_000)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "for which invoice"), ([(0, 0)], "for which invoice"), ([(0, 500), (0, 500)], "named twice"),
        ([(0, 1_101)], "only 1100 yen"), ([(1, 10)], "no longer open"), ([(2, 1_000_000)], "more than the money"),
        ([(99, 5)], "no longer open"),
    ],
)  # fmt: skip
def test_what_cannot_be_booked_is_refused_and_nothing_written(bank: Bank, parts: Any, words: str) -> None:
    first, paid, large = bank.issue(), bank.issue(10), bank.issue(1_000_000)
    bank.bring(sent(11, "x"), sent())
    bank.book(one(amount=11), (paid, 11), key="paid")
    known = {0: first.pk, 1: paid.pk, 2: large.pk}
    with pytest.raises(Refused, match=words):
        receipt_book(
            receipt_id=one(amount=1_100).pk, parts=[Booking(known.get(part, 999_999), yen) for part, yen in parts],
            key="k", by=bank.cast.billing, at=bank.at,
        )  # fmt: skip
    assert (one(amount=1_100).state, Payment.objects.count()) == ("open", 1)


def test_a_counter_entry_takes_a_booking_back(bank: Bank) -> None:
    part = bank.issue(10_000)
    bank.bring(sent(10_560))
    bank.book(one(), (part, 11_000))
    bank.undo(one())
    assert (one().state, bank.paid(part), Payment.objects.count()) == ("open", 0, 4)
    with pytest.raises(Refused, match="nothing to take back"):
        bank.undo(one())
    bank.book(one(), (part, 11_000), key="again")
    assert (one().state, bank.paid(part)) == ("booked", 11_000)


def test_put_aside_with_a_reason_and_back(bank: Bank) -> None:
    bank.bring(sent())
    with pytest.raises(Refused, match="empty"):
        receipt_put_aside(receipt_id=one().pk, reason=" ", by=bank.cast.billing, at=bank.at)
    receipt_put_aside(receipt_id=one().pk, reason="前受金", by=bank.cast.billing, at=bank.at)
    assert (one().state, one().reason, proposed(bank.viewer)) == ("aside", "前受金", [])
    bank.undo(one())
    assert (one().state, one().reason) == ("open", "")


def test_a_name_is_learnt_only_from_a_person(bank: Bank) -> None:
    part, _next = bank.issue(), bank.issue(2_000)
    bank.bring(sent(payer="0000012345 ﾄｳﾜｸﾞﾙ-ﾌﾟ"))
    assert proposed(bank.viewer)[0].is_certain is False
    bank.book(one(), (part, 1_100), learn=True)
    known = PayerName.objects.get()
    assert (known.customer, known.name, known.code) == (bank.cast.towa, "ﾄｳﾜｸﾞﾙﾌﾟ", "0000012345")
    assert bank.bring(sent(2_200, "ﾄｳﾜｸﾞﾙ-ﾌﾟ"))[2] == 1


def test_a_thank_you_call_follows_the_money(bank: Bank, cast: SimpleNamespace) -> None:
    bank.at = bank.at.replace(month=11, day=2)  # due on 30 November at the earliest: the money comes before
    part = bank.issue()
    bank.at = datetime(2026, 11, 24, 10, tzinfo=JST)
    bank.bring(sent())
    bank.book(one(), (part, 1_100))
    call = Activity.objects.get(source=f"thank-you:{part.pk}")
    assert (call.who, "arrived" in call.detail) == (cast.rep, True)
    bank.undo(one())
    call.refresh_from_db()
    assert "arrived" not in call.detail


# -- by program


@pytest.fixture
def program(bank: Bank) -> Client:
    return Client(headers={"Authorization": f"Bearer {token_create(user=bank.cast.billing, at=bank.at)}"})


def test_a_program_brings_a_file_and_books(bank: Bank, program: Client) -> None:
    part = bank.issue(number="INV-1")
    path = "/api/v1/billing/payments/import"
    answer = program.post(path, {"file": SimpleUploadedFile("n.txt", notices(sent()))})
    assert answer.json() == {"records": 1, "added": 1, "matched": 1, "open": 0, "cancelled": 0}
    (row,) = program.get("/api/v1/billing/receipts").json()
    (fits,) = row["proposals"]
    assert (fits["fit"], fits["recognised_by"], fits["certain"]) == ("exact", "name", True)
    assert fits["parts"] == [{"instalment": part.pk, "invoice": "INV-1", "amount": 1_100}]
    body = {"parts": [{"instalment": part.pk, "amount": 1_100}], "idempotency_key": "k"}
    booked = program.post(f"/api/v1/billing/receipts/{row['id']}/book", body, content_type="application/json")
    assert (booked.json()["state"], booked.json()["booked"]) == ("booked", 1_100)
    back = program.post(f"/api/v1/billing/receipts/{row['id']}/undo").json()
    assert (back["state"], back["booked"], len(back["proposals"])) == ("open", 0, 1)
    body = {"reason": "当社宛てではない"}
    aside = program.post(f"/api/v1/billing/receipts/{row['id']}/aside", body, content_type="application/json")
    assert aside.json()["state"] == "aside"
    assert program.get("/api/v1/billing/receipts?state=aside").json()[0]["reason"] == "当社宛てではない"


def test_a_program_is_told_record_and_reason(program: Client) -> None:
    data = notices(sent(), sent(5))
    for spoilt, words in (
        (data[:404], "2件目のレコード：ファイルがここで終わっています"),
        (data[:-9], "5件目のレコード：長さ"),
    ):
        answer = program.post("/api/v1/billing/payments/import", {"file": SimpleUploadedFile("n.txt", spoilt)})
        assert answer.status_code == 422
        assert words in answer.json()["message"]
    assert not BankReceipt.objects.exists()


# -- on the page


def test_the_clerk_books_in_one_tap(bank: Bank, client_for: ClientFor) -> None:
    part, clerk = bank.issue(), client_for(bank.cast.billing)
    file = SimpleUploadedFile("n.txt", notices(sent()))
    assert "取り込みました" in clerk.post("/billing/receipts/import/", {"file": file}).content.decode()
    page = clerk.get("/billing/receipts/").content.decode()
    assert "1組だけ一致" in page
    assert "東和工業様の1,100円を消し込む" in page
    values = {f"part_{part.pk}": "1100", "idempotency": "7f3f1a52-5d39-4d0c-9f0a-3f4f0a8f5a11"}
    for _tap in range(2):
        assert clerk.post(f"/billing/receipts/{one().pk}/book/", values).status_code == 302
    assert (Payment.objects.count(), one().state) == (1, "booked")
    assert OURS in clerk.get("/billing/receipts/?state=booked").content.decode()
    assert clerk.post(f"/billing/receipts/{one().pk}/undo/").status_code == 302
    page = clerk.get(f"/billing/receipts/{one().pk}/").content.decode()
    assert ("反対記帳" in page, "▲1,100円" in page) == (True, True)


def test_the_clerk_chooses_another_customer_and_splits(bank: Bank, client_for: ClientFor) -> None:
    first, second = bank.issue(), bank.issue(2_000, customer=bank.cast.hokuriku)
    bank.bring(sent(3_000, "ﾀﾞﾚｶ"))
    clerk, path = client_for(bank.cast.billing), f"/billing/receipts/{one().pk}/"
    assert first.invoice.number in clerk.get(f"{path}?q=東和").content.decode()
    values = {"idempotency": "7f3f1a52-5d39-4d0c-9f0a-3f4f0a8f5a12", "learn": "on"}
    values |= {f"part_{first.pk}": "1,100", f"part_{second.pk}": "２２０００"}
    refused = clerk.post(f"{path}book/", values)
    assert (refused.status_code, "未入金は2200円" in refused.content.decode()) == (422, False)
    assert clerk.post(f"{path}book/", values | {f"part_{second.pk}": "1900"}).status_code == 302
    assert (one().state, PayerName.objects.count()) == ("booked", 0)  # two customers: whose name would it be


def test_the_list_costs_the_same_for_many(bank: Bank, client_for: ClientFor) -> None:
    clerk = client_for(bank.cast.billing)

    def cost() -> int:
        clerk.get("/billing/receipts/")
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get("/billing/receipts/").status_code == 200
        return len(queries)

    bank.issue()
    bank.bring(sent())
    few = cost()
    for n in range(12):
        bank.issue(1_000 + n)
        bank.bring(sent(1_100 + n))
    assert cost() == few


def test_a_bad_file_is_told_on_the_page(bank: Bank, client_for: ClientFor) -> None:
    file = SimpleUploadedFile("n.txt", b"\xf1\xf0\xf1" + b"\x40" * 197)
    page = client_for(bank.cast.billing).post("/billing/receipts/import/", {"file": file})
    assert (page.status_code, "EBCDIC" in page.content.decode()) == (422, True)


def test_others_do_not_come_here(bank: Bank, client_for: ClientFor) -> None:
    bank.bring(sent())
    for name in ("rep", "manager", "auditor", "admin"):
        user: User = getattr(bank.cast, name)
        assert client_for(user).get(f"/billing/receipts/{one().pk}/").status_code == 403
