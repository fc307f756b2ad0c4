"""What is on the table: one incident in every state, each told from its first report to where it stands now."""

from __future__ import annotations

from datetime import timedelta

from config.demo.forgotten import forgotten_invoice
from config.demo.kinds import late_reply, nobody_came, weekly_defect
from config.demo.telling import Check, Forgotten, House, Start, Tale, tell
from config.demo.words import (
    CAUSE,
    CAUSE_HANDOVER,
    CAUSE_REPAIR,
    CAUSE_SPLIT,
    CHECK,
    INVOICE_TODAY,
    WEEKLY,
    spoken,
)
from customers.services import AppointmentData, appointment_make

CLOSED_MONTH = "締め処理に間に合わず、お支払いのご計画を組み直していただいた"


def make_incidents(house: House) -> None:
    """Tell them all, the oldest first, so that the numbers run with the days."""
    for story in (
        closed, forgotten_invoice, resumed, withdrawn, aftercare, void, compensation, second_visit, handing_over, grave,
        visit_today, letter_waits, overdue, visit_soon, sent_back, chased, other_team, by_mouth, plan_waits, plan_open,
        recorded_for_another, weekly_defect, nobody_came, late_reply, fresh,
    ):  # fmt: skip
        story(house)


def closed(house: House) -> None:
    """Put right, checked, and closed once the customer wished for no further call."""
    days = house.days
    bill = Forgotten(subject="平歯車 m2 加工品", quantity="60枚", net=588_000, delivered=9, planned=7)
    tale = tell(house, "closed", "C-0121", Start(
        summary="代表の齋藤様より、先月納品の平歯車の請求書がまだ来ていないとのお電話。お怒りではない",
        at=days.ago(62, "09:35"), by="rep2", bill=bill, words="うちは急がないが、月をまたぐと面倒だから",
    ))  # fmt: skip
    tale.heard(days.ago(62, "09:50"), "manager").apologised(days.ago(62, "10:05"), "分かった。今月中に頼みます")
    tale.planned(days.ago(62, "11:20"), cause=CAUSE, prevention=CHECK, prevention_from=days.ago(57).date(),
                 effect=CLOSED_MONTH, remedy=INVOICE_TODAY, wish="月をまたがないこと")  # fmt: skip
    tale.do(days.ago(62, "13:10"), "manager", "approve", "plan")
    tale.lettered(days.ago(62, "15:30")).issued(days.ago(61, "09:30"), "branch")
    tale.visited(days.ago(61, "14:40"), "accepted", "わざわざどうも。歯車は良くできている").handed(
        days.ago(61, "14:42")
    )
    _decided(tale, "manager", 60, "締めには間に合い、損失はなかったとのお話")
    tale.prevented(days.ago(58, "10:00"), "manager", (CHECK, "procedure", "billing2", days.ago(56).date()))
    tale.followed(
        ("phone", "accepted", "順調です"),
        ("phone", "accepted", "請求書はきちんと届いています"),
        ("phone", "accepted", "もう大丈夫です。お電話は結構ですよ"),
        check=Check(days.ago(40, "16:00"), "manager", "対象期間の請求42件をすべて照合し、もれ0件"),
    ).settled(days.ago(13))
    tale.do(days.ago(13, "16:30"), "manager", "skip", "follow_up", {"text": "これ以上のお電話は不要とのお客様のご意向"})
    tale.do(days.ago(12, "10:15"), "rep2", "close")
    tale.do(days.ago(7, "11:30"), "rep2", "note_recovery", data={
        "outcome": "closer", "words": "請求の日をこちらから確かめるようになって、試作の相談までくださるようになった",
    })  # fmt: skip
    tale.do(days.ago(5, "15:40"), "rep2", "note_referral", data={
        "name": "松風減速機株式会社", "by": tale.contacts[0], "on": days.ago(5).date().isoformat(),
        "words": "同じ工業団地の会社を、代表の齋藤様がご紹介くださった",
    })  # fmt: skip


def withdrawn(house: House) -> None:
    """The customer found the invoice in their own house."""
    days = house.days
    tale = tell(house, "withdrawn", "C-0119", Start(
        summary="主任の土屋様より、計測ユニットの請求書が見当たらないとのお問い合わせ", at=days.ago(33, "11:10"), by="rep_b",
    ))  # fmt: skip
    tale.heard(days.ago(33, "11:30"), "manager_b").apologised(
        days.ago(33, "11:45"), "社内も探してみます", to=1,
        promise_what="当社の控えの写しをお届けする", promise_by=days.ago(30, "12:00").isoformat(),
    )  # fmt: skip
    tale.do(
        days.ago(32, "09:40"),
        "rep_b",
        "withdraw",
        data={"text": "郵便受けにあったとのご連絡。お詫びのお電話をいただいた"},
    )


def resumed(house: House) -> None:
    """All was well until the next invoice was late again; the incident is open once more."""
    days = house.days
    bill = Forgotten(subject="主軸スピンドルユニット SP-40", quantity="2台", net=1_560_000, delivered=18, planned=16)
    tale = tell(house, "resumed", "C-0102", Start(
        summary="総務部長の邉見様より、スピンドル2台の請求書が20日の締めに届いていないとのお電話",
        at=days.ago(41, "13:15"), by="rep2", bill=bill, words="社長の名前の字も、前に一度間違えていましたよね",
    ))  # fmt: skip
    tale.heard(days.ago(41, "13:30"), "manager", "go_on").apologised(
        days.ago(41, "13:50"), "次はないようにしてください", to=1
    )
    tale.planned(days.ago(41, "15:40"), cause=CAUSE_SPLIT, prevention=WEEKLY, prevention_from=days.ago(36).date(),
                 effect=CLOSED_MONTH, remedy=INVOICE_TODAY, wish="宛名の字と日付を、きちんとしてほしい")  # fmt: skip
    tale.do(days.ago(40, "09:20"), "manager", "approve", "plan")
    tale.lettered(days.ago(40, "11:30")).issued(days.ago(40, "14:20"), "branch")
    tale.visited(days.ago(39, "11:10"), "conditional", "字も合っているね。これからを見ています").handed(
        days.ago(39, "11:12")
    )
    _decided(tale, "manager", 38, "補償は不要とのお申し出。お菓子もお断りになった")
    tale.prevented(days.ago(38, "16:00"), "manager", (WEEKLY, "system", "billing", days.ago(35).date()))
    tale.followed(
        ("phone", "accepted", "今月は届きました"),
        ("phone", "accepted", "特にありません"),
        ("phone", "accepted", "順調です"),
        check=Check(days.ago(19, "11:30"), "manager", "4週分の一覧を点検し、未請求0件"),
    ).settled(days.ago(1, "16:00"))
    tale.do(days.minutes_ago(190), "rep2", "resume",
            data={"text": "今月分の請求書が、お約束の20日を過ぎても届いていなかった。邉見部長よりご指摘"})  # fmt: skip
    tale.noted(days.minutes_ago(175), "二度目です。仕組みができたと聞いていましたが", said_by="総務部長 邉見")


def aftercare(house: House) -> None:
    """The months after: everything done, contact goes on."""
    days = house.days
    bill = Forgotten(subject="減速機 GR-50 修理", quantity="1台", net=168_000, delivered=20, planned=18)
    tale = tell(house, "aftercare", "C-0118", Start(
        summary="専務の後藤様より、減速機の修理代の請求書はまだかとのお電話。締めは過ぎている",
        at=days.ago(21, "16:05"), by="rep2", bill=bill, words="うちみたいな所は、忘れられても仕方ないか",
    ))  # fmt: skip
    tale.heard(days.ago(21, "16:20"), "manager", "call").apologised(days.ago(21, "16:40"), "電話をくれたのはありがたい")
    tale.planned(days.ago(20, "09:40"), cause=CAUSE_REPAIR, prevention="修理品の返却を納品として記録し、その日のうちに請求へ回します",
                 prevention_from=days.ago(15).date(), effect=CLOSED_MONTH, remedy=INVOICE_TODAY,
                 wish="一言ほしかった")  # fmt: skip
    tale.do(days.ago(20, "11:05"), "manager", "approve", "plan")
    tale.lettered(days.ago(20, "14:10")).issued(days.ago(19, "09:15"), "branch")
    tale.visited(days.ago(19, "15:30"), "accepted", "手書きの一筆がうれしかった").handed(days.ago(19, "15:33"))
    _decided(tale, "manager", 17, "損失はないとのお話")
    tale.prevented(days.ago(16, "13:30"), "manager", (WEEKLY, "system", "billing2", days.ago(12).date()),
                   ("修理品の返却伝票に、請求の有無を記す欄を設ける", "procedure", "tech", days.ahead(4).date()))  # fmt: skip
    tale.followed(
        ("phone", "accepted", "直した減速機は好調"),
        ("visit", "accepted", "また頼みます"),
        ("phone", "accepted", "変わりなし"),
    )
    tale.settled(days.anchor)


def void(house: House) -> None:
    """Logged for the wrong customer."""
    days = house.days
    tale = tell(house, "void", "C-0113", Start(
        summary="請求書の宛名違いのお申し出(入力するお客様を間違えました)", at=days.ago(15, "17:05"), by="rep_b",
        next_contact="none",
    ))  # fmt: skip
    tale.do(
        days.ago(15, "17:15"),
        "manager_b",
        "void",
        data={"text": "別のお客様の件でした。正しい事案は電話で受けた分に入力済み"},
    )


def grave(house: House) -> None:
    """A stopped payment run at a listed customer: the director signs, and so does he for the money."""
    days = house.days
    bill = Forgotten(subject="位置決めユニット XY-300", quantity="6台", net=7_080_000, delivered=24, planned=22)
    tale = tell(house, "grave", "C-0110", Start(
        summary="専務の大橋様より、6台分の請求書が中間決算に間に合わず、監査で指摘を受けたとのお電話。お取引の見直しもあり得る",
        at=days.ago(2, "08:52"), by="rep_b", severity="A", heard=12, bill=bill,
        words="監査に説明するのは私だ。来期の話は、その後にしてくれ",
    ))  # fmt: skip
    tale.heard(days.ago(2, "08:58"), "manager_b", "call")
    tale.apologised(days.ago(2, "09:20"), "まず監査への説明の書類が要る",
                    promise_what="監査へのご説明に使う経緯の書面をお渡しする", promise_by=days.ago(1, "12:00"))  # fmt: skip
    tale.planned(days.ago(2, "11:15"), cause=CAUSE_SPLIT, prevention=CHECK, prevention_from=days.ahead(3).date(),
                 effect="中間決算の費用計上から漏れ、監査への説明と修正のお手間。追加の監査費用が生じる見込み",
                 remedy="正しい請求書と経緯の書面を本日お届けする", wish="監査にそのまま出せる書面",
                 attendees=house.pk("rep_b", "manager_b", "director"))  # fmt: skip
    tale.do(days.ago(2, "12:20"), "branch", "approve", "plan")
    tale.kept(days.ago(1, "10:40"), "rep_b", "first_apology", "経緯の書面を大橋専務へ手渡し。受領のご署名あり")
    tale.visit_at(
        days.ago(2, "13:00"), days.ago(1, "16:00"), ["rep_b", "manager_b", "director"], "中間決算に間に合わなかったこと"
    )
    tale.visited(days.ago(1, "17:05"), "pending", "書面は使わせてもらう。費用の話は別だ",
                 promise_what="追加の監査費用の扱いを、会社としてお答えする", promise_by=days.ahead(2, "17:00"))  # fmt: skip
    tale.lettered(days.minutes_ago(130))
    tale.do(days.minutes_ago(105), "manager_b", "submit", "compensation", {
        "losses": ["other", "people"], "loss": "追加の監査費用と、経理部3名・2日分のお手間", "decision": "compensate",
        "amount": 1_280_000, "basis": "監査法人のお見積り(写しを受領)と、お手間分の概算", "ringi": "総務-0463",
        "sentence": "追加の監査に要した費用は、弊社の負担",
    })  # fmt: skip
    tale.noted(days.minutes_ago(70), "追加の監査は来週の月曜から。それまでに返事がほしい", said_by="次長 松岡")


def second_visit(house: House) -> None:
    """Nobody could be met the first time."""
    days = house.days
    bill = Forgotten(subject="フレキシブルカップリング FC-16", quantity="40個", net=736_000, delivered=15, planned=13)
    tale = tell(house, "second_visit", "C-0103", Start(
        summary="購買課長の能登様より、カップリング40個の請求書が届いていないとのお電話", at=days.ago(5, "10:25"), by="rep_b",
        bill=bill, words="常務に説明できないので、早めにお願いします",
    ))  # fmt: skip
    tale.heard(days.ago(5, "10:50"), "manager_b").apologised(days.ago(5, "11:05"), "常務は出張が続きます", to=1)
    tale.planned(days.ago(5, "14:00"), cause=CAUSE_HANDOVER, prevention=CHECK, prevention_from=days.ahead(2).date(),
                 effect=CLOSED_MONTH, remedy=INVOICE_TODAY, wish="結論と期日だけ聞きたい")  # fmt: skip
    tale.do(days.ago(5, "16:10"), "manager_b", "approve", "plan")
    tale.visit_at(days.ago(5, "16:30"), days.ago(3, "13:30"), ["rep_b", "manager_b"], "請求書の発行もれ", "金沢本社")
    tale.lettered(days.ago(4, "10:10")).issued(days.ago(4, "15:15"), "branch")
    tale.visited(
        days.ago(3, "14:10"), "not_met", "", met=[], why_not="常務が急なご来客。能登課長に改めての日時をお願いした"
    )
    _decided(tale, "manager_b", 2, "値引きやお詫びの品は不要とのお話")
    tale.prevented(days.ago(1, "11:30"), "manager_b", (CHECK, "procedure", "billing", days.ahead(6).date()))
    tale.visit_at(days.ago(1, "16:00"), days.ahead(2, "11:00"), ["rep_b", "manager_b"], "請求書の発行もれ", "金沢本社")
    tale.do(days.ago(1, "16:40"), "manager_b", "reopen", "letter", {"text": "訪問日が変わったため、日付を改める"})


def compensation(house: House) -> None:
    """Above the manager's limit: a second manager and the branch head sign."""
    days = house.days
    bill = Forgotten(subject="組立治具 J-7", quantity="3式", net=1_236_000, delivered=19, planned=17)
    tale = tell(house, "compensation", "C-0115", Start(
        summary="経理課長の伊藤様より、治具3式の請求書がなく、補助金の実績報告に間に合わなかったとのお電話",
        at=days.ago(6, "09:15"), by="rep2", bill=bill, words="補助金の締切は待ってくれません",
    ))  # fmt: skip
    tale.heard(days.ago(6, "09:25"), "manager", "call").apologised(
        days.ago(6, "09:40"), "延長の願いを出しているところです", to=1
    )
    tale.planned(days.ago(6, "11:50"), cause=CAUSE, prevention=CHECK, prevention_from=days.ago(1).date(),
                 effect="補助金の実績報告に添付できず、延長の申請が必要になった", remedy=INVOICE_TODAY,
                 wish="延長の手続きにかかる費用を見てほしい")  # fmt: skip
    tale.do(days.ago(6, "13:40"), "manager", "approve", "plan")
    tale.lettered(days.ago(6, "16:00")).issued(days.ago(5, "09:30"), "branch")
    tale.wished(
        days.ago(5, "10:00"), "補助金を受けられなくなる心配をなくしたい", ("請求書がなく実績報告に間に合わなかった", "time"),
        ("延長の手続きに手間がかかる", "other"),
    )  # fmt: skip
    tale.alternatives(
        days.ago(5, "10:10"), "manager", ("延長のお手続きの書類を当社で整える", "other", 40_000),
        ("次回の治具のご注文で値引きする", "discount", 120_000),
    )  # fmt: skip
    tale.visited(days.ago(5, "13:40"), "conditional", "費用のことだけ、はっきりさせてください").handed(
        days.ago(5, "13:42")
    )
    tale.offered(days.ago(5, "13:50"), 0, "declined", "書類はもう頼んであります")
    tale.offered(days.ago(5, "13:52"), 1, "counter", "値引きではなく、かかった費用を見てほしい")
    tale.do(days.ago(5, "14:00"), "rep2", "counter_offer", data={
        "text": "行政書士の費用と、経理課の手間の分を負担してほしい", "amount": 280_000})  # fmt: skip
    tale.do(days.ago(4, "09:40"), "rep2", "loss_sheet", data={"losses": [
        {"sort": "other", "quantity": "1", "unit": "件", "yen": 220_000, "basis": "行政書士の請求書の写し"},
        {"sort": "people", "quantity": "2", "unit": "日", "yen": 60_000, "basis": "経理課1名のお手間の概算"}]})  # fmt: skip
    tale.prevented(days.ago(4, "10:20"), "manager", (CHECK, "procedure", "billing2", days.ahead(4).date()))
    tale.followed(("phone", "pending", "延長は認められそうです"))
    tale.weighed(
        days.minutes_ago(150), "manager", [], decision="compensate", amount=280_000, losses=["other", "people"],
        loss="延長申請の行政書士費用と、経理課2日分のお手間", basis="行政書士の請求書の写しと、お手間分の概算",
        sentence="延長のお手続きに要した費用は、弊社の負担", ringi="総務-0466",
    ).settled(days.anchor)  # fmt: skip


def handing_over(house: House) -> None:
    """The letter is in print and goes along on the next visit."""
    days = house.days
    bill = Forgotten(subject="搬送ローラー R-60", quantity="80本", net=596_000, delivered=17, planned=15)
    tale = tell(house, "handing_over", "C-0117", Start(
        summary="資材課長の小笠原様より、ローラー80本の請求書が支払月の一覧に載っていないとのご指摘",
        at=days.ago(3, "09:50"), heard=25, bill=bill, words="船の引渡しと重なるので、早めに知りたかった",
    ))  # fmt: skip
    tale.heard(days.ago(3, "10:10"), "manager").apologised(days.ago(3, "10:20"), "社長には私から話しておきます", to=1)
    tale.planned(days.ago(3, "13:20"), cause=CAUSE_SPLIT, prevention=CHECK, prevention_from=days.ahead(3).date(),
                 effect=CLOSED_MONTH, remedy=INVOICE_TODAY, wish="支払月を一月ずらしてほしい")  # fmt: skip
    tale.do(days.ago(3, "14:35"), "manager", "approve", "plan")
    tale.visited(days.ago(2, "11:20"), "conditional", "支払いは来月の一覧に載せます")
    tale.lettered(days.ago(2, "15:40")).issued(days.ago(1, "16:25"), "branch")
    tale.weighed(
        days.ago(1, "11:10"), "manager", ["manager2"], basis="支払月をずらすことで合意。金銭の補償は不要とのお話"
    )


def letter_waits(house: House) -> None:
    """Visited; the letter waits for the branch head whose name it bears."""
    days = house.days
    bill = Forgotten(subject="軸受ハウジング H-208", quantity="20個", net=652_000, delivered=21, planned=19)
    tale = tell(house, "letter_waits", "C-0109", Start(
        summary="事務長の平野様より、軸受ハウジングの請求書が20日締めに届いていないとのお電話",
        at=days.ago(2, "10:05"), by="rep2", bill=bill, words="毎月きちんと届いていたのに、どうしたの",
    ))  # fmt: skip
    tale.heard(days.ago(2, "10:30"), "manager").apologised(days.ago(2, "10:40"), "社長が心配しています", to=1)
    tale.planned(days.ago(2, "13:15"), cause=CAUSE_HANDOVER, prevention=WEEKLY, prevention_from=days.ahead(3).date(),
                 effect=CLOSED_MONTH, remedy=INVOICE_TODAY, wish="社長に会って話してほしい")  # fmt: skip
    tale.do(days.ago(2, "14:20"), "manager", "approve", "plan")
    tale.visited(days.ago(1, "15:15"), "accepted", "来てくれて安心した", gift="handed_over")
    tale.lettered(days.minutes_ago(95))


def overdue(house: House) -> None:
    """The plan is past its time; owner, boss and deputy have been told."""
    days = house.days
    tale = tell(house, "overdue", "C-0107", Start(
        summary="経理の榊原様より、請求書の単価が新しい見積りと違うとのお電話", at=days.ago(2, "13:40"), by="rep_b",
        words="差額はいくらになりますか",
    ))  # fmt: skip
    tale.heard(days.ago(2, "14:10"), "manager_b").apologised(days.ago(2, "14:25"), "今週中に直してください", to=1)
    tale.ring(days.anchor)


def visit_today(house: House) -> None:
    """The next visit: the letter is in print, the boss comes along."""
    days = house.days
    bill = Forgotten(subject="リニアガイド LG-35 組品", quantity="6組", net=747_000, delivered=14, planned=12)
    tale = tell(house, "visit_today", "C-0120", Start(
        summary="工場長の石川様より、リニアガイド6組の請求書がまだかと二度目のお電話。前回は事務で受けて伝わっていなかった",
        at=days.ago(2, "09:20"), heard=8, bill=bill, words="同じことを二度言わせないでほしい",
    ))  # fmt: skip
    tale.heard(days.ago(2, "09:30"), "manager", "go_on").apologised(
        days.ago(2, "09:45"), "来るなら、上の人と一緒に来なさい"
    ).listened(days.ago(2, "09:55"), "speak")
    tale.planned(days.ago(2, "11:30"), cause=CAUSE, prevention=CHECK, prevention_from=days.ahead(4).date(),
                 effect="月次の原価集計に載らず、工場の実績を出し直していただいた", remedy=INVOICE_TODAY,
                 wish="同じ質問を二度させないこと")  # fmt: skip
    tale.do(
        days.ago(2, "13:05"),
        "manager",
        "approve_with_remark",
        "plan",
        {"text": "私も同行します。工場長には先にお電話を"},
    )
    points = "請求書の発行もれ\nお電話を取り次いでいなかったこと"
    tale.visit_at(days.ago(2, "13:40"), days.next_visit(), ["rep", "manager"], points, "本社工場 2階 会議室")
    tale.lettered(days.ago(2, "16:10")).issued(days.ago(1, "10:40"), "branch")
    tale.weighed(days.ago(1, "14:00"), "manager", ["manager2"], losses=["people"], loss="実績の出し直しのお手間",
                 basis="金銭の補償は望まないとのお話")  # fmt: skip


def visit_soon(house: House) -> None:
    """A visit on the next working day; the letter is being written."""
    days = house.days
    bill = Forgotten(subject="定期点検(年2回契約)", quantity="1式", net=240_000, delivered=13, planned=11)
    tale = tell(house, "visit_soon", "C-0112", Start(
        summary="経理の彦坂様より、定期点検の請求書が2通届いたとのお電話。1通は前回分の重複", at=days.ago(1, "09:10"), by="rep2",
        bill=bill, words="どちらを払えばいいですか",
    ))  # fmt: skip
    tale.heard(days.ago(1, "09:40"), "manager").apologised(days.ago(1, "09:50"), "分かりました。待っています", to=1)
    tale.planned(days.ago(1, "11:10"), cause=CAUSE_HANDOVER, prevention=CHECK, prevention_from=days.ahead(5).date(),
                 effect="二重にお支払いいただくおそれがあった", remedy="重複した1通の取消を書面でお届けする",
                 wish="どれが正しいか、一目で分かるように")  # fmt: skip
    tale.do(days.ago(1, "13:30"), "manager", "approve", "plan")
    tale.visit_at(days.ago(1, "14:00"), days.ahead(1, "15:00"), ["rep2"], "重複した請求書", "田原工場 事務所")
    tale.wished(
        days.ago(1, "15:10"), "何を払えばよいか、迷わずにすむこと", ("請求書が2通届いた", "money"),
        ("どちらが正しいか分からない", "information"),
    )  # fmt: skip
    tale.alternatives(
        days.ago(1, "15:20"), "manager", ("次回の点検を一回分お引きする", "discount", 120_000),
        ("請求書を点検報告書と一緒に持参する", "other", 0),
    )  # fmt: skip
    _final_date(house, tale)


def _final_date(house: House, tale: Tale) -> None:
    """The customer names a last day; a technician books a visit on it, and a meeting in the house falls on it."""
    days, customer = house.days, house.customers["C-0112"]
    tale.do(days.ago(1, "14:20"), "rep2", "set_final_date", data={
        "day": days.ahead(3).date().isoformat(), "said_by_name": "経理 彦坂",
        "consequence": "月内に整わなければ、来期の点検契約を見直します",
        "expects": "正しい請求書と、二度と重複しない手順のご説明", "words": "それまでは待ちます",
    })  # fmt: skip
    booked = (
        ("tech", AppointmentData(title="定期点検の事前確認", starts=days.ahead(3, "13:00"), ends=days.ahead(3, "14:00"),
                                 customer_id=customer.pk)),
        ("rep2", AppointmentData(title="営業会議", starts=days.ahead(3, "13:30"), ends=days.ahead(3, "15:00"))),
    )  # fmt: skip
    for who, data in booked:
        user, at = house.people[who], days.ago(1, "16:00")
        appointment_make(who=user, data=data, by=user, at=at, key=f"demo:{who}")


def sent_back(house: House) -> None:
    """The plan came back: what it did to the customer is not yet in it."""
    days = house.days
    bill = Forgotten(subject="主軸スピンドルユニット SP-40", quantity="1台", net=780_000, delivered=12, planned=10)
    tale = tell(house, "sent_back", "C-0108", Start(
        summary="経理の墨様より、スピンドル1台の請求書が月末の締めに届かなかったとのお電話", at=days.ago(1, "13:05"), bill=bill,
        words="常務の決裁を取り直します",
    ))  # fmt: skip
    tale.heard(days.ago(1, "13:20"), "manager").apologised(days.ago(1, "13:40"), "常務には、まだ話していません", to=1)
    tale.planned(days.ago(1, "16:10"), cause=CAUSE, prevention=CHECK, effect="ご迷惑をおかけした", remedy=INVOICE_TODAY)
    tale.do(days.minutes_ago(200), "manager", "send_back", "plan", {
        "text": "丹羽常務の決裁がどこまで戻ったのか、お客様への影響を数字で。要点は3つまでにまとめましょう"})  # fmt: skip


def other_team(house: House) -> None:
    """A plan of the other team waits for its boss."""
    days = house.days
    tale = tell(house, "other_team", "C-0122", Start(
        summary="経理課長の橋立様より、税込金額が注文書と10円違うとのお電話。端数の扱いの違い", at=days.minutes_ago(430), by="rep_b",
        words="小さいことですが、帳簿が合いません",
    ))  # fmt: skip
    tale.heard(days.minutes_ago(405), "manager_b").apologised(days.minutes_ago(390), "差し替えをお願いします", to=1)
    tale.planned(days.minutes_ago(200), fault="both", cause="端数の処理を税率ごとに一度だけ行う決まりが、注文書の控えに書かれていなかった",
                 prevention="注文書の控えに端数の扱いを明記する", prevention_from=days.ahead(5).date(),
                 effect="帳簿の残高が10円合わず、確認のお手間をおかけした", wish="帳簿が合うこと")  # fmt: skip


def by_mouth(house: House) -> None:
    """The boss agreed on the telephone and has yet to confirm it."""
    days = house.days
    bill = Forgotten(subject="平歯車 m2 加工品", quantity="200枚", net=1_960_000, delivered=11, planned=9)
    tale = tell(house, "by_mouth", "C-0106", Start(
        summary="代表の大曽根様より、歯車200枚の請求書が来ないと支払いの手形が切れないとのお電話", at=days.minutes_ago(380), heard=10,
        bill=bill, by_mouth=True, words="手形の日は動かせないんだよ",
    ))  # fmt: skip
    tale.heard(days.minutes_ago(372), "manager", "go_on").apologised(
        days.minutes_ago(360), "今日中に持ってきてくれればいい"
    )
    tale.planned(days.minutes_ago(250), cause=CAUSE_SPLIT, prevention=CHECK, prevention_from=days.ahead(5).date(),
                 effect="手形の振出しの日が迫り、銀行とのお約束に響くおそれ", remedy=INVOICE_TODAY,
                 wish="今日中に請求書を見たい")  # fmt: skip
    tale.do(
        days.minutes_ago(240),
        "rep",
        "agreed_by_mouth",
        "plan",
        {"text": "佐藤課長に電話で了承をいただいた。出先のため記録は後ほど"},
    )


def chased(house: House) -> None:
    """The customer had to ask again."""
    days = house.days
    tale = tell(house, "chased", "C-0114", Start(
        summary="調達室のヴァン様より、先月分の請求書に前回の値引きが入っていないとのお電話", at=days.ago(1, "16:20"),
        next_contact="time", next_contact_at=days.ahead(1, "11:00"), words="社内の承認が止まっています",
    ))  # fmt: skip
    tale.heard(days.ago(1, "16:35"), "manager").apologised(days.minutes_ago(420), "値引きの合意は書面にあります", to=1)
    tale.planned(days.minutes_ago(300), fault="inquiry", inquiry_until=days.ahead(2).date(),
                 effect="お客様の社内の承認が止まっている", prevention="値引きの合意を請求の台帳へ写す手順を設ける",
                 wish="今日中に見通しがほしい")  # fmt: skip
    tale.do(days.minutes_ago(230), "manager", "approve", "plan")
    tale.do(days.minutes_ago(35), "rep2", "chase", data={
        "text": "先ほどの件、まだですか。15時から会議があります", "said_by": "マネージャー ヴァン"})  # fmt: skip


def plan_waits(house: House) -> None:
    """A plan waits for the boss."""
    days = house.days
    bill = Forgotten(subject="組立治具 J-7", quantity="1式", net=412_000, delivered=10, planned=8)
    tale = tell(house, "plan_waits", "C-0105", Start(
        summary="業務課長の杉浦様より、治具の請求書が25日締めに間に合っていないとのお電話", at=days.minutes_ago(340), by="rep2",
        heard=15, bill=bill, words="神谷部長が、現場の検収は済んでいると言っています",
    ))  # fmt: skip
    tale.heard(days.minutes_ago(325), "manager").apologised(days.minutes_ago(315), "部長に直接お話しください", to=1)
    tale.planned(days.minutes_ago(110), cause=CAUSE, prevention=CHECK, prevention_from=days.ahead(6).date(),
                 effect="検収済みの治具41万2千円が今月の費用に載らず、部の予算実績を組み直していただいた",
                 remedy=INVOICE_TODAY, wish="現場を見たうえで、部長に説明してほしい")  # fmt: skip


def plan_open(house: House) -> None:
    """Apologised; the plan is the next act."""
    days = house.days
    bill = Forgotten(subject="減速機 GR-50 修理", quantity="2台", net=336_000, delivered=8, planned=6)
    tale = tell(house, "plan_open", "C-0104", Start(
        summary="係長の各務様より、修理2台分の請求書の有無を尋ねるお電話。20日締めに間に合っていない", at=days.minutes_ago(150),
        bill=bill, words="工場長は、修理そのものには満足しています",
    ))  # fmt: skip
    tale.heard(days.minutes_ago(135), "manager").apologised(
        days.minutes_ago(125), "締めは何とかします。書類だけ早めに", to=1
    )


def recorded_for_another(house: House) -> None:
    """A technician hears of it on site and reports for the rep of the other team."""
    days = house.days
    tell(house, "recorded", "C-0116", Start(
        summary="別件の修理で伺った際、製造部長の加藤様から、先月の訪問のお約束が流れたままだと伺った", at=days.minutes_ago(80), by="tech",
        kind="untriaged", words="中村さんは忙しいのかな", heard=30,
    ))  # fmt: skip


def fresh(house: House) -> None:
    """Just in; nobody has said yet what kind it is."""
    days = house.days
    at = days.minutes_ago(25)
    tell(house, "fresh", "C-0111", Start(
        summary=f"開発部長の坂倉様より、{spoken(at.date())}のお打合せに誰も来ていないとのお電話。出席の予定がこちらの予定表に入っていなかった",
        at=at, kind="untriaged", heard=6, words="部の者が4人待っていました",
    ))  # fmt: skip


def _decided(tale: Tale, by: str, days: int, basis: str) -> None:
    """Nothing to compensate, looked at and signed by another."""
    signs = {"manager": "manager2", "manager_b": "branch"}
    at = tale.house.days.ago(days, "09:30")
    tale.weighed(at, by, [signs[by]], decision="none", basis=basis).settled(at + timedelta(hours=6))
