"""From a sheet to its pages: HTML, cut where the plan says, with every height known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from billing.paper import plan, rows, words
from billing.paper.blocks import PITCH, WIDTH, Block, fitted
from billing.paper.content import Sheet
from billing.paper.top import top
from office.errors import Refused
from office.press.setting import DRAFT

PAGE = 297 - 16 - 15 - 0.4  # mm of height, less what rounding may take
ABOVE = 5.0  # mm between the upper part and the table
AGAIN = 6 + 2  # mm of the reminder on top of further pages, and below it


class Set(NamedTuple):
    """A sheet that is set: the whole document, and how many pages it was cut into."""

    html: str
    pages: int


class Parts(NamedTuple):
    """A sheet in its blocks, before anybody asks for pages."""

    top: Block
    rows: list[Block]
    tail: Block


def set_sheet(sheet: Sheet, *, draft: bool = False) -> Set:
    """Return the document; only text of the sheet gets in, escaped.

    Refused (incomplete) when no page can hold one of the lines.
    """
    parts = blocks(sheet)
    spans = planned(sheet, parts)
    sums = plan.carried([line.amount for line in sheet.lines], spans)
    pages = [_page(sheet, parts, spans, sums, at) for at in range(len(spans))]
    return Set(_document(sheet, "".join(pages), many=len(spans) > 1, draft=draft), len(spans))


def blocks(sheet: Sheet) -> Parts:
    """Return the sheet in its blocks."""
    return Parts(top(sheet), [rows.row(line, sheet) for line in sheet.lines], rows.tail(sheet))


def planned(sheet: Sheet, parts: Parts) -> list[range]:
    """Return which rows stand on which page; Refused (incomplete) when a line, or head and totals, are too long."""
    head = rows.head_height(sheet)
    room = plan.Room(PAGE - parts.top.height - ABOVE - head, PAGE - AGAIN - head, parts.tail.height, rows.CARRY)
    try:
        return plan.pages([row.height for row in parts.rows], room)
    except plan.TooTall as error:
        if error.at < 0 or parts.rows[error.at].height <= 3 * PITCH:
            raise Refused("incomplete", "Names, terms and accounts leave no room for the lines") from None
        raise Refused("incomplete", "Line %(line)s is too long for a page", line=error.at + 1) from None


def _page(sheet: Sheet, parts: Parts, spans: Sequence[range], sums: Sequence[int], at: int) -> str:
    body = [row.html for row in parts.rows[spans[at].start : spans[at].stop]]
    last = at == len(spans) - 1
    if at:
        body.insert(0, rows.carry("前頁より繰越", sums[at - 1]))
    if not last:
        body.append(rows.carry("次頁へ繰越", sums[at]))
    above, below = _again(sheet) if at else parts.top.html, parts.tail.html if last else ""
    return f'<section class="page">{above}{rows.table(sheet, body)}{below}</section>'


def _again(sheet: Sheet) -> str:
    """Which paper a further page belongs to."""
    told = f"{words.TITLES[sheet.kind]}　{sheet.number or words.NOT_YET}　　{sheet.customer.name}"
    return f'<p class="again">{fitted(told, WIDTH)}</p>'


def _document(sheet: Sheet, body: str, *, many: bool, draft: bool) -> str:
    title = escape(f"{words.TITLES[sheet.kind]}　{sheet.number}".strip())
    made = f'<meta name="dcterms.created" content="{sheet.issued_on.isoformat()}">' if sheet.issued_on else ""
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="author" content="{escape(sheet.issuer.name)}">{made}</head>'
        f'<body class="{"many" if many else ""}">{DRAFT if draft else ""}{body}</body></html>'
    )
