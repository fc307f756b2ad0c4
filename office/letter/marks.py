"""Wavy lines under words of a letter: on the picture beside an editor, never on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from office.letter.sheet import Sheet

TAGS = "(?:<[^>]*>)*"  # a line may end, or white be taken back, between two characters
TEXT = re.compile(r"(<[^>]*>)|([^<]+)")


class Mark(NamedTuple):
    """Words in a block of the sheet, and the class of their line in letter.css."""

    block: str
    words: str
    level: str


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
