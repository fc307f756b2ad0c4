"""The upper part of an invoice: whom it is for, who issues it, the sum, and all it takes to pay it."""

from __future__ import annotations

from billing.paper import words
from billing.paper.blocks import (
    LABEL,
    PITCH,
    SMALL,
    SMALL_PITCH,
    WIDTH,
    Block,
    Text,
    columns,
    fitted,
    labelled,
    parted,
    text,
    tied,
)
from billing.paper.content import Customer, Sheet

LEFT, RIGHT = 96.0, 70.0  # mm: the customer's column, the issuer's
SEALED, SEAL = 47.0, 22.0  # mm left beside the seal, and its side
SUM = 118.0 - 62  # mm for the sum


def top(sheet: Sheet) -> Block:
    """Return title, names, the sum, and below it how and when it is paid."""
    left, right = _customer(sheet.customer), _aside(sheet)
    opening = text(words.opening(sheet), WIDTH)
    terms = labelled("terms", [*_told(words.terms(sheet), WIDTH), *_accounts(sheet)], 0.4)
    sign = "▲" if sheet.total < 0 else ""
    html = (
        f"<h1>{words.TITLES[sheet.kind]}</h1>"
        f'<div class="head"><div class="customer">{left.html}</div><div class="aside">{right.html}</div></div>'
        f'<p class="opening">{opening.html}</p>'
        f'<table class="amount"><tr><th scope="row">{words.AMOUNTS[sheet.kind]}（税込）</th>'
        f"<td>{fitted(f'{sign}¥{abs(sheet.total):,}-', SUM, 19)}</td></tr></table>{terms.html}"
    )
    height = 16 + max(left.height, right.height) + 6 + PITCH * opening.lines + 4 + 10.5 + 3 + terms.height
    return Block(html, height)


def _told(rows: list[tuple[str, str]], room: float) -> list[tuple[str, Text]]:
    return [(label, text(told, room - LABEL)) for label, told in rows]


def _accounts(sheet: Sheet) -> list[tuple[str, Text]]:
    rows = [(bank.bank, bank.branch, bank.kind, bank.number, bank.holder) for bank in sheet.banks]
    return [("お振込先", columns(rows, WIDTH - LABEL))] if rows else []


def _customer(to: Customer) -> Block:
    """The company; 御中 or 様 once only, at the last of company, department and person. The address below the rule."""
    inside = "　".join(filter(None, (to.department, words.name(to.person))))
    company = text(tied(to.name, "" if inside else "　御中"), LEFT, 14)
    who = text(tied(inside, "　様" if to.person else "　御中") if inside else "", LEFT, 11)
    where = parted(words.address(to.postal_code, to.address), LEFT)
    html = (
        f'<div class="to"><p class="name">{company.html}</p><p class="person">{who.html}</p></div><p>{where.html}</p>'
    )
    return Block(html, 8 * company.lines + 7 * who.lines + 1.3 + 2 + PITCH * where.lines)


def _aside(sheet: Sheet) -> Block:
    """Number and days; below them the issuer, the seal at the right edge, never over a figure."""
    meta = labelled("meta", _told(words.head(sheet), RIGHT))
    issuer, room = sheet.issuer, SEALED if sheet.issuer.seal else RIGHT
    company = text(issuer.name, room, 12)
    small = text("\n".join(words.issuer(issuer)), room, SMALL)
    where = parted(words.address(issuer.postal_code, issuer.address), RIGHT, SMALL)
    seal = '<img class="seal" src="paper:seal" alt="社印">' if issuer.seal else ""
    html = (
        f'{meta.html}<div class="issuer{" sealed" if seal else ""}"><div class="row"><div class="who">'
        f'<p class="name">{company.html}</p><p>{small.html}</p></div>{seal}</div><p>{where.html}</p></div>'
    )
    row = max(7 * company.lines + SMALL_PITCH * small.lines, SEAL if seal else 0)
    return Block(html, meta.height + 4 + row + SMALL_PITCH * where.lines)
