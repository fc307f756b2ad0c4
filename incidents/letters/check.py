"""文面の確認: what must be put right before a letter leaves (must), and what is worth a second look (look)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from incidents.letters import rules
from incidents.letters.content import Letter
from incidents.letters.draft import Facts
from incidents.letters.finding import Finding
from incidents.letters.phrases import MUST
from incidents.letters.record import against
from incidents.letters.wording import dates_in, sentences


def check(
    letter: Letter,
    facts: Facts | None = None,
    *,
    other_names: Collection[str] = (),
    own_names: Collection[str] = (),
    is_business_day: Callable[[date], bool] | None = None,
) -> list[Finding]:
    """Return the findings, the ones that block first, each place once.

    facts: the record, to hold figures and dates against; other_names: other customers, own_names: our people (a cause
    must not name one); is_business_day: the office calendar (without it Saturdays and Sundays count as closed).
    """
    found = [
        *rules.slots(letter),
        *rules.form(letter),
        *rules.honorifics(letter),
        *rules.phrases(letter),
        *rules.parts(letter),
        *rules.order(letter),
        *rules.close(letter),
        *rules.people(letter, other_names, own_names),
        *rules.promises(letter, is_business_day or (lambda day: day.weekday() < 5)),
        *rules.glyphs(letter),
        *rules.size(letter),
        *(against(letter, facts) if facts else ()),
    ]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.level != MUST)


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether one of the findings keeps the letter from being issued."""
    return any(finding.level == MUST for finding in findings)


def mend(letter: Letter, finding: Finding) -> Letter:
    """Return the letter with the cure of the finding applied; the same letter when there is none."""
    if finding.cure is None or not finding.field or not finding.quote:
        return letter
    text = dict(letter.texts()).get(finding.field, "")
    return letter.with_text(finding.field, text.replace(finding.quote, finding.cure))


def dates_promised(letter: Letter) -> list[tuple[date, str]]:
    """Return (day, sentence) of every dated sentence that looks ahead of the letter's date: promises, at issue.

    Rows of a 別紙 count: their day and what is done. Without a date on the letter nothing is promised yet.
    """
    if letter.date is None:
        return []
    told = [sentence for text in letter.paragraphs for sentence in sentences(text)]
    for annex in letter.annexes:
        for section in annex.sections:
            told += [sentence for text in section.paragraphs for sentence in sentences(text)]
            told += [f"{row.when.splitlines()[0]}　{row.what}" for row in section.rows if row.when]
    return [
        (mention.day, sentence)
        for sentence in told
        for mention in dates_in(sentence, letter.date)
        if mention.day and mention.day > letter.date
    ]
