"""Whose money came in, and for which invoices. It proposes; a person books.

Pure: what the bank wrote, what is open and by which names customers pay come in, proposals come out, the best first.
A proposal is certain only when exactly one customer and exactly one set of their instalments fits to the yen, and no
set of as few or fewer fits less a bank's fee or less what we owe; whenever two fit, a person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum

from billing.payers import SHORTEST, cores, is_cut, number_in_front, plain_code

MOST_SUMS = 20_000  # different sums of one customer's instalments that are looked at
MOST_SHOWN = 4


class Fit(IntEnum):
    """How a sum fits what is open, the best first."""

    EXACT = 0
    FEE = 1  # a bank fee was kept back
    NETTED = 2  # what we owe by return invoices was kept back
    PART = 3  # less than what is open
    OVER = 4  # more than all that is open


class By(IntEnum):
    """How the customer was recognised, the strongest first."""

    CONFIRMED = 0  # a person confirmed this name or number
    INVOICE = 1  # the payer wrote an invoice's number
    NAME = 2  # the customer's own name
    AMOUNT = 3  # nothing but the amount


@dataclass(frozen=True, slots=True)
class Claim:
    """An instalment with what is still to come for it, in yen."""

    instalment: int
    invoice: str
    customer: int
    yen: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Credit:
    """A return invoice with what is still owed to the customer by it, in yen above zero."""

    invoice: str
    customer: int
    yen: int


@dataclass(frozen=True, slots=True)
class Payer:
    """How a customer may appear in a bank's file: cores of its own names, cores and numbers a person confirmed."""

    customer: int
    names: frozenset[str]
    confirmed: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Money:
    """What came in, still to be booked."""

    yen: int
    payer: str = ""
    payer_code: str = ""
    edi: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Yen of the money (with a fee kept back) for one instalment."""

    claim: Claim
    yen: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to book it: whose money, for what, how well it fits.

    fee: yen that the payer's bank kept back; rest: yen that belong to nothing open; credits: what the customer kept
    back of what we owe, to be set against the invoices by a person before the money is booked.
    """

    customer: int
    shares: tuple[Share, ...]
    fit: Fit
    by: By
    fee: int = 0
    rest: int = 0
    credits: tuple[Credit, ...] = ()
    certain: bool = False


class Ledger:
    """What is open, by customer, with the signs by which its payer is recognised."""

    def __init__(
        self, claims: Iterable[Claim], payers: Iterable[Payer], fee: int, credits: Iterable[Credit] = ()
    ) -> None:
        """Sort claims by their days. `fee` is the most a bank keeps back for a transfer."""
        self.fee = fee
        self.credits: dict[int, list[Credit]] = {}
        for credit in credits:
            self.credits.setdefault(credit.customer, []).append(credit)
        self.claims: dict[int, list[Claim]] = {}
        self.signs: dict[By, dict[str, set[int]]] = {by: {} for by in (By.CONFIRMED, By.INVOICE, By.NAME)}
        for claim in sorted(claims, key=lambda claim: (claim.due_on, claim.instalment)):
            self.claims.setdefault(claim.customer, []).append(claim)
            self._know(By.INVOICE, plain_code(claim.invoice), claim.customer)
        for payer in payers:
            if payer.customer in self.claims:
                for sign in payer.confirmed | payer.codes:
                    self._know(By.CONFIRMED, sign, payer.customer)
                for sign in payer.names:
                    self._know(By.NAME, sign, payer.customer)

    def _know(self, by: By, sign: str, customer: int) -> None:
        if sign:
            self.signs[by].setdefault(sign, set()).add(customer)

    def propose(self, money: Money) -> list[Proposal]:
        """Return how this money may be booked, the best first; empty when nothing open looks like it."""
        who = self._recognised(money)
        if not who:
            return self._by_amount(money)
        found = [found for customer, by in who.items() for found in self._of(customer, by, money)]
        exact = [proposal for proposal in found if proposal.fit == Fit.EXACT]
        certain = len(who) == 1 and len(exact) == 1 and exact[0].certain and not _rivals(exact[0], found)
        ranked = sorted(found, key=lambda proposal: (proposal.fit, proposal.by, proposal.fee))
        return [replace(proposal, certain=certain and proposal.fit == Fit.EXACT) for proposal in ranked[:MOST_SHOWN]]

    def _recognised(self, money: Money) -> dict[int, By]:
        """Return who this may be, each by the strongest sign."""
        names, numbers = cores(money.payer), {plain_code(money.payer_code), number_in_front(money.payer)}
        if is_cut(money.payer):
            names |= {full for full in self.signs[By.NAME] if _begins(names, full)}
        found: dict[int, By] = {}
        for by, said in ((By.CONFIRMED, names | numbers), (By.INVOICE, _said(money)), (By.NAME, names)):
            for sign in said:
                for customer in self.signs[by].get(sign, ()):
                    found.setdefault(customer, by)
        return found

    def _named(self, customer: int, money: Money) -> list[Claim]:
        """Return the claims whose invoice the payer has named."""
        said = _said(money)
        return [claim for claim in self.claims[customer] if plain_code(claim.invoice) in said]

    def _of(self, customer: int, by: By, money: Money) -> list[Proposal]:
        """Return the ways to book it for this customer. What the payer named goes before what merely fits."""
        claims = self.claims[customer]
        if (named := self._named(customer, money)) and sum(claim.yen for claim in named) == money.yen:
            return [Proposal(customer, _whole(named), Fit.EXACT, by, certain=True)]
        credits = self.credits.get(customer, [])
        sets, all_seen = _sets(claims, money.yen + max(self.fee, _yen(credits)))
        exact = [
            Proposal(customer, _whole(found), Fit.EXACT, by, certain=all_seen) for found in sets.get(money.yen, ())
        ]
        kept_back = [
            Proposal(customer, _whole(found), Fit.FEE, by, fee=yen - money.yen)
            for yen in sorted(sets)
            if money.yen < yen <= money.yen + self.fee
            for found in sets[yen]
        ]
        netted = [
            Proposal(customer, _whole(found), Fit.NETTED, by, credits=chosen)
            for chosen in _together(credits)
            for found in sets.get(money.yen + _yen(chosen), ())
        ]
        return (exact + kept_back + netted) or [_filled(customer, by, claims, money.yen)]

    def _by_amount(self, money: Money) -> list[Proposal]:
        """Nobody is recognised: each single instalment of just this amount, never certain."""
        fitting = [claim for claims in self.claims.values() for claim in claims if claim.yen == money.yen]
        fitting.sort(key=lambda claim: (claim.due_on, claim.instalment))
        return [Proposal(claim.customer, _whole([claim]), Fit.EXACT, By.AMOUNT) for claim in fitting[:MOST_SHOWN]]


def propose_all(ledger: Ledger, moneys: Mapping[int, Money]) -> dict[int, list[Proposal]]:
    """Return the proposals for each key. Two certain ones that want the same instalment are certain no more."""
    found = {key: ledger.propose(money) for key, money in moneys.items()}
    wanted: dict[int, int] = {}
    for proposals in found.values():
        for share in _certain_shares(proposals):
            wanted[share.claim.instalment] = wanted.get(share.claim.instalment, 0) + 1
    for key, proposals in found.items():
        if any(wanted[share.claim.instalment] > 1 for share in _certain_shares(proposals)):
            found[key] = [replace(proposal, certain=False) for proposal in proposals]
    return found


def _certain_shares(proposals: Sequence[Proposal]) -> tuple[Share, ...]:
    return proposals[0].shares if proposals and proposals[0].certain else ()


def _rivals(exact: Proposal, found: Sequence[Proposal]) -> bool:
    """Whether something else fits less a bank's fee, or less what we owe, and is no more far-fetched than what fits to
    the yen."""
    return any(one.fit in (Fit.FEE, Fit.NETTED) and len(one.shares) <= len(exact.shares) for one in found)


def _together(credits: Sequence[Credit]) -> list[tuple[Credit, ...]]:
    """What a customer would keep back: one of them, or all."""
    return [*((credit,) for credit in credits), *([tuple(credits)] if len(credits) > 1 else [])]


def _yen(credits: Iterable[Credit]) -> int:
    return sum(credit.yen for credit in credits)


def _said(money: Money) -> set[str]:
    """What may be an invoice's number: the message of EDI, each word of it, the number in front of the name."""
    return {plain_code(word) for word in (*money.edi.split(), money.edi, number_in_front(money.payer))} - {""}


def _begins(names: frozenset[str], full: str) -> bool:
    return any(len(name) >= SHORTEST and full.startswith(name) for name in names)


def _whole(claims: Iterable[Claim]) -> tuple[Share, ...]:
    return tuple(Share(claim, claim.yen) for claim in claims)


def _sets(claims: Sequence[Claim], most: int) -> tuple[dict[int, list[tuple[Claim, ...]]], bool]:
    """Return sum → the two smallest sets of claims with that sum, for sums up to `most`; whether all were looked at."""
    sets: dict[int, list[tuple[Claim, ...]]] = {0: [()]}
    for claim in claims:
        for yen, found in [(yen, tuple(found)) for yen, found in sets.items() if yen + claim.yen <= most]:
            known = sets.setdefault(yen + claim.yen, [])
            known += [(*chosen, claim) for chosen in found]
            known[:] = sorted(known, key=len)[:2]
        if len(sets) > MOST_SUMS:
            return sets, False
    return sets, True


def _filled(customer: int, by: By, claims: Sequence[Claim], yen: int) -> Proposal:
    """The oldest first, as far as the money goes; what is left over belongs to nothing open."""
    shares, left = [], yen
    for claim in claims:
        if left <= 0:
            break
        shares.append(Share(claim, min(left, claim.yen)))
        left -= shares[-1].yen
    return Proposal(customer, tuple(shares), Fit.OVER if left else Fit.PART, by, rest=left)
