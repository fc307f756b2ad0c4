"""文面の確認: a good letter passes, each fault is found where it is."""

from datetime import date
from typing import Any

import pytest

from incidents.letters import Addressee, Finding, Letter, Row, Section, blocks, check, dates_promised, draft, mend
from incidents.letters.draft import BY_HAND, BY_POST
from incidents.letters.phrases import PHRASES
from office.letter import Annex, Contact

from .samples import TIMELINE, facts, letter, with_body

GOOD = letter()


def codes(told: Letter, *args: Any, **known: Any) -> set[str]:
    return {finding.code for finding in check(told, *args, **known)}


def only(told: Letter, code: str, **known: Any) -> Finding:
    found = [finding for finding in check(told, **known) if finding.code == code]
    assert len(found) == 1, found
    return found[0]


def changed(field: str, text: str, told: Letter = GOOD) -> Letter:
    return told.with_text(field, text)


def said(words: str, told: Letter = GOOD) -> Letter:
    """Return the letter with these words at the end of its third paragraph."""
    return changed("paragraphs.2", told.paragraphs[2] + words, told)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"gravity": "C"},
        {"gravity": "C", "handed_over": False},
        {"gravity": "A", "timeline": TIMELINE},
        {"fault": "wrong_figures", "wrong_gross": 3_527_964},
        {"cause": "", "inquiry_until": date(2026, 12, 4)},
        {"earlier": (date(2026, 3, 2),), "compensation": "お支払期日の1か月の繰延べ", "papers_by": date(2026, 12, 2)},
    ],
)
def test_a_draft_of_a_full_record_has_nothing_to_find(known: dict[str, Any]) -> None:
    assert check(letter(**known), facts(**known)) == []


def test_an_empty_slot_blocks() -> None:
    found = only(letter(invoice_number=""), "slot")
    assert (found.level, found.field, found.quote) == ("must", "paragraphs.2", "〔請求書番号〕")


def test_a_letter_without_a_date_blocks() -> None:
    assert blocks(check(letter(letter_date=None)))


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("謹啓", "敬具", "pair"),
        ("謹啓", "", "pair"),
        ("拝啓", "謹白", "pair"),
        ("急啓", "謹白", "pair"),
        ("前略", "草々", "salutation"),
        ("こんにちは", "敬具", "salutation"),
        ("", "敬具", "empty"),
    ],
)
def test_salutation_and_closing_belong_together(first: str, last: str, code: str) -> None:
    told = letter(gravity="C").model_copy(update={"salutation": first, "closing": last})
    assert code in codes(told)
    assert blocks(check(told))


@pytest.mark.parametrize(
    ("first", "last"), [("謹啓", "謹白"), ("謹啓", "謹言"), ("謹啓", "敬白"), ("拝啓", "敬具"), ("急啓", "草々")]
)
def test_right_pairs_pass(first: str, last: str) -> None:
    assert check(letter(gravity="C").model_copy(update={"salutation": first, "closing": last})) == []


def test_a_grave_letter_opens_with_kinkei() -> None:
    found = only(GOOD.model_copy(update={"salutation": "拝啓", "closing": "敬具"}), "salutation")
    assert (found.level, found.cure) == ("must", "謹啓")


WRONG_WORDS = [
    ("excuse", "事務処理上の都合により、遅れました。"),
    ("excuse", "行き違いがございました。"),
    ("excuse", "認識の相違がございました。"),
    ("excuse", "不手際があったとすれば、お詫び申し上げます。"),
    ("excuse", "急用のため、伺えませんでした。"),
    ("excuse", "手違いがございました。"),
    ("excuse", "うっかり忘れておりました。"),
    ("excuse", "想定外の事態でした。"),
    ("excuse", "稀な事象でした。"),
    ("excuse", "使用環境にもよりますが、直ります。"),
    ("excuse", "多忙のため遅れました。"),
    ("excuse", "人手不足でございました。"),
    ("excuse", "システムの都合により遅れました。"),
    ("left_open", "概ね解消いたしました。"),
    ("one_to_blame", "担当者の失念により漏れました。"),
    ("one_to_blame", "担当者個人の不注意でした。"),
    ("pressing", "ご確認のうえお早めにお支払いください。"),
    ("bank", "お振込先は下記です。"),
    ("bank", "お支払期限は12月末です。"),
    ("in_haste", "略儀ながら書中にて申し上げます。"),
    ("undated", "なるべく早くご報告いたします。"),
    ("undated", "近日中にお届けいたします。"),
    ("severity", "重要度Aの件です。"),
    ("severity", "Aランクの件です。"),
    ("severity", "軽微な件です。"),
    ("internal", "今回のクレームの件です。"),
    ("internal", "カスハラの件です。"),
    ("selling", "新製品もご覧ください。"),
    ("selling", "ご注文をお待ちしております。"),
    ("casual", "すみませんでした。"),
    ("season", "晩秋の候、ご清栄のこととお慶び申し上げます。"),
    ("season", "寒さ厳しき折、ご自愛ください。"),
    ("your_company", "御社にご迷惑をおかけしました。"),
    ("short_name", "㈱東和"),
    ("short_name", "（有）東和"),
    ("honorific", "岡本専務様"),
    ("honorific", "各位様"),
    ("honorific", "岡本殿にお詫び申し上げます。"),
]


@pytest.mark.parametrize(("code", "words"), WRONG_WORDS)
def test_wrong_words_block_where_they_stand(code: str, words: str) -> None:
    found = [finding for finding in check(said(words)) if finding.code == code]
    assert [(finding.level, finding.field) for finding in found] == [("must", "paragraphs.2")]
    assert found[0].quote in words
    assert found[0].quote in found[0].message % found[0].values or "%(quote)s" not in found[0].message


def test_every_blocking_phrase_has_an_example() -> None:
    told = "".join(words for _code, words in WRONG_WORDS) + "お許しくださいご足労をおかけし"
    silent = [
        phrase.pattern.pattern for phrase in PHRASES if phrase.level == "must" and not phrase.pattern.search(told)
    ]
    assert silent == [
        phrase.pattern.pattern
        for phrase in PHRASES
        if "様様" in phrase.pattern.pattern or "一-龥]{2}" in phrase.pattern.pattern
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("season", "時下ご清栄のことと存じます。"),
        ("our_company", "当社にて確認いたします。"),
        ("casual", "遅れてしまいました。"),
        ("undated", "追ってご連絡いたします。"),
        ("selling", "今後とも変わらぬお引き立てをお願いいたします。"),
    ],
)
def test_doubtful_words_do_not_block(code: str, words: str) -> None:
    findings = check(said(words))
    assert code in {finding.code for finding in findings}
    assert not blocks(findings)


@pytest.mark.parametrize(
    "words",
    [
        "ご多忙のところ恐れ入ります。",
        "御殿場工場にてご説明いたします。",
        "岡本様、皆様にお詫び申し上げます。",
        "今月の折衝の件です。",
    ],
)
def test_innocent_words_pass(words: str) -> None:
    assert check(said(words)) == []


def test_only_an_a_letter_may_never_ask_to_be_forgiven() -> None:
    words = "何卒お許しくださいますようお願いいたします。"
    assert only(said(words, letter(gravity="A", timeline=TIMELINE)), "forgiveness").level == "must"
    assert only(said(words), "forgiveness").level == "look"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("addressee.name", "岡本 隆一様"),
        ("addressee.company", "東和工業株式会社 御中"),
        ("addressee.title", "専務取締役殿"),
        ("addressee.name", "岡本部長"),
        ("addressee.department", "経理部各位"),
    ],
)
def test_the_honorific_is_never_typed(field: str, text: str) -> None:
    found = only(changed(field, text), "honorific")
    assert (found.level, found.field) == ("must", field)


def test_a_letter_to_nobody_in_particular_is_looked_at() -> None:
    assert (
        only(letter(addressee=Addressee(company="東和工業株式会社", department="経理部")), "no_person").level == "look"
    )


APOLOGY, CAUSE, REMEDY, MEASURE, CLOSE = GOOD.paragraphs


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ((CAUSE, REMEDY, MEASURE, CLOSE.replace("お詫び申し上げます", "存じます")), "no_apology"),
        ((APOLOGY, REMEDY, MEASURE, CLOSE), "no_cause"),
        ((APOLOGY, "詳しい経緯は調査中でございます。", REMEDY, MEASURE, CLOSE), "inquiry_undated"),
        ((APOLOGY, CAUSE, REMEDY, CLOSE), "no_measure"),
        ((APOLOGY, CAUSE, REMEDY, "今後は別の者が照合いたします。", CLOSE), "measure_undated"),
        ((APOLOGY, CAUSE, REMEDY, MEASURE), "no_close"),
        ((CAUSE, APOLOGY, REMEDY, MEASURE, CLOSE), "apology_late"),
        ((APOLOGY, MEASURE, CAUSE, REMEDY, CLOSE), "cause_late"),
        ((), "no_apology"),
    ],
)
def test_every_part_is_there_and_in_order(body: tuple[str, ...], code: str) -> None:
    findings = check(with_body(*body))
    assert code in {finding.code for finding in findings if finding.level == "must"}


def test_someone_can_be_asked() -> None:
    assert only(letter(contacts=()), "no_contact").level == "must"
    assert only(letter(contacts=(Contact("営業部長　佐藤", ""),)), "no_contact").level == "must"
    assert only(letter(contacts=(Contact("営業部長　佐藤", "03-0000-1200"),)), "one_contact").level == "look"


@pytest.mark.parametrize("handed_over", [True, False])
def test_the_wrong_farewell_is_found_and_cured(handed_over: bool) -> None:
    told = letter(handed_over=handed_over).model_copy(update={"handed_over": not handed_over})
    found = only(told, "close_wrong")
    assert found.cure == (BY_POST if handed_over else BY_HAND)
    assert "close_wrong" not in codes(mend(told, found))


def test_another_customer_is_never_named() -> None:
    told = said("北陸精機様にもご迷惑をおかけしました。")
    assert only(told, "other_customer", other_names=["北陸精機株式会社", "東和工業株式会社"]).quote == "北陸精機"
    assert check(GOOD, other_names=["東和工業株式会社", "株式会社誠和精機"]) == []


def test_no_employee_is_the_cause() -> None:
    told = changed("paragraphs.1", "田中の確認不足により漏れたことが原因です。")
    assert only(told, "named_cause", own_names=["田中 聡美"]).quote == "田中"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("2月30日までにお届けいたします。", "no_such_day"),
        ("11月20日までにお届けいたします。", "past_promise"),
        ("12月20日までにお届けいたします。", "closed_day"),
    ],
)
def test_a_promised_day_exists_lies_ahead_and_is_a_working_day(words: str, code: str) -> None:
    assert code in codes(said(words))


def test_the_office_calendar_says_what_is_a_working_day() -> None:
    assert "closed_day" in codes(
        said("12月30日までにお届けいたします。"), is_business_day=lambda day: day < date(2026, 12, 29)
    )


@pytest.mark.parametrize("lacking", ["龘", "😀", "\u202e", "\t", "辻\U000e0105"])
def test_a_character_without_a_shape_is_named(lacking: str) -> None:
    found = only(changed("addressee.name", f"岡本 {lacking}一"), "no_glyph")
    assert (found.field, found.quote) == ("addressee.name", lacking)


@pytest.mark.parametrize("name", ["髙﨑 誠一郎", "𠮷田 邉", "辻\U000e0100 葛󠄀", "渡邊 桒"])
def test_names_of_the_family_register_have_shapes(name: str) -> None:
    assert check(changed("addressee.name", name)) == []


def test_a_letter_over_a_page_is_looked_at() -> None:
    assert only(with_body(APOLOGY, CAUSE, REMEDY * 8, MEASURE, CLOSE), "too_long").level == "look"


@pytest.mark.parametrize(
    ("field", "old", "new", "code"),
    [
        ("paragraphs.2", "3,427,964", "3,427,946", "amount"),
        ("facts.3.text", "3,427,964", "３，４２７，９４６", "amount"),
        ("paragraphs.2", "S-20261124-003", "S-20261124-030", "number"),
        ("facts.1.text", "017", "071", "number"),
        ("paragraphs.0", "9月3日", "9月4日", "date"),
        ("facts.0.text", "9月3日", "9月13日", "date"),
        ("facts.5.text", "18日", "19日", "date"),
    ],
)
def test_figures_equal_the_record_and_are_put_right(field: str, old: str, new: str, code: str) -> None:
    told = changed(field, dict(GOOD.texts())[field].replace(old, new))
    found = [finding for finding in check(told, facts()) if finding.code == code]
    assert [(finding.level, finding.field) for finding in found] == [("must", field)]
    assert check(mend(told, found[0]), facts()) == []


def test_a_missing_figure_is_missed() -> None:
    told = with_body(APOLOGY, CAUSE, "正しい請求書を本状に添えてお届けいたします。", MEASURE, CLOSE).model_copy(
        update={"facts": ()}
    )
    assert {"amount_missing", "number_missing"} <= codes(told, facts())


def test_a_second_time_must_be_said() -> None:
    assert "not_first_time" in codes(GOOD, facts(earlier=(date(2026, 3, 2),)))


def test_a_count_says_it_too() -> None:
    days = (date(2026, 3, 2), date(2026, 9, 8))
    assert "not_first_time" not in codes(letter(kind="defect", earlier=days), facts(kind="defect", earlier=days))


def test_a_final_date_is_missed() -> None:
    day = date(2026, 12, 18)
    assert only(GOOD, "no_final_date", facts=facts(final_on=day)).cure == "12月18日"
    assert "no_final_date" not in codes(letter(final_on=day), facts(final_on=day))
    assert "no_final_date" not in codes(GOOD, facts(final_on=date(2026, 11, 1)))


def test_mending_strikes_the_words_out() -> None:
    told = said("事務処理上の都合により、遅れました。")
    assert mend(told, only(told, "excuse")).paragraphs[2].endswith("遅れました。")
    assert mend(GOOD, Finding("must", "x", "x", "paragraphs.0", "令和")) is GOOD


def test_the_findings_that_block_come_first() -> None:
    levels = [finding.level for finding in check(said("時下、すみません。当社㈱。"))]
    assert levels == sorted(levels, reverse=True)


def test_every_dated_sentence_ahead_is_a_promise() -> None:
    told = letter(inquiry_until=date(2026, 12, 4), gravity="A", timeline=TIMELINE)
    assert dates_promised(told) == [
        (date(2026, 12, 4), "詳しい経緯は調査中であり、12月4日までに書面でご報告いたします。"),
        (
            date(2026, 12, 1),
            "12月1日より、作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします。",
        ),
        (date(2026, 12, 28), "点検の結果は、12月28日に営業本部長　村瀬健吾よりご報告申し上げます。"),
        (date(2026, 12, 18), "12月18日（金）　営業を含む全社員に、請求業務の研修を行う。"),
    ]


def test_a_promise_over_new_year_falls_into_the_next() -> None:
    told = with_body("1月8日までにご報告いたします。", letter_date=date(2026, 12, 24))
    assert dates_promised(told) == [(date(2027, 1, 8), "1月8日までにご報告いたします。")]


def test_without_a_date_nothing_is_promised_yet() -> None:
    assert dates_promised(letter(letter_date=None)) == []


def test_an_annex_is_read_over_too() -> None:
    annex = Annex(title="経緯", sections=(Section(rows=(Row("9月3日", "㈱北陸へ〔納品〕", "経理課"),)),))
    told = draft(facts()).model_copy(update={"annexes": (annex,)})
    assert {"slot", "short_name"} <= codes(told)


SUSPECTED = "納品の記録が請求の係に渡っていなかった"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (f"{SUSPECTED}ことが原因でした。", {"suspected_as_fact"}),
        (f"{SUSPECTED}ためと推定しておりますが、調査中です。", set()),
        ("詳しい経緯は調査中であり、12月4日（金）までに書面でご報告いたします。", set()),
    ],
)
def test_what_is_only_suspected_is_not_printed_as_fact(sentence: str, found: set[str]) -> None:
    record = facts(suspected=SUSPECTED, cause="")
    assert codes(said(sentence), record) & {"suspected_as_fact"} == found
    assert "suspected_as_fact" not in codes(said(sentence), facts())


def test_a_suspected_cause_is_not_drafted() -> None:
    for known in ({}, {"kind": "defect"}):
        told = letter(suspected=SUSPECTED, cause="", **known)
        text = "".join(text for _field, text in told.texts())
        assert SUSPECTED not in text
        assert "〔報告日〕" in text
        assert "12月4日" in "".join(
            text for _field, text in letter(suspected=SUSPECTED, cause="", inquiry_until=date(2026, 12, 4)).texts()
        )
