"""What an invoice says, apart from how it looks: frozen, knows no database, the same again after a trip through JSON.

A sheet that exists adds up: whoever hands in figures that do not is refused with a sentence (billing.paper.sums).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from billing.paper import sums
from office.errors import Refused
from office.hashing import canonical

PNG = b"\x89PNG\r\n\x1a\n"
Kind = Literal["invoice", "return", "corrected"]  # 請求書, 適格返還請求書, 訂正請求書
Rate = Literal[10, 8, 0]  # percent; 0: 対象外 or 非課税
Mode = Literal["exclusive", "inclusive"]  # 税抜, 税込: what the amounts of the lines are
Rounding = Literal["down", "half_up", "up"]  # of the tax, once a rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whom it is for. A person gets 様 and the company nothing, a company alone gets 御中 (japan.md 4.3)."""

    name: str
    postal_code: str = ""
    address: str = ""
    department: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issues it: our company, and whom to ask. `seal`: a PNG of the 角印, or nothing."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    name: str
    t_number: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    person: str = ""  # 経理課　大野
    seal: bytes = b""

    def __post_init__(self) -> None:
        if self.seal and not self.seal.startswith(PNG):  # an SVG may ask for more files
            raise Refused("invalid", "The seal is not a PNG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a line comes from: 納品書 D-20260903-017 and its day, 契約書 K-12 and its first and last day."""

    number: str
    on: date | None = None
    until: date | None = None
    label: str = "納品書"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `amount` is yen before or after tax as the mode says; of a return it is what goes back, positive.

    note: what a reader outside the trade needs to understand it (practice 3-01).
    """

    on: date | None = None  # the day of the trade; of a return, of the original one
    description: str
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    rate: Rate
    exempt: bool = False  # at rate 0: 非課税 by law instead of 対象外
    amount: int
    note: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTotal:
    """The sums of one rate, as billing.tax reckoned them: rounded once."""

    rate: Rate
    net: int
    tax: int
    gross: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """An account to pay into, in the bank's own words."""

    bank: str
    branch: str
    kind: str = "普通"
    number: str
    holder: str  # カ）セイワセイキ


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A day and what is to be paid on it; the parts of one sheet add up to its total."""

    on: date
    amount: int
    label: str = ""  # 着手金


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The document that this one corrects or gives back."""

    number: str
    issued_on: date | None = None
    total: int | None = None  # yen with tax; then the difference is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything an invoice, a return invoice or a corrected invoice says (practice 3-01, features 82 and 83)."""

    PRINTER: ClassVar[str] = "billing.paper.render"

    kind: Kind = "invoice"
    number: str = ""  # given at issue
    issued_on: date | None = None
    traded_on: date | None = None  # of a return: the day it is given back
    period: tuple[date, date] | None = None  # instead of one day
    customer: Customer
    issuer: Issuer
    subject: str = ""
    terms: str = ""  # how it is paid or paid back, in a sentence
    payments: tuple[Payment, ...] = ()
    lines: tuple[Line, ...] = ()
    totals: tuple[RateTotal, ...] = ()
    total: int
    mode: Mode = "exclusive"
    rounding: Rounding = "down"
    banks: tuple[Bank, ...] = ()
    original: Original | None = None
    reason: str = ""  # why it is corrected or given back

    def __post_init__(self) -> None:
        sums.refuse_unsound(self)

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of the trade: as told, else as the lines of an invoice tell; None when nobody does."""
        if self.period or self.traded_on:
            return self.period or ((self.traded_on, self.traded_on) if self.traded_on else None)
        told = [line.on for line in self.lines if line.on] if self.kind != "return" else []
        return (min(told), max(told)) if told and len(told) == len(self.lines) else None

    def told(self) -> str:
        """Return the sheet as canonical JSON text: for the press, and to be kept word for word."""
        return canonical(_adapter().dump_python(self, mode="json"))

    @classmethod
    def read(cls, told: str) -> Sheet:
        """Return the sheet that `told` has told."""
        return _adapter().validate_json(told)

    def texts(self) -> Iterator[str]:
        """Yield every text of it that is printed."""
        yield from _texts(self)


@cache
def _adapter() -> TypeAdapter[Sheet]:
    return TypeAdapter(Sheet)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
