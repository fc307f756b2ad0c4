from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.csvfile import Column, read_rows
from office.errors import Refused

COLUMNS = (
    Column("code", ("コード", "顧客コード"), required=True, limit=8),
    Column("name", ("会社名",), required=True),
    Column("phone", ("電話番号",)),
)
HEAD = "顧客コード,会社名,電話番号\r\n"


def read(text: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    return [row.values for row in read_rows(text.encode(encoding), COLUMNS)]


def refusal(data: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        read_rows(data, COLUMNS)
    return refused.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_both_ways_a_spreadsheet_saves_are_read(encoding: str) -> None:
    assert read(HEAD + "A1,髙﨑㈱,052-1\r\n", encoding) == [{"code": "A1", "name": "髙﨑㈱", "phone": "052-1"}]


def test_names_stay_as_typed_and_columns_may_stand_anywhere() -> None:
    text = "会社名, ＣＯＤＥ ,備考\n 𠮷野 髙﨑 ,A1,x\n\n , ,\n"
    assert read(text) == [{"code": "A1", "name": "𠮷野 髙﨑"}]


def test_a_cell_may_hold_line_breaks_and_lines_are_still_counted_rightly() -> None:
    rows = read_rows((HEAD + '"A1","東和\n工業",\nA2,北陸,\n').encode(), COLUMNS)
    assert [(row.line, row.values["name"]) for row in rows] == [(2, "東和\n工業"), (4, "北陸")]


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        (",東和,", "コード", "must not be empty"),
        ("A123456789,東和,", "コード", "too long"),
        ("A1,東\u202e和,", "会社名", "cannot be seen"),
        ("A1,東和,1,2", "", "more cells"),
    ],
)
def test_what_spoils_a_row_is_told_with_its_line(line: str, column: str, message: str) -> None:
    good, bad = read_rows((HEAD + "A0,北陸,\r\n" + line).encode(), COLUMNS)
    assert good.errors == ()
    (error,) = bad.errors
    assert (error.line, error.column) == (3, column)
    assert message in error.message


def test_what_spoils_the_file_is_told_with_its_line() -> None:
    assert refusal((HEAD + "A1,\0,\r\n").encode()).facts == {"line": 2}
    open_quote = refusal((HEAD + 'A1,a,\r\nA2,"b,\r\nA3,c,').encode())
    assert ("quotation" in open_quote.message, open_quote.facts) == (True, {"line": 3})


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (HEAD.encode("utf-16"), "null"),
        (b"\x81\xff\n", "neither"),
        ("会社名\nx".encode(), "missing"),
        ("コード,会社名,顧客コード\n".encode(), "twice"),
        (b"", "missing"),
        (b"x" * (20 * 2**20 + 1), "too large"),
    ],
)
def test_a_file_we_cannot_read_is_refused(data: bytes, word: str) -> None:
    assert word in refusal(data).message


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with suppress(Refused):
        read_rows("コード,会社名\n".encode() + data, COLUMNS)
