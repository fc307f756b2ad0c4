"""From the rows of a notice to the letter each customer gets (billing.notices)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from billing.models import ChangeNotice, NoticeCopy, Price, Recipient, Terms
from billing.notices import Change, Told, letter_of
from billing.selectors.prices import PriceList
from billing.sheets import account_kind
from customers.models import CareHold, Customer
from office.letter import Addressee, Contact, Letter, Seal, Sender, press
from office.models import BankAccount
from office.selectors import company


class Letters:
    """The letters of one notice to some customers; what they share is read once, some statements in all."""

    def __init__(self, notice: ChangeNotice, customers: Sequence[Customer]) -> None:
        self.notice = notice
        ids = [customer.pk for customer in customers]
        self._prices = _changed(notice.effective_on, ids) if self._by_list else None
        self._recipients = {row.customer_id: row for row in Recipient.objects.filter(customer__in=ids)}
        self._us = company()
        self._seal = our_seal()
        priced = Terms.objects.filter(customer__in=ids, inclusive=True)
        self._inclusive = frozenset(priced.values_list("customer_id", flat=True))

    @property
    def _by_list(self) -> bool:
        return self.notice.kind == ChangeNotice.Kind.PRICE and not self.notice.changes

    def recipient(self, customer: Customer) -> Recipient | None:
        """How invoices go to this customer; None when nobody has asked."""
        return self._recipients.get(customer.pk)

    def changes(self, customer: Customer) -> list[Change]:
        """What changes for this customer on the price list; none where the notice says it in words."""
        if self._prices is None:
            return []
        prices, products = self._prices
        found = []
        for product in products:
            now = prices.on(customer.pk, product, self.notice.effective_on)
            before = prices.on(customer.pk, product, self.notice.effective_on - timedelta(days=1))
            if now is not None and (before is None or before.unit_price != now.unit_price):
                found.append(Change(now.product, _yen(before.unit_price) if before else "", _yen(now.unit_price)))
        return found

    def missing(self, customer: Customer) -> bool:
        """Whether it would tell this customer of no change at all."""
        return self._by_list and not self.changes(customer)

    def of(self, customer: Customer, on: date | None) -> Letter:
        """Return the letter to one customer; on: its day, None in a draft."""
        notice, us = self.notice, self._us
        recipient, owner = self.recipient(customer), customer.owner
        accounts = (notice.old_account, notice.new_account) if notice.kind == ChangeNotice.Kind.BANK else None
        return letter_of(Told(
            number=notice.number, title=notice.title, text=notice.text, effective_on=notice.effective_on,
            answer_by=notice.answer_by, on=on,
            addressee=Addressee(company=customer.name, name=recipient.person if recipient else ""),
            sender=Sender(
                company=us.name, postal_code=us.postal_code, address=us.address,
                title=us.representative_title, name=us.representative_name,
            ),
            seal=self._seal,
            contact=Contact(" ".join(filter(None, (us.name, owner.full_name))), owner.phone or us.phone),
            words=notice.changes, changes=self.changes(customer), accounts=accounts,
            inclusive=customer.pk in self._inclusive,
        ))  # fmt: skip


class Copies:
    """The copies of a notice with their customers, and what their letters say."""

    def __init__(self, notice: ChangeNotice) -> None:
        self.notice = notice

    @cached_property
    def rows(self) -> list[NoticeCopy]:
        """All of them, in the order they were chosen."""
        return list(self.notice.copies.select_related("customer__owner"))

    @cached_property
    def letters(self) -> Letters:
        """What they say."""
        return Letters(self.notice, [row.customer for row in self.rows])

    @cached_property
    def in_care(self) -> frozenset[int]:
        """The keys of the customers that are in care."""
        holds = CareHold.objects.filter(customer__in=[row.customer_id for row in self.rows])
        return frozenset(holds.values_list("customer_id", flat=True))

    @cached_property
    def without_change(self) -> list[Customer]:
        """The customers for whom nothing on the price list changes on that day."""
        return [row.customer for row in self.rows if self.letters.missing(row.customer)]


def our_seal() -> Seal:
    """The seal we print, or room for a real one."""
    us = company()
    return Seal.of(bytes(us.seal.data)) if us.seal else Seal()


def letter_told(letter: Letter) -> str:
    """Return what a copy keeps of its letter: the words. The seal is the same on all of them and is put on in print."""
    return letter.model_dump_json(exclude={"seal"})


def letter_read(paper: str) -> Letter:
    """Return the letter of a copy's words, with our seal."""
    return Letter.model_validate_json(paper).model_copy(update={"seal": our_seal()})


def letter_bytes(copy: NoticeCopy) -> bytes:
    """Return the PDF of a copy: stored, or made now of the words that are frozen, 下書き across those still drafted."""
    if copy.file is not None:
        return bytes(copy.file.data)
    if copy.paper:
        return press().pdf(letter_read(copy.paper)).data
    return press().pdf(Letters(copy.notice, [copy.customer]).of(copy.customer, None), draft=True).data


def proof(notice: ChangeNotice) -> None:
    """Print its first letter, outside any transaction: Refused with the characters that cannot be printed."""
    first = notice.copies.select_related("notice", "customer__owner", "file").first()
    if first is not None:
        letter_bytes(first)


def account_line(account: BankAccount) -> str:
    """Return an account of ours as a letter prints it."""
    number = f"{account_kind(account.kind)}　{account.number}　{account.holder}"
    return f"{account.bank_name}　{account.branch_name}\n{number}".strip()


def _changed(day: date, customers: Sequence[int]) -> tuple[PriceList, list[str]]:
    """The price list, and the products with a new price on this day for anybody of these or for everybody."""
    rows = Price.objects.filter(from_on=day).order_by("key").values_list("key", "product", "customer_id")
    whose = {None, *customers}
    products = {key: product for key, product, customer in rows if customer in whose}
    return PriceList(customers, list(products.values())), list(products.values())


def _yen(price: Decimal) -> str:
    whole = f"{price:,.2f}"
    return f"{whole.rstrip('0').rstrip('.')}円"
