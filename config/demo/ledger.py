"""Promises and calls beside the incidents: kept, open, asked for again, given a new date, not kept."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from config.demo.telling import House
from customers.models import Promise
from customers.services import (
    call_record,
    promise_break,
    promise_chase,
    promise_keep,
    promise_make,
    promise_reschedule,
)
from customers.services.promises import NewPromise


class Promised(NamedTuple):
    """One promise and its end: ends is ("", None, "") while it is open."""

    code: str
    what: str
    kind: str
    made: datetime
    by: datetime
    end: str = ""
    ended: datetime | None = None
    words: str = ""
    again: datetime | None = None
    agreed: bool = True
    asked: datetime | None = None  # when the customer asked again


def make_ledger(house: House) -> None:
    """Promises of daily work, each made once."""
    for place, promised in enumerate(_promises(house)):
        source = f"demo:promise:{place}"
        if not Promise.objects.filter(source=source).exists():
            _make(house, source, promised)
    _calls(house)


def _promises(house: House) -> tuple[Promised, ...]:
    days = house.days
    return (
        Promised("C-0101", "増設分の概算お見積りをお持ちする", "request", days.ago(3, "13:40"), days.ahead(2)),
        Promised("C-0104", "修理した減速機の試運転記録をお送りする", "other", days.ago(6, "11:00"), days.ago(2, "17:00"), "kept",
                 days.ago(3, "15:30"), "記録をメールでお送りし、安江工場長の受領のお返事あり"),
        Promised("C-0108", "リニアガイドの納期の見通しをお答えする", "request", days.ago(2, "10:30"), days.ahead(1, "12:00")),
        Promised("C-0111", "図面の改訂版をお届けする", "other", days.ago(9, "14:00"), days.ago(4, "17:00"), "rescheduled",
                 days.ago(5, "10:10"), "坂倉部長とお電話で合意。試験の結果を待つため", days.ahead(3)),
        Promised("C-0114", "単価表の更新版をお送りする", "money", days.ago(12, "16:00"), days.ago(7, "17:00"), "broken",
                 days.ago(6, "09:30"), "期日にお送りできなかった。翌朝お電話でお詫びし、その日のうちにお送りした"),
        Promised("C-0105", "現場の立会い日の候補を3つお伝えする", "time", days.ago(1, "13:00"), days.ahead(1, "15:00")),
        Promised("C-0112", "消耗品の在庫数をお答えする", "request", days.minutes_ago(210), days.ahead(1, "10:30"), agreed=False,
                 asked=days.minutes_ago(40)),
        Promised("C-0109", "端数の処理のご説明書をお持ちする", "other", days.ago(14, "10:00"), days.ago(10, "17:00"), "kept",
                 days.ago(10, "11:20"), "訪問してご説明した"),
        Promised("C-0120", "ポンプ用部品の代替案をお出しする", "request", days.ago(7, "15:00"), days.ago(1, "12:00")),
        Promised("C-0103", "検査成績書の英文版をお送りする", "other", days.ago(8, "09:40"), days.ago(3, "17:00"), "kept",
                 days.ago(4, "16:00"), "郵送し、到着をお電話で確かめた"),
        Promised("C-0110", "代替品の単価をお答えする", "money", days.ago(1, "11:10"), days.ahead(1, "16:00")),
        Promised("C-0122", "工場見学の日程をご相談する", "time", days.ago(20, "13:30"), days.ago(15, "17:00"), "kept",
                 days.ago(16, "10:00"), "翌月の第2水曜で合意"),
    )  # fmt: skip


def _make(house: House, source: str, promised: Promised) -> None:
    customer = house.customers[promised.code]
    contact, owner = customer.contacts.first(), customer.owner
    new = NewPromise(
        source=source, what=promised.what, kind=promised.kind, answer_by=promised.by, agreed=promised.agreed,
        to_contact_id=contact.pk if contact else None,
    )  # fmt: skip
    made = promise_make(customer=customer, new=new, by=owner, at=promised.made)
    if promised.asked:
        promise_chase(promise_id=made.pk, by=customer.deputy or owner, at=promised.asked, key=source)
    at = promised.ended or promised.made
    if promised.end == "kept":
        promise_keep(promise_id=made.pk, evidence=promised.words, by=owner, at=at)
    elif promised.end == "broken":
        promise_break(promise_id=made.pk, reason=promised.words, by=owner, at=at)
    elif promised.end == "rescheduled" and promised.again:
        promise_reschedule(promise_id=made.pk, answer_by=promised.again, agreement=promised.words, by=owner, at=at)


def _calls(house: House) -> None:
    """A few calls of courtesy, not all of which reached somebody."""
    days = house.days
    calls = (
        ("C-0104", "reached", "ご様子伺い", "減速機の音が静かになったとのお話", days.ago(8, "10:10")),
        ("C-0106", "absent", "ご様子伺い", "", days.ago(5, "11:40")),
        ("C-0117", "message_left", "納期のご連絡", "小笠原様へご伝言をお願いした", days.ago(4, "15:25")),
        ("C-0120", "call_back", "代替案の件", "石川工場長は会議中。折り返しをお待ちする", days.ago(1, "11:30")),
        ("C-0102", "reached", "ご様子伺い", "髙﨑社長より、お孫さんの入学のお話", days.ago(10, "14:15")),
        ("C-0116", "reached", "ご様子伺い", "窯の更新を検討中とのお話", days.ago(13, "09:50")),
    )
    for place, (code, outcome, purpose, note, at) in enumerate(calls):
        customer = house.customers[code]
        contact = customer.contacts.first()
        call_record(customer_id=customer.pk, outcome=outcome, by=customer.owner, at=at, key=f"demo:call:{place}",
                    contact_id=contact.pk if contact else None, purpose=purpose, note=note)  # fmt: skip
