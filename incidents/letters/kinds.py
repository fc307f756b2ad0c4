"""What a letter says of each kind of trouble (words, section 7): titles and sentences as data.

〔 〕 stands where the record is asked or a person fills in. The missed invoice has a draft of its own, for its figures
stand in the books.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """Sentences in the order of the letter. cause and measure stand when the plan has none of its own."""

    title: str
    thanks: str
    apology: str
    effect: str
    cause: str
    remedy: str
    measure: str
    also: str  # after the measures
    proof: str
    close: str
    facts: tuple[tuple[str, str], ...] = ()  # under 記: label, slot
    repeated: str = "〔前回〕に続き再びご迷惑をおかけし、弁解の余地もございません。"
    often: str = ""  # instead of that from the third time on
    late: str = ""  # the apology where we came, but late
    slips: str = ""  # after the apology, where our record shows earlier ones
    undecided: str = ""  # of a compensation that is not decided yet


THANKS = "平素より弊社製品をお引き立ていただき、誠にありがとうございます。"
LOST_TRUST = "貴社のご信頼を損ないましたことを重ねてお詫び申し上げます。"
REPORT = "実施の結果は、〔報告日〕に〔役職・氏名〕よりご報告申し上げます。"

WORDINGS: Mapping[str, Wording] = {
    "missed_appointment": Wording(
        title="お約束の日時にお伺いできなかったことのお詫び",
        thanks="日頃より大変お世話になり、厚く御礼申し上げます。",
        apology="〔日時〕にお時間を頂戴しながらお伺いせず、事前のご連絡も差し上げられませんでした。深くお詫び申し上げます。",
        effect="〔ご出席者〕の皆様には、ご予定を空けてお待ちいただきました。"
        "貴重なお時間を損ないましたこと、申し開きのしようもございません。",
        cause="お約束の管理を担当者個人に任せ、前日に部内で確かめる仕組みがございませんでした。",
        remedy="ご説明する予定でした〔議題〕の資料を同封いたします。お手すきの折にご覧いただけましたら幸いです。",
        measure="お客様とのお約束を部内で共有し、前営業日の終業前に責任者が確認いたします。",
        also="万一遅れる場合は、お約束の時刻より前に必ずお電話を差し上げます。",
        proof="改めてお時間を頂戴できます折には、〔責任者の役職・氏名〕が同道いたします。",
        close="ご信頼を取り戻せますよう、一つひとつのお約束を守ってまいります。",
        repeated="〔前回〕に続き再びお約束を違えましたこと、弁解の余地もございません。",
        late="〔日時〕のお約束に〔分〕分遅れ、皆様をお待たせいたしましたことを、深くお詫び申し上げます。",
        slips="これまでにもご連絡の遅れがございましたこと、あわせてお詫び申し上げます。",
    ),
    "defect": Wording(
        title="〔製品名〕の不具合に関するお詫びとご報告",
        thanks="平素より弊社製品をご採用いただき、誠にありがとうございます。",
        apology="〔納入日〕に納入いたしました〔製品名〕（製造番号〔番号〕）に〔症状〕が生じ、"
        "貴社の生産に支障をきたしましたことを、深くお詫び申し上げます。",
        effect="〔時間〕時間の停止に伴う生産の組み替えと人員のお手配に、多大なご負担をおかけいたしました。",
        cause="原因は調査中です。〔日付〕までに、判明した事実を書面でご報告いたします。",
        remedy="〔対策日〕に〔処置〕を行い、その後〔連続運転時間〕時間の連続運転で再発のないことを確かめました。",
        measure="検査に〔項目〕を加えて出荷いたします。",
        also="残る〔件数〕件は別紙に期日を記し、毎週〔曜日〕に進み具合をご報告いたします。",
        proof=REPORT,
        close="安心してお使いいただける状態に戻すまで、弊社を挙げて取り組みます。",
        facts=(
            ("納入日", "〔納入日〕"),
            ("製品名", "〔製品名〕"),
            ("製造番号", "〔番号〕"),
            ("発生日", "〔発生日〕"),
        ),
        repeated="〔前回〕に続き再び不具合に至りましたことは、弊社の対策が十分でなかったためと受け止めております。",
        undecided="ご負担の件は、〔ご相談の日〕までに改めてご相談に伺います。",
        often="〔初回〕以降〔回数〕回に及びましたことは、弊社の対策が十分でなかったためと受け止めております。",
    ),
    "late_delivery": Wording(
        title="納期遅延のお詫び",
        thanks=THANKS,
        apology="〔当初の納期〕にお納めするお約束の〔品名〕につきまして、納品が遅れております。深くお詫び申し上げます。",
        effect="貴社のご予定に支障をきたし、段取りの組み替えに多大なご負担をおかけいたしました。",
        cause="ご注文の手配の状況を納期の前に確かめる工程を設けておりませんでした。",
        remedy="〔品名〕は〔新しい納期〕までにお届けいたします。",
        measure="お約束の納期の〔日数〕営業日前に、手配の状況を責任者が点検いたします。",
        also="",
        proof=REPORT,
        close=LOST_TRUST,
        facts=(
            ("ご注文番号", "〔注文番号〕"),
            ("品名・数量", "〔品名〕"),
            ("当初の納期", "〔当初の納期〕"),
            ("新しい納期", "〔新しい納期〕"),
        ),
    ),
    "wrong_delivery": Wording(
        title="納入品の誤りのお詫び",
        thanks=THANKS,
        apology="〔納品日〕に納品いたしました〔品名〕につきまして、ご注文と異なる品をお届けいたしました。"
        "心より深くお詫び申し上げます。",
        effect="ご使用の前の確認とご返送のお手配に、多大なご負担をおかけいたしました。",
        cause="ご注文の入力と出荷の際に、別の者が照合する工程を設けておりませんでした。",
        remedy="正しい品を〔日付〕までにお届けいたします。先の品は弊社にて引き取らせていただきます。",
        measure="ご注文書と納品書を別の者が照合したうえで出荷いたします。",
        also="",
        proof=REPORT,
        close=LOST_TRUST,
        facts=(
            ("納品日", "〔納品日〕"),
            ("本来の品", "〔正しい品名〕"),
            ("お届けした品", "〔誤った品名〕"),
            ("納品書番号", "〔納品書番号〕"),
        ),
    ),
    "own_use": Wording(
        title="ご説明が行き届かなかったことのお詫び",
        thanks="平素より弊社製品をご採用いただき、誠にありがとうございます。",
        apology="〔製品名〕のお使い方につきまして、弊社からのご説明が行き届かず、ご不便をおかけいたしました。"
        "深くお詫び申し上げます。",
        effect="お手を止めることとなり、ご負担をおかけいたしましたことを、重く受け止めております。",
        cause="このたびのことは、〔当社の至らなかった点〕ためと受け止めております。",
        remedy="〔日付〕に、お使い方をご一緒に確かめる機会を設けさせていただきます。",
        measure="お納めの際に、お使い方をご一緒に確かめ、書面でお渡しいたします。",
        also="",
        proof=REPORT,
        close="安心してお使いいただけますよう、一つひとつお応えしてまいります。",
        facts=(("製品名", "〔製品名〕"),),
    ),
    "relationship": Wording(
        title="これまでの対応に関するお詫び",
        thanks="",
        apology="これまでの弊社の対応により、たびたびご迷惑とご不快をおかけいたしました。心より深くお詫び申し上げます。",
        effect="〔ご迷惑の内容〕につきまして、貴社の皆様にご負担をおかけいたしましたことを、重く受け止めております。",
        cause="ご連絡とお約束の管理を担当者個人に任せ、部内で確かめる仕組みがございませんでした。",
        remedy="",
        measure="お客様へのご返答とお約束を部内で共有し、責任者が毎週点検いたします。",
        also="",
        proof=REPORT,
        close="ご信頼を取り戻せますよう、一つひとつのお約束を守ってまいります。",
    ),
}
