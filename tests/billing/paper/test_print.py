"""The PDF of an invoice: all that the law wants, in our face, on the planned pages, and nothing fetched."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from billing.paper import Customer, Line, Payment, Press, Sheet, Source, missing, preview_png
from billing.paper.blocks import SIZE, fitted, width
from billing.paper.content import Mode, Rounding
from billing.paper.plan import carried
from billing.paper.render import rendered
from billing.paper.sheet import blocks, planned, set_sheet
from office.errors import Refused
from tests.incidents.letters.samples import letter
from tests.proof.dice import LONG

from .samples import LINES, TOWA, corrected, given_back, invoice, line, many, with_seal


def squeezed(text: str) -> str:
    return re.sub(r"[\s　\u2060]", "", text)


def pages_of(pdf: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(sheet: Sheet, *, draft: bool = False) -> str:
    return "".join(pages_of(rendered(sheet, draft=draft).data))


@pytest.mark.parametrize(
    ("lines", "net", "tax"),
    [(LINES, "4,656", "372"), (LINES[:3], "", ""), (LINES[3:], "4,656", "372")],
)
def test_an_invoice_holds_the_six_items_of_the_law(lines: tuple[Line, ...], net: str, tax: str) -> None:
    text = text_of(invoice(lines))
    assert "株式会社誠和精機登録番号T7000012050002" in text  # 1 issuer and number
    assert ("取引期間令和8年9月3日～9月4日" if len(lines) > 1 else "取引年月日令和8年9月3日") in text  # 2 when
    assert all(squeezed(told.description) in text for told in lines)  # 3 what
    assert ("500ml※" in text) is ("※印は軽減税率（8%）の対象です" in text) is bool(net)  # and what of it is reduced
    if len(lines) > 1:
        assert "10%対象3,111,760311,176" in text  # 4, 5 sum of the rate, and its tax
    assert (f"8%対象（軽減税率）※{net}{tax}" in text) is bool(net)
    assert text.startswith("請求書東和工業株式会社経理部三宅由紀子様")  # 6 for whom


def test_a_return_invoice_holds_the_five_items_of_the_law() -> None:
    text = text_of(given_back())
    assert text.startswith("適格返還請求書東和工業株式会社")
    assert "株式会社誠和精機登録番号T7000012050002" in text  # 1
    assert "返還年月日令和8年11月20日" in text  # 2 when it goes back
    assert "もとの取引日令和8年9月3日" in text  # and when it was sold
    assert "端子台TB-24" in text  # 3 what
    assert "500ml※" in text
    assert "10%対象7,7107718,481" in text  # 4, 5 sums and tax of each rate
    assert "8%対象（軽減税率）※1,164931,257" in text
    assert "ご返金額（税込）¥9,738-" in text
    assert "もとの請求書S-20260930-041（令和8年9月30日発行）" in text
    assert "お振込先" not in text


def test_a_corrected_invoice_names_the_old_one_and_says_what_changed() -> None:
    text = text_of(corrected())
    assert text.startswith("訂正請求書")
    assert "もとの請求書S-20260930-041（令和8年9月30日発行）" in text
    assert "もとの金額3,427,964円（訂正により26,400円少なくなります）" in text
    assert "訂正後のご請求金額（税込）¥3,401,564-" in text
    assert "240,000円を238,000円に訂正いたします" in text


@pytest.mark.parametrize(
    ("sheet", "lacking"),
    [
        (invoice(), []),
        (invoice(number="", issued_on=None), ["請求書番号", "発行日"]),
        (replace(invoice(), issuer=replace(invoice().issuer, t_number="T123")), ["登録番号"]),
        (replace(invoice(), issuer=replace(invoice().issuer, name=" ")), ["発行者の名称"]),
        (invoice(customer=Customer(name="")), ["宛名"]),
        (invoice([replace(LINES[0], on=None)]), ["取引年月日"]),
        (invoice([replace(LINES[0], description="　")]), ["品名"]),
        (invoice([], payments=()), ["取引年月日", "品名"]),
        (corrected(original=None), ["もとの請求書"]),
        (given_back(original=None, traded_on=None), ["返還年月日", "もとの請求書"]),
    ],
)
def test_what_the_law_wants_and_nobody_has_told_keeps_it_a_draft(sheet: Sheet, lacking: list[str]) -> None:
    assert missing(sheet) == lacking
    assert rendered(sheet, draft=True).pages == 1
    if lacking:
        with pytest.raises(Refused) as caught:
            rendered(sheet)
        assert caught.value.facts == {"items": "、".join(lacking)}


def test_a_line_says_what_it_is_and_where_it_comes_from() -> None:
    contract = Source(number="K-0012", on=date(2026, 9, 1), until=date(2026, 9, 30), label="保守契約")
    text = text_of(invoice([*LINES, line("保守点検", "1", "月", "48000", sources=(contract,))]))
    assert "保守点検保守契約K-0012（9月1日～9月30日）" in text
    assert "制御盤ユニットSK-70第二工場3号ライン用、輸送費を含みます納品書D-20260903-017（9月3日）" in text
    assert "作業報告書W-20260904-002（9月4日）" in text


def test_all_it_takes_to_pay_stands_together_on_the_first_page() -> None:
    first = pages_of(rendered(many(64)).data)[0]
    assert "ご請求金額（税込）¥2,182,755-" in first
    assert "お支払期限令和8年10月30日（金）お支払条件月末締め、翌月末日に銀行振込" in first
    assert "お振込先見本銀行本店営業部普通0000001カ）セイワセイキ" in first


def test_an_invoice_paid_in_parts_tells_each_day_and_sum() -> None:
    parts = (
        Payment(on=date(2026, 10, 9), amount=1_000_000, label="着手金"),
        Payment(on=date(2026, 12, 28), amount=2_427_964),
    )
    text = text_of(invoice(payments=parts))
    assert "お支払期限令和8年10月9日（金）着手金1,000,000円令和8年12月28日（月）2,427,964円" in text


@pytest.mark.parametrize(
    ("mode", "rounding", "sentence"),
    [
        ("exclusive", "down", "1円未満を切り捨てて"),
        ("inclusive", "up", "切り上げて"),
        ("inclusive", "half_up", "四捨五入して"),
    ],
)
def test_mode_and_rounding_are_told(mode: Mode, rounding: Rounding, sentence: str) -> None:
    text = text_of(invoice(mode=mode, rounding=rounding))
    taxed = "税込" if mode == "inclusive" else "税抜"
    assert f"単価（{taxed}）税率金額（{taxed}）" in text
    assert sentence in text
    assert ("単価と金額は税込です" in text) is (mode == "inclusive")


def test_untaxed_lines_and_discounts_have_their_marks() -> None:
    lines = [
        *LINES,
        line("収入印紙代", "1", "式", "200", 0),
        line("保険料", "1", "式", "5000", 0, exempt=True),
        line("お値引き", "1", "式", "-1500"),
    ]
    text = text_of(invoice(lines))
    assert "収入印紙代1式200対象外200" in text
    assert "保険料1式5,000非課税5,000" in text
    assert "お値引き1式▲1,50010%▲1,500" in text
    assert "対象外・非課税5,20005,200" in text
    assert "▲印は差し引く金額です" in text
    assert "「対象外」「非課税」は消費税がかからないものです" in text


@pytest.mark.parametrize(
    ("customer", "shown"),
    [
        (Customer(name="東和工業株式会社"), "東和工業株式会社御中"),
        (Customer(name="東和工業株式会社", department="経理部"), "東和工業株式会社経理部御中"),
        (TOWA, "東和工業株式会社経理部三宅由紀子様"),
    ],
)
def test_one_honorific_and_the_right_one(customer: Customer, shown: str) -> None:
    text = text_of(invoice(customer=customer))
    assert text.startswith(f"請求書{shown}")
    assert len(re.findall("御中|子様", text)) == 1


# None, one, either side of pages filled to the edge; the long form prints more of them.
@pytest.mark.parametrize("count", [0, 1, 12, 17, 18, 43, *LONG * (11, 42, 120)])
def test_the_pages_are_those_that_were_planned(count: int) -> None:
    sheet = with_seal(many(count, payments=()))
    made = rendered(sheet, draft=True)
    pages = pages_of(made.data)
    assert len(pages) == made.pages == set_sheet(sheet).pages
    sums = carried([line.amount for line in sheet.lines], planned(sheet, blocks(sheet)))
    for at, page in enumerate(pages):
        last = at == len(pages) - 1
        assert (f"次頁へ繰越{sums[at]:,}{at + 1}／{len(pages)}" in page) is not last
        assert (f"前頁より繰越{sums[at - 1]:,}9月" in page) is (at > 0)
        assert page.count("次頁へ繰越") + page.count("前頁より繰越") == (not last) + (at > 0)
        assert "端子台" in page or not count
        assert ("税率の区分" in page) is last
        assert (f"{at + 1}／{len(pages)}" in page) is (len(pages) > 1)


def test_long_names_and_large_figures_find_their_room() -> None:
    long = "特殊仕様制御盤ユニット（耐寒・防塵・高所設置対応、予備部品一式と取扱説明書三部を含む）"
    to = Customer(
        name="独立行政法人架空産業技術総合研究開発推進機構東日本統括本部",
        department="経理部契約管理課第二係",
        person="三宅 由紀子",
    )
    sheet = invoice(
        [line(long, "12345.678", "ロット一式", "98765432.25", 8)], customer=to, subject=long * 2, payments=()
    )
    text = text_of(with_seal(sheet))
    assert f"{long}※" in text
    assert "12,345.678" in text
    assert "98,765,432.25" in text
    assert f"{to.name}{to.department}三宅由紀子様" in text


@pytest.mark.parametrize("figure", ["4,656", "▲1,219,326,224,089", "9" * 40])
def test_a_figure_is_made_smaller_before_it_passes_its_cell(figure: str) -> None:
    size = re.search(r"font-size:([\d.]+)pt", fitted(figure, 24))
    assert width(figure, float(size[1]) if size else SIZE) <= 24 + 0.05
    assert bool(size) is (width(figure) > 24)


def test_rare_names_are_printed_and_what_cannot_be_is_named() -> None:
    to = Customer(name="髙﨑𠮷邉工業株式会社", person="渡邉 辻\U000e0100子")
    assert "髙﨑𠮷邉工業株式会社渡邉辻\U000e0100子様" in text_of(invoice(customer=to))
    with pytest.raises(Refused) as caught:
        rendered(invoice([line("端子台龘😀", "1", "個", "1")]))
    assert caught.value.facts == {"characters": "龘、😀"}


def test_every_page_of_a_draft_says_so() -> None:
    assert all("下書き" in page for page in pages_of(rendered(many(30), draft=True).data))
    assert "下書き" not in text_of(many(30))
    assert "請求書番号〔発行時に入ります〕発行日〔発行時に入ります〕" in text_of(
        invoice(number="", issued_on=None), draft=True
    )


def test_the_paper_is_archival_tagged_and_titled() -> None:
    reader = PdfReader(io.BytesIO(rendered(with_seal(invoice())).data))
    catalog: Any = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == "請求書　S-20260930-041"
    assert reader.metadata.author == "株式会社誠和精機"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "ja"
    assert b'part="3"' in catalog["/Metadata"].get_object().get_data()


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert rendered(with_seal(many(14))) == rendered(with_seal(many(14)))


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler")
def test_another_reader_sees_the_same_text_in_the_same_order(tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(rendered(invoice()).data)
    read = subprocess.run(["pdftotext", "-raw", tmp_path / "invoice.pdf", "-"], capture_output=True, check=True).stdout
    text = squeezed(read.decode())
    told = "請求書東和工業 三宅由紀子様 S-20260930-041 T7000012050002 ¥3,427,964- 据付・試運転 合計 ご不明の点"
    order = told.split()
    assert sorted(order, key=text.index) == order


TRAPS = (
    '<img src="http://127.0.0.1:1/x">',
    '<link rel="attachment" href="file:///etc/passwd">',
    "<style>@import 'http://127.0.0.1:1/x';</style>",
    "</td></tr></table>{{ 7 }}",
)


def test_markup_in_any_text_is_text() -> None:
    trap = "".join(TRAPS)
    lines = [line(trap, "1", trap[:9], "100", note=trap)]
    sheet = invoice(lines, customer=Customer(name=trap, address=trap), subject=trap, terms=trap, reason=trap)
    made = rendered(sheet)
    text = squeezed("".join(pages_of(made.data)))
    assert text.count(squeezed(trap)) >= 6
    assert not PdfReader(io.BytesIO(made.data)).attachments


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    made = Press(seconds=30)
    yield made
    made.close()


def test_the_press_prints_what_the_renderer_prints(press: Press) -> None:
    assert press.pdf(many(14)) == rendered(many(14))
    assert press.pdf(invoice(number=""), draft=True).data == rendered(invoice(number=""), draft=True).data
    with pytest.raises(Refused, match="An invoice is not issued without: 請求書番号"):
        press.pdf(invoice(number=""))


def test_one_child_prints_letters_and_invoices(press: Press) -> None:
    first = press.pdf(invoice()).data
    pid = press.pid
    assert press.pdf(letter(gravity="C")).pages == 1
    assert press.pdf(invoice()).data == first
    assert press.pid == pid


def test_a_picture_of_it_can_be_shown() -> None:
    assert preview_png(rendered(invoice()).data).startswith(b"\x89PNG")


def test_line_ends_of_a_form_break_lines_where_there_is_room_for_some() -> None:
    told = line("端子台", "1", "個\r\n入り", "100", note="一行目\r\n二行目")
    sheet = invoice([told], terms="月末締め\r\n翌月末払い", subject="端子台\r\nの納入")
    made = rendered(sheet)
    assert made.pages == 1
    assert "端子台一行目二行目1個入り100" in "".join(pages_of(made.data))
