"""Other troubles than a forgotten invoice: a machine that keeps failing, an appointment nobody kept, a slow answer."""

from __future__ import annotations

from config.demo.telling import House, Start, tell


def weekly_defect(house: House) -> None:
    """The fourth standstill in a month: mended and proved, one item left, the letter waits to be written."""
    days = house.days
    tale = tell(house, "weekly_defect", "C-0123", Start(
        summary="木工ラインの搬送ユニットSK-70が、今月4度目の停止とのお電話。出荷を1日延ばされた",
        at=days.ago(6, "08:55"), kind="defect", severity="A", heard=5, machine="SK70-0231",
        words="直ったと言っては止まる。今月中に止まらない形にしてほしい",
    ))  # fmt: skip
    tale.heard(days.ago(6, "09:05"), "manager", "call").apologised(
        days.ago(6, "09:25"), "原因を、次は推測でなく聞きたい"
    )
    tale.planned(
        days.ago(6, "13:30"), cause="駆動部の軸受の芯出しを、運転中の温度で確かめる手順がなかった", cause_state="confirmed",
        cause_evidence="止めた機械の軸を運転温度で測り直し、芯のずれを確かめた",
        effect="4回・計14時間の停止で、出荷を1日延ばし、夜勤の組み替えをしていただいた",
        remedy="予備の駆動部を当日中にお貸しする", wish="今月中に止まらない形にすること",
        prevention="出荷前の検査に、定格温度での芯出しの確認を加える", prevention_from=days.ahead(5).date(),
    )  # fmt: skip
    tale.do(days.ago(6, "15:10"), "manager", "approve", "plan")
    tale.visited(days.ago(5, "10:40"), "pending", "直し方は分かった。止まらないことを見てから決める",
                 promise_what="8時間の連続運転の結果をお知らせする", promise_by=days.ahead(2, "17:00"))  # fmt: skip
    period = {"starts": days.ago(5).date().isoformat(), "ends": days.ago(2).date().isoformat()}
    tale.do(days.ago(5, "11:20"), tale.owner, "set_repair_period", data={
        **period, "plan": "駆動部を分解し、軸受を交換して、運転温度で芯出しをやり直す", "resources": "技術2名、予備の駆動部",
    })  # fmt: skip
    for ago, done, ahead in (
        (5, "予備の駆動部に載せ替え、外した駆動部を分解した", "軸受の交換"),
        (4, "軸受2個を交換した。軸の摩耗はなし", "芯出しと試運転"),
        (3, "運転温度で芯出しをやり直し、4時間の試運転で停止0回", "8時間の連続運転"),
    ):
        log = {"on": days.ago(ago).date().isoformat(), "done": done, "who": [house.people["tech"].pk], "next": ahead}
        tale.do(days.ago(ago, "17:20"), "tech", "log_repair", data=log)
    tale.do(days.ago(2, "17:10"), tale.owner, "submit", "repair_period", {
        **period, "done": "駆動部の軸受2個を交換し、運転温度で芯出しをやり直した", "stopped_hours": 14,
        "running_since": days.ago(2, "15:30").isoformat(), "proof": "8時間の連続運転で停止0回。工場の方お立会いで確認",
        "residuals": [{"what": "予備の軸受1組をお届けする", "due": days.ahead(2).date().isoformat()}],
    })  # fmt: skip


def nobody_came(house: House) -> None:
    """The day was in nobody's calendar; the plan waits for the boss."""
    days = house.days
    tale = tell(house, "nobody_came", "C-0124", Start(
        summary="9時のお約束に伺っておらず、工場の皆様をお待たせしたとのお電話。日程の控えが部内に残っていなかった",
        at=days.minutes_ago(300), by="rep2", kind="missed_appointment", heard=12, words="3人で40分待ちました",
    ))  # fmt: skip
    tale.heard(days.minutes_ago(290), "manager", "go_on")
    tale.apologised(days.minutes_ago(280), "今日はもう結構です。次は上の方と一緒に")
    tale.planned(
        days.minutes_ago(120), cause="お約束を担当者個人の手帳だけに記し、部内で確かめる仕組みがなかった",
        effect="工場長様はじめ3名に40分お待ちいただき、午前の打合せを組み直していただいた",
        prevention="お約束を部内の予定表に入れ、前営業日の終業前に責任者が確かめる", prevention_from=days.ahead(2).date(),
    )  # fmt: skip


def late_reply(house: House) -> None:
    """The customer had said there was no hurry; the answer took two days."""
    days = house.days
    tale = tell(house, "late_reply", "C-0126", Start(
        summary="お見積りの材質のご質問に2日お返事ができておらず、再度のお電話をいただいた", at=days.minutes_ago(210),
        kind="slow_answer", severity="C", words="急がないとは言いましたが、返事は欲しかったです",
    ))  # fmt: skip
    tale.heard(days.minutes_ago(200), "manager")
    tale.apologised(days.minutes_ago(190), "分かりました。今日中なら間に合います")
