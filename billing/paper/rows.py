"""The lines of an invoice in their table, and the sums of each rate below it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from billing.paper import words
from billing.paper.blocks import PITCH, SIZE, SMALL, TINY, TINY_PITCH, WIDTH, Block, fitted, text, tied
from billing.paper.content import Line, Sheet
from office.press.setting import POINT

COLUMNS = {"qty": 15.0, "unit": 13.0, "price": 22.0, "rate": 13.0, "sum": 27.0}  # mm
PADDING = 2.4  # mm of a cell, both sides
NAME = WIDTH - 17 - sum(COLUMNS.values()) - PADDING  # mm for the name of a line, beside its day
AROUND = 1.6  # mm a row has above and below its text, with its rule
SUM = (122 - 38 - 3) / 3 - 3.2  # mm for a figure in the box of sums
CARRY = PITCH + AROUND  # mm of a row with a sum carried over


def head_height(sheet: Sheet) -> float:
    """Return the height of the row of headings, in mm."""
    return AROUND + PITCH * max(text(name, 60, SMALL).lines for name in words.headings(sheet))


def row(line: Line, sheet: Sheet) -> Block:
    """Return a line: what, how much, at which rate; in small type what it means and where it comes from."""
    name = text(tied(line.description or "　", "　" + words.REDUCED if line.rate == 8 else ""), NAME)
    near = sheet.days[1] if sheet.days else sheet.issued_on
    small = text("\n".join(words.under(line, near)), NAME - TINY * POINT, TINY)
    unit = text(line.unit, COLUMNS["unit"] - PADDING)
    under = f'<div class="small">{small.html}</div>' if small.lines else ""
    cells = (
        ("c", f"{line.on.month}月{line.on.day}日" if line.on else ""),
        ("what", name.html + under),
        ("n", _figure("qty", line.quantity)),
        ("c", unit.html),
        ("n", _figure("price", line.unit_price)),
        ("c", words.rate(line)),
        ("n", _figure("sum", line.amount)),
    )
    html = "".join(f'<td class="{side}">{told}</td>' for side, told in cells)
    return Block(f"<tr>{html}</tr>", AROUND + max(PITCH * name.lines + TINY_PITCH * small.lines, PITCH * unit.lines))


def _figure(column: str, value: int | Decimal | None) -> str:
    return "" if value is None else fitted(words.yen(value), COLUMNS[column] - PADDING)


def table(sheet: Sheet, rows: Iterable[str]) -> str:
    """Return the table of some rows, below its headings."""
    heads = "".join(f'<th scope="col">{text(name, 60, SMALL).html}</th>' for name in words.headings(sheet))
    sizes = '<col class="date"><col>' + "".join(f'<col class="{name}">' for name in COLUMNS)
    return (
        f'<table class="lines"><colgroup>{sizes}</colgroup><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def carry(label: str, amount: int) -> str:
    """Return the row with the sum carried over."""
    return f'<tr><td class="n" colspan="6">{label}</td><td class="n">{_figure("sum", amount)}</td></tr>'


def tail(sheet: Sheet) -> Block:
    """Return what follows the last line: the sums of each rate, what the marks mean, and whom to ask."""
    totals = sorted(sheet.totals, key=lambda total: -total.rate)
    rows = "".join(_sums(words.RATES[total.rate], total.net, total.tax, total.gross) for total in totals)
    rows += _sums(
        "合計", sum(total.net for total in totals), sum(total.tax for total in totals), sheet.total, last=True
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in words.sum_headings(sheet))
    small, thanks = text("".join(words.notes(sheet)), WIDTH, TINY), text(words.thanks(sheet), WIDTH)
    html = (
        f'<table class="sums"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="notes">{small.html}</p><p class="thanks">{thanks.html}</p>'
    )
    return Block(html, 5 + 6.8 * (1 + len(totals)) + 8.2 + 2 + 4.4 * small.lines + 5 + PITCH * thanks.lines)


def _sums(label: str, *amounts: int, last: bool = False) -> str:
    cells = "".join(f'<td class="n">{fitted(words.yen(told), SUM, 11 if last else SIZE)}</td>' for told in amounts)
    return f'<tr{" class=all" if last else ""}><th scope="row">{label}</th>{cells}</tr>'
