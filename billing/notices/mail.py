"""The mail a notice goes out with. The letter is enclosed; an account number stands in the letter only."""

from __future__ import annotations

from datetime import date

from office.days import with_weekday


def subject_of(title: str, company: str) -> str:
    """Return the subject: what it is, and who writes."""
    return f"{title}　{company}"


def body_of(
    *, company: str, person: str, us: str, by: str, phone: str, title: str, effective_on: date, answer_by: date
) -> str:
    """Return the text. company, person: to whom, without 様; us, by, phone: our side, who looks after them."""
    told = [
        company,
        f"{person or 'ご担当者'} 様",
        "",
        "平素は格別のお引き立てを賜り、厚く御礼申し上げます。",
        f"{us}の{by}でございます。" if by else f"{us}でございます。",
        "",
        f"{title}（{with_weekday(effective_on)}より）を、添付のPDFにてお送りいたします。",
        "お忙しいところ恐れ入りますが、ご一読くださいますようお願い申し上げます。",
        "",
        f"ご確認いただけましたら、{with_weekday(answer_by)}までに、本メールへのご返信、または下記へのお電話にてお知らせください。",
        "ご不明の点やお困りの点がございましたら、ご遠慮なくお申し付けください。",
        "",
        " ".join(filter(None, (us, by))),
        *([f"電話 {phone}"] if phone else []),
    ]
    return "\n".join(told) + "\n"
