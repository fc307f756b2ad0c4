from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries as Queries

from office.journal_words import about_words, detail_words
from office.models import User
from office.selectors import journal_day_hash, journal_page
from office.services import journal_write


def write(at: datetime, detail: str = "", actor: User | None = None) -> None:
    journal_write(actor=actor, verb="tested", about="journal", detail=detail, at=at)


@pytest.mark.both
def test_the_days_hash_covers_the_japanese_day(db: None, at: datetime) -> None:
    day = at.date()
    empty = journal_day_hash(day)
    midnight = at.replace(hour=0)
    write(midnight - timedelta(microseconds=1))
    write(midnight + timedelta(days=1))
    assert journal_day_hash(day) == empty
    write(midnight)
    first = journal_day_hash(day)
    write(midnight + timedelta(hours=23, minutes=59), "x")
    assert len({empty, first, journal_day_hash(day)}) == 3
    assert journal_day_hash(day) == journal_day_hash(day)


def test_pages_follow_one_another_without_gap(db: None, at: datetime) -> None:
    for number in range(7):
        write(at, str(number))
    first = journal_page(size=3)
    write(at, "later")
    second = journal_page(size=3, before=first.older)
    third = journal_page(size=3, before=second.older)
    assert [row.detail for page in (first, second, third) for row in page.rows] == list("6543210")
    assert third.older == 0


def test_a_page_is_one_statement(cast: SimpleNamespace, at: datetime, django_assert_num_queries: Queries) -> None:
    write(at, actor=cast.rep)
    with django_assert_num_queries(1):
        assert [row.actor_name for row in journal_page().rows] == ["田中 翔"]


def test_rows_are_found_by_word_and_day(cast: SimpleNamespace, at: datetime) -> None:
    write(at, "東和工業", actor=cast.rep)
    write(at - timedelta(days=1), "北陸精機", actor=cast.rep2)
    assert [row.detail for row in journal_page(query="東和").rows] == ["東和工業"]
    assert [row.detail for row in journal_page(query="鈴木").rows] == ["北陸精機"]
    assert [row.detail for row in journal_page(day=at.date()).rows] == ["東和工業"]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("user rep", "社員 rep"),
        ("promise 50", "約束 50"),
        ("incident 2026-0007", "事案 2026-0007"),
        ("policy customers.answer_within", "社内基準 ご依頼への仮の回答期限"),
        ("policy gone.rule", "社内基準 gone.rule"),
        ("calendar 2026-11-30", "営業日 11/30(月)"),
        ("import customers", "お客様の取込み"),
        ("company", "会社情報"),
        ("something else", "something else"),
    ],
)
def test_what_a_row_is_about_is_said_in_words(db: None, at: datetime, about: str, said: str) -> None:
    with time_machine.travel(at, tick=False):  # a day of another year is written with its year
        assert about_words(about) == said


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("1716000 2026-10-30", "1,716,000円 10/30(金)"),
        ("title:  → 課長\nis_active: True → False", "役職: なし → 課長\n在籍中: はい → いいえ"),
        ("roles: ['rep'] → ['rep', 'manager']", "役割: 営業担当 → 営業担当、上司"),
        ("田中 翔: rep, manager", "田中 翔: 営業担当、上司"),
        ("20/1/0 before every", "締日 20日、お支払日 1か月後の末日\n前営業日(銀行)\nお支払ごと"),
        ("Contact the customer as promised", "お約束のご連絡"),
        ("納期: 11/30", "納期: 11/30"),
        ("2026-13-99", "2026-13-99"),
    ],
)
def test_the_facts_of_a_row_are_said_in_words(db: None, at: datetime, detail: str, said: str) -> None:
    with time_machine.travel(at, tick=False):
        assert detail_words(detail) == said
