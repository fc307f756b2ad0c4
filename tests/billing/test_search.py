"""Finding invoices and payments as the law asks: by day, by amount, by partner, and by any of them together."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Invoice
from billing.selectors import Wanted, invoices_found, invoices_page, payments_found, payments_page
from billing.services import invoice_create, payment_record, reduction_create
from office import clock
from office.errors import Refused
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
DAYS = [date(2026, 9, day) for day in (1, 15, 30)]
YEN = (1_100, 110_000, 5_500_000)


@pytest.fixture
def books(cast: SimpleNamespace) -> SimpleNamespace:
    """Two customers, three days, three amounts: eighteen issued invoices, each paid on its day, and one draft."""
    at = clock.now()
    for place, (day, yen, customer) in enumerate(product(DAYS, YEN, (cast.towa, cast.hokuriku)), start=1):
        made = invoice_create(
            customer_id=customer.pk, subject="保守", net=yen * 10 // 11, tax=yen // 11, number=f"S-{place:02}",
            by=cast.billing, at=at,
        )  # fmt: skip
        issue(cast, made, at, issued_on=day)
        payment_record(
            invoice_id=made.pk, key=f"p{place}", amount=yen, received_on=day, payer="トウワ", by=cast.billing, at=at
        )
    invoice_create(customer_id=cast.towa.pk, subject="下書き", net=100_000, tax=10_000, by=cast.billing, at=at)
    return cast


AMOUNTS: tuple[tuple[int | None, int | None], ...] = ((None, None), (1_101, None), (None, 110_000), (110_000, 110_000))
COMBINATIONS = [
    Wanted(since=since, until=until, least=least, most=most, q=partner)
    for since, until, (least, most), partner in product((None, DAYS[1]), (None, DAYS[1]), AMOUNTS, ("", "東和"))
]


def test_every_combination_finds_what_it_names_and_nothing_else(books: SimpleNamespace) -> None:
    viewer, every = viewer_for(books.billing, clock.now()), list(Invoice.objects.all())

    def fits(row: Invoice, wanted: Wanted) -> bool:
        day, since, until = row.issued_on, wanted.since, wanted.until
        if (since or until) and not (day and (since or day) <= day <= (until or day)):
            return False
        in_sum = (wanted.least or 0) <= row.total <= (wanted.most or row.total)
        return in_sum and (not wanted.q or row.customer_id == books.towa.pk)

    assert len(COMBINATIONS) == 32
    for wanted in COMBINATIONS:
        expected = [row for row in every if fits(row, wanted)]
        found = list(invoices_found(viewer, wanted))
        assert {row.pk for row in found} == {row.pk for row in expected}, wanted
        if wanted.since or wanted.until:
            days = [row.issued_on for row in found if row.issued_on]
            assert days == sorted(days, reverse=True), wanted
        paid = {row.invoice_id for row in payments_found(viewer, wanted)}
        assert paid == {row.pk for row in expected if row.state == "issued"}, wanted


def test_what_gives_money_back_is_found_by_the_sum_on_its_paper(books: SimpleNamespace) -> None:
    sold = Invoice.objects.filter(total=5_500_000).first()
    assert sold
    draft = reduction_create(invoice_id=sold.pk, amount=94_600, reason="お詫び", by=books.billing, at=clock.now())
    back, viewer = issue(books, draft, clock.now()), viewer_for(books.billing, clock.now())
    for least, most in ((94_600, 94_600), (-94_600, -94_600), (None, 94_600), (94_600, None)):
        assert back in invoices_found(viewer, Wanted(least=least, most=most)), (least, most)
    for least, most in ((94_601, None), (1, 94_599), (0, 0), (-94_599, -1)):
        assert back not in invoices_found(viewer, Wanted(least=least, most=most)), (least, most)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(since=DAYS[0]), Wanted(most=110_000), Wanted(q="東和")])
def test_page_by_page_each_row_stands_once(books: SimpleNamespace, wanted: Wanted) -> None:
    viewer = viewer_for(books.auditor, clock.now())
    for every, page in ((invoices_found, invoices_page), (payments_found, payments_page)):
        seen, before = [], ""
        while True:
            found = page(viewer, Wanted(**{**wanted.__dict__, "before": before}), size=4)
            seen += [row.pk for row in found.rows]
            if not (before := found.older):
                break
        assert seen == [row.pk for row in every(viewer, wanted)]


def test_what_is_beyond_the_viewer_is_not_found(books: SimpleNamespace) -> None:
    rep = viewer_for(books.rep, clock.now())
    assert {row.customer_id for row in invoices_found(rep, Wanted())} == {books.towa.pk}
    assert {row.invoice.customer_id for row in payments_found(rep, Wanted())} == {books.towa.pk}
    foreign = Invoice.objects.filter(customer=books.hokuriku)[0].number
    with pytest.raises(Refused, match="does not exist"):
        invoices_page(rep, Wanted(before=foreign))


def test_the_page_asks_for_all_three_and_stays_calm_until_used(books: SimpleNamespace, client_for: ClientFor) -> None:
    clerk = client_for(books.billing)
    assert "<details open" not in clerk.get("/billing/").content.decode().split('id="main"')[1]
    there = "/billing/?q=東和&since=2026-09-15&until=2026-09-30&least=110,000&most=１１００００"
    page = clerk.get(there).content.decode().split('id="main"')[1]
    assert "<details open" in page
    assert page.count("/billing/invoices/S-") == 2
    assert "S-09" in page
    assert "S-15" in page
    assert (
        client_for(books.auditor)
        .get("/billing/payments/?since=2026-09-30&least=5500000")
        .content.decode()
        .count("/billing/invoices/S-")
        == 2
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("since=2026-13-01", "日付をお確かめください"),
        ("since=2026-09-30&until=2026-09-01", "終わりの日が始まりの日より前です"),
        ("least=たくさん", "整数で入力してください"),
        ("least=9&most=8", "上限の金額が下限より小さくなっています"),
        ("before=S-99", "一覧にそのページはありません"),
    ],
)
@pytest.mark.parametrize("path", ["/billing/", "/billing/payments/"])
def test_what_cannot_be_looked_for_is_said_in_a_sentence(
    cast: SimpleNamespace, client_for: ClientFor, path: str, asked: str, sentence: str
) -> None:
    made = invoice_create(
        customer_id=cast.towa.pk, subject="保守", net=1_000, tax=100, number="S-01", by=cast.billing, at=clock.now()
    )
    issue(cast, made, clock.now())
    answer = client_for(cast.billing).get(f"{path}?{asked}")
    assert answer.status_code in (400, 422)
    assert sentence in answer.content.decode()
    assert "S-01" not in answer.content.decode()


def test_programs_search_by_the_same_words(books: SimpleNamespace) -> None:
    clerk = Client(headers={"Authorization": f"Bearer {token_create(user=books.billing, at=clock.now())}"})
    every = {"since": "2026-09-15", "until": "2026-09-30", "least": 110_000, "most": 110_000, "customer": books.towa.pk}
    found = clerk.get("/api/v1/invoices", every).json()
    assert [row["number"] for row in found] == ["S-15", "S-09"]
    assert [row["number"] for row in clerk.get("/api/v1/invoices", every | {"before": "S-15"}).json()] == ["S-09"]
    assert [row["number"] for row in clerk.get("/api/v1/invoices", {"state": "draft"}).json()] != []
    assert len(clerk.get("/api/v1/invoices", {"offset": 18}).json()) == 1
    paid = clerk.get("/api/v1/billing/payments", every).json()
    assert [(row["invoice"], row["amount"], row["received_on"]) for row in paid] == [
        ("S-15", 110_000, "2026-09-30"), ("S-09", 110_000, "2026-09-15"),
    ]  # fmt: skip
    for bad in ({"since": "x"}, {"since": "2026-09-02", "until": "2026-09-01"}, {"least": "many"}, {"customer": 2**70}):
        for path in ("/api/v1/invoices", "/api/v1/billing/payments"):
            answer = clerk.get(path, bad)
            assert answer.status_code in (400, 422), (path, bad)
            assert answer.json()["message"]


@pytest.mark.parametrize("asked", ["", "?q=東和&since=2026-09-01&least=1", "?before=,12", "?state=unpaid"])
def test_the_list_costs_no_more_than_five_statements(
    books: SimpleNamespace, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(invoices_page, "__kwdefaults__", {"size": 4})
    clerk = client_for(books.billing)
    clerk.get(f"/billing/{asked}")
    with CaptureQueriesContext(connection) as asks:
        assert clerk.get(f"/billing/{asked}").status_code == 200
    said = [query["sql"] for query in asks if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(said) <= 5, "\n".join(said)


def test_what_was_paid_for_an_invoice_counts_for_its_correction(books: SimpleNamespace) -> None:
    old = Invoice.objects.get(number="S-01")
    at = clock.now() + timedelta(minutes=1)
    new = invoice_create(customer_id=old.customer_id, subject="保守", net=1000, tax=100, by=books.billing, at=at)
    Invoice.objects.filter(pk=new.pk).update(corrects=old, kind="corrected")
    found = {row.pk: row.paid for row in invoices_found(viewer_for(books.billing, at), Wanted())}  # type: ignore[attr-defined]
    assert (found[old.pk], found[new.pk]) == (1_100, 1_100)
