"""What a second person should look at before an invoice goes out (practices 0-13, 0-21, 3-02): differences from the
order, the delivery, the price agreed and the last months. Pure: what is compared comes in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext, gettext_noop

from billing.models import DeliveryLine, Invoice, InvoiceLine, OrderLine
from billing.periods import whole
from billing.products import number_key
from billing.totals import adds_up, gross

FEW = 2  # earlier invoices tell nothing yet when they are fewer
NAMED = 4  # delivery notes named in one sentence
DEPOSITS = ("頭金", "着手金", "前金", "前受", "内金", "手付", "中間金")
# What a customer cannot understand without a note (practice 3-02).
VAGUE = ("一式", "諸経費", "諸費用", "諸掛", "雑費", "その他", "作業費")
LUMP = re.compile(r"(?<![0-9A-Za-z.\-第])[1１] ?式")  # 工事1式, but neither 11式 nor the 1式 of a model's name


class Listed(NamedTuple):
    """What the price list said on the day of a delivery, and since when."""

    unit_price: Decimal
    since: date


class ByHand(NamedTuple):
    """What another invoice of the customer bills without a record of a delivery, typed here or issued elsewhere."""

    invoice: int  # its id
    number: str
    description: str
    gross: int  # yen, tax included
    delivery_number: str  # the delivery note it names, as numbers are compared
    day: date


class Went(NamedTuple):
    """What went of a line of an order in all, returns taken off, and on which delivery notes, the oldest first."""

    quantity: Decimal
    notes: Sequence[str]


class Kind(NamedTuple):
    """One kind of finding: its short name, and whether it is likely to be wrong rather than worth a look."""

    label: str
    grave: bool


KINDS = {
    "twice": Kind(gettext_noop("Billed twice"), True),
    "quantity": Kind(gettext_noop("Quantity"), True),
    "price": Kind(gettext_noop("Unit price"), True),
    "list": Kind(gettext_noop("Price list"), True),
    "rate": Kind(gettext_noop("Tax rate"), True),
    "period": Kind(gettext_noop("Contract period"), True),
    "late": Kind(gettext_noop("Unbilled delivery"), True),
    "unbilled": Kind(gettext_noop("Not billed yet"), False),
    "source": Kind(gettext_noop("Delivery record"), True),
    "sums": Kind(gettext_noop("Totals"), True),
    "account": Kind(gettext_noop("Where to pay"), True),
    "vague": Kind(gettext_noop("Breakdown"), False),
    "deposit": Kind(gettext_noop("Deposit"), False),
    "taken_off": Kind(gettext_noop("Taken off"), False),
    "moved": Kind(gettext_noop("Amount"), False),
}


@dataclass(frozen=True)
class Finding:
    """One thing to look at: its kind, and a sentence with what to put into it."""

    kind: str
    sentence: str
    params: dict[str, Any] = field(default_factory=dict)
    line: int = 0  # the place of the line it is about, 0 for the whole

    @property
    def label(self) -> str:
        """Its short name, translated."""
        return gettext(KINDS[self.kind].label)

    @property
    def text(self) -> str:
        """Its sentence, translated."""
        return gettext(self.sentence) % self.params

    @property
    def grave(self) -> bool:
        """Whether it is likely to be wrong."""
        return KINDS[self.kind].grave


@dataclass(frozen=True)
class Beside:
    """What an invoice is compared with. usual: the totals of the customer's last invoices, yen; since: the day after
    the cutoff before; last_prices: the unit price last billed to the customer, by description; periods: those of
    contracts that stand on other invoices; listed: what the price list said of each line on the day of its delivery, by
    place; went: what went of each line of an order that is billed here, by its key; by_hand: what was billed to the
    customer without a record of a delivery; sold: the issued line by which what came back was sold, by the key of the
    delivery line."""

    usual: Sequence[int] = ()
    since: date | None = None
    last_prices: dict[str, Decimal] = field(default_factory=dict)
    periods: frozenset[tuple[int, date]] = frozenset()
    moved_percent: int = 30
    listed: Mapping[int, Listed] = field(default_factory=dict)
    payable: bool = True  # the paper says how to pay: an account of ours is there where money is transferred
    went: Mapping[int, Went] = field(default_factory=dict)
    by_hand: Sequence[ByHand] = ()
    sold: Mapping[int, Sequence[InvoiceLine]] = field(default_factory=dict)


def findings(invoice: Invoice, lines: Sequence[InvoiceLine], beside: Beside) -> list[Finding]:
    """Everything to look at in a draft, the grave first. lines: with their delivery lines, orders and contracts."""
    found = [*_whole(invoice, lines, beside), *(one for line in lines for one in _of_line(invoice, line, beside))]
    return sorted(found, key=lambda one: (not one.grave, one.line))


def differences(
    ordered: OrderLine, kept: Decimal, billed: Decimal, prices: Iterable[tuple[str, Decimal, int]]
) -> list[Finding]:
    """Where a line of an order, what was delivered of it and what is billed differ, the grave first (practice 0-21).

    kept: delivered, net of what came back; billed: net of what was taken off; prices: number of the invoice, unit price
    in yen and tax rate in percent. What costs nothing is never billed.
    """
    found = []

    def tell(kind: str, sentence: str, **params: Any) -> None:
        found.append(Finding(kind, sentence, params, ordered.place))

    if kept > ordered.quantity:
        tell("quantity", gettext_noop("Delivered %(delivered)s, ordered %(ordered)s."),
             delivered=_plain(kept), ordered=_plain(ordered.quantity))  # fmt: skip
    if billed > kept:
        tell("quantity", gettext_noop("Billed %(billed)s, delivered %(delivered)s."),
             billed=_plain(billed), delivered=_plain(kept))  # fmt: skip
    for number, price, rate in prices:
        if price != ordered.unit_price:
            tell("price", gettext_noop("%(number)s bills it at %(billed)s yen, ordered at %(agreed)s yen."),
                 number=number, billed=_yen(price), agreed=_yen(ordered.unit_price))  # fmt: skip
        if rate != ordered.rate:
            tell("rate", gettext_noop("%(number)s bills it at %(billed)s%%, ordered at %(agreed)s%%."),
                 number=number, billed=rate, agreed=ordered.rate)  # fmt: skip
    if billed < kept and ordered.unit_price:
        tell("unbilled", gettext_noop("%(left)s were delivered and stand on no invoice."), left=_plain(kept - billed))
    return found


def _whole(invoice: Invoice, lines: Sequence[InvoiceLine], beside: Beside) -> Iterable[Finding]:
    if not lines:
        yield Finding("source", gettext_noop("No line says what is billed."))
    if not adds_up(invoice, lines):
        yield Finding("sums", gettext_noop("Lines, tax and amount of the invoice do not agree."))
    if not beside.payable and invoice.kind != Invoice.Kind.RETURN:
        yield Finding("account", gettext_noop("No account of ours is set, so the customer cannot read where to pay."))
    promised = invoice.promise.amount if invoice.promise else None
    if promised is not None and promised != abs(invoice.total):
        yield Finding("sums", gettext_noop("%(yen)s yen were promised to the customer."), {"yen": f"{promised:,}"})
    same = Counter((line.traded_on, line.description, line.quantity, line.unit_price) for line in lines)
    for (_day, description, _quantity, _price), count in same.items():
        if count > 1:
            yield Finding("twice", gettext_noop("“%(what)s” stands here %(count)s times on the same day."),
                          {"what": description, "count": count})  # fmt: skip
    yield from _over(lines, beside)
    yield from _deposits(lines, beside)
    yield from _moved(invoice, beside)


def _over(lines: Sequence[InvoiceLine], beside: Beside) -> Iterable[Finding]:
    """Whether all that went of a line of an order is more than was ordered (practice 0-21): each note may agree with
    it, and both are billed. Told once for each, at the last line here that bills some of it."""
    last = {line.delivery_line.order_line: line for line in lines if line.delivery_line}
    for ordered, line in last.items():
        went = beside.went.get(ordered.pk) if ordered is not None else None
        if ordered is not None and went is not None and went.quantity > ordered.quantity:
            yield _about(line, "quantity", gettext_noop(
                "“%(what)s”: delivered %(delivered)s in all (%(notes)s), ordered %(ordered)s."
            ), delivered=_plain(went.quantity), ordered=_plain(ordered.quantity), notes=_named(went.notes))  # fmt: skip


def _moved(invoice: Invoice, beside: Beside) -> Iterable[Finding]:
    """Whether it lies outside of what the last invoices were, by more than the house rule lets pass."""
    if len(beside.usual) < FEW or invoice.kind == Invoice.Kind.RETURN:
        return
    low, high = min(beside.usual), max(beside.usual)
    params = {"low": f"{low:,}", "high": f"{high:,}"}
    if invoice.total * 100 > high * (100 + beside.moved_percent):
        yield Finding("moved", gettext_noop("More than the last invoices (%(low)s to %(high)s yen)."), params)
    elif invoice.total * 100 < low * (100 - beside.moved_percent):
        yield Finding("moved", gettext_noop("Less than the last invoices (%(low)s to %(high)s yen)."), params)


def _of_line(invoice: Invoice, line: InvoiceLine, beside: Beside) -> Iterable[Finding]:
    source = line.delivery_line
    if line.contract_id and line.period_on and (line.contract_id, line.period_on) in beside.periods:
        yield _about(line, "twice", gettext_noop("“%(what)s” of this period has been billed already."))
    yield from _period(line)
    if line.quantity > 0 and line.contract_id is None:
        yield from _by_hand(invoice, line, beside)
    if source is None and line.contract_id is None and line.reduces_id is None:
        yield _about(line, "source", gettext_noop("“%(what)s” has no delivery, order or contract."))
    if source is not None and abs(line.quantity) > source.quantity:
        yield _about(line, "quantity", gettext_noop("“%(what)s”: billed %(billed)s, delivered %(delivered)s."),
                     billed=_plain(line.quantity), delivered=_plain(source.quantity))  # fmt: skip
    ordered = source.order_line if source is not None else None
    yield from _price(line, beside)
    agreed = ordered or line.contract or _sold(line, beside)
    if agreed is not None and agreed.rate != line.rate:
        yield _about(line, "rate", gettext_noop("“%(what)s”: billed at %(billed)s%%, agreed at %(agreed)s%%."),
                     billed=line.rate, agreed=agreed.rate)  # fmt: skip
    if beside.since and line.quantity > 0 and line.traded_on < beside.since:
        yield _about(line, "late", gettext_noop("“%(what)s” was delivered on %(day)s, before the last cutoff."),
                     day=f"{line.traded_on:%m/%d}")  # fmt: skip
    if line.quantity < 0 and invoice.kind != Invoice.Kind.RETURN:  # that is all a return invoice says
        yield _about(line, "taken_off", gettext_noop("“%(what)s”: %(back)s came back."), back=_plain(-line.quantity))
    if _is_vague(line) and not line.note:
        yield _about(line, "vague", gettext_noop("“%(what)s” does not say what it holds."))


def _period(line: InvoiceLine) -> Iterable[Finding]:
    """Whether the contract ends before what is billed of it: whether a part of a period costs less, a person says."""
    contract, first = line.contract, line.period_on
    if contract is None or first is None or contract.last_on is None or line.unit_price != contract.unit_price:
        return
    if contract.last_on < first:
        yield _about(line, "period", gettext_noop("“%(what)s”: the contract has ended on %(day)s, before this period."),
                     day=f"{contract.last_on:%Y/%m/%d}")  # fmt: skip
    elif contract.last_on < (last := whole(contract, first)):
        yield _about(line, "period", gettext_noop(
            "“%(what)s”: the contract ends on %(day)s, the period on %(last)s. It is billed whole."
        ), day=f"{contract.last_on:%Y/%m/%d}", last=f"{last:%Y/%m/%d}")  # fmt: skip


def _by_hand(invoice: Invoice, line: InvoiceLine, beside: Beside) -> Iterable[Finding]:
    """Whether it was billed by hand before: under the number of its delivery note, or in the same words for as much; of
    what is typed itself, on the same day, since next month's may be alike."""
    source = line.delivery_line
    note, yen = number_key(source.delivery.number if source else invoice.delivery_number), gross(line, invoice)
    for one in beside.by_hand:
        alike = (one.description, one.gross) == (line.description, yen) and (source or one.day == line.traded_on)
        alike = alike and (not note or one.delivery_number in ("", note))  # another note is another delivery
        if alike or (note and one.delivery_number == note):
            yield _about(line, "twice", gettext_noop("“%(what)s” was billed by hand on %(number)s."), number=one.number)
            return


def _deposits(lines: Sequence[InvoiceLine], beside: Beside) -> Iterable[Finding]:
    """Deposits that were billed by hand: what is delivered now may be what they were paid for (practice 1-06)."""
    if any(line.delivery_line and line.quantity > 0 for line in lines):
        for one in beside.by_hand:
            if not one.delivery_number and any(word in one.description for word in DEPOSITS):
                yield Finding("deposit", gettext_noop(
                    "%(number)s has billed %(yen)s yen as “%(what)s”. Please look whether it is part of this."
                ), {"number": one.number, "yen": f"{one.gross:,}", "what": one.description})  # fmt: skip


def _is_vague(line: InvoiceLine) -> bool:
    """Whether its words tell nobody what was bought: by a word for this and that, or as one lump (1 式); several sets
    of something are counted."""
    lump = line.unit in ("式", "一式") and abs(line.quantity) <= 1
    return lump or any(word in line.description for word in VAGUE) or bool(LUMP.search(line.description))


def _price(line: InvoiceLine, beside: Beside) -> Iterable[Finding]:
    if line.reduces_id is not None:  # what is taken off has no price of its own
        return
    source = line.delivery_line
    ordered = source.order_line if source is not None else None
    like = ordered or line.contract or _sold(line, beside)
    agreed = like.unit_price if like else None
    if agreed is not None and agreed != line.unit_price:
        yield _about(line, "price", gettext_noop("“%(what)s”: billed at %(billed)s yen, agreed at %(agreed)s yen."),
                     billed=_yen(line.unit_price), agreed=_yen(agreed))  # fmt: skip
    listed = beside.listed.get(line.place)
    if listed is not None and listed.unit_price not in (line.unit_price, agreed):  # what was agreed is told already
        yield _about(line, "list", gettext_noop(
            "“%(what)s”: billed at %(billed)s yen, on the price list since %(since)s at %(listed)s yen."
        ), billed=_yen(line.unit_price), listed=_yen(listed.unit_price), since=f"{listed.since:%Y/%m/%d}")  # fmt: skip
    last = beside.last_prices.get(line.description)
    if agreed is None and listed is None and last is not None and last != line.unit_price:
        yield _about(line, "price", gettext_noop("“%(what)s”: billed at %(billed)s yen, last time at %(last)s yen."),
                     billed=_yen(line.unit_price), last=_yen(last))  # fmt: skip


def _sold(line: InvoiceLine, beside: Beside) -> InvoiceLine | DeliveryLine | None:
    """What came back is worth what it was sold for: by its invoice, of several by the one at this price, else by its
    delivery."""
    of = line.delivery_line.of if line.delivery_line else None
    sold = beside.sold.get(of.pk, ()) if of else ()
    alike = (row for row in sold if (row.unit_price, row.rate) == (line.unit_price, line.rate))
    return next(alike, sold[0] if sold else of)


def _about(line: InvoiceLine, kind: str, sentence: str, **params: Any) -> Finding:
    return Finding(kind, sentence, {"what": line.description, **params}, line.place)


def _named(numbers: Sequence[str]) -> str:
    """The numbers as a sentence holds them: the latest few."""
    shown = numbers[-NAMED:]
    return ", ".join(shown if len(shown) == len(numbers) else ["…", *shown])


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def _yen(number: Decimal) -> str:
    return f"{number:,.2f}".removesuffix(".00")
