"""What the mail says with which an invoice goes out (送付のご案内): always Japanese. Pure: given what is printed."""

from __future__ import annotations

from billing.paper import Sheet
from office.days import with_weekday

TITLES = {"invoice": "請求書", "return": "適格返還請求書", "corrected": "訂正請求書"}
AMOUNTS = {"invoice": "ご請求金額", "return": "ご返金額", "corrected": "訂正後のご請求金額"}
SENDS = {
    "invoice": "下記の請求書をお送りいたします。添付のPDFをご確認くださいますようお願い申し上げます。",
    "return": "お引き取りした商品につきまして、下記の適格返還請求書をお送りいたします。\n"
    "ご返金の方法は、貴社のご都合を伺って進めさせていただきます。",
    "corrected": "先にお届けした請求書に誤りがございました。心よりお詫び申し上げます。\n"
    "下記の訂正請求書をお送りいたしますので、お手数をおかけいたしますが、差し替えてくださいますようお願い申し上げます。",
}
LETTER = "お詫び状もあわせてお送りいたします。ご覧くださいますようお願い申し上げます。"
AGAIN = "先にお送りしたものと同じ書類を、あらためてお送りいたします。すでにお手元にございましたら、ご容赦ください。"


def subject_of(sheet: Sheet) -> str:
    """Return the subject: what it is, its number, and who writes."""
    return f"{TITLES[sheet.kind]}（{sheet.number}）のご送付　{sheet.issuer.name}"


def body_of(sheet: Sheet, *, person: str, by: str, again: bool, letter: bool = False) -> str:
    """Return the text. person: to whom, as the customer wants it written, without 様; by: our clerk; again: it goes out
    a second time, and the same document may be there already; letter: a letter of apology goes along."""
    us = sheet.issuer
    told = [
        sheet.customer.name,
        f"{person or 'ご担当者'} 様",
        "",
        "平素は格別のお引き立てを賜り、厚く御礼申し上げます。",
        f"{us.name}の{by}でございます。" if by else f"{us.name}でございます。",
        "",
        *([AGAIN] if again else []),
        SENDS[sheet.kind],
        *([LETTER] if letter else []),
        "",
        *(f"　{label}：{text}" for label, text in _facts(sheet)),
        "",
        "ご不明の点がございましたら、本メールへのご返信、または下記までお問い合わせくださいますようお願い申し上げます。",
        "今後ともよろしくお願い申し上げます。",
        "",
        " ".join(filter(None, (us.name, by))),
        *([f"電話 {us.phone}"] if us.phone else []),
    ]
    return "\n".join(told) + "\n"


def _facts(sheet: Sheet) -> list[tuple[str, str]]:
    rows = [("書類の番号", sheet.number)]
    if sheet.kind != "invoice" and sheet.original:
        rows.append(("もとの請求書", sheet.original.number))
    rows += [("件名", sheet.subject), (AMOUNTS[sheet.kind], f"{sheet.total:,}円（税込）")]
    if sheet.issued_on:
        rows.insert(1, ("発行日", with_weekday(sheet.issued_on)))
    for part in sheet.payments:
        amount = f"　{part.amount:,}円" if len(sheet.payments) > 1 else ""
        rows.append(("お支払期限", f"{with_weekday(part.on)}{amount}"))
    return [(label, text) for label, text in rows if text]
