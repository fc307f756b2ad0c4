"""The price list: what a product costs whom from which day on, and what the check says of a draft that differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from billing.models import Invoice, Price, Terms
from billing.selectors.checking import drafts_to_check
from billing.selectors.prices import PriceList
from billing.services import Line, draft_gather, price_put, prices_import
from office.models import JournalRow, User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, delivered

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SCREW_KEY = SCREW.description
FILE = (
    "品名,単価,適用開始日,お客様コード\nボールねじ BS-2510,\"86,000円\",2026-04-01,\n"
    "ボールねじ BS-2510,84000,R8.10.1,C-0001\n"
)  # fmt: skip


def listed(cast: SimpleNamespace, price: int, day: date = date(2026, 4, 1), whose: int | None = None) -> Price:
    return price_put(
        product=SCREW_KEY, unit_price=Decimal(price), from_on=day, customer_id=whose, by=cast.billing, at=EVENING
    ).price  # fmt: skip


def said(cast: SimpleNamespace) -> list[str]:
    viewer = viewer_for(cast.billing2, EVENING)
    return [one.text for draft in drafts_to_check(viewer) for one in draft.findings if one.kind == "list"]


def drafted(cast: SimpleNamespace, *lines: Line, number: str = "D-1", day: date = date(2026, 11, 10)) -> None:
    delivered(cast, number, *lines, day=day)
    draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)


def test_the_price_of_the_day_is_the_customers_own_before_that_of_all(cast: SimpleNamespace) -> None:
    listed(cast, 80_000)
    listed(cast, 90_000, date(2026, 11, 10))
    listed(cast, 70_000, date(2026, 11, 11), cast.towa.pk)
    prices = PriceList([cast.towa.pk, cast.hokuriku.pk], [SCREW_KEY])

    def on(whose: int, *day: int, product: str = SCREW_KEY) -> int | None:
        found = prices.on(whose, product, date(*day))
        return int(found.unit_price) if found else None

    towa, hokuriku = cast.towa.pk, cast.hokuriku.pk
    assert [on(towa, 2026, 3, 31), on(towa, 2026, 11, 9), on(towa, 2026, 11, 10)] == [None, 80_000, 90_000]
    assert [on(towa, 2026, 11, 11), on(hokuriku, 2026, 11, 11)] == [70_000, 90_000]
    assert (
        on(towa, 2026, 11, 9, product="ボールねじＢＳ－２５１０") == 80_000
    )  # the same in full width and without blank
    assert on(towa, 2026, 11, 9, product="飲料水") is None


def test_a_difference_is_told_when_a_draft_is_checked(cast: SimpleNamespace) -> None:
    drafted(cast)
    assert said(cast) == []  # no list, no finding
    listed(cast, 86_000)
    assert said(cast) == []
    listed(cast, 88_000, date(2026, 11, 11))
    assert said(cast) == []  # it was delivered the day before
    listed(cast, 88_500, date(2026, 11, 10))
    assert said(cast) == [
        "「ボールねじ BS-2510」の単価は86,000円ですが、2026/11/10からの価格表では88,500円です。"
    ]  # fmt: skip


def test_a_price_on_the_list_explains_what_it_was_not_last_time(cast: SimpleNamespace) -> None:
    drafted(cast)
    issue(cast, Invoice.objects.get(), EVENING)
    drafted(cast, Line(description=SCREW_KEY, quantity=Decimal(1), unit_price=Decimal(90_000)), number="D-2")

    def kinds() -> list[str]:
        [draft] = drafts_to_check(viewer_for(cast.billing2, EVENING))
        return [one.kind for one in draft.findings if one.kind in ("price", "list")]

    assert kinds() == ["price"]  # last time it was another one
    listed(cast, 86_000)
    assert kinds() == ["list"]  # told once, by the list
    listed(cast, 90_000, date(2026, 11, 9), cast.towa.pk)
    assert kinds() == []


def test_prices_with_tax_are_held_against_the_customers_own_only(cast: SimpleNamespace) -> None:
    Terms.objects.create(customer=cast.towa, inclusive=True)
    drafted(cast)
    listed(cast, 80_000)
    assert said(cast) == []
    listed(cast, 85_000, whose=cast.towa.pk)
    assert len(said(cast)) == 1


def test_the_list_is_kept_on_its_page(cast: SimpleNamespace, client_for: Callable[[User], Client]) -> None:
    clerk = client_for(cast.billing)
    paper = {"product": SCREW_KEY, "unit_price": "86,000", "from_on": "2026-11-01", "customer": ""}
    assert clerk.post("/billing/new/price/", paper).status_code == 302
    assert clerk.post("/billing/new/price/", paper).status_code == 302
    assert clerk.post("/billing/new/price/", paper | {"customer": "C-0002", "unit_price": "85000"}).status_code == 302
    assert clerk.post("/billing/new/price/", paper | {"unit_price": "-1"}).status_code == 422
    assert clerk.post("/billing/new/price/", paper | {"customer": "nobody"}).status_code == 422
    assert Price.objects.count() == 2
    general = Price.objects.get(customer=None)
    assert clerk.post(f"/billing/prices/{general.pk}/", {"unit_price": "87000"}).status_code == 302
    page = clerk.get("/billing/prices/?q=ﾎﾞｰﾙねじ").content.decode()
    assert "87,000円" in page
    assert "85,000円" in page
    assert "85,000円" not in client_for(cast.rep).get("/billing/prices/").content.decode()  # of another team's customer
    assert client_for(cast.rep).get(f"/billing/prices/{general.pk}/").status_code == 403
    assert clerk.post(f"/billing/prices/{general.pk}/remove/").status_code == 302
    verbs = JournalRow.objects.filter(about=f"price {SCREW_KEY}").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["Price set", "Price set", "Price put right", "Price removed"]


def test_a_file_brings_the_list_once(cast: SimpleNamespace, at: datetime) -> None:
    def counts(text: str) -> list[int]:
        [count] = prices_import(data=text.encode("cp932"), by=cast.billing, at=at).counts
        return [count.created, count.updated, count.unchanged]

    assert counts(FILE) == [2, 0, 0]
    assert counts(FILE) == [0, 0, 2]
    assert counts(FILE.replace("84000", "84500")) == [0, 1, 1]
    for old, new, column in (
        ("84000", "x", "単価"),
        ("C-0001", "C-9", "お客様コード"),
        ("R8.10.1", "R8.13.1", "適用開始日"),
    ):
        [error] = prices_import(data=FILE.replace(old, new).encode(), by=cast.billing, at=at).errors
        assert (error.line, error.column) == (3, column)
    twice = FILE + "ボールねじＢＳ－２５１０,1,2026-04-01,\n"
    assert [e.line for e in prices_import(data=twice.encode(), by=cast.billing, at=at).errors] == [4]
    assert Price.objects.get(customer=None).unit_price == 86_000


def test_programs_read_and_write_the_list(cast: SimpleNamespace) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=EVENING)}"})
    paper = {"product": SCREW_KEY, "unit_price": 86_000, "from_on": "2026-04-01"}
    put = program.put("/api/v1/prices", paper, content_type="application/json").json()
    asked = {"product": SCREW_KEY, "customer": cast.towa.pk, "on": "2026-11-10"}
    assert program.get("/api/v1/prices", asked).json() == [put]
    assert program.get("/api/v1/prices", asked | {"on": "2026-03-31"}).json() == []
    assert program.get("/api/v1/prices", {"q": "ボール"}).json() == [put]
    wrong = program.put("/api/v1/prices", paper | {"unit_price": -1}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
    assert program.delete(f"/api/v1/prices/{put['id']}").status_code == 204
    assert not Price.objects.exists()
