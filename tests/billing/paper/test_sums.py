"""Figures that do not add up make no sheet: a sentence says which."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.paper import Issuer, Payment, RateTotal, Sheet
from billing.paper.content import Mode, Rounding
from office.errors import Refused
from office.hashing import canonical

from .samples import LINES, corrected, given_back, invoice, line, many, with_seal

FITS = invoice()


@pytest.mark.parametrize(
    "sheet", [FITS, given_back(), corrected(), many(70), with_seal(FITS), invoice([], payments=())]
)
def test_a_sheet_is_the_same_after_a_trip_through_json(sheet: Sheet) -> None:
    assert Sheet.read(sheet.told()) == sheet
    assert canonical(json.loads(sheet.told())) == sheet.told()


def test_what_was_kept_is_asked_again_whether_it_adds_up() -> None:
    with pytest.raises(Refused, match="The sums add up"):
        Sheet.read(FITS.told().replace('"total":3427964', '"total":3427965'))


@pytest.mark.parametrize("rounding", ["down", "half_up", "up"])
@pytest.mark.parametrize("mode", ["exclusive", "inclusive"])
def test_each_mode_and_rounding_has_figures_that_fit(mode: Mode, rounding: Rounding) -> None:
    assert invoice([line("端子台", "1", "個", "1005"), *LINES], mode=mode, rounding=rounding).total > 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"total": FITS.total + 1}, "The sums add up to 3,427,964 yen, not 3,427,965"),
        ({"totals": FITS.totals[:1]}, "Each tax rate"),
        ({"totals": (*FITS.totals, FITS.totals[0])}, "Each tax rate"),
        ({"payments": (Payment(on=date(2026, 10, 30), amount=1),)}, "The payments add up to 1 yen, not 3,427,964"),
        ({"lines": FITS.lines[:3] + FITS.lines[3:] * 2}, "The lines at 8 % add up to 9,312 yen, not 4,656"),
        ({"rounding": "up"}, "The tax at 8 % is not"),
        ({"mode": "inclusive"}, "The lines at 10 %"),
    ],
)
def test_what_does_not_add_up_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        replace(FITS, **changed)
    assert caught.value.code == "invalid"
    assert sentence in str(caught.value)


@pytest.mark.parametrize(("tax", "right"), [(372, True), (373, False), (371, False), (0, False)])
def test_tax_is_rounded_as_the_sheet_says(tax: int, right: bool) -> None:
    """4,656 yen at 8 % are 372.48."""
    totals = (RateTotal(rate=8, net=4656, tax=tax, gross=4656 + tax),)
    made: dict[str, Any] = {"lines": LINES[3:], "totals": totals, "total": 4656 + tax, "payments": ()}
    if right:
        assert replace(FITS, **made).total == 5028
    else:
        with pytest.raises(Refused, match="The tax at 8 %"):
            replace(FITS, **made)


@pytest.mark.parametrize(("rounding", "tax"), [("down", -100), ("half_up", -101), ("up", -101)])
def test_what_is_taken_off_is_rounded_by_size(rounding: Rounding, tax: int) -> None:
    """-1,005 yen at 10 % are -100.5."""
    lines = (line("値引き", "1", "式", "-1005"),)
    for told in (-100, -101):
        made: dict[str, Any] = {"lines": lines, "total": -1005 + told, "payments": (), "rounding": rounding}
        made["totals"] = (RateTotal(rate=10, net=-1005, tax=told, gross=-1005 + told),)
        if told == tax:
            assert replace(FITS, **made).total == -1005 + tax
        else:
            with pytest.raises(Refused, match="The tax at 10 %"):
                replace(FITS, **made)


@pytest.mark.parametrize(("amount", "right"), [(12345, True), (12346, True), (12344, False), (12347, False)])
def test_an_amount_is_quantity_times_price_in_whole_yen(amount: int, right: bool) -> None:
    """3.7 at 3,336.62 are 12,345.494."""
    lines = [line("電線", "3.7", "m", "3336.62", amount=amount)]
    if right:
        assert invoice(lines).lines[0].quantity == Decimal("3.7")
    else:
        with pytest.raises(Refused, match="Line 1: quantity times price"):
            invoice(lines)


def test_a_seal_is_a_picture_and_nothing_else() -> None:
    with pytest.raises(Refused, match="not a PNG"):
        Issuer(name="誠", seal=b"<svg xmlns='http://www.w3.org/2000/svg'/>")
