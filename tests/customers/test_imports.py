"""Customers come in from a spreadsheet: whole or not at all, twice without doubling."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing import read_day, read_yen
from customers.models import Contact, Customer, Site
from customers.selectors import customers_visible
from customers.services import customers_import
from office.errors import Refused
from office.viewer import viewer_for

pytestmark = [pytest.mark.django_db, pytest.mark.both]
HEAD = "お客様コード,会社名,フリガナ,電話番号,営業担当,ご担当者姓,ご担当者名,役職,配慮事項\n"
FILE = (
    HEAD
    + "K-1,㈱髙﨑製作所,ﾀｶｻｷｾｲｻｸｼｮ,０２７－３２２－０００１,rep,𠮷田,邉,工場長,時間厳守\n"
    + 'K-1,,,,,山﨑,,課長,"電話より訪問\n数字で説明"\n'
    + "K-2,有限会社みなと,みなと,,田中 翔,,,,\n"
)


def done(
    cast: SimpleNamespace, at: datetime, text: str, encoding: str = "utf-8", **options: bool
) -> dict[str, tuple[int, ...]]:
    report = customers_import(data=text.encode(encoding), by=cast.billing, at=at, **options)
    assert report.errors == ()
    return {count.label: (count.created, count.updated, count.unchanged) for count in report.counts}


def test_a_file_brings_customers_and_their_people(cast: SimpleNamespace, at: datetime) -> None:
    assert done(cast, at, FILE) == {"Customers": (2, 0, 0), "Contacts": (2, 0, 0)}
    firm = Customer.objects.get(code="K-1")
    assert (firm.name, firm.kana, firm.owner) == ("㈱髙﨑製作所", "タカサキセイサクショ", cast.rep)
    assert [c.full_name for c in firm.contacts.all()] == ["𠮷田 邉", "山﨑"]
    assert Contact.objects.get(surname="山﨑").sore_list == ["電話より訪問", "数字で説明"]


def test_a_second_import_changes_nothing(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, FILE)
    assert done(cast, at, FILE) == {"Customers": (0, 0, 2), "Contacts": (0, 0, 2)}
    assert Contact.objects.filter(customer__code="K-1").count() == 2


def test_a_second_import_updates_what_differs(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, FILE)
    later = FILE.replace("工場長", "取締役工場長").replace("みなと,みなと", "みなと商会,みなと")
    assert done(cast, at, later) == {"Customers": (0, 1, 1), "Contacts": (0, 1, 1)}
    assert Customer.objects.get(code="K-2").name == "有限会社みなと商会"
    assert Contact.objects.get(surname="𠮷田").rank == "取締役工場長"
    assert Customer.objects.found_by("みなと商会").count() == 1


def test_an_import_leaves_how_somebody_wants_to_be_met(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, FILE)
    Contact.objects.filter(surname="山﨑").update(listening="speak")
    done(cast, at, FILE.replace("電話より訪問", "訪問より電話"))
    assert Contact.objects.get(surname="山﨑").listening == "speak"


def test_columns_that_are_missing_stay_as_they_are(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, FILE)
    assert done(cast, at, "customer code,住所\nK-1,群馬県高崎市1-1\n") == {
        "Customers": (0, 1, 0),
        "Contacts": (0, 0, 0),
    }
    firm = Customer.objects.get(code="K-1")
    assert (firm.address, firm.phone, firm.owner) == ("群馬県高崎市1-1", "０２７－３２２－０００１", cast.rep)


def test_the_standing_of_an_account_is_read_in_words(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, FILE)
    done(cast, at, "お客様コード,お取引区分\nK-1,重点\nK-2,C\n")
    assert [Customer.objects.get(code=code).weight for code in ("K-1", "K-2")] == ["A", "C"]
    wrong = customers_import(data="お客様コード,お取引区分\nK-1,特上\n".encode(), by=cast.billing, at=at)
    assert [(error.line, error.column) for error in wrong.errors] == [(2, "お取引区分")]


SITES = "お客様コード,会社名,営業担当,姓,拠点\nK-1,㈱髙﨑製作所,rep,𠮷田,高崎工場\nK-1,,,山﨑,高崎工場\nK-1,,,渡邊,\n"


def seats() -> dict[str, str]:
    return {one.surname: str(one.site or "") for one in Contact.objects.filter(customer__code="K-1")}


def test_a_site_is_made_by_its_name_and_once(cast: SimpleNamespace, at: datetime) -> None:
    tried = done(cast, at, SITES, dry_run=True)
    assert tried == done(cast, at, SITES)
    assert tried == {"Customers": (1, 0, 0), "Contacts": (3, 0, 0), "Sites": (1, 0, 0)}
    assert seats() == {"𠮷田": "高崎工場", "山﨑": "高崎工場", "渡邊": ""}
    assert Site.objects.get().customer == Customer.objects.found_by("高崎工場").get()
    assert done(cast, at, SITES) == {"Customers": (0, 0, 1), "Contacts": (0, 0, 3)}


def test_a_person_moves_to_another_site(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, SITES)
    moved = "code,surname,site\nK-1,𠮷田,前橋営業所\nK-1,山﨑,\nK-1,渡邊,高崎工場\n"
    assert done(cast, at, moved) == {"Customers": (0, 0, 1), "Contacts": (0, 3, 0), "Sites": (1, 0, 0)}
    assert seats() == {"𠮷田": "前橋営業所", "山﨑": "", "渡邊": "高崎工場"}
    assert set(Contact.objects.filter(customer__code="K-1").values_list("version", flat=True)) == {2}


def test_without_its_column_everybody_stays_at_his_site(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, SITES)
    assert done(cast, at, "code,surname,rank\nK-1,𠮷田,工場長\n")["Contacts"] == (0, 1, 0)
    assert seats()["𠮷田"] == "高崎工場"
    assert Customer.objects.found_by("高崎工場").exists()


def test_sites_of_one_name_belong_each_to_its_customer(cast: SimpleNamespace, at: datetime) -> None:
    done(cast, at, SITES + "K-2,有限会社みなと,rep,川口,高崎工場\n")
    assert Contact.objects.get(surname="川口").site != Contact.objects.get(surname="山﨑").site


@pytest.mark.parametrize(
    ("row", "column"),
    [("K-1,,,,前橋営業所", "ご担当者姓"), ('K-1,,,森,"前橋\n営業所"', "拠点"), ("K-1,,,森," + "工" * 121, "拠点")],
)
def test_a_site_that_cannot_be_stored_stops_the_file(
    cast: SimpleNamespace, at: datetime, row: str, column: str
) -> None:
    report = customers_import(data=(SITES + row + "\n").encode(), by=cast.billing, at=at)
    assert [(error.line, error.column) for error in report.errors] == [(5, column)]
    assert not Site.objects.exists()


def test_a_file_from_windows_is_read(cast: SimpleNamespace, at: datetime) -> None:
    text = HEAD + "K-1,㈱髙﨑製作所,,,rep,,,,\n"
    done(cast, at, text, "cp932")
    assert Customer.objects.get(code="K-1").name == "㈱髙﨑製作所"


def test_a_rehearsal_writes_nothing_and_shows_what_would_be(cast: SimpleNamespace, at: datetime) -> None:
    report = customers_import(data=FILE.encode(), by=cast.billing, at=at, dry_run=True)
    assert [(row.line, row.act, row.key) for row in report.preview] == [(2, "created", "K-1"), (5, "created", "K-2")]
    assert not report.done
    assert not Customer.objects.filter(code="K-1").exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("K-9,,,,rep,,,,", "会社名"),
        ("K-9,名前,,,どこにもいない,,,,", "営業担当"),
        (",名前,,,rep,,,,", "お客様コード"),
        ("K-9,名前,,,rep,,太郎,,", "ご担当者姓"),
        ("K-1,別の名前,,,,,,,", "会社名"),
        ("K-1,,,,,𠮷田,邉,,", "ご担当者姓"),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_half_imported(
    cast: SimpleNamespace, at: datetime, row: str, column: str
) -> None:
    report = customers_import(data=(FILE + row + "\n").encode(), by=cast.billing, at=at)
    assert [(error.line, error.column) for error in report.errors] == [(6, column)]
    assert not report.done
    assert not Customer.objects.filter(code__startswith="K-").exists()


def test_a_null_character_stops_the_file(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused, match="null") as refused:
        customers_import(data=(FILE + "K-3,a\0b\n").encode(), by=cast.billing, at=at)
    assert refused.value.facts["line"] == 6


def test_a_rep_imports_no_files(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        customers_import(data=FILE.encode(), by=cast.rep, at=at)
    assert refused.value.code == "forbidden"


def test_a_thousand_customers_are_not_asked_for_one_by_one(cast: SimpleNamespace, at: datetime) -> None:
    rows = "".join(
        f"M-{n:04d},株式会社第{n}工業,ダイ{n}コウギョウ,03-1111-{n:04d},rep,担当{n},太郎,課長,\n" for n in range(1000)
    )
    with CaptureQueriesContext(connection) as asked:
        assert done(cast, at, HEAD + rows) == {"Customers": (1000, 0, 0), "Contacts": (1000, 0, 0)}
        changed = {"Customers": (0, 0, 1000), "Contacts": (0, 1000, 0)}
        assert done(cast, at, HEAD + rows.replace("課長", "部長")) == changed
    assert len(asked) < 1000
    assert Customer.objects.found_by("03-1111-0999").get().code == "M-0999"
    assert customers_visible(viewer_for(cast.rep, at)).count() == 1001


@pytest.mark.parametrize(
    "text", ["2026-11-24", "2026/11/24", "２０２６年１１月２４日", "20261124", "R8.11.24", "令和8年11月24日"]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert str(read_day(text)) == "2026-11-24"


@pytest.mark.parametrize("text", ["2026-02-29", "11/24", "平成38年13月1日", "tomorrow", "1e3", "2026-11-24 10:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "yen"), [("1,234,567", 1234567), ("￥１２３円", 123), ("▲1,000", -1000), ("", None), ("-0", 0)]
)
def test_yen_are_read_as_people_write_them(text: str, yen: int | None) -> None:
    assert read_yen(text) == yen


@pytest.mark.parametrize("text", ["1.5", "1e3", "NaN", "99999999999999", "12,34", "千円"])
def test_what_is_no_yen_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_yen(text)
