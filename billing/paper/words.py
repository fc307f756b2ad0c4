"""The sentences and labels of an invoice, as the customer's accounting reads them: always Japanese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from billing.paper.content import Issuer, Line, Original, Payment, Sheet, Source
from office.days import spoken, wareki, with_weekday

TITLES = {"invoice": "請求書", "return": "適格返還請求書", "corrected": "訂正請求書"}
NUMBERS = {"invoice": "請求書番号", "return": "番号", "corrected": "請求書番号"}
AMOUNTS = {"invoice": "ご請求金額", "return": "ご返金額", "corrected": "訂正後のご請求金額"}
DUE = {"invoice": "お支払期限", "return": "ご返金予定日", "corrected": "お支払期限"}
TERMS = {"invoice": "お支払条件", "return": "ご返金方法", "corrected": "お支払条件"}
REASONS = {"invoice": "備考", "return": "返還の理由", "corrected": "訂正の内容"}
GREETING = "平素は格別のお引き立てを賜り、厚く御礼申し上げます。"
OPENINGS = {
    "invoice": "下記のとおりご請求申し上げます。",
    "return": "下記のとおりご返金申し上げます。",
    "corrected": "先にお届けした請求書を、下記のとおり訂正いたします。お手数をおかけし誠に申し訳ございませんが、"
    "本書に差し替えてくださいますようお願い申し上げます。",
}
CLOSE = "今後ともよろしくお願い申し上げます。"
ROUNDED = {"down": "切り捨てて", "half_up": "四捨五入して", "up": "切り上げて"}
TAXED = {"exclusive": "税抜", "inclusive": "税込"}
RATES = {10: "10%対象", 8: "8%対象（軽減税率）※", 0: "対象外・非課税"}
REDUCED = "※"
NOT_YET = "〔発行時に入ります〕"


def opening(sheet: Sheet) -> str:
    """Return what stands above the sum."""
    return GREETING + OPENINGS[sheet.kind]


def head(sheet: Sheet) -> list[tuple[str, str]]:
    """Return number and days, as (label, text)."""
    days = sheet.days
    label = "返還年月日" if sheet.kind == "return" else "取引年月日" if not days or days[0] == days[1] else "取引期間"
    rows = [
        (NUMBERS[sheet.kind], sheet.number or NOT_YET),
        ("発行日", wareki(sheet.issued_on) if sheet.issued_on else NOT_YET),
        (label, _span(*days) if days else NOT_YET),
    ]
    sold = [line.on for line in sheet.lines if line.on] if sheet.kind == "return" else []
    return [*rows, ("もとの取引日", _span(min(sold), max(sold)))] if sold else rows


def terms(sheet: Sheet) -> list[tuple[str, str]]:
    """Return what stands below the sum: all it takes to pay, as (label, text)."""
    rows = [("件名", sheet.subject)]
    if sheet.original:
        rows.append(("もとの請求書", _original(sheet.original)))
        if sheet.kind == "corrected" and sheet.original.total is not None:
            rows.append(("もとの金額", _difference(sheet.original.total, sheet.total)))
    rows.append((REASONS[sheet.kind], sheet.reason))
    alone = len(sheet.payments) == 1
    rows.append((DUE[sheet.kind], "\n".join(_payment(part, alone=alone) for part in sheet.payments)))
    rows.append((TERMS[sheet.kind], sheet.terms))
    return [(label, text) for label, text in rows if text.strip()]


def issuer(told: Issuer) -> list[str]:
    """Return what stands in small type below our name."""
    rows = (("登録番号", told.t_number), ("電話", told.phone))
    return [*(f"{label}　{text}" for label, text in rows if text), *filter(None, [name(told.person)])]


def address(postal_code: str, where: str) -> list[str]:
    """Return 〒999-0001 and the parts of the address, which a row may end with."""
    code = f"〒{postal_code.removeprefix('〒')}" if postal_code else ""
    return [part for part in (code, *where.split()) if part]


def name(told: str) -> str:
    """Return a name with full-width spaces, however it was typed."""
    return "　".join(told.split())


def headings(sheet: Sheet) -> list[str]:
    """Return the headings of the columns of lines."""
    day, amount = ("もとの\n取引日", "返還額") if sheet.kind == "return" else ("取引日", "金額")
    taxed = TAXED[sheet.mode]
    return [day, "品名・摘要", "数量", "単位", f"単価（{taxed}）", "税率", f"{amount}（{taxed}）"]


def sum_headings(sheet: Sheet) -> list[str]:
    """Return the headings of the box of sums."""
    amount = "返還額" if sheet.kind == "return" else "金額"
    return ["税率の区分", f"{amount}（税抜）", "消費税額等", f"{amount}（税込）"]


def notes(sheet: Sheet) -> list[str]:
    """Return the small sentences that explain marks and tax."""
    told = [
        ("※印は軽減税率（8%）の対象です。", any(total.rate == 8 for total in sheet.totals)),
        ("▲印は差し引く金額です。", any(line.amount < 0 for line in sheet.lines)),
        ("「対象外」「非課税」は消費税がかからないものです。", any(total.rate == 0 for total in sheet.totals)),
        ("単価と金額は税込です。", sheet.mode == "inclusive"),
    ]
    if any(total.rate for total in sheet.totals):
        rounded = f"消費税額等は、税率ごとに一回、1円未満を{ROUNDED[sheet.rounding]}計算しております。"
        told.append((rounded, True))
    return [sentence for sentence, true in told if true]


def thanks(sheet: Sheet) -> str:
    """Return the last sentences: whom to ask, and how."""
    us = sheet.issuer
    phone = f"（電話　{us.phone}）" if us.phone else ""
    return f"ご不明の点がございましたら、{name(us.person) or us.name}{phone}までお問い合わせください。\n{CLOSE}"


def under(line: Line, near: date | None) -> Iterator[str]:
    """Yield what stands in small type below the name of a line: what it is, and where it comes from."""
    if line.note.strip():
        yield line.note.strip()
    for source in line.sources:
        yield _source(source, near)


def rate(line: Line) -> str:
    """Return the rate as it stands in its column."""
    return f"{line.rate}%" if line.rate else "非課税" if line.exempt else "対象外"


def yen(value: int | Decimal) -> str:
    """Return 1,234, ▲1,234 below zero; of a decimal just the places it needs."""
    told = f"{abs(value):,f}" if isinstance(value, Decimal) else f"{abs(value):,}"
    if "." in told:
        told = told.rstrip("0").rstrip(".")
    return f"▲{told}" if value < 0 else told


def _span(first: date, last: date) -> str:
    return wareki(first) if first == last else f"{wareki(first)}～{spoken(last, first)}"


def _payment(part: Payment, *, alone: bool) -> str:
    told = (with_weekday(part.on), part.label, "" if alone else f"{yen(part.amount)}円")
    return "　".join(filter(None, told))


def _source(source: Source, near: date | None) -> str:
    days = "～".join(spoken(day, near) for day in (source.on, source.until) if day)
    return f"{source.label}　{source.number}" + (f"（{days}）" if days else "")


def _original(original: Original) -> str:
    return original.number + (f"（{wareki(original.issued_on)}発行）" if original.issued_on else "")


def _difference(before: int, after: int) -> str:
    less = f"{yen(before - after)}円少なくなります" if after < before else f"{yen(after - before)}円多くなります"
    return f"{yen(before)}円（訂正により{less if before != after else '金額は変わりません'}）"
