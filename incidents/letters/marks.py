"""Which words 文面の確認 underlines on the picture of a letter."""

from __future__ import annotations

from collections.abc import Iterable

from incidents.letters.finding import Finding
from office.letter import Mark

BLOCKS = {  # part of Letter -> part of the sheet
    "number": "top", "addressee": "to", "sender": "from", "title": "title", "salutation": "body", "opening": "body",
    "paragraphs": "body", "closing": "body", "facts": "facts", "contacts": "contact", "enclosures": "contact",
}  # fmt: skip


def marks_of(findings: Iterable[Finding]) -> tuple[Mark, ...]:
    """Return what can be shown on the letter proper: findings that quote words of it, the ones that block first."""
    placed = ((BLOCKS.get(finding.field.partition(".")[0], ""), finding) for finding in findings if finding.quote)
    return tuple(dict.fromkeys(Mark(block, finding.quote, finding.level) for block, finding in placed if block))
