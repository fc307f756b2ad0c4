"""Where everything stands on the sheet: a letter becomes HTML with its lines broken, as large as fits one page.

All heights are known beforehand (fixed line pitches, own line breaks), so the size is reckoned, not tried. Numbers in
mm are those of letter.css.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import NamedTuple

from office.days import wareki
from office.letter.content import Addressee, Annex, Letter, Section, Sender
from office.press import faces
from office.press.lines import JOINER, lines
from office.press.setting import DRAFT, POINT, line_html, packed, spread, wrapped

PAGE = 297 - 24 - 18 - 0.3  # mm of text height, less what rounding may take
SEAL_ROOM = 22  # mm right of the sender's name
NAME_SIZE, SENDER_SIZE, SMALL_SIZE = 12.5, 12, 9  # pt
LABEL_AT, LABEL_GAP = 4.0, 1.5  # 字 before and after the labels under 記: 2 of margin and 2 for 一、
ADDRESS = 32  # 字 of the small type in a row of the address
CONTACT_LABEL = 7.5  # 字 of the small type
NARROW = 7  # 字 in a narrow column of a table


class Step(NamedTuple):
    """A size of type for the sheet: points, 字 to the line, mm from line to line."""

    size: float
    measure: int
    pitch: float

    @property
    def width(self) -> float:
        """The measure in mm."""
        return self.measure * self.size * POINT


STEPS = (Step(12, 36, 8), Step(11, 40, 7), Step(10.5, 42, 6.5), Step(10.5, 42, 6.1))  # never below 10.5 pt


class Gap(NamedTuple):
    """Room above a part in mm: as a rule, at most and by which share on a page with room left, and in need."""

    usual: float
    most: float
    share: float
    tight: float


GAPS = {
    "top": Gap(0, 10, 0.12, 0),
    "to": Gap(3, 8, 0.08, 1),
    "from": Gap(5, 10, 0.08, 3),
    "title": Gap(9, 16, 0.12, 5.5),
    "body": Gap(6, 9, 0.06, 4),
    "contact": Gap(3, 12, 0.12, 1.5),
}
NONE = Gap(0, 0, 0, 0)
GIVE = sum(gap.usual - gap.tight for gap in GAPS.values())  # mm a page at the smallest size can win from its gaps


class Sheet(NamedTuple):
    """A letter set at one step: the HTML of the letter proper and its height at the usual gaps, in mm."""

    step: Step
    parts: tuple[tuple[str, str], ...]  # (gap above, HTML)
    height: float

    @property
    def fits(self) -> bool:
        """Whether it is one page."""
        return self.height <= PAGE + (GIVE if self.step == STEPS[-1] else 0)


class Block(NamedTuple):
    """A part of the sheet: the gap above it, its HTML and its height without the gap."""

    gap: str
    html: str
    height: float


def set_letter(letter: Letter, steps: Sequence[Step] = STEPS) -> Sheet:
    """Return the letter at the largest of the steps that fits one page, else at the smallest."""
    for step in steps:
        sheet = _at(letter, step)
        if sheet.fits:
            break
    return sheet


def page(letter: Letter, sheet: Sheet, *, draft: bool = False) -> str:
    """Return the whole document, 別紙 and all; only text of the letter gets in, escaped."""
    mark = DRAFT if draft else ""
    first = "".join(f'<div style="margin-top:{gap:.3f}mm">{html}</div>' for gap, html in _spaced(sheet))
    rest = "".join(_annex(annex, sheet.step, letter) for annex in letter.annexes)
    kind = " ".join(["many"] * bool(rest or not sheet.fits) + ["unissued"] * draft)
    made = f'<meta name="dcterms.created" content="{letter.date.isoformat()}">' if letter.date else ""
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>{escape(letter.title)}</title>'
        f'<meta name="author" content="{escape(letter.sender.company)}">{made}</head>'
        f'<body class="{kind}" style="width:{sheet.step.width:.3f}mm;font-size:{sheet.step.size}pt;'
        f'line-height:{sheet.step.pitch}mm">{mark}{first}{rest}</body></html>'
    )


def _spaced(sheet: Sheet) -> Iterator[tuple[float, str]]:
    """Yield (mm above, HTML): with room left the parts move apart, so that a short letter does not hang on top."""
    left = PAGE - sheet.height
    for name, html in sheet.parts:
        gap = GAPS.get(name, NONE)
        if left >= 0 or not sheet.fits:
            yield min(gap.usual + gap.share * max(left, 0), gap.most), html
        else:
            yield gap.usual + (gap.usual - gap.tight) * left / GIVE, html


def _at(letter: Letter, step: Step) -> Sheet:
    blocks = list(_blocks(letter, step))
    height = sum(block.height + GAPS.get(block.gap, NONE).usual for block in blocks)
    return Sheet(step, tuple((block.gap, block.html) for block in blocks), height)


def _blocks(letter: Letter, step: Step) -> Iterator[Block]:
    yield _head(letter, step)
    yield _addressee(letter.addressee, step)
    yield _sender(letter, step)
    yield Block("title", f"<h1>{escape(letter.title)}</h1>", 9)
    yield _body(letter, step)
    if letter.facts:
        yield _facts(letter, step)
    if letter.contacts or letter.enclosures:
        yield _contact(letter, step)


def _head(letter: Letter, step: Step) -> Block:
    """Number and date; a draft without a date keeps the place."""
    number, height = "", 0
    if letter.number:
        shown = letter.number if letter.number.startswith("第") else f"第{letter.number}号"
        number, height = f'<p class="number">{escape(shown)}</p>', 4
    day = wareki(letter.date) if letter.date else "〔お渡し日〕"
    return Block("top", f'{number}<p class="date">{day}</p>', height + step.pitch)


def _addressee(to: Addressee, step: Step) -> Block:
    """Company, department, then title　name　様 on one line; a long title gets a line of its own."""
    rows = [to.company, to.department]
    name = "　".join(filter(None, (to.title, spaced_name(to.name), to.honorific)))
    if not to.name:
        rows, name = ([to.company], f"{to.department}　御中") if to.department else ([], f"{to.company}　御中")
    elif len(name) * NAME_SIZE * POINT > step.width:
        rows, name = [*rows, to.title], f"{spaced_name(to.name)}　{to.honorific}"
    html = "".join(f"<p>{escape(row)}</p>" for row in rows if row) + f'<p class="name">{escape(name)}</p>'
    return Block("to", f'<div class="to">{html}</div>', step.pitch * sum(map(bool, rows)) + 8)


def _sender(letter: Letter, step: Step) -> Block:
    sender = letter.sender
    small = _address(sender)
    rows, name = [sender.company], "　".join(filter(None, (sender.title, spaced_name(sender.name))))
    if len(name) * SENDER_SIZE * POINT > step.width - SEAL_ROOM:
        rows, name = [sender.company, sender.title], spaced_name(sender.name)
    html = "".join(f'<p class="small">{escape(row)}</p>' for row in small)
    html += "".join(f"<p>{escape(row)}</p>" for row in rows if row)
    clear = ' style="text-align:right"' if len(rows[-1]) > len(name) else ""  # or the seal would stand on the row above
    html += f'<p class="name"{clear}>{escape(name)}{_seal(letter)}</p>'
    height = 5 * len(small) + step.pitch * sum(map(bool, rows)) + 8
    room = "" if letter.seal.kind == "none" else " sealed"
    return Block("from", f'<div class="from{room}">{html}</div>', height)


def _seal(letter: Letter) -> str:
    """The image, or room for a real seal (framed on drafts only), or nothing."""
    if letter.seal.kind == "image":
        return '<img class="seal" src="paper:seal" alt="社印">'
    return '<span class="seal frame">印</span>' if letter.seal.kind == "room" else ""


def _address(sender: Sender) -> list[str]:
    """Postal code and address; a long address goes on in the next row, at a space if it has one."""
    code = f"〒{sender.postal_code.removeprefix('〒')}" if sender.postal_code else ""
    return packed(filter(None, (code, *sender.address.split())), ADDRESS)


def _body(letter: Letter, step: Step) -> Block:
    """頭語 and opening, the paragraphs, 結語; without an opening the first paragraph stands after the 頭語."""
    paragraphs = [part for text in letter.paragraphs for part in text.splitlines() if part.strip()]
    first = letter.opening or (paragraphs.pop(0) if paragraphs else "")
    names = known_names(letter)
    rows = [lines(_tied(f"{letter.salutation}　{first}".strip("　"), names), step.measure, width=faces.width)]
    rows += [lines(_tied(part.strip(), names), step.measure, 1, width=faces.width) for part in paragraphs]
    html = "".join(f"<p>{''.join(map(line_html, row))}</p>" for row in rows)
    html += f'<p class="end">{escape(letter.closing)}</p>'
    return Block("body", html, step.pitch * (sum(map(len, rows)) + 1))


def _facts(letter: Letter, step: Step) -> Block:
    """記: labels spread to one width (均等割付), texts beside them, 以上."""
    count = max(6, *(len(fact.label) for fact in letter.facts))
    before = LABEL_AT + count + LABEL_GAP
    room = step.measure - before
    texts = [wrapped(fact.text, room) for fact in letter.facts]
    rows = "".join(
        f'<tr><th scope="row">一、{spread(fact.label, count)}</th><td>{"".join(map(line_html, text))}</td></tr>'
        for fact, text in zip(letter.facts, texts, strict=True)
    )
    columns = f'<col style="width:{before - 2}em"><col style="width:{room:g}em">'
    table = f'<table class="facts" style="width:{step.measure - 2}em"><colgroup>{columns}</colgroup>{rows}</table>'
    html = f'<p class="ki">記</p>{table}<p class="end">以上</p>'
    return Block("facts", html, 6.4 + step.pitch * (2 + sum(max(len(text), 1) for text in texts)))


def _contact(letter: Letter, step: Step) -> Block:
    """Whom to ask, and what is enclosed, in small type."""
    room = step.width / (SMALL_SIZE * POINT) - CONTACT_LABEL
    people = [f"{contact.name}　　直通　{contact.phone}" for contact in letter.contacts]
    html, count = "", 0
    for label, texts in (("お問い合わせ", people), ("同封", letter.enclosures)):
        rows = [line for text in texts for line in wrapped(text, room)]
        if rows:
            html += f'<tr><th scope="row">{spread(label, 6)}</th><td>{"".join(map(line_html, rows))}</td></tr>'
            count += len(rows)
    columns = f'<colgroup><col style="width:{CONTACT_LABEL}em"><col></colgroup>'
    return Block("contact", f'<table class="contact">{columns}{html}</table>', 5.2 * count)


def _annex(annex: Annex, step: Step, letter: Letter) -> str:
    sections = "".join(_section(section, step, letter) for section in annex.sections)
    return (
        f'<section class="annex" id="annex"><p class="mark">別紙</p><h2>{escape(annex.title)}</h2>{sections}'
        '<p class="end">以上</p></section>'
    )


def _section(section: Section, step: Step, letter: Letter) -> str:
    names = known_names(letter)
    html = f"<h3>{escape(section.heading)}</h3>" if section.heading else ""
    for part in [part.strip() for text in section.paragraphs for part in text.splitlines() if part.strip()]:
        html += f"<p>{''.join(map(line_html, lines(_tied(part, names), step.measure, 1, width=faces.width)))}</p>"
    return html + (_log(section, step) if section.rows else "")


def _log(section: Section, step: Step) -> str:
    wide = (step.width - 2 * 27 - 3.4) / (9.5 * POINT)
    rooms = [wide if place == section.wide else NARROW for place in range(3)]
    columns = "".join("<col>" if room == wide else '<col class="narrow">' for room in rooms)
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in section.head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(text, room)}</td>" for text, room in zip(row, rooms, strict=True)) + "</tr>"
        for row in section.rows
    )
    head = f"<colgroup>{columns}</colgroup><thead><tr>{titles}</tr></thead>"
    return f'<table class="log">{head}<tbody>{body}</tbody></table>'


def _cell(text: str, room: float) -> str:
    return "".join(map(line_html, wrapped(text, room)))


def spaced_name(name: str) -> str:
    """Return surname　given name with one full-width space, however it was typed."""
    return "　".join(name.split())


@cache
def _joined(name: str) -> str:
    return JOINER.join(name)


def known_names(letter: Letter) -> tuple[str, ...]:
    """Return the names in the letter that no line may break: as typed, and without their space."""
    whole = [letter.addressee.name, letter.sender.name]
    people = [name for name in whole for name in (spaced_name(name), "".join(name.split()))]
    return tuple(sorted({name for name in people if len(name) > 1}, key=len, reverse=True))


def _tied(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, _joined(name))
    return text
