"""Never speak ill of the customer (practice 4-15): words to look at again in what colleagues write, as data.

A hint, never a lock: what is written about a customer may one day be read by that customer.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django.utils.translation import gettext

from incidents.engine.translation import _

SHOWN = 5  # hints at once: more would be a sermon
LOOK_AGAIN = _("“%(quote)s”: would the customer read it gladly? For instance “%(cure)s”")
AS_SAID = _("“%(quote)s”: would the customer read it gladly? Write what was said and done")


class Manner(NamedTuple):
    """A way to speak of customers, and a plainer one; none where only the facts will do."""

    pattern: re.Pattern[str]
    cure: str = ""


class Hint(NamedTuple):
    """One place to look at again."""

    quote: str
    cure: str
    message: str


def _all(*words: tuple[str, str]) -> tuple[Manner, ...]:
    return tuple(Manner(re.compile(pattern), cure) for pattern, cure in words)


WHO = r"(?:お客様|お客さん|客|先方|相手|担当者様|社長様)"
MANNERS: tuple[Manner, ...] = _all(
    (r"クレーマー|モンスター(?:カスタマー|クライアント)?", "お客様"),
    (r"クレーム(?!ー)", "お申し出"),
    (r"いちゃもん|言いがかり|難癖|苦情屋", "お申し出"),
    (r"文句", "お申し出"),
    (r"(?:口)?うるさ(?:い|く|かった|型)|口やかまし", "ご要望が多い"),
    (r"しつこ(?:い|く|かった)", "繰り返しご連絡をいただいた"),
    (r"(?:ごね|ゴネ)(?:る|て|た|られ|得)", "まだご納得いただけていない"),
    (r"(?:逆|ブチ|ぶち)(?:ギレ|切れ|キレ)|キレ(?=る|て|た|られ)", "強いお叱りをいただいた"),
    (r"わがまま|ワガママ|我が?儘|自分勝手|身勝手", "ご要望"),
    (r"無理難題|無茶(?:苦茶|な|を言)", "お受けするのが難しいご要望"),
    (r"(?:話|言葉|日本語)が?通じな(?:い|かった)|理解力(?:が|の)な", "まだご理解をいただけていない"),
    (r"けち(?=な|だ|くさ|っ)|ケチ|せこ(?:い|く)|がめつ(?:い|く)", "費用を重く見ておられる"),
    (rf"{WHO}の(?:ミス|せい|勘違い|思い込み|過失|不注意|責任)", "お使い方・認識の違い"),
    (r"自業自得|自己責任", ""),
    (r"(?:面倒|厄介|嫌|いや|迷惑)な(?:お?客|人|会社|相手|先方|担当)", ""),
    (r"(?:頭|性格)が(?:悪|固|おかし)", ""),
    (r"バカ|馬鹿|ばか(?:げ|らし|にし)|阿呆|アホ|ボケ(?:て|老)|クズ|クソ", ""),
    (r"嘘つき|うそつき|嘘をつ[いかく]", "お話と記録が違う"),
    (r"非常識|常識が?な(?:い|く)|常識知らず", ""),
    (r"ヒステリ(?:ー|ック)|被害妄想|神経質|大げさ|大袈裟|騒ぎ立て", ""),
    (r"(?<![一-龥お])客(?=[がはのをにも、。])", "お客様"),
)


def hints(text: str) -> list[Hint]:
    """The places of a text to look at again, in their order, each wording once; never refuses (practice 4-15)."""
    found = sorted(
        ((match.start(), match[0], manner.cure) for manner in MANNERS for match in manner.pattern.finditer(text)),
        key=lambda place: place[0],
    )
    told = dict.fromkeys((quote, cure) for _at, quote, cure in found)
    return [
        Hint(quote, cure, gettext(LOOK_AGAIN if cure else AS_SAID) % {"quote": quote, "cure": cure})
        for quote, cure in list(told)[:SHOWN]
    ]


def hints_in(data: Any) -> list[Hint]:
    """The same for everything written in a paper, however deep it stands."""
    return hints("\n".join(_texts(data)))


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return _texts(list(data.values()))
    return [text for one in data for text in _texts(one)] if isinstance(data, list) else []
