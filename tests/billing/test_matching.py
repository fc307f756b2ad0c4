"""Whose money it is: names as banks write them, and sets of instalments against every set there is."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.matching import By, Claim, Credit, Fit, Ledger, Money, Payer, propose_all
from billing.payers import core, cores, is_cut, number_in_front

TOWA, HOKURIKU = 1, 2
DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    "written",
    [
        "ｶ)ﾄｳﾜｺｳｷﾞﾖｳ", "ﾄｳﾜｺｳｷﾞﾖｳ(ｶ", "ﾄｳﾜｺｳｷﾞﾖｳ(ｶ)ｺﾏｷ", "カ）トウワコウギョウ", "トウワコウギョウ",
        "とうわこうぎょう", "株式会社トウワコウギョウ", "㈱トウワコウギョウ", "ｶﾌﾞｼｷｶﾞｲｼﾔ ﾄｳﾜｺｳｷﾞﾖｳ", "ﾄｳﾜ ｺｳｷﾞﾖｳ",
        "ﾄｳﾜ･ｺｳｷﾞﾖｳ",
        "振込 ﾄｳﾜｺｳｷﾞﾖｳ(ｶ",
        "ﾄｳﾜｺｳｷﾞｮｳ(",
    ],
)  # fmt: skip
def test_one_firm_however_it_is_written(written: str) -> None:
    expected = "ﾄｳﾜｺｳｷﾞﾖｳｺﾏｷ" if "ｺﾏｷ" in written else "ﾄｳﾜｺｳｷﾞﾖｳ"
    assert core(written) == expected


def test_a_number_before_the_name_is_one_of_two_readings() -> None:
    assert cores("0000012345 ｶ)ﾄｳﾜ") >= {"ﾄｳﾜ"}
    assert number_in_front("0000012345 ｶ)ﾄｳﾜ") == "0000012345"
    assert (number_in_front("ｶ)ﾄｳﾜ"), number_in_front("12345")) == ("", "")
    assert cores("3ｴﾑ") == {"3ｴﾑ", "ｴﾑ"}


def test_a_name_of_26_letters_may_be_cut() -> None:
    assert [is_cut("ｱ" * size) for size in (24, 26, 27, 48)] == [False, True, False, True]
    assert is_cut("ア" * 26)


def claim(key: int, yen: int, customer: int = TOWA, invoice: str = "", days: int = 0) -> Claim:
    return Claim(key, invoice or f"INV-{key}", customer, yen, DAY + timedelta(days=days))


def ledger(
    *claims: Claim, confirmed: Sequence[str] = (), codes: Sequence[str] = (), fee: int = 880, owed: Sequence[int] = ()
) -> Ledger:
    payers = [
        Payer(TOWA, frozenset({core("トウワコウギョウ")}), frozenset(confirmed), frozenset(codes)),
        Payer(HOKURIKU, frozenset({core("ホクリクセイキ")})),
    ]
    return Ledger(claims, payers, fee, [Credit(f"RET-{yen}", TOWA, yen) for yen in owed])


def best(book: Ledger, money: Money) -> tuple[list[int], Fit, By, bool]:
    found = book.propose(money)[0]
    return [share.claim.instalment for share in found.shares], found.fit, found.by, found.certain


OURS = "ﾄｳﾜｺｳｷﾞﾖｳ(ｶ"


def test_one_customer_and_one_set_is_certain() -> None:
    book = ledger(claim(1, 10_000), claim(2, 25_000), claim(3, 10_000, HOKURIKU))
    assert best(book, Money(10_000, OURS)) == ([1], Fit.EXACT, By.NAME, True)
    assert best(book, Money(35_000, OURS)) == ([1, 2], Fit.EXACT, By.NAME, True)


def test_what_fits_as_well_less_a_fee_is_for_a_person() -> None:
    book = ledger(claim(1, 110_000), claim(2, 110_440), claim(3, 220_660))
    assert best(book, Money(110_000, OURS)) == ([1], Fit.EXACT, By.NAME, False)
    assert best(book, Money(110_440, OURS)) == ([2], Fit.EXACT, By.NAME, True)
    assert best(book, Money(220_440, OURS)) == ([1, 2], Fit.EXACT, By.NAME, False)  # the third, less 220 yen
    assert best(book, Money(220_660, OURS)) == ([3], Fit.EXACT, By.NAME, True)
    assert best(book, Money(110_000, OURS, edi="INV-1")) == ([1], Fit.EXACT, By.INVOICE, True)  # the payer says which
    alike = ledger(*(claim(key, 25_220) for key in (1, 2, 3)), claim(4, 50_440), claim(5, 50_000))
    assert best(alike, Money(50_000, OURS)) == ([5], Fit.EXACT, By.NAME, False)  # the fourth, less 440 yen
    lone = ledger(claim(1, 110_000), claim(2, 60_000), claim(3, 50_440))
    assert best(lone, Money(110_000, OURS)) == ([1], Fit.EXACT, By.NAME, True)  # two of them less a fee: far-fetched


def test_two_sets_are_for_a_person() -> None:
    book = ledger(claim(1, 100), claim(2, 100), claim(3, 50))
    assert best(book, Money(100, OURS))[3] is False
    assert len(book.propose(Money(100, OURS))) >= 2
    assert best(book, Money(200, OURS)) == ([1, 2], Fit.EXACT, By.NAME, True)


def test_two_customers_of_one_name_are_for_a_person() -> None:
    payers = [Payer(TOWA, frozenset({"ﾄｳﾜ"})), Payer(HOKURIKU, frozenset({"ﾄｳﾜ"}))]
    found = Ledger([claim(1, 100), claim(2, 999, HOKURIKU)], payers, 880).propose(Money(100, "ｶ)ﾄｳﾜ"))
    assert {proposal.customer for proposal in found} == {TOWA, HOKURIKU}
    assert not any(proposal.certain for proposal in found)


def test_the_invoice_that_the_payer_wrote_decides_between_equals() -> None:
    book = ledger(claim(1, 100, invoice="INV-26-0001"), claim(2, 100, invoice="INV-26-0002"))
    assert best(book, Money(100, "ﾀﾞﾚｶ", edi="INV260002")) == ([2], Fit.EXACT, By.INVOICE, True)
    assert best(book, Money(100, OURS, edi="inv-26-0002")) == ([2], Fit.EXACT, By.INVOICE, True)


def test_a_confirmed_name_or_number_counts() -> None:
    book = ledger(claim(1, 100), confirmed=[core("ﾄｳﾜｸﾞﾙ-ﾌﾟ")], codes=["0000012345"])
    assert best(book, Money(100, "ﾄｳﾜｸﾞﾙｰﾌﾟ"))[2:] == (By.CONFIRMED, True)
    assert best(book, Money(100, "ﾅﾆｶ", payer_code="0000012345"))[2:] == (By.CONFIRMED, True)
    assert best(book, Money(100, "0000012345ﾅﾆｶ"))[2:] == (By.CONFIRMED, True)


def test_a_cut_name_is_recognised_by_its_beginning() -> None:
    name = "ｺｸｻｲｿｳｺﾞｳｶｶﾞｸｹﾝｷﾕｳｼﾞﾖﾎｸﾘｸｼﾃﾝ"
    book = Ledger([claim(1, 100)], [Payer(TOWA, frozenset({name}))], 880)
    assert best(book, Money(100, name[:26], edi="X"))[2:] == (By.NAME, True)
    assert book.propose(Money(1, name[:20])) == []


def test_a_bank_fee_within_the_rule_is_proposed_and_never_certain() -> None:
    book = ledger(claim(1, 110_000), claim(2, 55_000))
    found = book.propose(Money(109_560, OURS))[0]
    assert (found.fit, found.fee, found.certain, len(found.shares)) == (Fit.FEE, 440, False, 1)
    assert book.propose(Money(164_560, OURS))[0].fee == 440
    assert book.propose(Money(109_000, OURS))[0].fit == Fit.PART


@pytest.mark.parametrize(
    ("owed", "yen", "kept"), [([11_000], 99_000, [11_000]), ([11_000, 5_500], 104_500, [5_500]),
                              ([11_000, 5_500], 93_500, [11_000, 5_500]), ([11_000], 154_000, [11_000])],
)  # fmt: skip
def test_what_we_owe_may_be_kept_back_and_a_person_notes_it(owed: list[int], yen: int, kept: list[int]) -> None:
    book = ledger(claim(1, 110_000), claim(2, 55_000), owed=owed)
    found = book.propose(Money(yen, OURS))[0]
    assert (found.fit, found.certain, [credit.yen for credit in found.credits]) == (Fit.NETTED, False, kept)
    assert sum(share.yen for share in found.shares) == yen + sum(kept)


def test_two_ways_fit_when_an_exact_sum_is_also_one_less_what_we_owe() -> None:
    claims = claim(1, 110_000), claim(2, 99_000)
    assert best(ledger(*claims), Money(99_000, OURS))[3]
    assert not best(ledger(*claims, owed=[11_000]), Money(99_000, OURS))[3]
    assert best(ledger(*claims, owed=[11_000]), Money(110_000, OURS))[3]
    foreign = Ledger(
        claims, [Payer(TOWA, frozenset({core("トウワコウギョウ")}))], 880, [Credit("RET-1", HOKURIKU, 11_000)]
    )
    assert best(foreign, Money(99_000, OURS))[3]


def test_less_fills_the_oldest_and_more_leaves_a_rest() -> None:
    book = ledger(claim(1, 10_000, days=5), claim(2, 5_000))
    found = book.propose(Money(7_000, OURS))[0]
    assert [(share.claim.instalment, share.yen) for share in found.shares] == [(2, 5_000), (1, 2_000)]
    assert (found.fit, found.rest) == (Fit.PART, 0)
    found = book.propose(Money(20_000, OURS))[0]
    assert (found.fit, found.rest) == (Fit.OVER, 5_000)


def test_an_unknown_payer_gets_proposals_by_the_amount_alone() -> None:
    book = ledger(claim(1, 100), claim(2, 100, HOKURIKU))
    assert best(book, Money(100, "ﾀﾞﾚｶ"))[1:] == (Fit.EXACT, By.AMOUNT, False)
    assert book.propose(Money(99, "ﾀﾞﾚｶ")) == []


def test_two_transfers_for_one_instalment_are_both_for_a_person() -> None:
    book, money = ledger(claim(1, 100), claim(2, 300)), Money(100, OURS)
    found = propose_all(book, {7: money, 8: money, 9: Money(300, OURS)})
    assert [found[key][0].certain for key in (7, 8, 9)] == [False, False, True]


CLAIMS = st.lists(st.integers(1, 12), min_size=1, max_size=7)


@given(yens=CLAIMS, yen=st.integers(1, 60))
def test_certain_is_what_exactly_one_of_all_sets_gives(yens: list[int], yen: int) -> None:
    claims = [claim(key, size) for key, size in enumerate(yens, start=1)]
    sets = chain.from_iterable(combinations(claims, size) for size in range(1, len(claims) + 1))
    fitting = [found for found in sets if sum(row.yen for row in found) == yen]
    found = ledger(*claims, fee=0).propose(Money(yen, OURS))
    assert found[0].certain == (len(fitting) == 1)
    exact = [proposal for proposal in found if proposal.fit == Fit.EXACT]
    assert all(sum(share.yen for share in proposal.shares) == yen for proposal in exact)
    assert bool(exact) == bool(fitting)
    for proposal in found:
        assert sum(share.yen for share in proposal.shares) + proposal.rest - proposal.fee == yen
        assert len({share.claim.instalment for share in proposal.shares}) == len(proposal.shares)


def test_many_instalments_are_not_searched_for_ever() -> None:
    claims = [claim(key, 1_000_000 + 2**key) for key in range(1, 21)]
    found = ledger(*claims).propose(Money(sum(row.yen for row in claims[:9]), OURS))
    assert not any(proposal.certain for proposal in found)
