"""Transfer notices: what a bank writes is read back the same, and what no bank writes is refused by its record."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.zengin import Transfer, looks_like_zengin, read_zengin
from office.errors import Refused
from tests.billing.bankfile import Account, BankFile, Sent, notices

DAY = date(2026, 9, 30)
ONE = Sent(day=DAY, yen=110_000, payer="ｶ)ﾄｳﾜｺｳｷﾞﾖｳ", code="0000012345", edi="INV260001", bank="ｱｵｿﾞﾗ", branch="ｺﾏｷ")
KANA = st.text("ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟABCXYZ0123456789().-/ ", max_size=48).map(str.strip)
EDI = st.text("ABC0123456789- ", max_size=20).map(str.strip)
SENT = st.builds(
    Sent, day=st.dates(date(2019, 5, 1), date(2030, 12, 31)), yen=st.integers(1, 9_999_999_999), payer=KANA,
    code=st.sampled_from(["", "0000012345", "9876543210"]), edi=EDI, bank=st.sampled_from(["", "ｱｵｿﾞﾗ"]),
    branch=st.sampled_from(["", "ｺﾏｷ"]), cancel=st.booleans(), inquiry=st.sampled_from(["", "000001"]),
    layout=st.sampled_from("AB"),
)  # fmt: skip
ACCOUNTS = st.builds(
    Account, sent=st.lists(SENT, max_size=4), number=st.sampled_from(["1234567", "0000001"]),
    counts_cancelled=st.booleans(), tells_cancelled=st.booleans(),
)  # fmt: skip
FILES = st.builds(
    BankFile, accounts=st.lists(ACCOUNTS, min_size=1, max_size=3), end=st.sampled_from(["", "\n", "\r\n", "\r"]),
    mark=st.booleans(),
)  # fmt: skip


def read_back(row: Sent, account: str, record: int) -> Transfer:
    bank = " ".join(filter(None, (row.bank, row.branch)))
    return Transfer(
        account=account, day=row.day, amount=row.yen, payer=row.payer, payer_code=row.code, edi=row.edi, bank=bank,
        cancels=row.cancel, record=record,
    )  # fmt: skip


@given(FILES)
def test_what_a_bank_writes_is_read_back(file: BankFile) -> None:
    expected, record = [], 0
    for account in file.accounts:
        record += 1
        for row in account.sent:
            record += 1
            expected.append(read_back(row, account.name, record))
        record += 1
    assert looks_like_zengin(file.data())
    assert read_zengin(file.data()) == expected


@given(FILES, st.data())
def test_spoilt_bytes_are_read_or_refused_and_nothing_else(file: BankFile, data: st.DataObject) -> None:
    spoilt = bytearray(file.data())
    for _time in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(spoilt) - 1))
        match data.draw(st.sampled_from(["change", "cut", "add"])):
            case "change":
                spoilt[place] = data.draw(st.integers(0, 255))
            case "cut":
                del spoilt[place : place + data.draw(st.integers(1, 210))]
            case "add":
                spoilt[place:place] = data.draw(st.binary(min_size=1, max_size=3))
        if not spoilt:
            break
    with suppress(Refused):
        assert all(row.amount > 0 for row in read_zengin(bytes(spoilt)))


@given(st.binary(max_size=700))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Refused):
        read_zengin(data)


def refusal(data: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        read_zengin(data)
    assert refused.value.status == 422
    return refused.value


def spoilt(record: int, place: int, text: str, data: bytes = notices(ONE)) -> bytes:
    """The file with other letters from a position (counted from 1) of a record on."""
    start = (record - 1) * 202 + place - 1
    return data[:start] + text.encode("cp932") + data[start + len(text.encode("cp932")) :]


@pytest.mark.parametrize(
    ("data", "record", "words"),
    [
        (spoilt(1, 2, "03"), 1, "type 03"),
        (spoilt(1, 2, "21"), 1, "type is 21"),
        (spoilt(2, 8, "081301"), 2, "no date"),
        (spoilt(2, 8, "000101"), 2, "no date"),
        (spoilt(2, 20, "000000000A"), 2, "else than digits"),
        (spoilt(2, 20, "0000000000"), 2, "amount is zero"),
        (spoilt(2, 128, "X"), 2, "cancel mark is X"),
        (spoilt(2, 129, f"{5:012}{0:012}"), 2, "two amounts differ"),
        (spoilt(3, 2, "000002"), 3, "says 2 records, 1"),
        (spoilt(3, 8, f"{110_001:012}"), 3, "says 110001 yen"),
        (spoilt(3, 20, "000001"), 3, "cancelled records"),
        (spoilt(3, 1, "7"), 3, "begins with 7"),
        (spoilt(4, 1, "101"), 4, "end record is missing"),
        (notices(ONE)[:606], 3, "end record is missing"),
        (notices(ONE)[:-10], 4, "192 bytes"),
        (notices(ONE) + notices(ONE), 5, "begins with 1"),
        (spoilt(2, 50, "髙"), 2, "no character"),
    ],
)
def test_what_is_wrong_is_named_with_its_record(data: bytes, record: int, words: str) -> None:
    refused = refusal(data)
    assert refused.facts["record"] == record
    assert words in str(refused)


def test_ebcdic_is_refused_with_what_to_do() -> None:
    for data in (b"\xf1\xf0\xf1" + b"\x40" * 197, spoilt(1, 4, "1")):
        assert looks_like_zengin(data)
        assert "EBCDIC" in str(refusal(data))


def test_both_places_of_layout_b_may_be_filled_when_they_agree() -> None:
    row = replace(ONE, layout="B")
    assert read_zengin(spoilt(2, 20, f"{row.yen:010}", notices(row)))[0].amount == row.yen


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_what_an_editor_saved_anew_is_read(encoding: str) -> None:
    saved = notices(ONE).decode("cp932").encode(encoding)
    assert looks_like_zengin(saved)
    assert read_zengin(saved) == read_zengin(notices(ONE))
    with pytest.raises(Refused):
        read_zengin(saved[:-3] + b"\xef")


def test_layout_b_may_leave_its_own_sums_blank() -> None:
    row = replace(ONE, layout="B")
    blank = spoilt(2, 20, f"{row.yen:010}", spoilt(2, 129, " " * 24, notices(row)))
    (found,) = read_zengin(blank)
    assert (found.amount, found.edi) == (row.yen, row.edi)
    assert read_zengin(notices(replace(ONE, edi="")))[0].edi == ""


def test_a_cancelled_transfer_may_count_or_not() -> None:
    both = (ONE, replace(ONE, cancel=True))
    for counted in (True, False):
        file = BankFile(accounts=[Account(sent=both, counts_cancelled=counted)])
        assert [row.cancels for row in read_zengin(file.data())] == [False, True]


def test_a_code_of_zeros_is_none() -> None:
    assert read_zengin(notices(replace(ONE, code="0000000000")))[0].payer_code == ""


def test_a_large_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [replace(ONE, day=DAY + timedelta(days=n % 30), yen=n + 1) for n in range(3_000)]
    assert len(read_zengin(notices(*many))) == 3_000
    monkeypatch.setattr("billing.zengin.MOST", 3_000)
    assert refusal(notices(*many)).facts == {"limit": 3_000}
