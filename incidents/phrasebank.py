"""What to say when it was the customer's own use: hear them, regret our share, say gently (practices 2-15, 2-16).

Spoken only. A phrase goes into the note of a call, as what we said; no letter reads it, and none of it admits a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from incidents.engine.translation import _
from incidents.models import Phrases

HEAR, REGRET, EXPLAIN = "hear", "regret", "explain"
STAGES = {HEAR: _("Hear them first"), REGRET: _("Regret our share"), EXPLAIN: _("Say gently how it is meant")}
OPEN, PERCEPTION = "open", "perception"
SUB_CAUSES = {
    "operation": _("A slip in operation"),
    "other_use": _("Used in another way than meant"),
    "assumption": _("Taken for granted"),
    PERCEPTION: _("Understood otherwise"),
    OPEN: _("Not known yet"),
}
SHIPPED: Mapping[tuple[str, str], tuple[str, ...]] = {
    (HEAR, OPEN): (
        "お困りのところ、お知らせくださりありがとうございます。",
        "いつから、どのようなご様子か、お聞かせいただけますか。",
        "そのとき、どのような音や表示がございましたか。",
        "普段はどのような手順でお使いでしょうか。",
        "さようでございましたか。どうぞ続けてお聞かせください。",
    ),
    (REGRET, "operation"): (
        "操作のご説明が足りず、ご不便をおかけしました。申し訳ございません。",
        "納めた後の点検にうかがっておらず、申し訳ございませんでした。",
        "お渡しした資料だけではお分かりになりにくかったことと存じます。",
    ),
    (REGRET, "other_use"): (
        "お使いになる場面を、こちらから先にうかがうべきでした。申し訳ございません。",
        "できることとできないことのご説明が足りず、申し訳ございません。",
        "点検にうかがっておらず、お使いの様子に気づくのが遅くなりました。",
    ),
    (REGRET, "assumption"): (
        "こちらの説明が足りず、そうお受け取りになるのもごもっともです。",
        "一緒にお確かめする機会を設けておらず、申し訳ございません。",
        "点検にうかがっておらず、お尋ねになる折もございませんでした。",
    ),
    (REGRET, PERCEPTION): (
        "こちらの言葉が足りず、ご心配をおかけしました。申し訳ございません。",
        "口頭のご説明だけで、書面でお確かめいただいておりませんでした。",
    ),
    (REGRET, OPEN): (
        "ご不便をおかけしております。申し訳ございません。",
        "こちらのご説明が足りなかったことと存じます。申し訳ございません。",
    ),
    (EXPLAIN, "operation"): (
        "拝見したところ、故障ではございませんでした。どうぞご安心ください。",
        "この順に操作いただくと動きます。ご一緒に一度お試しになりませんか。",
        "手順を一枚にまとめてお持ちします。",
    ),
    (EXPLAIN, "other_use"): (
        "拝見したところ、故障ではございませんでした。どうぞご安心ください。",
        "長くお使いいただけるやり方を、ご一緒に確かめさせてください。",
        "ご用途に合うやり方を調べて、改めてご案内いたします。",
    ),
    (EXPLAIN, "assumption"): (
        "説明書ではこのようになっております。分かりにくく恐れ入ります。",
        "同じようにお受け取りになる方は、ほかにもいらっしゃいます。",
        "ここを一緒に読み合わせさせていただけますか。",
    ),
    (EXPLAIN, PERCEPTION): (
        "こちらではこのようにお伝えしたつもりでおりました。お受け取りの内容をお聞かせください。",
        "これからは書面にしてお渡しし、その場でお確かめいただきます。",
    ),
    (EXPLAIN, OPEN): (
        "調べたところ、いまのところ故障は見つかっておりません。",
        "念のため、ご一緒に確かめさせていただけますか。",
    ),
}
OWN_USE = {"hearing": HEAR, "regret": REGRET, "explain": EXPLAIN}  # of the playbook own_use: step to stage
OTHERS_SHARE = {"use": OPEN, PERCEPTION: PERCEPTION}  # where the plan says that the fault is not ours


@dataclass(frozen=True)
class Group:
    """The phrases of a stage and a sub-cause as they stand; version 0 are the shipped ones."""

    stage: str
    sub_cause: str
    version: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """One phrase a line."""
        return "\n".join(self.lines)

    @property
    def stage_label(self) -> str:
        """What the stage is called."""
        return gettext(STAGES[self.stage])

    @property
    def label(self) -> str:
        """What the sub-cause is called; empty while nobody has asked for it yet."""
        return "" if self.stage == HEAR else gettext(SUB_CAUSES[self.sub_cause])


def phrasebank() -> list[Group]:
    """All groups as they stand, in the order in which they are said; one statement."""
    kept = {(row.stage, row.sub_cause): row for row in Phrases.objects.order_by("version")}
    return [
        Group(*key, row.version, tuple(row.text.splitlines())) if (row := kept.get(key)) else Group(*key, 0, lines)
        for key, lines in SHIPPED.items()
    ]


def phrases_for(kind: str, step: str, hearing: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Group]:
    """The groups that help at a step of an incident; none, and no statement, where it is not the customer's own use.

    hearing, plan: what was last submitted there. On a visit of another playbook the plan says whose fault it was.
    """
    wanted = list(_wanted(kind, step, hearing, plan))
    return [group for group in phrasebank() if (group.stage, group.sub_cause) in wanted] if wanted else []


def _wanted(kind: str, step: str, hearing: Mapping[str, Any], plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if kind == "own_use" and step in OWN_USE:
        stage = OWN_USE[step]
        yield stage, OPEN if stage == HEAR else str(hearing.get("sub_cause", OPEN))
    elif step == "visit" and (sub_cause := OTHERS_SHARE.get(plan.get("fault", ""))):
        yield from ((stage, sub_cause) for stage in (REGRET, EXPLAIN))
