"""The forgotten invoice, told in full: an angry director, sweets that made it worse, and the months after."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.days import Days
from config.demo.telling import Check, Forgotten, House, Start, Tale, tell
from config.demo.words import CAUSE, CHECK, WEEKLY, spoken

BEGAN = 58  # business days ago
BILL = Forgotten(subject="位置決めユニット XY-300", quantity="3台", net=3_540_000, delivered=16, planned=14)
POINTS = "請求書の発行もれ\n資金計画を組み直していただいたこと\n前回、理由を持たずに伺ったこと"


def forgotten_invoice(house: House) -> None:
    """The whole story, from the director's call to the follow-up after two months."""
    days = house.days
    began = days.ago(BEGAN, "10:42")
    tale = tell(house, "forgotten", "C-0101", _start(days, began))
    _first_day(tale, began)
    _sweets(tale, days)
    _amends(tale, days)
    _director(tale, days)
    _prevention(tale, days)
    _months(tale, days)


def _start(days: Days, began: datetime) -> Start:
    delivered = days.calendar.business_day_after(began.date(), -BILL.delivered)
    return Start(
        summary=f"専務の岡本様からお電話。{spoken(delivered)}納品の位置決めユニット3台の請求書が届いていない。"
        "月末の締めに入らず、資金計画を組み直したと、強いお叱り",
        at=began, severity="A", heard=17, bill=BILL,
        words="請求書が来ないまま締めた。こちらは支払いの予定を立てて資金を動かしている",
    )  # fmt: skip


def _first_day(tale: Tale, began: datetime) -> None:
    """The boss knows within the hour; the first apology goes out by telephone; the first plan comes back."""
    tale.heard(began + timedelta(minutes=13), "manager", "call")
    tale.noted(began + timedelta(minutes=31),
               "田中さんと電話で確認。理由と手立てを用意してから伺うこと、それまでは手土産だけで伺わないことを話した",
               by="manager")  # fmt: skip
    tale.apologised(began + timedelta(minutes=38), "社内の段取りが狂った。説明に来るなら、理由を持って来なさい")
    tale.planned(
        began + timedelta(hours=2, minutes=50), cause="請求書の発行を失念した", prevention="今後は気をつける",
        effect="ご迷惑をおかけした", wish="なぜ漏れたのか、理由を聞きたい", attendees=tale.house.pk("rep"),
    )  # fmt: skip
    tale.do(began + timedelta(hours=3, minutes=26), "manager", "send_back", "plan",
            {"text": "「失念」では理由になりません。なぜ誰も気づけなかったか、専務のご予定にどう響いたかを数字で。"
                     "もう一人が確かめる手順まで考えましょう"})  # fmt: skip


def _sweets(tale: Tale, days: Days) -> None:
    """The rep cannot wait and goes alone, with sweets."""
    tale.noted(
        days.ago(BEGAN - 1, "09:05"), "田中さんが菓子折りを持って小牧へ向かった。計画はまだ差戻しのまま", by="rep2"
    )
    tale.noted(
        days.ago(BEGAN - 1, "10:35"),
        "お一人で来られたのですね。菓子は結構です。なぜ漏れたのか、誰が止めるのか、会社としての答えが聞きたい",
        said_by="専務 岡本",
    )
    tale.noted(days.ago(BEGAN - 1, "11:20"), "訪問は5分で終わった。お菓子は持ち帰った。課長に同行をお願いしたい")


def _amends(tale: Tale, days: Days) -> None:
    """Cause, effect in figures, prevention by a second person; the boss comes along."""
    tale.planned(
        days.ago(BEGAN - 1, "14:10"), cause=CAUSE, prevention=CHECK, prevention_from=days.ago(BEGAN - 6).date(),
        effect="月末の締めに入らず、389万4千円のお支払いを翌月に繰り延べ。つなぎのお借入れを組み直していただいた",
        wish="原因と、二度と起こさない仕組みを、責任のある人から聞きたい",
        remedy="正しい請求書を本日中に経理課長へお届けし、お支払いの時期はご都合を伺う",
    )  # fmt: skip
    tale.do(days.ago(BEGAN - 1, "15:02"), "manager", "approve_with_remark", "plan",
            {"text": "再訪問には取締役と私が同行します。専務には私から先にお電話します"})  # fmt: skip
    tale.do(days.ago(BEGAN - 1, "15:10"), "manager", "advise", data={
        "text": "原因と手立てを先に、補償のお話は最後に", "reason": "専務は理由をお聞きになりたいと言われた",
    })  # fmt: skip
    tale.do(days.ago(BEGAN - 1, "15:25"), "rep", "dissent", data={
        "text": "補償は、専務からお話があるまで触れないほうがよいのではと考えています",
    })  # fmt: skip
    tale.visit_at(days.ago(BEGAN - 1, "15:40"), days.ago(BEGAN - 4, "14:00"), ["rep", "manager", "director"], POINTS)
    tale.weighed(
        days.ago(BEGAN - 2, "09:50"), "manager", ["manager2"], decision="compensate", amount=38_000,
        loss="つなぎのお借入れの利息", basis="経理課長 小川様のご提示(実費)。専務のご了解済み", ringi="総務-0417",
        sentence="つなぎのお借入れに要したお利息は、弊社の負担",
    )  # fmt: skip
    tale.lettered(days.ago(BEGAN - 2, "15:20")).issued(days.ago(BEGAN - 3, "09:40"), "director")


def _director(tale: Tale, days: Days) -> None:
    """The re-visit, to the director by name."""
    tale.visited(
        days.ago(BEGAN - 4, "15:10"), "conditional", "理由と手立ては分かった。あとは結果で見せてほしい",
        promise_what="二重チェックの初月の点検結果を書面でご報告する", promise_by=days.ago(BEGAN - 22, "17:00"),
    ).handed(days.ago(BEGAN - 4, "15:12"), "その場で目を通された。「高橋さんの名前で出してくれたのですね」")  # fmt: skip
    tale.noted(days.ago(BEGAN - 4, "16:30"),
               "専務・小川課長ご同席。取締役から原因と再発防止をご説明。お支払いは翌月末で合意", by="manager")  # fmt: skip


def _prevention(tale: Tale, days: Days) -> None:
    """The double check is switched on and proved; everybody is trained on billing."""
    tale.prevented(
        days.ago(BEGAN - 6, "11:00"), "manager",
        (CHECK, "procedure", "billing2", days.ago(BEGAN - 8).date()),
        (WEEKLY, "system", "billing", days.ago(BEGAN - 12).date()),
        ("営業を含む全員に、請求業務の研修を行う", "person", "manager2", days.ago(BEGAN - 20).date()),
    )  # fmt: skip
    tale.kept(days.ago(BEGAN - 21, "11:15"), "rep", "visit", "点検結果(請求126件、もれ0件)を書面にして専務へお持ちした")


def _months(tale: Tale, days: Days) -> None:
    """Contact goes on; the measure is checked; trust comes back slowly."""
    evidence = "対象期間の請求126件をすべて照合し、もれ0件。研修は38名が受講"
    tale.followed(
        ("phone", "pending", "点検は本当に始まっているのか"),
        ("visit", "pending", "続くかどうかを見ている"),
        ("visit", "conditional", "報告書は社長にも見せた。数字があるのは良い"),
        ("phone", "accepted", "うちの経理も同じやり方を始めた"),
        ("visit", "accepted", "来期の設備の話を聞いてもらいたい"),
        check=Check(days.ago(BEGAN - 25, "16:40"), "manager", evidence),
    ).settled(days.anchor)
    tale.noted(days.ago(3, "13:25"), "来期の増設で、見積りの相談をしたいとのお話", said_by="主任 村瀬")
