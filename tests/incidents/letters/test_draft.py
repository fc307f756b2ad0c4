"""The 21 points of a missed-invoice letter (words.md 7), and what is not known."""

import json
import re
from datetime import date

import pytest
from pydantic import ValidationError

from incidents.letters import Addressee, Facts, Letter, Measure, Seal, Sender, draft
from office.letter import Fact

from .samples import TIMELINE, facts, letter, seal_png


def body(**changed: object) -> str:
    return "\n".join(letter(**changed).paragraphs)


def test_a_grave_letter_says_all_in_the_order_of_the_points() -> None:
    told = letter(inquiry_until=date(2026, 12, 4), papers_by=date(2026, 12, 2), training_by=date(2026, 12, 18))
    assert (told.title, told.salutation, told.closing) == ("請求書発行もれのお詫び", "謹啓", "謹白")
    assert told.opening == "平素より弊社製品をお引き立ていただき、誠にありがとうございます。"
    assert told.paragraphs == (
        "令和8年9月3日に納品いたしました制御盤ユニットにつきまして、弊社からの請求書の発行が漏れておりました。心より深くお詫び申し上げます。"
        "貴社の9月末日の締め処理に間に合わせることができず、お支払いのご計画にまで影響を及ぼしましたことを、重く受け止めております。",
        "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした。"
        "詳しい経緯は調査中であり、12月4日までに書面でご報告いたします。",
        "正しい請求書（S-20261124-003、税込3,427,964円）を本状に添えてお届けいたします。"
        "お支払いの時期は、貴社のご都合を伺い、ご相談のうえ定めさせていただきます。"
        "ご処理に必要な書類がございましたら、12月2日までにご用意いたします。",
        "12月1日より、作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします。"
        "また毎月、貴社の締日の5営業日前に、未請求の納品がないことを点検いたします。"
        "営業を含む全社員に、請求業務の研修を12月18日までに行います。"
        "点検の結果は、12月28日に営業本部長　村瀬健吾よりご報告申し上げます。",
        "貴社のご信頼を損ないましたことを重ねてお詫び申し上げます。本書をもちまして改めてお詫び申し上げます。",
    )


def test_the_facts_stand_under_ki() -> None:
    assert letter().facts == (
        Fact("納品日", "令和8年9月3日（木）"),
        Fact("納品書番号", "D-20260903-017"),
        Fact("品名・数量", "制御盤ユニット　SK-70　12台　ほか3点"),
        Fact("税込金額", "金3,427,964円"),
        Fact("本来の発行予定日", "令和8年9月30日"),
        Fact("判明した日", "令和8年11月18日（貴社よりご指摘をいただきました）"),
    )


def test_a_slight_letter_is_short() -> None:
    told = letter(gravity="C")
    assert (told.salutation, told.closing, told.facts) == ("拝啓", "敬具", ())
    assert told.paragraphs == (
        "令和8年9月3日に納品いたしました制御盤ユニットにつきまして、弊社からの請求書の発行が漏れておりました。深くお詫び申し上げます。",
        "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした。",
        "正しい請求書（S-20261124-003、税込3,427,964円）を本状に添えてお届けいたします。",
        "12月1日より、作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします。",
        "貴社のご信頼を損ないましたことを重ねてお詫び申し上げます。本書をもちまして改めてお詫び申し上げます。",
    )


def test_a_posted_letter_says_so() -> None:
    told = body(handed_over=False)
    assert told.endswith("まずは書中をもちましてお詫び申し上げます。")
    assert "本書をもちまして" not in told
    assert "添えてお送りいたします" in told


def test_a_second_time_within_the_year_is_named() -> None:
    assert "令和8年3月2日に続き再びご迷惑をおかけし、弁解の余地もございません。" in body(earlier=(date(2026, 3, 2),))


def test_from_the_third_time_a_defect_is_counted() -> None:
    days = (date(2026, 3, 2), date(2026, 9, 8))
    assert "令和8年9月8日に続き再び不具合に" in body(kind="defect", earlier=days[1:])
    assert "令和8年3月2日以降3回に及びましたことは、弊社の対策が" in body(kind="defect", earlier=days)
    assert "令和8年9月8日に続き再びご迷惑を" in body(earlier=days)  # the others name the last


@pytest.mark.parametrize("changed", [{}, {"gravity": "C"}, {"kind": "defect"}, {"kind": "defect", "gravity": "C"}])
def test_a_final_date_is_a_promise_of_the_house(changed: dict[str, str]) -> None:
    day = date(2026, 12, 18)
    sentence = (
        "お示しいただきました12月18日を全社のお約束とし、当日は営業本部長　村瀬健吾がお伺いしてご説明申し上げます。"
    )
    assert sentence in body(final_on=day, final_by="営業本部長　村瀬健吾", **changed)
    assert "当日は〔役職・氏名〕がお伺い" in body(final_on=day, **changed)
    assert "全社のお約束" not in body(**changed)
    assert "全社のお約束" not in body(final_on=date(2026, 11, 1), **changed)  # it has passed


def test_earlier_slips_are_owned_with_a_missed_appointment() -> None:
    slips = "これまでにもご連絡の遅れがございましたこと、あわせてお詫び申し上げます。"
    assert slips in body(kind="missed_appointment", slips=True)
    assert slips not in body(kind="missed_appointment")
    assert slips not in body(kind="defect", slips=True)


@pytest.mark.parametrize(
    ("by", "said"), [(date(2026, 12, 18), "12月18日"), (date(2026, 11, 2), "〔ご相談の日〕"), (None, "〔ご相談の日〕")]
)
def test_what_a_defect_has_cost_is_spoken_of_later(by: date | None, said: str) -> None:
    sentence = f"ご負担の件は、{said}までに改めてご相談に伺います。"
    assert sentence in body(kind="defect", undecided=True, decide_by=by)
    assert "ご負担の件" not in body(kind="defect", decide_by=by)
    assert "ご負担の件" not in body(kind="defect", undecided=True, compensation="代替機の無償貸出")
    assert "ご負担の件" not in body(undecided=True)


def test_compensation_is_one_sentence_once_decided() -> None:
    assert "にて対応" not in body()
    assert "お支払期日の1か月の繰延べにて対応させていただきます。" in body(compensation="お支払期日の1か月の繰延べ")


def test_great_anger_gets_no_thanks() -> None:
    assert letter(thanks=False).opening == ""


def test_wrong_figures_stand_side_by_side() -> None:
    told = letter(fault="wrong_figures", wrong_gross=3_527_964)
    assert told.title == "請求金額誤りのお詫び"
    assert Fact("税込金額", "（誤）金3,527,964円　　（正）金3,427,964円") in told.facts


def test_measures_of_the_plan_replace_the_usual_ones() -> None:
    told = body(
        measures=(Measure(text="納品の記録と請求の控えを二名で突き合わせます", starts=date(2027, 1, 8)),),
        check_days=None,
    )
    assert "令和9年1月8日より、納品の記録と請求の控えを二名で突き合わせます。" in told
    assert "営業日前" not in told


def test_an_a_letter_brings_the_account_of_what_happened() -> None:
    told = letter(gravity="A", timeline=TIMELINE)
    assert told.annexes[0].title == "経緯のご報告"
    assert told.enclosures == ("請求書　1通", "別紙　経緯のご報告")


def test_what_is_not_known_stands_as_a_slot() -> None:
    empty = draft(Facts(addressee=Addressee(company="東和工業株式会社"), sender=Sender(company="株式会社誠和精機")))
    slots = {slot for _field, text in empty.texts() for slot in re.findall("〔.*?〕", text)}
    assert slots == {
        "〔役職・氏名〕",
        "〔納品日〕",
        "〔品名〕",
        "〔締日〕",
        "〔原因〕",
        "〔請求書番号〕",
        "〔金額〕",
        "〔開始日〕",
        "〔日数〕",
        "〔報告日〕",
        "〔納品書番号〕",
        "〔数量〕",
        "〔発行予定日〕",
        "〔判明した日〕",
    }


@pytest.mark.parametrize(
    "changed", [{}, {"gravity": "C"}, {"gravity": "A", "timeline": TIMELINE}, {"letter_date": None}]
)
def test_a_letter_survives_json(changed: dict[str, object]) -> None:
    told = letter(seal=Seal.of(seal_png()), **changed)
    assert Letter.model_validate(json.loads(json.dumps(told.model_dump(mode="json")))) == told
    assert Letter.model_validate_json(told.model_dump_json()) == told
    assert Facts.model_validate_json(facts(**changed).model_dump_json()) == facts(**changed)


def test_a_field_is_named_and_replaced() -> None:
    told = letter(gravity="A", timeline=TIMELINE)
    texts = dict(told.texts())
    assert texts["facts.0.label"] == "納品日"
    for field in (
        "title",
        "addressee.name",
        "facts.3.text",
        "contacts.1.phone",
        "annexes.0.sections.0.rows.2.what",
        "paragraphs.4",
    ):
        assert dict(told.with_text(field, "差し替え").texts()) == texts | {field: "差し替え"}
    with pytest.raises(KeyError):
        told.with_text("facts", "x")


@pytest.mark.parametrize("bad", [b"", b"GIF89a" + b"0" * 40, b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + b"\xff" * 8])
def test_a_seal_is_a_png_of_a_sane_size(bad: bytes) -> None:
    with pytest.raises(ValidationError):
        Seal.of(bad)
