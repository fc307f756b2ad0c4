"""Changes told ahead: new prices that some have acknowledged, and a notice that waits for its second check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from billing.models import ChangeNotice
from billing.notices import TITLES
from billing.services import (
    NoticeWords,
    Said,
    copy_acknowledge,
    copy_object,
    notice_check,
    notice_draft,
    notice_posted,
    notice_send,
    notices_sweep,
    price_put,
)
from config.demo.days import Days
from config.demo.invoices import GOODS
from customers.models import Customer
from office.models import User

TOLD = ("C-0101", "C-0104", "C-0107", "C-0117", "C-0120")
ACKNOWLEDGED, OBJECTED = "C-0107", "C-0117"
DEARER = {0: Decimal("1.05"), 4: Decimal("1.08")}  # which goods, and by how much
WHY = (
    "さて、鋼材と電気料金の上昇が続き、弊社の努力だけでは現在の価格を保つことが難しくなりました。\n"
    "つきましては、誠に心苦しいお願いではございますが、下記のとおり価格を改定させていただきたく存じます。"
)
FORMAT = (
    "さて、このたび請求書のお届け方を下記のとおり変更いたします。\nご請求の内容とお支払いの条件に変更はございません。"
)


def make_notices(days: Days, customers: Mapping[str, Customer], people: Mapping[str, User]) -> None:
    """The notices of the demo; what is there stays."""
    if ChangeNotice.objects.exists():
        return
    clerk, other, then = people["billing"], people["billing2"], days.ago(12)
    day = days.ahead(6).date()
    _prices(days, day, clerk)
    words = NoticeWords(
        kind="price", title=TITLES["price"], text=WHY, effective_on=day, answer_by=days.ago(1).date(),
        customers=[customers[code].pk for code in TOLD],
    )  # fmt: skip
    notice = notice_draft(words=words, by=clerk, at=then, key="demo:price")
    notice_check(notice_id=notice.pk, version=1, by=other, at=days.ago(12, "14:00"))
    notice_send(notice_id=notice.pk, in_care_too=True, by=clerk, at=days.ago(11))
    notices_sweep(at=days.ago(11))
    notice_posted(notice_id=notice.pk, by=clerk, at=days.ago(11, "16:00"))
    copies = {copy.customer.code: copy.pk for copy in notice.copies.select_related("customer")}
    said = Said(way="phone", who="購買部", note="次の発注から新しい単価でよいとのこと")
    copy_acknowledge(copy_id=copies[ACKNOWLEDGED], said=said, by=customers[ACKNOWLEDGED].owner, at=days.ago(6))
    copy_object(
        copy_id=copies[OBJECTED], said=Said(way="phone", who="購買部"), words="今期の予算が決まっているので、来月からにできないか。",
        by=customers[OBJECTED].owner, at=days.minutes_ago(60), key="demo:price",
    )  # fmt: skip
    later = NoticeWords(
        kind="format", title=TITLES["format"], text=FORMAT, effective_on=days.ahead(30).date(),
        changes="紙の請求書に代えて、PDFを電子メールにてお送りします。",
        customers=[customers[code].pk for code in TOLD[:2]],
    )  # fmt: skip
    notice_draft(words=later, by=clerk, at=days.minutes_ago(30), key="demo:format")


def _prices(days: Days, day: date, by: User) -> None:
    for place, factor in DEARER.items():
        product, price = GOODS[place][0], GOODS[place][2]
        dearer = (Decimal(price) * factor).quantize(Decimal(1))
        price_put(product=product, unit_price=dearer, from_on=day, by=by, at=days.ago(12))
