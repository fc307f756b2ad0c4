"""From what is told to the letter a customer gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from office.days import with_weekday
from office.letter import Addressee, Annex, Contact, Fact, Letter, Row, Seal, Section, Sender

GREETING = "時下ますますご清栄のこととお慶び申し上げます。平素は格別のお引き立てを賜り、厚く御礼申し上げます。"
ASK = (
    "ご確認いただけましたら、お手数ですが{day}までに、下記の担当までお電話またはメールにて"
    "ご一報くださいますようお願い申し上げます。"
)
CLOSE = "まずは書中をもちましてご案内申し上げます。"
NO_FRAUD = (
    "お振込先の変更を装った詐欺が増えております。本書の内容にご不審の点がございましたら、お振り込みの前に、"
    "以前からご存じの弊社の電話番号へお確かめくださいますようお願い申し上げます。"
)
BY_LIST = {False: "単価には消費税等を含みません。", True: "単価には消費税等を含みます。"}
MOST_BESIDE = 5  # changes that stand in the letter; more go on a 別紙
A_TABLE = 100  # rows of one table


@dataclass(frozen=True)
class Change:
    """What changes for this customer: before is "" for what is new."""

    what: str
    before: str
    after: str

    @property
    def line(self) -> str:
        """It in one line."""
        return f"{self.what}　{self.before or '（新規）'} → {self.after}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one customer is told. text: paragraphs; changes: from the price list; words: as typed, instead of them;
    accounts: (old, new) as printed; inclusive: whether this customer's prices have the tax in them; on: None in a
    draft."""

    number: str
    title: str
    text: str
    effective_on: date
    answer_by: date
    on: date | None
    addressee: Addressee
    sender: Sender
    seal: Seal
    contact: Contact
    words: str = ""
    changes: Sequence[Change] = ()
    accounts: tuple[str, str] | None = None
    inclusive: bool = False


def letter_of(told: Told) -> Letter:
    """Return the letter; ValueError (pydantic's) for texts longer than a letter takes."""
    paragraphs = [line for line in told.text.splitlines() if line.strip()]
    if told.accounts:
        paragraphs.append(NO_FRAUD)
    return Letter(
        number=told.number, date=told.on, addressee=told.addressee, sender=told.sender, seal=told.seal,
        title=told.title, salutation="拝啓", closing="敬具", opening=GREETING,
        paragraphs=(*paragraphs, ASK.format(day=with_weekday(told.answer_by)), CLOSE),
        facts=tuple(_facts(told)), contacts=(told.contact,), annexes=_annexes(told),
    )  # fmt: skip


def _facts(told: Told) -> list[Fact]:
    facts = [Fact("変更日", f"{with_weekday(told.effective_on)}より")]
    if told.accounts:
        old, new = told.accounts
        facts.append(Fact("新しいお振込先", new))
        if old:
            facts.append(Fact("これまでのお振込先", old))
    if told.words:
        facts.append(Fact("変更の内容", told.words))
    elif len(told.changes) > MOST_BESIDE:
        facts.append(Fact("変更の内容", "別紙のとおり"))
    elif told.changes:
        lines = [*(change.line for change in told.changes), BY_LIST[told.inclusive]]
        facts.append(Fact("変更の内容", "\n".join(lines)))
    return facts


def _annexes(told: Told) -> tuple[Annex, ...]:
    """The new prices as tables, where they do not fit beside the letter."""
    if told.words or len(told.changes) <= MOST_BESIDE:
        return ()
    rows = [Row(change.what, change.before or "（新規）", change.after) for change in told.changes]
    tables = [
        Section(head=("品名", "現在の単価", "新しい単価"), wide=0, rows=tuple(rows[at : at + A_TABLE]),
                paragraphs=() if at else (BY_LIST[told.inclusive],))
        for at in range(0, len(rows), A_TABLE)
    ]  # fmt: skip
    return (Annex(title=f"新しい単価（{with_weekday(told.effective_on)}より）", sections=tuple(tables)),)
