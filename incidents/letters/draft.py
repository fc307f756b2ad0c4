"""A first text of the letter from what the record holds (words.md 7). What is not known stands as a slot 〔 〕."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field

from incidents.letters.content import Gravity, Letter
from incidents.letters.kinds import WORDINGS, Wording
from incidents.letters.wording import SLOT, yen
from office.days import spoken, wareki, with_weekday
from office.letter import Addressee, Annex, Contact, Fact, Line, Part, Row, Seal, Section, Sender, Text

THANKS = "平素より弊社製品をお引き立ていただき、誠にありがとうございます。"
BY_HAND = "本書をもちまして改めてお詫び申し上げます。"
BY_POST = "まずは書中をもちましてお詫び申し上げます。"
TITLES = {
    "missed": "請求書発行もれのお詫び",
    "wrong_figures": "請求金額誤りのお詫び",
    "wrong_entry": "請求書記載誤りのお詫び",
}
USUAL_CAUSE = "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした。"
LATE_BY = "分"  # the slot of the minutes
DOUBLE_CHECK = "作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします。"


class Measure(Part):
    """One step against a recurrence: what we do, and from when."""

    text: Text
    starts: date | None = None


class Facts(Part):
    """What the record knows, above all of a missed or wrong invoice; None or "" where it does not know."""

    kind: Line = "missed_invoice"
    fault: Literal["missed", "wrong_figures", "wrong_entry"] = "missed"
    gravity: Gravity = "B"
    number: Line = ""
    letter_date: date | None = None
    handed_over: bool = True
    thanks: bool = True  # no line of thanks where anger is great
    addressee: Addressee
    sender: Sender
    seal: Seal = Seal()
    contacts: tuple[Contact, ...] = ()

    delivered_on: date | None = None
    delivery_number: Line = ""
    items: Line = ""
    quantity: Line = ""
    gross: int | None = Field(default=None, ge=0)  # yen with tax, of the right invoice
    invoice_number: Line = ""
    wrong_gross: int | None = Field(default=None, ge=0)  # yen with tax, as first billed
    planned_on: date | None = None
    found_on: date | None = None
    told_by_customer: bool = False
    cutoff: Line = ""  # the closing day as a word: 9月末日, 20日

    effect: Text = ""  # in the customer's world; empty: the usual sentence
    cause: Text = ""
    suspected: Text = ""  # a cause that nothing shows yet: never printed as fact
    inquiry_until: date | None = None
    papers_by: date | None = None  # papers the customer needs for a month already closed
    measures: tuple[Measure, ...] = ()  # empty: the usual double check
    check_days: int | None = Field(default=None, ge=1)  # business days before the cutoff
    training_by: date | None = None
    report_on: date | None = None
    report_by: Line = ""  # title and name
    compensation: Text = ""  # only once decided and approved
    earlier: tuple[date, ...] = ()  # the same fault within a year, the oldest first
    final_on: date | None = None  # the final date that the customer has set
    final_by: Line = ""  # title and name of who goes on that day
    timeline: tuple[Row, ...] = ()  # for the 別紙 of an A letter
    slips: bool = False  # our record shows earlier ones, and the plan has taken them over
    undecided: bool = False  # whether we compensate
    decide_by: date | None = None
    slots: Mapping[str, Line] = {}  # what else the record says, by the name of the slot


def draft(facts: Facts) -> Letter:
    """Return the letter these facts make; slots stand where one is missing, and check() refuses them."""
    wording = WORDINGS.get(facts.kind)
    return _of_invoice(facts) if wording is None else _of_kind(facts, wording)


def _of_kind(facts: Facts, wording: Wording) -> Letter:
    """A letter by the wording of its kind; cause and measures are the plan's where it has them."""
    grave = facts.gravity != "C"
    cause = _stopped(facts.cause) if facts.cause else ""
    cause = cause + _inquiry(facts) if facts.inquiry_until or facts.suspected else cause or wording.cause
    measures = facts.measures or (Measure(text=wording.measure),)
    told = "".join(f"{_day(m.starts, facts.letter_date, '開始日')}より、{_stopped(m.text)}" for m in measures)
    proof = wording.proof.replace("〔報告日〕", _day(facts.report_on, facts.letter_date, "報告日"))
    proof = proof.replace("〔役職・氏名〕", facts.report_by or "〔役職・氏名〕")
    close = wording.close + (BY_HAND if facts.handed_over else BY_POST)
    effect = _stopped(facts.effect) if facts.effect else wording.effect
    body = (
        _sorry(facts, wording) + _again(facts, wording) + (effect if grave else ""),
        cause,
        wording.remedy + (_compensation(facts) or _undecided(facts, wording)),
        told + (wording.also if grave else "") + _final(facts) + (proof if grave else ""),
        close,
    )
    annexes = _annexes(facts)
    letter = _addressed(
        facts,
        title=wording.title,
        opening=wording.thanks if facts.thanks else "",
        paragraphs=tuple(text for text in body if text),
        facts=tuple(Fact(*row) for row in wording.facts) if grave else (),
        enclosures=tuple(f"別紙　{annex.title}" for annex in annexes),
        annexes=annexes,
    )
    return _filled(letter, facts.slots)


def _sorry(facts: Facts, wording: Wording) -> str:
    """The apology: that we were late rather than absent, where the record has the minutes; earlier slips along with
    it."""
    sorry = wording.late if wording.late and LATE_BY in facts.slots else wording.apology
    return sorry + (wording.slips if facts.slips else "")


def _undecided(facts: Facts, wording: Wording) -> str:
    """That a compensation is spoken of later, while nothing is decided."""
    if not facts.undecided:
        return ""
    near, by = facts.letter_date, facts.decide_by
    ahead = by if by and (near is None or by > near) else None
    return wording.undecided.replace("〔ご相談の日〕", _day(ahead, near, "ご相談の日"))


def _again(facts: Facts, wording: Wording) -> str:
    """That it is not the first time; from the third on how often, where the kind has words for it."""
    if len(facts.earlier) > 1 and wording.often:
        often = wording.often.replace("〔初回〕", wareki(facts.earlier[0]))
        return often.replace("〔回数〕", str(len(facts.earlier) + 1))
    return wording.repeated.replace("〔前回〕", wareki(facts.earlier[-1])) if facts.earlier else ""


def _final(facts: Facts) -> str:
    """The day the customer has set is a promise of the whole house (practice 1-20)."""
    if not facts.final_on or (facts.letter_date and facts.final_on < facts.letter_date):
        return ""
    day, who = spoken(facts.final_on, facts.letter_date), facts.final_by or "〔役職・氏名〕"
    return f"お示しいただきました{day}を全社のお約束とし、当日は{who}がお伺いしてご説明申し上げます。"


def _filled(letter: Letter, slots: Mapping[str, str]) -> Letter:
    """The letter with what the record says in its slots."""
    for field, text in letter.texts():
        told = SLOT.sub(lambda slot: slots.get(slot[0].strip("〔〕"), slot[0]), text)
        if told != text:
            letter = letter.with_text(field, told)
    return letter


def _addressed(record: Facts, **text: Any) -> Letter:
    """A letter to whom and from whom the record says, formal as its gravity asks."""
    grave = record.gravity != "C"
    return Letter(
        kind=record.kind,
        gravity=record.gravity,
        number=record.number,
        date=record.letter_date,
        handed_over=record.handed_over,
        addressee=record.addressee,
        sender=record.sender if record.sender.name else record.sender.model_copy(update={"name": "〔役職・氏名〕"}),
        seal=record.seal,
        salutation="謹啓" if grave else "拝啓",
        closing="謹白" if grave else "敬具",
        contacts=record.contacts,
        **text,
    )


def _of_invoice(facts: Facts) -> Letter:
    """The letter of a missed or wrong invoice."""
    grave = facts.gravity != "C"
    wrong = facts.fault != "missed"
    annexes = _annexes(facts)
    return _addressed(
        facts,
        title=TITLES[facts.fault],
        opening=THANKS if facts.thanks else "",
        paragraphs=_full(facts) if grave else _short(facts),
        facts=_facts(facts) if grave or wrong else (),
        enclosures=("請求書　1通", *(f"別紙　{annex.title}" for annex in annexes)),
        annexes=annexes,
    )


def _full(facts: Facts) -> tuple[str, ...]:
    """Points 4 to 17, the apology first, causes before measures."""
    return (
        _apology(facts) + _repeated(facts) + _effect(facts),
        _cause(facts),
        _remedy(facts) + _payment(facts) + _papers(facts) + _compensation(facts),
        _measures(facts) + _check(facts) + _training(facts) + _final(facts) + _proof(facts),
        _close(facts),
    )


def _short(facts: Facts) -> tuple[str, ...]:
    """Gravity C: points 4, 7, 9, 12 and 17 suffice (21)."""
    return (
        _apology(facts) + _repeated(facts),
        _cause(facts),
        _remedy(facts) + _compensation(facts),
        _measures(facts) + _final(facts),
        _close(facts),
    )


def _apology(facts: Facts) -> str:
    day, items = _day(facts.delivered_on, None, "納品日"), facts.items or "〔品名〕"
    fault = "弊社からの請求書の発行が漏れておりました。"
    if facts.fault == "wrong_figures":
        fault = "弊社よりお送りいたしました請求書の金額に誤りがございました。"
    if facts.fault == "wrong_entry":
        fault = "弊社よりお送りいたしました請求書の記載に誤りがございました。"
    sorry = "心より深くお詫び申し上げます。" if facts.gravity != "C" else "深くお詫び申し上げます。"
    return f"{day}に納品いたしました{items}につきまして、{fault}{sorry}"


def _repeated(facts: Facts) -> str:
    if not facts.earlier:
        return ""
    return f"{wareki(facts.earlier[-1])}に続き再びご迷惑をおかけし、弁解の余地もございません。"


def _effect(facts: Facts) -> str:
    if facts.effect:
        return _stopped(facts.effect)
    cutoff = facts.cutoff or "〔締日〕"
    if facts.fault == "wrong_figures":
        return (
            f"貴社の{cutoff}の締め処理に誤った金額をお示しし、"
            "お支払いのご計画にまで影響を及ぼしましたことを、重く受け止めております。"
        )
    if facts.fault == "wrong_entry":
        return (
            f"貴社の{cutoff}の締め処理に誤った記載の請求書をお届けし、"
            "ご確認とお差し替えのお手数をおかけいたしますことを、重く受け止めております。"
        )
    return (
        f"貴社の{cutoff}の締め処理に間に合わせることができず、"
        "お支払いのご計画にまで影響を及ぼしましたことを、重く受け止めております。"
    )


def _cause(facts: Facts) -> str:
    known = _stopped(facts.cause) if facts.cause else ""
    if facts.inquiry_until or facts.suspected:
        return known + _inquiry(facts)
    return known or "〔原因〕"


def _inquiry(facts: Facts) -> str:
    """That we still look into it, and until when; what is only suspected is not named."""
    until = spoken(facts.inquiry_until, facts.letter_date) if facts.inquiry_until else "〔報告日〕"
    return f"詳しい経緯は調査中であり、{until}までに書面でご報告いたします。"


def _remedy(facts: Facts) -> str:
    number = facts.invoice_number or "〔請求書番号〕"
    brought = "お届け" if facts.handed_over else "お送り"
    text = f"正しい請求書（{number}、税込{_yen(facts.gross)}）を本状に添えて{brought}いたします。"
    if facts.fault != "missed":
        text += "先にお送りいたしました請求書とのお差し替えを、お願い申し上げます。"
    return text


def _payment(facts: Facts) -> str:
    return "お支払いの時期は、貴社のご都合を伺い、ご相談のうえ定めさせていただきます。"


def _papers(facts: Facts) -> str:
    if not facts.papers_by:
        return ""
    by = spoken(facts.papers_by, facts.letter_date)
    return f"ご処理に必要な書類がございましたら、{by}までにご用意いたします。"


def _compensation(facts: Facts) -> str:
    if not facts.compensation:
        return ""
    return f"{facts.compensation.rstrip('。').removesuffix('にて対応させていただきます')}にて対応させていただきます。"


def _measures(facts: Facts) -> str:
    measures = facts.measures or (Measure(text=DOUBLE_CHECK),)
    return "".join(
        f"{_day(measure.starts, facts.letter_date, '開始日')}より、{_stopped(measure.text)}" for measure in measures
    )


def _check(facts: Facts) -> str:
    if facts.measures and facts.check_days is None:
        return ""  # the plan has its own measures and no monthly check
    days = "〔日数〕" if facts.check_days is None else facts.check_days
    return f"また毎月、貴社の締日の{days}営業日前に、未請求の納品がないことを点検いたします。"


def _training(facts: Facts) -> str:
    if not facts.training_by:
        return ""
    return f"営業を含む全社員に、請求業務の研修を{spoken(facts.training_by, facts.letter_date)}までに行います。"


def _proof(facts: Facts) -> str:
    day, who = _day(facts.report_on, facts.letter_date, "報告日"), facts.report_by or "〔役職・氏名〕"
    return f"点検の結果は、{day}に{who}よりご報告申し上げます。"


def _close(facts: Facts) -> str:
    return "貴社のご信頼を損ないましたことを重ねてお詫び申し上げます。" + (BY_HAND if facts.handed_over else BY_POST)


def _facts(facts: Facts) -> tuple[Fact, ...]:
    """The rows under 記; a wrong sum stands beside the right one."""
    items = "　".join(filter(None, (facts.items or "〔品名〕", facts.quantity or "〔数量〕")))
    rows = [
        Fact("納品日", with_weekday(facts.delivered_on) if facts.delivered_on else "〔納品日〕"),
        Fact("納品書番号", facts.delivery_number or "〔納品書番号〕"),
        Fact("品名・数量", items),
    ]
    if facts.fault == "wrong_figures":
        rows.append(Fact("税込金額", f"（誤）金{_yen(facts.wrong_gross, '誤った金額')}　　（正）金{_yen(facts.gross)}"))
    else:
        rows.append(Fact("税込金額", f"金{_yen(facts.gross)}"))
    if facts.fault == "missed":
        rows.append(Fact("本来の発行予定日", wareki(facts.planned_on) if facts.planned_on else "〔発行予定日〕"))
    found = wareki(facts.found_on) if facts.found_on else "〔判明した日〕"
    told = "（貴社よりご指摘をいただきました）" if facts.told_by_customer else ""
    return (*rows, Fact("判明した日", found + told))


def _annexes(facts: Facts) -> tuple[Annex, ...]:
    if facts.gravity != "A" or not facts.timeline:
        return ()
    opening = "このたびの件につきまして、これまでの経緯を下記のとおりご報告申し上げます。"
    return (Annex(title="経緯のご報告", sections=(Section(paragraphs=(opening,), rows=facts.timeline),)),)


def _day(day: date | None, near: date | None, slot: str) -> str:
    return spoken(day, near) if day else f"〔{slot}〕"


def _yen(amount: int | None, slot: str = "金額") -> str:
    return f"〔{slot}〕円" if amount is None else yen(amount)


def _stopped(text: str) -> str:
    return text.rstrip("。") + "。"
