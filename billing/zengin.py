"""Transfer notices of banks, 振込入金通知: the format of the 全銀協, type 01, layouts A and B, 200 bytes a record.

Pure: bytes in, records out, or Refused naming the record (counted from 1, the header is record 1). The layout stands in
RECORDS as data. Banks differ in what they leave blank, so whatever the format calls optional may be blank or zeros.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy, gettext_noop

from office.errors import Refused

SIZE = 200  # bytes of a record
MOST = 200_000  # records in one file
HEADER, DATA, TRAILER, END = "1", "2", "8", "9"
NOTICE, STATEMENT = "01", "03"
REIWA = 2018  # the year before its first: dates are written YYMMDD in the era's years
LEFTOVERS = b"\x1a\r\n\0"  # what programs leave behind the last record
EBCDIC_ONE = b"\xf1"  # the first digit of a file in the other code

EBCDIC = gettext_noop("The file is written in EBCDIC. Please have the bank send it in the JIS code (code field 0).")
OTHER_KIND = gettext_noop(
    "Record %(record)s: this is a statement of the account (type 03). Please export 振込入金通知 (type 01)."
)
UNKNOWN_KIND = gettext_noop("Record %(record)s: the type is %(kind)s; transfer notices have type 01.")
LENGTH = gettext_noop("Record %(record)s: it has %(size)s bytes instead of 200.")
CHARACTER = gettext_noop("Record %(record)s: byte %(place)s is no character of the JIS code.")
ORDER = gettext_noop("Record %(record)s: a record that begins with %(found)s cannot stand here.")
CUT_OFF = gettext_noop("Record %(record)s: the file ends here, but the end record is missing.")
NO_DAY = gettext_noop("Record %(record)s: %(name)s is no date (%(found)s).")
NO_DIGITS = gettext_noop("Record %(record)s: %(name)s holds something else than digits (%(found)s).")
NO_AMOUNT = gettext_noop("Record %(record)s: the amount is zero.")
TWO_AMOUNTS = gettext_noop("Record %(record)s: its two amounts differ (%(one)s and %(two)s).")
NO_MARK = gettext_noop("Record %(record)s: the cancel mark is %(found)s instead of 1 or blank.")
COUNT = gettext_noop("Record %(record)s: the trailer says %(said)s records, %(found)s are there.")
SUM = gettext_noop("Record %(record)s: the trailer says %(said)s yen, the records add up to %(found)s.")
CANCELS = gettext_noop("Record %(record)s: what the trailer says of cancelled records does not fit them.")
TOO_MANY = gettext_noop("The file has more than %(limit)s rows. Please split it.")

NAMES = {  # of the fields whose content is checked, as a person reads them
    "day": gettext_lazy("the day of the account"),
    "amount": gettext_lazy("the amount"),
    "amount_2": gettext_lazy("the second amount"),
    "count": gettext_lazy("the number of records"),
    "sum": gettext_lazy("the sum"),
    "cancel_count": gettext_lazy("the number of cancelled records"),
    "cancel_sum": gettext_lazy("the sum of cancelled records"),
}

# (first, last) position of each field, counted from 1 as the format does.
Layout = Mapping[str, tuple[int, int]]
RECORDS: Mapping[str, Layout] = {
    HEADER: {
        "kind": (2, 3), "code": (4, 4), "made_on": (5, 10), "since": (11, 16), "until": (17, 22), "bank_code": (23, 26),
        "bank": (27, 41), "branch_code": (42, 44), "branch": (45, 59), "account_kind": (60, 60), "number": (61, 67),
        "holder": (68, 107),
    },
    DATA: {
        "inquiry": (2, 7), "day": (8, 13), "value_on": (14, 19), "amount": (20, 29), "cheques": (30, 39),
        "payer_code": (40, 49), "payer": (50, 97), "bank": (98, 112), "branch": (113, 127), "cancel": (128, 128),
        "edi": (129, 148),
    },
    TRAILER: {"count": (2, 7), "sum": (8, 19), "cancel_count": (20, 25), "cancel_sum": (26, 37)},
    END: {},
}  # fmt: skip
LAYOUT_B: Layout = {"amount_2": (129, 140), "cheques_2": (141, 152), "edi": (153, 172)}
# In layout A an EDI text and four blanks stand here, never 24 digits; where all is blank it may be either, and what
# follows is the EDI text of B or blank.
DIGITS_OF_B = slice(128, 152)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """Money that somebody sent to an account of ours, as the bank wrote it.

    account: bank-branch-kind-number, "" where the file does not say; record: where it stands in the file;
    cancels: the bank takes a transfer back that it told before.
    """

    account: str
    day: date
    amount: int
    payer: str
    record: int
    payer_code: str = ""
    edi: str = ""
    bank: str = ""
    cancels: bool = False


@dataclass
class _Account:
    """One header with what has followed it so far."""

    name: str
    transfers: list[Transfer] = field(default_factory=list)


def looks_like_zengin(data: bytes) -> bool:
    """Return whether the bytes begin as a file of this format does, in either code."""
    data = data.removeprefix(BOM_UTF8)
    return data[:1] == EBCDIC_ONE or (bool(re.match(rb"1\d\d", data)) and b"," not in data[:68])


def read_zengin(data: bytes) -> list[Transfer]:
    """Return the transfers of a file, with or without line ends and a final 0x1A.

    Refused unprocessable, naming the record, for everything that the format does not allow.
    """
    if data[:1] == EBCDIC_ONE:
        raise _refused(EBCDIC)
    data = _as_written_by_the_bank(data)
    found: list[Transfer] = []
    account: _Account | None = None
    before = ""  # sort of the record before
    number = 0
    for number, text in _records(data):
        sort = text[0]
        if sort not in _may_follow(before):
            raise _refused(ORDER, record=number, found=sort)
        if sort == HEADER:
            account = _Account(_account(number, text))
        elif sort == DATA and account:
            account.transfers.append(_transfer(number, text, account.name))
        elif sort == TRAILER and account:
            _check_trailer(number, text, account.transfers)
            found += account.transfers
        before = sort
    if before != END:
        raise _refused(CUT_OFF, record=number)
    return found


def _as_written_by_the_bank(data: bytes) -> bytes:
    """Undo what an editor has done that saves all as UTF-8; its first byte of a kana stands in no file of a bank."""
    if b"\xef" not in data:
        return data
    try:
        return data.decode("utf-8-sig").encode("cp932")
    except UnicodeError:
        return data


def _may_follow(before: str) -> str:
    return {"": HEADER, HEADER: DATA + TRAILER, DATA: DATA + TRAILER, TRAILER: HEADER + END, END: ""}[before]


def _records(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield each record with its number, as text of half-width characters."""
    lines = _lines(data.rstrip(LEFTOVERS))
    if len(lines) > MOST:
        raise _refused(TOO_MANY, limit=MOST)
    for number, line in enumerate(lines, start=1):
        if len(line) != SIZE:
            raise _refused(LENGTH, record=number, size=len(line))
        yield number, _text(number, line)


def _lines(data: bytes) -> Sequence[bytes]:
    """Return the records: line by line where there are lines, else every 200 bytes."""
    if b"\n" in data or b"\r" in data:
        return re.split(rb"\r\n|\n|\r", data)
    return [data[start : start + SIZE] for start in range(0, len(data), SIZE)]


def _text(number: int, line: bytes) -> str:
    """JIS X 0201: a byte is a letter of ASCII or a half-width kana. Other bytes are half of something else."""
    for place, byte in enumerate(line, start=1):
        if not (0x20 <= byte <= 0x7E or 0xA1 <= byte <= 0xDF):
            raise _refused(CHARACTER, record=number, place=place)
    return line.decode("cp932")


def _account(number: int, text: str) -> str:
    kind, code = _field(text, "kind"), _field(text, "code")
    if kind == STATEMENT:
        raise _refused(OTHER_KIND, record=number)
    if kind != NOTICE:
        raise _refused(UNKNOWN_KIND, record=number, kind=kind)
    if code == "1":
        raise _refused(EBCDIC)
    return "-".join(_field(text, name) for name in ("bank_code", "branch_code", "account_kind", "number"))


def _transfer(number: int, text: str, account: str) -> Transfer:
    is_b = text[DIGITS_OF_B].isdigit()
    cancel = _field(text, "cancel")
    if cancel not in ("", "0", "1"):
        raise _refused(NO_MARK, record=number, found=cancel)
    return Transfer(
        account=account,
        day=_day(number, text),
        amount=_amount(number, text, is_b),
        payer=_field(text, "payer"),
        payer_code=_unless_zeros(_field(text, "payer_code")),
        bank=" ".join(filter(None, (_field(text, "bank"), _field(text, "branch")))),
        edi=_cut(text, LAYOUT_B["edi"]) if is_b or not text[DIGITS_OF_B].strip() else _field(text, "edi"),
        cancels=cancel == "1",
        record=number,
    )


def _amount(number: int, text: str, is_b: bool) -> int:
    """Return the yen. Layout B has two places: where both are filled they say the same."""
    one = _number(number, text, "amount")
    two = _digits(number, "amount_2", _cut(text, LAYOUT_B["amount_2"])) if is_b else 0
    if one and two and one != two:
        raise _refused(TWO_AMOUNTS, record=number, one=one, two=two)
    if not (one or two):
        raise _refused(NO_AMOUNT, record=number)
    return one or two


def _check_trailer(number: int, text: str, transfers: Sequence[Transfer]) -> None:
    """Refuse a trailer that fits in neither reading: banks count cancelled records in, or leave them out."""
    cancelled = [row for row in transfers if row.cancels]
    valid = [row for row in transfers if not row.cancels]
    said = (_number(number, text, "count"), _number(number, text, "sum"))
    if said not in (_totals(transfers), _totals(valid)):
        count, yen = _totals(transfers)
        if said[0] not in (count, len(valid)):
            raise _refused(COUNT, record=number, said=said[0], found=count)
        raise _refused(SUM, record=number, said=said[1], found=yen)
    of_cancelled = (_number(number, text, "cancel_count"), _number(number, text, "cancel_sum"))
    if any(of_cancelled) and of_cancelled != _totals(cancelled):
        raise _refused(CANCELS, record=number)


def _totals(transfers: Sequence[Transfer]) -> tuple[int, int]:
    return len(transfers), sum(row.amount for row in transfers)


def _day(number: int, text: str) -> date:
    found = _field(text, "day")
    try:
        if not (len(found) == 6 and found.isdigit() and int(found[:2])):
            raise ValueError
        return date(REIWA + int(found[:2]), int(found[2:4]), int(found[4:]))
    except ValueError:
        raise _refused(NO_DAY, record=number, name=NAMES["day"], found=found) from None


def _number(number: int, text: str, name: str) -> int:
    return _digits(number, name, _field(text, name))


def _digits(number: int, name: str, found: str) -> int:
    if found and not found.isdigit():
        raise _refused(NO_DIGITS, record=number, name=NAMES[name], found=found)
    return int(found or 0)


def _unless_zeros(code: str) -> str:
    return code if code.strip("0") else ""


def _field(text: str, name: str) -> str:
    return _cut(text, RECORDS[text[0]][name])


def _cut(text: str, place: tuple[int, int]) -> str:
    return text[place[0] - 1 : place[1]].strip()


def _refused(message: str, **facts: object) -> Refused:
    return Refused("unprocessable", message, field="file", **facts)
