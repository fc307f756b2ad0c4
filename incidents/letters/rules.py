"""What a letter is read over for, the record aside: form, words, parts, order, people, days, characters, length."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date

from incidents.engine.translation import _
from incidents.letters.content import Letter
from incidents.letters.draft import BY_HAND, BY_POST
from incidents.letters.finding import Finding
from incidents.letters.phrases import LOOK, MUST, PHRASES, RANKS
from incidents.letters.wording import SLOT, dates_in, sentences
from office.letter.sheet import set_letter
from office.press import faces

PAIRS = {
    "謹啓": ("謹白", "謹言", "敬白"),
    "拝啓": ("敬具", "敬白"),
    "急啓": ("敬具", "敬白", "草々"),
}
APOLOGY = re.compile(r"(?:お詫び|陳謝)(?:申し上げ|いたし)")
CAUSE = re.compile(
    r"原因|要因|起因|に頼り|に任せ|工程を設けて|仕組みが|体制が|調査中|調査の結果|ためと(?:受け止め|考え)"
    r"|(?:確認|点検|照合|工程|手順|引継ぎ)[^。]{0,14}(?:なく|不足|不十分|ございません|おりません)"
)
INQUIRY = re.compile(r"調査中")
MEASURE = re.compile(
    r"(?:より|から|以降|今後は?|毎[月週日回]|再発[^。]*)[^。]*(?:いたします|行います|します|改めます|設けます|加えます)"
)
REMEDY = re.compile(r"正しい請求書|(?:お届け|お送り|ご用意|訂正|差し替え|交換|修理)[^。]*(?:いたします|申し上げます)")
EFFECT = re.compile(r"影響|ご負担|ご迷惑|支障|ご不便|お待ち")
HAND, POST = re.compile(r"本(?:書|状)をもちまして"), re.compile(r"書中をもちまして|書面をもちまして(?:お|改)")
BLAME = re.compile(r"失念|怠|不注意|ミス|確認不足|漏ら|忘れ|誤っ|勘違い")
FORMS = re.compile(r"(?:株式|有限|合同|合名|合資)会社|㈱|㈲")
LEFT_OPEN = {"sender.name", "sender.company", "addressee.company", "title", "salutation", "closing"}


def slots(letter: Letter) -> Iterator[Finding]:
    """Nothing the record could not fill is left open."""
    for field, text in letter.texts():
        for slot in SLOT.findall(text):
            yield Finding(MUST, "slot", _("%(quote)s is still empty"), field, slot)
    if letter.date is None:
        yield Finding(MUST, "no_date", _("The letter has no date yet"), "date")


def form(letter: Letter) -> Iterator[Finding]:
    """Date, names, 頭語 and 結語 that belong together (japan.md 4.2)."""
    for field, text in letter.texts():
        if field in LEFT_OPEN and not text:
            yield Finding(MUST, "empty", _("This part of the letter is empty"), field)
    first, last = letter.salutation, letter.closing
    if first == "前略":
        yield Finding(MUST, "salutation", _("%(quote)s is too curt for an apology"), "salutation", first)
    elif first and first not in PAIRS:
        yield Finding(MUST, "salutation", _("%(quote)s does not open a letter"), "salutation", first)
    elif first and last not in PAIRS[first]:
        cure = PAIRS[first][0]
        yield Finding(MUST, "pair", _("The letter opens so that it must close with %(cure)s"), "closing", last, cure)
    if letter.gravity != "C" and first == "拝啓":
        yield Finding(MUST, "salutation", _("A grave matter opens with %(cure)s"), "salutation", first, "謹啓")
    if letter.opening.startswith(tuple(PAIRS)):
        yield Finding(MUST, "salutation_twice", _("The opening repeats “%(quote)s”"), "opening", letter.opening[:2], "")
    if letter.opening and letter.opening.count("。") > 1:
        yield Finding(LOOK, "thanks", _("One line of thanks is enough"), "opening")


def honorifics(letter: Letter) -> Iterator[Finding]:
    """様 and 御中 are set by the sheet, never typed (japan.md 4.3)."""
    to = letter.addressee
    for field, text in (("company", to.company), ("department", to.department), ("title", to.title), ("name", to.name)):
        marks = re.findall(r"御中|様|殿|各位", text)
        if marks and not (field == "company" and text.endswith(("様々",))):
            message = _("The honorific is set by itself: take “%(quote)s” away")
            yield Finding(MUST, "honorific", message, f"addressee.{field}", marks[0], "")
    if found := re.search(f"(?:{RANKS})$", to.name):
        yield Finding(MUST, "honorific", _("The title stands before the name"), "addressee.name", found[0], "")
    if not to.name:
        yield Finding(LOOK, "no_person", _("An apology is best addressed to one person"), "addressee.name")


def phrases(letter: Letter) -> Iterator[Finding]:
    """No wording of phrases.py."""
    for field, text in letter.texts():
        for phrase in PHRASES:
            if letter.gravity not in phrase.gravity or phrase.kind not in ("", letter.kind):
                continue
            if phrase.code == "honorific" and field.startswith("addressee"):
                continue
            for found in phrase.pattern.finditer(text):
                yield Finding(phrase.level, phrase.code, phrase.message, field, found[0], phrase.cure)


def parts(letter: Letter) -> Iterator[Finding]:
    """What every apology holds: the apology, a cause or when it will be told, a dated measure, someone to ask."""
    told = _told(letter)
    text = "".join(sentence for *_, sentence in told)
    if not APOLOGY.search(text):
        yield Finding(MUST, "no_apology", _("The letter does not apologise"), "paragraphs")
    if not CAUSE.search(text):
        yield Finding(MUST, "no_cause", _("The cause is missing, or the day by which it will be told"), "paragraphs")
    for at, _number, sentence in told:
        if INQUIRY.search(sentence) and not any(dates_in(sentence, letter.date)) and not SLOT.search(sentence):
            yield Finding(
                MUST, "inquiry_undated", _("Say by which day the cause will be told"), f"paragraphs.{at}", sentence
            )
    measures = [sentence for *_, sentence in told if MEASURE.search(sentence)]
    if not measures:
        yield Finding(MUST, "no_measure", _("What prevents a recurrence is missing"), "paragraphs")
    elif not any(any(dates_in(sentence, letter.date)) or SLOT.search(sentence) for sentence in measures):
        yield Finding(MUST, "measure_undated", _("Say from which day the measure holds"), "paragraphs", measures[0])
    if not any(contact.phone for contact in letter.contacts):
        yield Finding(MUST, "no_contact", _("Name someone to ask, with a direct telephone"), "contacts")
    elif len(letter.contacts) < 2:
        yield Finding(LOOK, "one_contact", _("The boss is named beside the rep"), "contacts")
    if letter.gravity != "C" and not EFFECT.search(text):
        yield Finding(LOOK, "no_effect", _("What it meant for the customer is missing"), "paragraphs")
    if letter.kind == "missed_invoice" and not any("請求書" in enclosure for enclosure in letter.enclosures):
        yield Finding(LOOK, "no_invoice", _("The right invoice is not among the enclosures"), "enclosures")
    if letter.gravity == "A" and not letter.annexes:
        yield Finding(LOOK, "no_annex", _("A letter of this weight carries an account of what happened"), "annexes")


def _told(letter: Letter) -> list[tuple[int, int, str]]:
    """Return (paragraph, sentence, text) of the body, in reading order."""
    numbered = [(at, sentence) for at, text in enumerate(letter.paragraphs) for sentence in sentences(text)]
    return [(at, number, sentence) for number, (at, sentence) in enumerate(numbered)]


def order(letter: Letter) -> Iterator[Finding]:
    """The apology comes first, causes before measures."""
    told = _told(letter)
    sorry = next((at for at, _number, sentence in told if APOLOGY.search(sentence)), None)
    cause = next(((at, number) for at, number, sentence in told if CAUSE.search(sentence)), None)
    measure = next(
        ((at, number) for at, number, sentence in told if MEASURE.search(sentence) or REMEDY.search(sentence)), None
    )
    early = min(filter(None, (cause, measure)), default=None)
    if sorry is not None and (sorry > 0 or (early and early[0] < sorry)):
        yield Finding(MUST, "apology_late", _("The apology comes first"), f"paragraphs.{sorry}")
    if cause and measure and measure[1] < cause[1]:
        yield Finding(MUST, "cause_late", _("The cause comes before the measures"), f"paragraphs.{cause[0]}")


def close(letter: Letter) -> Iterator[Finding]:
    """The last paragraph apologises again, in the words for handed over or for posted, never the wrong ones."""
    wrong, cure, other = (POST, BY_HAND, BY_POST) if letter.handed_over else (HAND, BY_POST, BY_HAND)
    message = _("The letter is handed over: %(cure)s") if letter.handed_over else _("The letter is posted: %(cure)s")
    for at, text in enumerate(letter.paragraphs):
        if found := wrong.search(text):
            quote = other if other in text else found[0]
            yield Finding(MUST, "close_wrong", message, f"paragraphs.{at}", quote, cure if quote == other else None)
    last = letter.paragraphs[-1] if letter.paragraphs else ""
    if not (APOLOGY.search(last) and (HAND.search(last) or POST.search(last))):
        field = f"paragraphs.{max(len(letter.paragraphs) - 1, 0)}"
        yield Finding(MUST, "no_close", _("The letter does not end with the closing apology"), field)


def people(letter: Letter, other_names: Collection[str], own_names: Collection[str]) -> Iterator[Finding]:
    """No other customer anywhere, no employee of ours as the cause."""
    own_company = {letter.addressee.company, letter.sender.company}
    own = {name for whole in (letter.sender.name, *own_names) for name in _names(whole)}
    others = {
        name for whole in other_names if whole not in own_company for name in (whole, _short(whole)) if len(name) > 1
    }
    for field, text in letter.texts():
        if field.startswith(("addressee", "sender")):
            continue
        for name in sorted(others):
            if name in text and not any(name in company for company in own_company):
                yield Finding(MUST, "other_customer", _("“%(quote)s” is another customer"), field, name)
        for sentence in sentences(text):
            for name in sorted(own):
                if name in sentence and BLAME.search(sentence):
                    yield Finding(MUST, "named_cause", _("The cause names “%(quote)s”: name the process"), field, name)


def _names(whole: str) -> Iterator[str]:
    """Yield surname + given name and, from two characters up, the surname."""
    parts = whole.split()
    if parts and not SLOT.search(whole):
        yield "".join(parts)
        yield from [whole, parts[0]] if len(parts) > 1 and len(parts[0]) > 1 else [whole]


def _short(company: str) -> str:
    short = FORMS.sub("", company).strip()
    return short if len(short) > 2 else ""


def promises(letter: Letter, is_business_day: Callable[[date], bool]) -> Iterator[Finding]:
    """A day that exists, lies ahead, and is a working day."""
    for field, text in letter.texts():
        for day, quote in dates_in(text, letter.date):
            if letter.date and day is None:
                yield Finding(MUST, "no_such_day", _("There is no such day: %(quote)s"), field, quote)
            elif (
                letter.date
                and day
                and day > letter.date
                and not is_business_day(day)
                and field.startswith("paragraphs")
            ):
                yield Finding(LOOK, "closed_day", _("%(quote)s is not a business day"), field, quote)
        for sentence in sentences(text) if field.startswith("paragraphs") else ():
            for day, quote in dates_in(sentence, letter.date):
                if (
                    letter.date
                    and day
                    and day < letter.date
                    and re.search(f"{quote}まで", sentence)
                    and sentence.endswith("ます。")
                ):
                    yield Finding(MUST, "past_promise", _("%(quote)s lies before the date of the letter"), field, quote)


def glyphs(letter: Letter) -> Iterator[Finding]:
    """Every character has a shape in our face."""
    for field, text in letter.texts():
        for lacking in faces.missing(text):
            yield Finding(MUST, "no_glyph", _("“%(quote)s” cannot be printed"), field, lacking)


def size(letter: Letter) -> Iterator[Finding]:
    """The letter proper is one page."""
    if not set_letter(letter).fits:
        yield Finding(LOOK, "too_long", _("The letter is longer than one page: move details to an annex"))
