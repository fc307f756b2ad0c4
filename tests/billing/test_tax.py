"""The tax of an invoice, against fractions counted in another way, and over the API against whatever is sent."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.tax import MODES, RATES, ROUNDINGS, Line, RateSum, sums
from office.services import token_create

PATH = "/api/v1/billing/invoices/preview"


def line(price: str | int, rate: int = 10, quantity: str | int = 1) -> Line:
    return Line(description="品", quantity=Decimal(quantity), unit_price=Decimal(price), rate=rate)


def rounded(exact: Fraction, rounding: str) -> int:
    """By size, with fractions: nothing of decimal numbers is used."""
    sign, size = (-1 if exact < 0 else 1), abs(exact)
    return sign * {"down": floor(size), "up": ceil(size), "half_up": floor(size + Fraction(1, 2))}[rounding]


def counted(lines: list[Line], mode: str, rounding: str) -> dict[int, tuple[int, int, int]]:
    """rate → net, tax, gross: first each line's yen, then for each rate one tax."""
    found = {}
    for rate in {row.rate for row in lines}:
        mine = [Fraction(row.quantity) * Fraction(row.unit_price) for row in lines if row.rate == rate]
        whole = sum(rounded(yen, rounding) for yen in mine)
        if mode == "exclusive":
            tax = rounded(Fraction(whole * rate, 100), rounding)
            found[rate] = (whole, tax, whole + tax)
        else:
            net = Fraction(whole * 100, 100 + rate)
            tax = rounded(whole - net, rounding)
            found[rate] = (whole - tax, tax, whole)
    return found


MONEY = st.decimals(-10_000_000, 10_000_000, places=2)
LINES = st.lists(
    st.builds(
        Line, description=st.just("品"), quantity=st.decimals(-999, 999, places=3), unit_price=MONEY,
        rate=st.sampled_from(RATES),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
HOWS = {"mode": st.sampled_from(MODES), "rounding": st.sampled_from(list(ROUNDINGS))}


@given(lines=LINES, **HOWS)
def test_it_is_what_fractions_give(lines: list[Line], mode: str, rounding: str) -> None:
    found = sums(lines, mode, rounding)
    assert {row.rate: row[1:] for row in found.rates} == counted(lines, mode, rounding)
    assert found.total == sum(row.gross for row in found.rates)
    assert all(row.net + row.tax == row.gross for row in found.rates)
    assert [row.rate for row in found.rates] == [rate for rate in RATES if any(rate == row.rate for row in lines)]


@given(lines=LINES, **HOWS)
def test_a_return_of_everything_gives_everything_back(lines: list[Line], mode: str, rounding: str) -> None:
    back = [line(-row.unit_price, row.rate, row.quantity) for row in lines]  # type: ignore[arg-type]
    assert sums(back, mode, rounding).total == -sums(lines, mode, rounding).total


@pytest.mark.parametrize(("rounding", "tax"), [("down", 3), ("half_up", 4), ("up", 4)])
def test_the_tax_is_rounded_once_a_rate_and_not_once_a_line(rounding: str, tax: int) -> None:
    found = sums([line(15, 8), line(15, 8), line(15, 8)], "exclusive", rounding)  # 1.2 a line, 3.6 together
    assert found.rates == (RateSum(8, 45, tax, 45 + tax),)


@pytest.mark.parametrize(
    ("mode", "lines", "expected"),
    [
        # 77,000 with tax at 10 %: 7,000; 10,800 at 8 %: 800
        ("inclusive", [line(10_800, 8), line(77_000)], [(10, 70_000, 7_000, 77_000), (8, 10_000, 800, 10_800)]),
        # 83,333 × 10 % = 8,333.3; 9,999 × 8 % = 799.92
        ("exclusive", [line(83_333), line(9_999, 8)], [(10, 83_333, 8_333, 91_666), (8, 9_999, 799, 10_798)]),
        # a discount at its own rate, and something exempt
        ("exclusive", [line(1_000), line(-105), line(500, 0)], [(10, 895, 89, 984), (0, 500, 0, 500)]),
        # half of 101 yen is 50.5: the line is a price and is cut as such
        ("exclusive", [line(101, 10, "0.5")], [(10, 50, 5, 55)]),
        # more is taken back than sold
        ("inclusive", [line(-115)], [(10, -105, -10, -115)]),
    ],
)
def test_known_invoices(mode: str, lines: list[Line], expected: list[tuple[int, int, int, int]]) -> None:
    assert [tuple(row) for row in sums(lines, mode, "down").rates] == expected


# -- by program

GOOD: dict[str, Any] = {"description": "ボールねじ", "quantity": 2, "unit_price": "1500.50", "rate": "10"}


def bill(*lines: Any, **more: Any) -> dict[str, Any]:
    return {"mode": "exclusive", "rounding": "down", "lines": list(lines or [GOOD])} | more


@pytest.fixture
def send(cast: SimpleNamespace, at: datetime) -> Callable[[Any], Any]:
    client = Client(headers={"Authorization": f"Bearer {token_create(user=cast.billing, at=at)}"})
    return lambda body: client.post(PATH, body, content_type="application/json")


def test_a_program_is_told_the_sums(send: Callable[[Any], Any]) -> None:
    answer = send(bill(GOOD, GOOD | {"rate": 8.0, "unit_price": 100.1, "quantity": "3"}))
    assert answer.json() == {
        "rates": [
            {"rate": 10, "net": 3001, "tax": 300, "gross": 3301}, {"rate": 8, "net": 300, "tax": 24, "gross": 324}
        ],
        "total": 3625,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (bill(GOOD, GOOD | {"rate": 5}), "明細2行目 rate：税率は10、8、0(%)のいずれか"),
        (bill(GOOD | {"rate": "0.10"}), "明細1行目 rate"),
        (bill(GOOD | {"rate": 8.5}), "明細1行目 rate"),
        (bill(GOOD | {"rate": False}), "明細1行目 rate"),
        (bill(GOOD, GOOD, GOOD | {"quantity": "1,000"}), "明細3行目 quantity：整数部12桁"),
        (bill(GOOD | {"quantity": True}), "明細1行目 quantity"),
        (bill(GOOD | {"unit_price": "1e5"}), "明細1行目 unit_price"),
        (bill(GOOD | {"unit_price": "NaN"}), "明細1行目 unit_price"),
        (bill(GOOD | {"unit_price": None}), "明細1行目 unit_price"),
        (bill(GOOD | {"unit_price": 10**11, "quantity": 10}), "金額が大きすぎて"),
        (bill(GOOD | {"description": " "}), "明細1行目 description"),
        (bill({"description": "x"}), "明細1行目：description、quantity"),
        (bill("x"), "明細1行目"),
        (bill(mode="net"), "mode：exclusive, inclusiveのいずれか"),
        (bill(rounding=["down"]), "rounding：down, half_up, up"),
        (bill() | {"lines": []}, "lines：明細を1行から1000行"),
        ({"mode": "exclusive", "rounding": "up"}, "lines："),
        (bill(registration_number="T123"), "登録番号は「T」と数字13桁"),
        (bill(registration_number=1234567890123), "登録番号は「T」と数字13桁"),
    ],
)
def test_what_is_wrong_is_named(send: Callable[[Any], Any], body: Any, words: str) -> None:
    answer = send(body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert words in answer.json()["message"]


def test_the_check_digit_of_a_registration_number_only_warns(send: Callable[[Any], Any]) -> None:
    assert "warnings" not in send(bill(registration_number="T7000012050002")).json()
    answer = send(bill(registration_number="Ｔ1234-5678-90123"))
    assert answer.status_code == 200
    assert answer.json()["warnings"] == [
        "登録番号T1234567890123の検査数字が法人番号と合いません。個人事業者の番号であればこのままで結構です。"
        "お手元の番号とお比べください。"
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, *bill()]), inner, max_size=4),
)


@settings(suppress_health_check=list(HealthCheck), max_examples=60)
@given(spoilt=st.dictionaries(st.sampled_from([*GOOD, "mode", "rounding", "lines"]), ANYTHING, min_size=1))
def test_whatever_is_sent_is_answered_in_order(send: Callable[[Any], Any], spoilt: dict[str, Any]) -> None:
    body = bill(GOOD | {word: value for word, value in spoilt.items() if word in GOOD})
    body |= {word: value for word, value in spoilt.items() if word not in GOOD}
    answer = send(json.dumps(body))
    assert answer.status_code in (200, 400, 422)
    assert set(answer.json()) <= {"code", "message", "rates", "total"}
