"""Writes transfer notices as a bank does, field by field: the opposite of the reader, and nothing taken from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date


def era(day: date) -> str:
    return f"{day.year - 2018:02}{day:%m%d}"


def padded(text: str, size: int) -> str:
    assert len(text) <= size, text
    return text + " " * (size - len(text))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One transfer as a bank would write it."""

    day: date
    yen: int
    payer: str = ""
    code: str = ""
    edi: str = ""
    bank: str = ""
    branch: str = ""
    cancel: bool = False
    inquiry: str = ""
    layout: str = "A"

    def record(self) -> str:
        head = f"2{padded(self.inquiry, 6)}{era(self.day)}{era(self.day)}"
        first = self.yen if self.layout == "A" else 0
        who = padded(self.code, 10) + padded(self.payer, 48) + padded(self.bank, 15) + padded(self.branch, 15)
        mark = "1" if self.cancel else " "
        tail = padded(self.edi, 20) if self.layout == "A" else f"{self.yen:012}{0:012}{padded(self.edi, 20)}"
        return padded(f"{head}{first:010}{0:010}{who}{mark}{tail}", 200)


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account with its transfers."""

    sent: Sequence[Sent]
    bank: str = "0001"
    branch: str = "123"
    kind: str = "1"
    number: str = "1234567"
    counts_cancelled: bool = True  # one of the two readings of the trailer
    tells_cancelled: bool = True

    @property
    def name(self) -> str:
        return f"{self.bank}-{self.branch}-{self.kind}-{self.number}"

    def records(self) -> list[str]:
        day = era(date(2026, 11, 24))
        header = f"1010{day}{day}{day}{self.bank}{padded('ｱｵｿﾞﾗ', 15)}{self.branch}{padded('ﾎﾝﾃﾝ', 15)}"
        counted = [row for row in self.sent if self.counts_cancelled or not row.cancel]
        gone = [row for row in self.sent if row.cancel and self.tells_cancelled]
        trailer = f"8{len(counted):06}{total(counted):012}{len(gone):06}{total(gone):012}"
        header += self.kind + self.number + padded("ｶ)ｾｲﾜｾｲｻｸｼﾖ", 40)
        return [padded(header, 200), *(row.record() for row in self.sent), padded(trailer, 200)]


def total(rows: Iterable[Sent]) -> int:
    return sum(row.yen for row in rows)


@dataclass(frozen=True, kw_only=True)
class BankFile:
    """A whole file. `end`: what stands behind each record."""

    accounts: Sequence[Account] = field(default_factory=list)
    end: str = "\r\n"
    mark: bool = False  # a final 0x1A

    def data(self) -> bytes:
        records = [record for account in self.accounts for record in account.records()] + [padded("9", 200)]
        text = "".join(record + self.end for record in records) + ("\x1a" if self.mark else "")
        return text.encode("cp932")


def notices(*sent: Sent) -> bytes:
    """The usual file: one account, CR LF."""
    return BankFile(accounts=[Account(sent=sent)]).data()
