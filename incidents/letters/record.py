"""A letter held against the record: figures, numbers and dates are equal to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from incidents.engine.translation import _
from incidents.letters.content import Letter
from incidents.letters.draft import Facts
from incidents.letters.finding import Finding
from incidents.letters.kinds import WORDINGS
from incidents.letters.phrases import LOOK, MUST
from incidents.letters.wording import SLOT, amounts_in, dates_in, yen
from office.days import spoken, wareki

DOCUMENT = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z]{1,4}-[0-9][0-9A-Za-z-]{3,}")
DELIVERY_NUMBER = "納品書番号"
EXACT = ("〔番号〕", "〔納品書番号〕", "〔注文番号〕", "〔納入日〕", "〔納品日〕", "〔当初の納期〕")  # days and numbers
SENTENCE = re.compile(r"[^。]+。?")
HEDGED = re.compile(r"推定|推測|考えて?[らい]|可能性|見込|調査中|と見て|おそれ")
AGAIN = re.compile(r"再び|重ねて[^。]*ご迷惑|ご迷惑[^。]*重ねて|回に及び")
SAME = 12  # characters in a row: from there on it is the same statement
SUSPECTED = _("The cause is only suspected in the plan: confirm it there, or say that it is under inquiry")
INVOICE = re.compile(r"請求書\s*[（(]\s*([A-Za-z0-9][A-Za-z0-9-]*)")


def against(letter: Letter, facts: Facts) -> Iterator[Finding]:
    """Figures, numbers and dates equal the record."""
    yield from _amounts(letter, facts)
    yield from _numbers(letter, facts)
    yield from _delivery(letter, facts)
    yield from _slots(letter, facts)
    yield from _cause(letter, facts)
    if letter.handed_over != facts.handed_over:
        yield Finding(MUST, "hand_over", _("The record says otherwise about handing over or posting"), "handed_over")
    if facts.earlier and not any(AGAIN.search(text) for text in letter.paragraphs):
        yield Finding(MUST, "not_first_time", _("It happened before within a year: say so"), "paragraphs.0")
    named = {mention.day for text in letter.paragraphs for mention in dates_in(text, letter.date)}
    if facts.final_on and letter.date and facts.final_on >= letter.date and facts.final_on not in named:
        message = _("The customer has set a final date, %(cure)s: the letter does not name it")
        yield Finding(LOOK, "no_final_date", message, "paragraphs", "", spoken(facts.final_on, letter.date))


def _slots(letter: Letter, facts: Facts) -> Iterator[Finding]:
    """Days and numbers under 記 are those of the record; what a thing is called may be said in other words."""
    rows = dict(WORDINGS[facts.kind].facts) if facts.kind in WORDINGS else {}
    for at, fact in enumerate(letter.facts):
        right = facts.slots.get(rows.get(fact.label, "").strip("〔〕"), "")
        if not right or rows[fact.label] not in EXACT or SLOT.search(fact.text):
            continue
        days = [mention.day for mention in dates_in(right, letter.date)]
        same = days[0] in [m.day for m in dates_in(fact.text, letter.date)] if days else right in fact.text
        if not same:
            message = _("The record says %(cure)s, not %(quote)s")
            yield Finding(MUST, "date" if days else "number", message, f"facts.{at}.text", fact.text, right)


def _cause(letter: Letter, facts: Facts) -> Iterator[Finding]:
    """What is only suspected is not printed as fact; a sentence that says so may stand."""
    if not facts.suspected:
        return
    for field, text in letter.texts():
        for sentence in SENTENCE.findall(text):
            match = SequenceMatcher(None, sentence, facts.suspected, autojunk=False).find_longest_match()
            if match.size >= min(SAME, len(facts.suspected.rstrip("。"))) and not HEDGED.search(sentence):
                yield Finding(MUST, "suspected_as_fact", SUSPECTED, field, sentence)


def _amounts(letter: Letter, facts: Facts) -> Iterator[Finding]:
    if facts.gross is None:
        return
    known = {facts.gross, facts.wrong_gross, *(amount for amount, _quote in amounts_in(facts.compensation))}
    seen = False
    for field, text in letter.texts():
        for amount, quote in amounts_in(text):
            seen |= amount == facts.gross
            if amount not in known:
                message = _("The record says %(cure)s, not %(quote)s")
                yield Finding(MUST, "amount", message, field, f"{quote}円", yen(facts.gross))
    if not seen:
        yield Finding(MUST, "amount_missing", _("The amount of the invoice is missing"), "paragraphs")


def _numbers(letter: Letter, facts: Facts) -> Iterator[Finding]:
    known = {facts.invoice_number, facts.delivery_number}
    given = "".join((facts.items, facts.quantity, facts.cause, facts.compensation, facts.number))
    own = {f"facts.{at}.text" for at, fact in enumerate(letter.facts) if fact.label == DELIVERY_NUMBER}  # _delivery's
    seen = False
    for field, text in letter.texts():
        if field.startswith(("addressee", "sender", "contacts", "number")) or field in own:
            continue
        seen |= bool(facts.invoice_number) and facts.invoice_number in text
        invoices = set(INVOICE.findall(text))
        for number in dict.fromkeys((*invoices, *DOCUMENT.findall(text))):
            if number in known or number in given or (number not in invoices and not facts.invoice_number):
                continue
            cure = facts.invoice_number if number in invoices and facts.invoice_number else None
            message = _("The record says %(cure)s, not %(quote)s") if cure else _("%(quote)s is not in the record")
            yield Finding(MUST if cure else LOOK, "number", message, field, number, cure)
    if facts.invoice_number and not seen:
        yield Finding(MUST, "number_missing", _("The number of the invoice is missing"), "paragraphs")


def _delivery(letter: Letter, facts: Facts) -> Iterator[Finding]:
    rows = {"納品日": facts.delivered_on, "本来の発行予定日": facts.planned_on, "判明した日": facts.found_on}
    expected = [(f"facts.{at}.text", fact.text, rows.get(fact.label)) for at, fact in enumerate(letter.facts)]
    expected += [
        (f"paragraphs.{at}", found[0], facts.delivered_on)
        for at, text in enumerate(letter.paragraphs)
        for found in re.finditer(r"[^、。]*日に(?:納品|納入|お届け)", text)
    ]
    for field, text, right in expected:
        for day, quote in list(dates_in(text, letter.date))[:1]:
            if right and day and day != right:
                yield Finding(MUST, "date", _("The record says %(cure)s, not %(quote)s"), field, quote, wareki(right))
    for at, fact in enumerate(letter.facts):
        if (
            fact.label == DELIVERY_NUMBER
            and facts.delivery_number
            and not SLOT.search(fact.text)
            and fact.text != facts.delivery_number
        ):
            message = _("The record says %(cure)s, not %(quote)s")
            yield Finding(MUST, "number", message, f"facts.{at}.text", fact.text, facts.delivery_number)
