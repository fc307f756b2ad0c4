"""What came in, from the CSV file that a bank's web page offers: columns are found by their Japanese names.

Pure: bytes in, transfers out, or Refused naming the line. Every bank names and orders its columns in its own way; the
lines above the headings (account, period) are passed over, and what went out of the account is left aside.
"""

import unicodedata
from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext_lazy, gettext_noop

from billing.zengin import Transfer
from customers.importing import read_day, read_yen
from office.csvfile import Column, Row, read_rows
from office.errors import Refused

COLUMNS = (
    Column(
        "day",
        ("日付", "取引日", "お取引日", "勘定日", "入金日", "年月日", "取引年月日", "お取引年月日", "取扱日", "取扱日付",
         "入払日付", "操作日(年月日)"),
        required=True, limit=40, blanks=True,
    ),
    Column(
        "amount",
        ("入金金額", "入金額", "入金", "お預り金額", "お預かり金額", "お預入金額", "お預入れ額", "お預け入れ金額",
         "お預け入れ額", "預入金額", "入金金額(円)", "振込金額", "取引金額", "金額"),
        required=True, limit=40, blanks=True,
    ),
    Column(
        "payer",
        ("振込依頼人名", "振込依頼人", "依頼人名", "振込人名", "お振込人名", "振込依頼人名カナ", "摘要", "摘要内容",
         "お取引内容", "取引内容", "内容", "入出金内容"),
        required=True, limit=120, blanks=True,
    ),
    Column("out", ("出金金額", "出金額", "出金", "お支払金額", "お引出し金額", "お引出し額", "お引出金額", "支払金額",
                   "出金金額(円)"), limit=40),
    Column("account", ("口座番号", "入金口座", "振込先口座"), limit=40),
    Column("payer_code", ("振込依頼人コード", "依頼人コード", "振込依頼人番号"), limit=20),
    Column("edi", ("edi情報", "edi"), limit=40),
    Column("bank", ("仕向銀行名", "仕向銀行", "仕向金融機関名"), limit=40),
    Column("direction", ("入払区分", "入出金区分", "入出区分"), limit=10),
    Column("cancel", ("取消区分", "取消"), limit=10),
)  # fmt: skip
HEADINGS = {column.name: column.headings[0] for column in COLUMNS}
LINE = gettext_noop("Line %(line)s, %(column)s: %(why)s")
NEEDED = gettext_noop("This cell must not be empty.")
IN, OUT = {"1", "入", "入金", "1入金"}, {"2", "出", "出金", "2出金", "支払", "払出"}  # without blanks, of any width
NO_DIRECTION = gettext_noop("Write 1 or 入金 for what came in, 2 or 出金 for what went out.")
CANCELLED = {"1", "取消", "取消し", "取り消し"}
NOT_CANCELLED = {"", "0"}
NO_MARK = gettext_noop("A cancelled transfer is marked by 1 or 取消.")
T = TypeVar("T")


def read_bank_csv(data: bytes) -> list[Transfer]:
    """Return what came in, line by line, in UTF-8 or CP932. Refused unprocessable, naming the line and the column."""
    try:
        rows = read_rows(data, COLUMNS, foreign=True)
    except Refused as refused:
        raise Refused("unprocessable", refused.message, field="file", **refused.facts) from refused
    return [found for row in rows if (found := _transfer(row))]


def _transfer(row: Row) -> Transfer | None:
    """Return what came in by this line, None when nothing did."""
    for error in row.errors:
        raise _refused(row, error.column, error.message)
    amount = _read(row, "amount", read_yen)
    if not amount and "out" not in row.values:
        raise _refused(row, HEADINGS["amount"], NEEDED)
    cancels = _is_cancelled(row)
    if not amount or (amount < 0 and not cancels) or not _came_in(row):
        return None
    day = _read(row, "day", read_day)
    if day is None:
        raise _refused(row, HEADINGS["day"], NEEDED)
    return Transfer(
        account=row.values.get("account", ""),
        day=day,
        amount=abs(amount),  # some banks write what they cancel below zero
        payer=row.values["payer"],
        payer_code=row.values.get("payer_code", ""),
        edi=row.values.get("edi", ""),
        bank=row.values.get("bank", ""),
        cancels=cancels,
        record=row.line,
    )


def _came_in(row: Row) -> bool:
    """Whether the money came in: a bank that has one column for both says so beside it."""
    if (said := row.values.get("direction")) is None:
        return True
    mark = "".join(unicodedata.normalize("NFKC", said).split())
    if mark not in IN | OUT:
        raise _refused(row, HEADINGS["direction"], NO_DIRECTION)
    return mark in IN


def _is_cancelled(row: Row) -> bool:
    mark = row.values.get("cancel", "")
    if mark not in CANCELLED | NOT_CANCELLED:
        raise _refused(row, HEADINGS["cancel"], NO_MARK)
    return mark in CANCELLED


def _read(row: Row, name: str, reader: Callable[[str], T]) -> T:
    """Return a cell as `reader` reads it; what it refuses is told with line and column."""
    try:
        return reader(row.values[name])
    except Refused as refused:
        raise _refused(row, HEADINGS[name], refused.message) from refused


def _refused(row: Row, column: str, why: str) -> Refused:
    return Refused("unprocessable", LINE, field="file", line=row.line, column=column, why=gettext_lazy(why))
