"""Words that do not belong in an apology, as data (words.md 7, japan.md 4.4). Patterns look at the printed text."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from incidents.engine.translation import _

Level = Literal["must", "look"]
MUST: Level = "must"
LOOK: Level = "look"


class Phrase(NamedTuple):
    """A wording, how grave it is, and what would put it right ("" strikes it out, None has no ready cure)."""

    code: str
    level: Level
    pattern: re.Pattern[str]
    message: str
    cure: str | None = None
    gravity: str = "ABC"
    kind: str = ""  # the playbook it is wrong for; empty: every one


EXCUSE = _("“%(quote)s” reads as an excuse")
UNDATED = _("“%(quote)s” promises without a date")
SELLING = _("“%(quote)s” sells: leave it out of an apology")
INTERNAL = _("“%(quote)s” is a word for inside the house")
CASUAL = _("“%(quote)s” is too casual for a letter")
FULL_NAME = _("Write %(cure)s in full, not “%(quote)s”")
SEASONS = (
    "新春|初春|厳寒|大寒|立春|余寒|早春|春暖|陽春|桜花|晩春|新緑|薫風|立夏|初夏|梅雨|入梅|盛夏|猛暑|酷暑|大暑|残暑|"
    "晩夏|初秋|新秋|秋冷|秋涼|紅葉|錦秋|晩秋|向寒|初冬|霜寒|師走|歳末|寒冷|深冷|厳冬"
)
RANKS = (
    "会長|社長|専務|常務|取締役|監査役|本部長|事業部長|工場長|支店長|支社長|営業所長|所長|室長|部長|次長|課長|係長|"
    "主任|店長"
)


FORGIVE = r"お許し(?:ください|を(?:賜|いただ|願)|いただけ|いただきた|くださ)[^。]*|ご(?:容赦|寛恕|海容|宥恕)[^。]*"


def _all(code: str, level: Level, message: str, *words: tuple[str, str | None], **when: str) -> tuple[Phrase, ...]:
    """Return one phrase for each (pattern, cure)."""
    return tuple(Phrase(code, level, re.compile(pattern), message, cure, **when) for pattern, cure in words)


PHRASES: tuple[Phrase, ...] = (
    *_all(
        "excuse", MUST, EXCUSE,
        (r"事務処理上の都合(?:により、?|で、?)?", ""),
        (r"行き違い", None),
        (r"認識の(?:相違|違い|ずれ)", None),
        (r"不手際があったとすれば、?", ""),
        (r"急用のため、?", ""),
        (r"手違い", None),
        (r"うっかり", ""),
        (r"想定外", None),
        (r"[稀まれ]な(?:事象|ケース)", None),
        (r"使用環境にもよりますが、?", ""),
        (r"(?<!ご)(?:多忙|繁忙)(?:のため|につき|により|を極め)", None),
        (r"人手不足|人員不足|やむを得[ずな]|致し方な[いく]", None),
        (r"システムの(?:都合|不具合|障害)により", None),
    ),
    *_all("left_open", MUST, _("“%(quote)s” leaves open what is still wrong"), (r"概ね解消", None)),
    *_all(
        "one_to_blame", MUST, _("“%(quote)s” makes one employee the cause: name the process"),
        (r"担当者(?:個人)?の(?:失念|不注意|ミス|怠慢|勘違い|思い違い)(?:により、?)?", None),
    ),
    *_all(
        "pressing", MUST, _("“%(quote)s” presses for money"),
        (r"(?:ご確認のうえ、?)?お?早めにお?(?:支払い|振込み?)[^。]*", None),
    ),
    *_all(
        "bank", MUST, _("“%(quote)s” belongs on the invoice, not in the letter"),
        (r"お?振込先|普通預金|当座預金|口座番号|お?支払期[限日](?:は|：|まで)", None),
    ),
    *_all("in_haste", MUST, _("“%(quote)s” makes little of the apology"), (r"略儀ながら、?", "")),
    *_all("forgiveness", MUST, _("“%(quote)s” asks to be forgiven"), (FORGIVE, None), gravity="A"),
    *_all("forgiveness", LOOK, _("“%(quote)s” asks to be forgiven"), (FORGIVE, None), gravity="BC"),
    *_all(
        "undated", MUST, UNDATED,
        (r"(?:なるべく|できるだけ|出来るだけ|可能な限り)(?:早く|早い|早急に|速やかに)", None),
        (r"可及的速やかに|近日中に?|近いうちに", None),
    ),
    *_all("undated", LOOK, UNDATED, (r"(?<!的)(?:早急に|至急|速やかに|後日|追って)", None)),
    *_all(
        "severity", MUST, _("“%(quote)s” shows how grave we rate it: that stays in the house"),
        (r"重[要大]度|(?<![A-Za-z])[ABCＡＢＣ](?:ランク|クラス|レベル)|軽微な", None),
    ),
    *_all("internal", MUST, INTERNAL, (r"重大クレーム|クレーム|カスハラ|クレーマー|要注意顧客|事案番号", None)),
    *_all("internal", LOOK, INTERNAL, (r"社内秘|社外秘|事案(?!番号)|当該顧客", None)),
    *_all(
        "selling", MUST, SELLING,
        (r"新製品|新商品|キャンペーン|特価|お見積り?", None),
        (r"ご(?:注文|発注|購入|検討)(?:を|くだ|いただ|の)[^。]*", None),
    ),
    *_all("selling", LOOK, SELLING, (r"(?:今後|これから)とも[^。]*(?:お引き?立て|ご愛顧)[^。]*。", "")),
    *_all("casual", MUST, CASUAL, (r"すみません|すいません|ごめん(?:なさい)?", None)),
    *_all("casual", LOOK, CASUAL, (r"(?:てしま|ちゃ)(?:い|った)", None)),
    *_all(
        "season", MUST, _("An apology has no greeting of the season: “%(quote)s”"),
        (rf"(?:{SEASONS})の(?:候|みぎり|砌|折)、?", ""),
        (rf"(?!{SEASONS})[一-龥]{{2}}の(?:候|みぎり|砌)、?", ""),
        (r"(?:寒さ|暑さ|寒気|暑気)[^。、]{0,6}折(?:柄|から)?、?", ""),
    ),
    *_all("season", LOOK, _("An apology goes without “%(quote)s”"), (r"時下、?", "")),
    *_all("your_company", MUST, _("A letter writes 貴社; 御社 is spoken"), (r"御社", "貴社")),
    *_all("our_company", LOOK, _("Beside 貴社 stands 弊社, not “%(quote)s”"), (r"当社|小社", "弊社")),
    *_all("short_name", MUST, FULL_NAME, (r"㈱|（株）|\(株\)|㍿", "株式会社"), (r"㈲|（有）|\(有\)", "有限会社")),
    *_all("honorific", MUST, _("A title carries no 様: “%(quote)s”"), (rf"(?:{RANKS})(?:様|殿)", None)),
    *_all(
        "honorific", MUST, _("Two honorifics meet in “%(quote)s”"),
        (r"様様|御中様|様御中|御中殿", None), (r"各位(?:様|殿|御中)", "各位"),
    ),
    *_all(
        "honorific", MUST, _("殿 looks down on a customer: write 様"),
        (r"(?<=[一-龥々ァ-ヶー])(?<![御神宮沈])(?<![長役務任])殿(?=[、。　\s]|[にへをはがもと]|$)", "様"),
    ),
    *_all(
        "thanks_for_coming", MUST, _("Nobody came to us: “%(quote)s”"), (r"ご足労をおかけし", None),
        kind="missed_appointment",
    ),
)  # fmt: skip
