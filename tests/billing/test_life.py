"""The life of what is delivered, at random: billed, corrected, come back, reduced, thrown away, in any order. After
each step the books are added up anew from the rows, by rules that are written here and nowhere else."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing import verify
from billing.models import Contract, DeliveryLine, Invoice, InvoiceLine, Terms
from billing.services import (
    Change,
    Line,
    contract_create,
    draft_change,
    draft_discard,
    draft_gather,
    invoice_correct,
    reduction_create,
    return_gather,
)
from office.errors import Refused
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, back, delivered
from tests.proof.dice import SEED, often

pytestmark = [pytest.mark.django_db, pytest.mark.both]
STEPS = 40
PRICES = ("1", "97", "12.34", "333.5", "5000", "86000")
RATES = (10, 10, 8, 0)


class Life:
    """One customer's deliveries and documents, and a clerk who does one thing after the other."""

    def __init__(self, cast: SimpleNamespace, seed: int) -> None:
        self.cast, self.seed, self.dice = cast, seed, random.Random(seed)
        self.at, self.papers = EVENING, 0
        self.done: list[str] = []
        self.what = ""
        self.given_up = False  # what came back of what was reduced to nothing stays as it is

    def step(self) -> None:
        """Do something at random; a refusal is an answer, anything else a fault."""
        act, self.what = self.dice.choice(ACTS), ""
        self.at += timedelta(minutes=1)
        try:
            act(self)
            said = "done"
        except Refused as refused:
            said = refused.code
        self.done.append(f"{act.__name__} {self.what}: {said}")

    # --- what a clerk does

    def deliver(self) -> None:
        self.papers += 1
        goods = [
            Line(
                description=f"品{self.papers}-{place}", unit="個", quantity=Decimal(self.dice.randint(1, 6)),
                unit_price=Decimal(self.dice.choice(PRICES)), rate=self.dice.choice(RATES),
            )
            for place in range(self.dice.randint(1, 2))
        ]  # fmt: skip
        delivered(self.cast, f"D-{self.papers}", *goods)

    def come_back(self) -> None:
        line = self.dice.choice(list(DeliveryLine.objects.filter(of=None).select_related("delivery")) or [None])
        if line is not None:
            self.papers += 1
            self.what = f"D-{line.delivery.number}/{line.place}"
            back(self.cast, self.dice.randint(1, 3), f"R-{self.papers}", (line.delivery.number, line.place))

    def agree(self) -> None:
        self.papers += 1
        care = Line(
            description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(self.dice.choice(PRICES))
        )
        contract_create(
            number=f"K-{self.papers}", customer_id=self.cast.towa.pk, line=care, by=self.cast.billing, at=self.at,
            first_on=date(2026, self.dice.randint(9, 11), 1),
        )  # fmt: skip

    def turn_prices(self) -> None:
        """From now on prices are agreed with the tax in them, or without it."""
        terms = Terms.objects.filter(customer=self.cast.towa).first() or Terms(customer=self.cast.towa)
        terms.inclusive = not terms.inclusive
        terms.save()

    def gather(self) -> None:
        draft_gather(customer_id=self.cast.towa.pk, until=CUTOFF, by=self.cast.billing, at=self.at)

    def gather_returns(self) -> None:
        return_gather(customer_id=self.cast.towa.pk, until=CUTOFF, by=self.cast.billing, at=self.at)

    def change(self) -> None:
        for draft in self.a(self.drafts()):
            line = self.dice.choice(list(draft.lines.all()))
            sign = 1 if line.quantity > 0 else -1
            change = self.dice.choice([
                Change(quantity=Decimal(sign * self.dice.randint(1, 6))), Change(dropped=True),
                Change(unit_price=Decimal(self.dice.choice(PRICES))), Change(rate=self.dice.choice(RATES)),
            ])  # fmt: skip
            draft_change(
                invoice_id=draft.pk, version=draft.version, changes={line.place: change}, by=self.cast.billing,
                at=self.at,
            )  # fmt: skip

    def issue(self) -> None:
        for draft in self.a(self.drafts()):
            issue(self.cast, draft, self.at)

    def discard(self) -> None:
        for draft in self.a(self.drafts()):
            draft_discard(invoice_id=draft.pk, by=self.cast.billing, at=self.at)

    def correct(self) -> None:
        for old in self.a(self.issued()):
            invoice_correct(invoice_id=old.pk, reason="誤り", by=self.cast.billing, at=self.at)

    def reduce(self) -> None:
        for old in self.a(self.issued()):
            amount = self.dice.choice([1, abs(old.total) // 3 + 1, abs(old.total)])
            reduction_create(invoice_id=old.pk, amount=amount, reason="値引き", by=self.cast.billing, at=self.at)

    def a(self, rows: list[Invoice]) -> list[Invoice]:
        chosen = [self.dice.choice(rows)] if rows else []
        self.what = "".join(f"{row.was or row.number} {row.total}" for row in chosen)
        return chosen

    def drafts(self) -> list[Invoice]:
        return list(Invoice.objects.exclude(state=Invoice.State.ISSUED).order_by("pk"))

    def issued(self) -> list[Invoice]:
        return list(Invoice.objects.filter(state=Invoice.State.ISSUED).order_by("pk"))

    # --- the books

    def faults(self) -> Iterator[str]:
        """What is wrong in the books now."""
        yield from verify.problems()
        counts = [row for row in self.issued() if not row.corrections.filter(state=Invoice.State.ISSUED).exists()]
        lines = list(InvoiceLine.objects.filter(invoice__in=counts).select_related("invoice", "delivery_line"))
        yield from self._by_delivery(lines)
        months = Counter((line.contract_id, line.period_on) for line in lines if line.contract_id)
        yield from (
            f"contract {contract}, {month}: billed twice" for (contract, month), times in months.items() if times > 1
        )
        whole = sum(row.total for row in counts)
        if whole < -len(lines):
            yield f"{-whole} yen more were given back than billed"
        for row in counts:
            if row.kind != Invoice.Kind.RETURN:
                chain = [row.pk, *versions(row)]
                off = -sum(line.amount for line in lines if line.reduces_id in chain)
                if off > row.total:
                    yield f"{off} yen taken off {row.number}, which came to {row.total}"
                yield from self._by_invoice(row, off, lines)

    def _by_invoice(self, row: Invoice, off: int, lines: list[InvoiceLine]) -> Iterator[str]:
        """Of an invoice whose deliveries no other one bills: what came back of them and what was taken off it."""
        billed = [line for line in lines if line.invoice_id == row.pk and line.quantity > 0]
        sources = {line.delivery_line_id for line in billed}
        if any(line.delivery_line_id in sources and line.quantity > 0 and line not in billed for line in lines):
            return
        taken = [line for line in lines if line.delivery_line and line.delivery_line.of_id in sources]
        if (over := off - gross(taken) - gross(billed)) > len(taken) + len(billed):
            yield f"{row.number}: {over} yen more given back and taken off than billed"

    def _by_delivery(self, lines: list[InvoiceLine]) -> Iterator[str]:
        for source in DeliveryLine.objects.filter(of=None).select_related("delivery"):
            where = f"{source.delivery.number}/{source.place}"
            sold = [line for line in lines if line.delivery_line_id == source.pk]
            taken = [line for line in lines if line.delivery_line and line.delivery_line.of_id == source.pk]
            back_again = sum(row.quantity for row in DeliveryLine.objects.filter(of=source))
            if sum(line.quantity for line in sold) > source.quantity:
                yield f"{where}: more billed than delivered"
            if -sum(line.quantity for line in taken) > back_again:
                yield f"{where}: more taken off than came back"
            if (over := -gross(taken) - gross(sold)) > len(taken):
                yield f"{where}: {over} yen more given back than billed"

    # --- the end of the month

    def settle(self) -> None:
        """Everything that is open is issued, or thrown away where that is refused; then all that is left is billed."""
        for draft in self.drafts():
            if not self._issued(draft):
                draft_discard(invoice_id=draft.pk, by=self.cast.billing, at=self.at)
        for gather in (self.gather, self.gather, self.gather_returns, self.gather_returns):  # of both sorts of prices
            with suppress(Refused):  # nothing is left
                gather()
            for draft in self.drafts():
                self._issue_last(draft)

    def _issue_last(self, draft: Invoice) -> None:
        """Nothing stands in the way of a draft as it was gathered, but that its goods were reduced before they came
        back: then what came back is taken off it."""
        if not self._issued(draft):
            assert InvoiceLine.objects.filter(reduces__isnull=False, frozen=True).exists(), self.told()
            self.given_up = True
            drops = {line.place: Change(dropped=True) for line in draft.lines.filter(quantity__lt=0)}
            if draft.kind != Invoice.Kind.RETURN:
                rest = draft_change(
                    invoice_id=draft.pk, version=draft.version, changes=drops, by=self.cast.billing, at=self.at
                )
                assert self._issued(rest), self.told()
            else:
                draft_discard(invoice_id=draft.pk, by=self.cast.billing, at=self.at)

    def _issued(self, draft: Invoice) -> bool:
        with suppress(Refused):
            issue(self.cast, draft, self.at)
            return True
        return False

    def unbilled(self) -> Iterator[str]:
        """What was delivered, did not come back and stands on no document, and the other way round."""
        counts = Invoice.objects.filter(state=Invoice.State.ISSUED).exclude(corrections__state=Invoice.State.ISSUED)
        for source in DeliveryLine.objects.filter(of=None).select_related("delivery"):
            family = [source.pk, *DeliveryLine.objects.filter(of=source).values_list("pk", flat=True)]
            lines = InvoiceLine.objects.filter(invoice__in=counts, delivery_line__in=family)
            kept = source.quantity - sum(row.quantity for row in DeliveryLine.objects.filter(of=source))
            stands = sum(line.quantity for line in lines)
            if stands < kept or (stands > kept and not self.given_up):
                yield f"{source.delivery.number}/{source.place}: {kept} kept, {stands} on documents"

        for contract in Contract.objects.all():
            lines = InvoiceLine.objects.filter(invoice__in=counts, contract=contract)
            billed = {line.period_on.month for line in lines if line.period_on}
            if billed != set(range(contract.first_on.month, 12)):
                yield f"{contract.number}: billed for {billed}"

    def told(self) -> str:
        """What was done, and every document with its lines, for whoever reads of a fault."""
        rows = Invoice.objects.order_by("pk").prefetch_related("lines__delivery_line__delivery")
        papers = [  # number, what it corrects, its lines
            f"{row.pk} {row.was or row.number} {row.kind} {row.state} {row.total} for={row.corrects_id}: "
            + "; ".join(
                f"{line.delivery_line or line.reduces_id} {line.quantity:g} x {line.unit_price:g} {line.rate}%"
                for line in row.lines.all()
            )
            for row in rows
        ]
        goods = [
            f"{row} {row.quantity:g} x {row.unit_price:g} {row.rate}% left={row.left:g} of={row.of_id} pk={row.pk}"
            for row in DeliveryLine.objects.select_related("delivery").order_by("pk")
        ]
        return "\n".join([f"MAKOTO_SEED={self.seed}", *self.done, *papers, *goods])


ACTS: tuple[Callable[[Life], None], ...] = (
    Life.deliver, Life.deliver, Life.come_back, Life.come_back, Life.gather, Life.gather, Life.gather_returns,
    Life.change, Life.issue, Life.issue, Life.issue, Life.discard, Life.correct, Life.correct, Life.reduce, Life.agree,
    Life.turn_prices,
)  # fmt: skip


def versions(row: Invoice) -> Iterator[int]:
    while row.corrects is not None:
        row = row.corrects
        yield row.pk


def gross(lines: list[InvoiceLine]) -> int:
    """Yen with tax, the tax of each line by itself rounded down."""
    return sum(
        line.amount if line.invoice.inclusive else line.amount + int(Decimal(line.amount * line.rate) / 100)
        for line in lines
    )


@pytest.mark.parametrize("number", range(often(5, 500)))
def test_no_life_loses_a_delivery_or_gives_back_more_than_it_sold(cast: SimpleNamespace, number: int) -> None:
    life = Life(cast, SEED + number)
    for _step in range(STEPS):
        life.step()
        assert list(life.faults()) == [], life.told()
    life.settle()
    assert list(life.faults()) == [], life.told()
    assert list(life.unbilled()) == [], life.told()
