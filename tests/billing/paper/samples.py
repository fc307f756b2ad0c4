"""Invoices of a made-up company, and figures that add up for whatever lines they have."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from PIL import Image, ImageDraw

from billing.paper import Bank, Customer, Issuer, Line, Original, Payment, RateTotal, Sheet, Source
from billing.paper.content import Mode, Rate, Rounding

TOWA = Customer(
    name="東和工業株式会社",
    postal_code="999-0001",
    address="架空県見本市東町三丁目4番5号　東和本社ビル8階",
    department="経理部",
    person="三宅 由紀子",
)
US = Issuer(
    name="株式会社誠和精機",
    t_number="T7000012050002",
    postal_code="999-0000",
    address="架空県見本市本町一丁目2番3号",
    phone="03-0000-1250",
    person="経理課　大野 真紀",
)
BANKS = (
    Bank(bank="見本銀行", branch="本店営業部", kind="普通", number="0000001", holder="カ）セイワセイキ"),
    Bank(bank="架空銀行", branch="見本支店", kind="当座", number="0000002", holder="カ）セイワセイキ"),
)
ROUNDINGS = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}
SEPTEMBER = date(2026, 9, 1)


def line(description: str, quantity: str, unit: str, price: str, rate: Rate = 10, **more: Any) -> Line:
    """Return a line whose amount is quantity times price, cut to yen."""
    amount = int(Decimal(quantity) * Decimal(price))
    asked: dict[str, Any] = {"on": date(2026, 9, 3), "amount": amount} | more
    return Line(
        description=description, quantity=Decimal(quantity), unit=unit, unit_price=Decimal(price), rate=rate, **asked
    )


def totals(lines: Sequence[Line], mode: Mode = "exclusive", rounding: Rounding = "down") -> tuple[RateTotal, ...]:
    """Return the sums of each rate by the textbook."""
    made = []
    for rate in sorted({line.rate for line in lines}, reverse=True):
        told = sum(line.amount for line in lines if line.rate == rate)
        exact = Decimal(told * rate) / (100 if mode == "exclusive" else 100 + rate)
        tax = int(exact.quantize(Decimal(1), ROUNDINGS[rounding]))
        net = told if mode == "exclusive" else told - tax
        made.append(RateTotal(rate=rate, net=net, tax=tax, gross=net + tax))
    return tuple(made)


NOTE = Source(number="D-20260903-017", on=date(2026, 9, 3))
LINES = (
    line("制御盤ユニット　SK-70", "12", "台", "240000", note="第二工場3号ライン用、輸送費を含みます", sources=(NOTE,)),
    line(
        "据付・試運転調整",
        "1",
        "式",
        "185500",
        on=date(2026, 9, 4),
        note="技術員2名、2日間",
        sources=(Source(number="W-20260904-002", on=date(2026, 9, 4), label="作業報告書"),),
    ),
    line("端子台　TB-24", "36", "個", "1285", sources=(NOTE,)),
    line("飲料水（現場作業用）　500ml", "48", "本", "97", 8, sources=(NOTE,)),
)


def invoice(lines: Sequence[Line] = LINES, **changed: Any) -> Sheet:
    """Return an invoice of these lines with sums that fit, and some of it changed."""
    asked: dict[str, Any] = {
        "number": "S-20260930-041",
        "issued_on": date(2026, 9, 30),
        "customer": TOWA,
        "issuer": US,
        "subject": "制御盤ユニットSK-70の納入",
        "terms": "月末締め、翌月末日に銀行振込",
        "banks": BANKS,
    } | changed
    made = totals(lines, asked.get("mode", "exclusive"), asked.get("rounding", "down"))
    total = sum(part.gross for part in made)
    asked = {"payments": (Payment(on=date(2026, 10, 30), amount=total),)} | asked
    return Sheet(lines=tuple(lines), totals=made, total=total, **asked)


def given_back(**changed: Any) -> Sheet:
    """Return a return invoice: goods sent back and a discount."""
    original = Source(number="S-20260930-041", on=date(2026, 9, 30), label="もとの請求書")
    lines = (
        line("端子台　TB-24", "6", "個", "1285", note="返品", sources=(original,)),
        line("飲料水（現場作業用）　500ml", "12", "本", "97", 8, note="破損による値引き", sources=(original,)),
    )
    asked = {
        "kind": "return",
        "number": "H-20261124-001",
        "issued_on": date(2026, 11, 24),
        "traded_on": date(2026, 11, 20),
        "original": Original(number="S-20260930-041", issued_on=date(2026, 9, 30)),
        "subject": "9月3日納品分の返品および値引き",
        "terms": "貴社ご指定の口座へお振込みいたします",
        "payments": (Payment(on=date(2026, 11, 30), amount=9738),),
        "banks": (),
    }
    return invoice(lines, **asked | changed)


def corrected(**changed: Any) -> Sheet:
    """Return the invoice again, with the price put right."""
    lines = (line("制御盤ユニット　SK-70", "12", "台", "238000", note="単価を訂正", sources=(NOTE,)), *LINES[1:])
    asked = {
        "kind": "corrected",
        "number": "S-20261124-003",
        "issued_on": date(2026, 11, 24),
        "original": Original(number="S-20260930-041", issued_on=date(2026, 9, 30), total=invoice().total),
        "reason": "制御盤ユニットの単価　240,000円を238,000円に訂正いたします",
        "payments": (),
        "terms": "お支払いの時期は、ご相談のうえ定めさせていただきます",
    }
    return invoice(lines, **asked | changed)


def many(count: int, **changed: Any) -> Sheet:
    """Return a month's invoice of so many lines, some at the reduced rate, every fourth with its delivery note."""
    lines = [
        line(
            f"端子台　TB-{20 + at}",
            f"{5 + at * 7 % 36}",
            "個",
            f"{280 + at * 35}",
            8 if at % 11 == 10 else 10,
            on=SEPTEMBER + timedelta(days=at * 29 // max(count, 1)),
            sources=(Source(number=f"D-202609{1 + at % 30:02}-{at:03}", on=SEPTEMBER),) * (at % 4 == 0),
        )
        for at in range(count)
    ]
    asked = {"subject": "9月分のお取引", "period": (SEPTEMBER, date(2026, 9, 30))}
    return invoice(lines, **asked | changed)


def with_seal(sheet: Sheet) -> Sheet:
    """Return the sheet with a square red seal."""
    return replace(sheet, issuer=replace(sheet.issuer, seal=seal_png()))


def seal_png() -> bytes:
    """Return a square red frame of 22 mm at 300 dpi."""
    picture = Image.new("RGBA", (260, 260), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((5, 5, 254, 254), outline=(200, 50, 30, 255), width=12)
    for left, top in ((45, 45), (145, 45), (45, 145), (145, 145)):
        drawing.rectangle((left, top, left + 70, top + 70), outline=(200, 50, 30, 255), width=9)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()
