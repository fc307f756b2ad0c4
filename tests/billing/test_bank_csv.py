"""The CSV of a bank's web page, whatever it calls and wherever it puts its columns."""

from contextlib import suppress
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from billing.bank_csv import read_bank_csv
from billing.zengin import Transfer
from office.errors import Refused

STATEMENT = """\
口座番号,1234567
照会期間,2026年11月1日～2026年11月24日

年月日,お支払金額,お預り金額,お取引内容,摘要,残高
2026年11月20日,,"110,000",振込,カ）トウワコウギョウ,"1,110,000"
2026年11月21日,"5,000",,振込,デンキリョウ,"1,105,000"
2026/11/24,,200,振込,ﾎｸﾘｸｾｲｷ(ｶ,"1,105,200"
"""


def refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read_bank_csv(text.encode())
    assert refused.value.status == 422
    with override("en"):
        return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_statement_is_read_and_what_went_out_is_left_aside(encoding: str) -> None:
    found = read_bank_csv(STATEMENT.encode(encoding, "replace"))
    assert [(row.day, row.amount, row.payer, row.record) for row in found] == [
        (date(2026, 11, 20), 110_000, "カ）トウワコウギョウ", 5),
        (date(2026, 11, 24), 200, "ﾎｸﾘｸｾｲｷ(ｶ", 7),
    ]


@pytest.mark.parametrize(
    ("said", "amount"), [("1", 7), ("１　入金", 7), ("入金", 7), ("2", 0), ("2 出金", 0), ("支払", 0)]
)
def test_a_column_for_both_says_which_way_it_went(said: str, amount: int) -> None:
    found = read_bank_csv(f"取引日,入払区分,取引金額,摘要\n2026-11-20,{said},7,カ）トウワ\n".encode())
    assert sum(row.amount for row in found) == amount


def test_a_direction_that_nobody_can_read_is_refused() -> None:
    assert "Line 2, 入払区分" in refusal("取引日,入払区分,取引金額,摘要\n2026-11-20,?,7,カ）トウワ\n")


def test_what_is_cancelled_below_zero_is_cancelled() -> None:
    (found,) = read_bank_csv("日付,入金金額,摘要,取消区分\n2026-11-20,-7,カ）トウワ,1\n".encode())
    assert (found.amount, found.cancels) == (7, True)


def test_every_column_finds_its_place() -> None:
    headings = "取消区分,EDI情報,振込依頼人コード,仕向銀行名,振込依頼人名,入金金額,口座番号,取引日"
    text = f"{headings}\n1,INV-1,0012,アオゾラ,ﾄｳﾜ,5,77,R8.11.24\n"
    assert read_bank_csv(text.encode()) == [
        Transfer(
            account="77", day=date(2026, 11, 24), amount=5, payer="ﾄｳﾜ", payer_code="0012", edi="INV-1",
            bank="アオゾラ", cancels=True, record=2,
        )
    ]  # fmt: skip


def test_a_sum_below_zero_went_out() -> None:
    assert read_bank_csv("日付,金額,摘要\n2026-11-24,-500,電気\n2026-11-24,500,ﾄｳﾜ\n".encode())[0].amount == 500


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("日付,摘要\n2026-11-24,x\n", "入金金額 is missing"),
        ("名前,電話\nx,1\n", "日付 is missing"),
        ("日付,金額,摘要\n2026-11-24,12.5,x\n", "Line 2, 入金金額: This is not an amount"),
        ("日付,金額,摘要\n2026-11-24,1,x\n2026-13-01,1,x\n", "Line 3, 日付: This is not a date"),
        ("日付,金額,摘要\n,1,x\n", "Line 2, 日付: This cell must not be empty"),
        ("日付,金額,摘要\n2026-11-24,,x\n", "Line 2, 入金金額: This cell must not be empty"),
        ("日付,金額,摘要\n2026-11-24,0,x\n", "Line 2, 入金金額"),
        ("日付,金額,摘要,取消\n2026-11-24,1,x,？\n", "Line 2, 取消区分"),
        ("日付,金額,摘要\n2026-11-24,1,\u202ex\n", "Line 2, 振込依頼人名: This cell holds characters"),
        ('日付,金額,摘要\n2026-11-24,1,"x\n', "Line 2 has a quotation mark"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, words: str) -> None:
    assert words in refusal(text)


@given(st.binary(max_size=300) | st.text(alphabet='日付金額摘要,\n"2026-11-24,1 ', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Refused):
        read_bank_csv("日付,金額,摘要\n".encode() + data)
