"""The wavy lines of 文面の確認 under the words they are about: on the picture beside the editor, never on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from incidents.letters.finding import Finding
from incidents.letters.sheet import Sheet

BLOCKS = {  # part of Letter -> part of the sheet
    "number": "top", "addressee": "to", "sender": "from", "title": "title", "salutation": "body", "opening": "body",
    "paragraphs": "body", "closing": "body", "facts": "facts", "contacts": "contact", "enclosures": "contact",
}  # fmt: skip
TAGS = "(?:<[^>]*>)*"  # a line may end, or white be taken back, between two characters
TEXT = re.compile(r"(<[^>]*>)|([^<]+)")


class Mark(NamedTuple):
    """Words on the sheet that have a finding: `level` as in Finding."""

    block: str
    words: str
    level: str


def marks_of(findings: Iterable[Finding]) -> tuple[Mark, ...]:
    """Return what can be shown on the letter proper: findings that quote words of it, the ones that block first."""
    placed = ((BLOCKS.get(finding.field.partition(".")[0], ""), finding) for finding in findings if finding.quote)
    return tuple(dict.fromkeys(Mark(block, finding.quote, finding.level) for block, finding in placed if block))


def marked(sheet: Sheet, marks: Iterable[Mark]) -> Sheet:
    """Return the sheet with the words marked; nothing on it moves. Words already marked keep their first mark."""
    parts = dict(sheet.parts)
    for mark in marks:
        if mark.block in parts:
            parts[mark.block] = _marked(parts[mark.block], mark)
    return sheet._replace(parts=tuple((name, parts[name]) for name, _html in sheet.parts))


def _marked(html: str, mark: Mark) -> str:
    words = TAGS.join(re.escape(escape(character)) for character in mark.words)
    done_or_text = re.compile(rf"<u .*?</u>|({words})(?![^<>]*>)")
    return done_or_text.sub(lambda found: _underlined(found[0], mark.level) if found[1] else found[0], html)


def _underlined(found: str, level: str) -> str:
    """Each run of text under its own line: tags may open before the words and close inside them."""
    return TEXT.sub(lambda part: part[1] or f'<u class="{level}">{part[2]}</u>', found)
