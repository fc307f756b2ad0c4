"""Story 6: a forgotten appointment and a customer who has had enough; what the boss, others and the clock do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from config.sweeps import sweep_run
from customers.models import Activity, Appointment, Promise
from customers.services import (
    ActivityRow,
    AppointmentData,
    NewPromise,
    activities_put,
    appointment_arrive,
    appointment_make,
    promise_break,
    promise_make,
)
from incidents import verify
from incidents.models import Leaf, Submission
from incidents.pages import whole
from incidents.services import render_letters, wake
from incidents.traces import traces
from office.clock import JST
from office.errors import Refused
from office.models import Outbox, User
from tests.incidents.web.test_bargain import text_of
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
AT_STAKE = "Our dealings may be suspended"
# Days after the visit of 17 November: 3 days, 1 and 2 weeks, 1, 2, 3 and 6 months; Saturday and Sunday move to Monday.
SERIES = [3, 7, 14, 30, 60 + 2, 90, 180 + 1]


def day(n: int, hour: int = 10, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, n, hour, minute, tzinfo=JST)


def todo(user: User) -> list[str]:
    return list(Activity.objects.open().filter(who=user).values_list("label", flat=True))


def mails(part: str) -> list[tuple[User | None, str]]:
    """Who has had a mail whose key has this part, and its words."""
    return [(mail.to, mail.body) for mail in Outbox.objects.filter(key__contains=part).select_related("to")]


def visit_of(cast: SimpleNamespace, starts: datetime, title: str = "定例のご訪問") -> Appointment:
    data = AppointmentData(title=title, starts=starts, ends=starts + timedelta(hours=1), customer_id=cast.towa.pk)
    return appointment_make(who=cast.rep, data=data, by=cast.rep, at=starts - timedelta(days=5))


def months_of_small_slips(cast: SimpleNamespace) -> None:
    """A late visit in September, a promise broken and a call days too late in October."""
    late = visit_of(cast, day(8, 14, month=9))
    appointment_arrive(pk=late.pk, by=cast.rep, at=day(8, 14, 25, month=9))
    new = NewPromise(source="x", what="見積りのお届け", answer_by=day(9, 17, month=10), agreed=True)
    promise = promise_make(customer=cast.towa, new=new, by=cast.rep, at=day(2, month=10))
    promise_break(promise_id=promise.pk, reason="手配もれ", by=cast.rep, at=day(13, month=10))
    call = {"label": "Call back", "who_id": cast.rep.pk, "customer_id": cast.towa.pk, "due": day(20, month=10)}
    row = ActivityRow(source="call", kind=Activity.Kind.CALL, state="done", done_at=day(23, month=10), **call)
    activities_put([row], at=day(20, month=10))


def forgotten(cast: SimpleNamespace) -> Job:
    """Nobody came. The director: you need not come any more. Reported by the rep within the hour."""
    visit_of(cast, day(17, 9))
    told = "お約束の訪問をお忘れ。専務様より「もう来なくていい」とのお話"
    job = Job(cast, day(17, 10), kind="missed_appointment", summary=told)
    job.do(cast.manager, "set_severity", data={"severity": "A"})
    return job


def settled(job: Job) -> None:
    """All is done but the months that follow."""
    cast, later = job.cast, ("follow_up", "effect_check")
    while job.incident.state != "aftercare":
        people = (cast.rep, cast.manager, cast.manager2, cast.director)
        user, command, step = next((u, *key) for u in people for key in job.offers(u).forward() if key[1] not in later)
        job.do(user, command, step)
        render_letters(at=job.at)


def test_the_missing_check_in_rings_ten_minutes_after_the_start(cast: SimpleNamespace) -> None:
    visit_of(cast, day(17, 9))
    for minute, told in ((9, []), (10, [cast.rep]), (30, [cast.rep])):
        sweep_run(name="deadlines", at=day(17, 9, minute))
        rows = Activity.objects.open().filter(source__startswith="arrival:").select_related("who")
        assert ([row.who for row in rows], [user for user, _body in mails("arrival:")]) == (told, told), minute
    # the next visit there is the first after a missed one: ten minutes later the deputy is asked to ring, too
    forgotten_again = visit_of(cast, day(24, 14), "お詫びを兼ねたご訪問")
    sweep_run(name="deadlines", at=day(24, 14, 19))
    assert [user for user, _body in mails(f"arrival:{forgotten_again.pk}:")] == [cast.rep]
    sweep_run(name="deadlines", at=day(24, 14, 20))
    assert [user for user, _body in mails(f"arrival:{forgotten_again.pk}:")] == [cast.rep, cast.rep2]


def test_the_cause_is_looked_for_in_the_log_and_the_boss_is_asked_to_judge(cast: SimpleNamespace) -> None:
    months_of_small_slips(cast)
    visit_of(cast, day(17, 9))
    sweep_run(name="deadlines", at=day(17, 9, 10))
    job = Job(cast, day(17, 11), kind="missed_appointment", summary="お約束の訪問をお忘れ")
    job.do(cast.rep, "submit", "first_apology")
    with translation.override("ja"):
        found = traces(job.viewer(cast.rep), job.incident)
    assert [f"{trace.on:%m/%d} {trace.text}" for trace in found] == [
        "11/17 訪問の到着が記録されていない", "10/20 Call back: 期日の3日後に実施", "10/09 約束を果たせなかった",
        "09/08 訪問に25分遅れて到着",
    ]  # fmt: skip
    # where nobody sees it, the boss judges from outside, and the answer stands beside the plan
    job.do(cast.rep, "ask_outside_view", data={"text": "何が一番のお怒りでしょうか", "who": [cast.manager.pk]})
    assert "You are asked for an outside view" in todo(cast.manager)
    job.do(cast.manager, "answer_opinion", data={**job.offers(cast.manager)["answer_opinion", ""]["schema"]["example"],
                                                 "text": "一つではなく、小さな遅れが重なっている"})  # fmt: skip
    paper = job.offers(cast.rep)["submit", "plan"]["schema"]["example"]
    keys = [{"key": trace.key} for trace in found]
    plan = {**paper, "pattern": "daily", "causes": ["late", "broken_promise"], "found": keys}
    job.do(cast.rep, "submit", "plan", plan)
    kept = json.loads(Submission.objects.get(step="plan").text)["found"]
    assert [fact["text"] for fact in kept] == [trace.text for trace in found]
    # or comes along to see how it goes
    job.do(cast.manager, "approve", "plan", {})
    job.do(cast.rep, "start", "visit", {"starts": day(18, 14).isoformat(), "attendees": [cast.rep.pk]})
    job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager.pk, "purpose": "observe"})
    asked = Activity.objects.open().get(label="You are asked to come along")
    assert (asked.who, asked.due) == (cast.manager, day(18, 14))


def test_a_threat_to_stop_trading_reaches_boss_and_branch_at_once(cast: SimpleNamespace) -> None:
    job = forgotten(cast)
    threat = {"sort": "suspension", "words": "取引を考え直す", "said_by": cast.okamoto.pk}
    job.do(cast.rep, "note_risk", data=threat)
    for user in (cast.manager, cast.branch):
        assert AT_STAKE in todo(user)
    assert {user for user, _body in mails(":risk:")} == {cast.manager, cast.branch}
    job.do(cast.branch, "acknowledge")
    assert AT_STAKE not in todo(cast.branch)
    assert AT_STAKE in todo(cast.manager), "each answers for themselves"


def test_you_need_not_come_any_more(cast: SimpleNamespace, client_for: ClientFor) -> None:
    job = forgotten(cast)
    job.do(cast.rep, "submit", "first_apology")

    # The boss knows one way; the rep puts another view beside it, and asks a third person in private.
    job.do(cast.manager, "advise", data={"text": "早朝に伺ってお詫びする", "reason": "私はそうしてきた"})
    job.do(cast.rep, "submit", "plan")
    job.do(cast.rep, "dissent", data={"text": "ご迷惑になる懸念があります。先にお電話を考えています"})
    job.do(cast.rep, "ask_opinion", data={"text": "伺う前に電話すべきでしょうか", "who": [cast.rep_b.pk]})
    job.do(cast.rep_b, "answer_opinion", data={"opinion": Leaf.objects.get(sort="opinion").pk, "text": "電話が先です"})
    assert [leaf.sort for leaf in whole(job.viewer(cast.manager), job.number).leaves] == ["advice", "dissent"]
    page = f"/incidents/{job.number}/"
    with time_machine.travel(job.at, tick=False):  # what was asked in private saves the boss's face
        for path in (page, f"{page}timeline/", f"{page}steps/plan/", "/"):
            assert "電話が先です" not in text_of(client_for(cast.manager), path)
        assert "電話が先です" in text_of(client_for(cast.rep), page)
    job.do(cast.rep, "share_opinion")
    assert "Action plan" in todo(cast.manager)
    job.do(cast.rep, "bring_back_plan")
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})

    # The worst is rehearsed before the visit is arranged: shouted at, banned, ignored. The boss is asked along.
    visit = {"starts": day(19, 14).isoformat(), "attendees": [cast.rep.pk], "meets": [cast.okamoto.pk]}
    cards = [{"scene": scene, "answer": "最後までお話を伺う"} for scene in ("scolded", "ended", "silent")]
    for some in ([], cards[:2], [{"scene": "own", "title": "社長も同席", "answer": "お詫びから始める"}, *cards[1:]]):
        if some:
            job.do(cast.rep, "rehearse", data={"cards": some})
        with pytest.raises(Refused, match="Rehearse"):
            job.do(cast.rep, "start", "visit", visit)
    job.do(cast.rep, "rehearse", data={"cards": cards})
    job.do(cast.rep, "start", "visit", visit)
    job.do(cast.rep, "ask_accompaniment")
    job.do(cast.manager, "answer_accompaniment")
    sweep_run(name="briefs", at=day(18, 16, 30))
    sweep_run(name="briefs", at=day(19, 8))
    sent = [(user, "evening" if ":evening:" in key else "morning") for user, key in briefed()]
    assert set(sent) == {(user, when) for user in (cast.rep, cast.manager) for when in ("evening", "morning")}

    # Ten minutes after the start nobody has arrived, and who goes is told; ten later whoever is to ring the customer.
    wake(at=day(19, 14, 9))
    assert job.case.steps["visit"].level == 0
    wake(at=day(19, 14, 10))
    assert [user for user, _body in mails(":visit:")] == [cast.rep]
    wake(at=day(19, 14, 20))
    assert {user for user, _body in mails(":visit:")} == {cast.rep, cast.rep2}
    job.at = day(19, 14, 22)
    job.do(cast.rep, "arrived", "visit")
    wake(at=day(19, 17))
    assert job.case.steps["visit"].level == 0
    moments = whole(job.viewer(cast.rep), job.number).record.moments
    assert not any(m.icon == "bell" and m.step == "visit" for m in moments)

    # What was said there goes beyond a scolding: it is kept for few, the boss helps, and from now on two go.
    job.at = day(19, 15)
    borne = {"happened_at": day(19, 14, 25).isoformat(), "sort": "words", "text": "個人への言葉"}
    job.do(cast.rep, "note_abuse", data=borne)
    assert todo(cast.manager).count("Please look at this incident") == 1
    assert not any(leaf.sort == "abuse" for leaf in whole(job.viewer(cast.rep2), job.number).leaves)
    job.do(cast.manager, "answer_abuse")
    with pytest.raises(Refused, match="Two of us go"):
        job.do(cast.rep, "start", "visit", {**visit, "starts": day(20, 14).isoformat()})

    # How it went is told to everybody who advised, once.
    result = {"met": [cast.okamoto.pk], "reaction": "pending", "words": "しばらく様子を見る",
              "promise_by": (job.at + timedelta(days=3)).isoformat()}  # fmt: skip
    job.do(cast.rep, "submit", "visit", result)
    for user in (cast.manager, cast.rep_b):
        assert todo(user).count("How the visit went") == 1
        job.do(user, "read_result")
        assert "How the visit went" not in todo(user)

    # The report is a timeline, oldest first, for paper. What was weighed among us is not on it: nobody loses face.
    with time_machine.travel(job.at, tick=False):
        account = text_of(client_for(cast.manager), f"{page}timeline/")
    turns = ["第一報を送りました", "対応計画", "到着しました", "しばらく様子を見る"]
    assert [turn for turn in turns if turn not in account] == []
    places = [account.index(turn) for turn in turns]
    assert places == sorted(places)
    assert [word for word in ("早朝に伺って", "ご迷惑になる懸念", "個人への言葉") if word in account] == []


def briefed() -> list[tuple[User | None, str]]:
    return [(mail.to, mail.key) for mail in Outbox.objects.filter(key__contains=":brief:").select_related("to")]


def test_one_apology_is_never_the_end(cast: SimpleNamespace) -> None:
    """Contact on seven days after the visit, each told in time and with the reaction; what slips brings it back."""
    job = forgotten(cast)
    settled(job)
    visited, seen, reactions = job.at, [], ["pending", "pending", "conditional", "conditional", *["accepted"] * 3]
    for place, reaction in enumerate(reactions):
        row = Activity.objects.open().get(kind="follow_up", who=cast.rep)
        assert (row.due, row.deputy) == (job.case.steps["follow_up"].due, cast.rep2)
        assert row.due is not None
        seen.append((row.due.astimezone(JST).date() - visited.astimezone(JST).date()).days)
        wake(at=row.due - timedelta(minutes=1))
        assert job.case.steps["follow_up"].level == 0
        if place == 2:  # nobody rings: the owner is told at the due, the deputy an hour, the boss four hours later
            wake(at=row.due + timedelta(days=2))
            assert job.case.steps["follow_up"].level == 3
            assert "Continued follow-up" in todo(cast.manager)
            seen_late = [user for user, body in mails(":follow_up:")]
            assert cast.rep in seen_late or cast.manager in seen_late
        job.at = max(row.due, job.case.at) - timedelta(hours=2)
        paper = {"how": "phone", "to": [cast.okamoto.pk], "reaction": reaction}
        if reaction != "accepted":  # who waits and sees has agreed to the next contact: the day of the series
            next_on = visited + timedelta(days=SERIES[place + 1])
            ahead = next_on if reaction == "pending" else job.at + timedelta(days=20)
            paper |= {"promise_what": f"ご報告{place}", "promise_by": ahead.replace(hour=17, minute=30).isoformat()}
        job.do(cast.rep, "submit", "follow_up", paper)
    assert seen == SERIES
    kept = [json.loads(row.text)["reaction"] for row in Submission.objects.filter(step="follow_up").order_by("pk")]
    assert kept == reactions
    assert not Activity.objects.open().filter(kind="follow_up").exists()
    # a promise past its day asks whether to resume; once it is broken the incident resumes by itself
    promise = Promise.objects.open().filter(number=job.number).latest("answer_by")
    sweep_run(name="aftercare", at=promise.answer_by + timedelta(hours=1))
    assert "Aftercare: resume?" in todo(cast.rep)
    assert job.incident.state == "aftercare"
    promise_break(promise_id=promise.pk, reason="失念", by=cast.rep, at=promise.answer_by + timedelta(days=1))
    wake(at=promise.answer_by + timedelta(days=1))
    assert job.incident.state == "open"
    assert list(verify.problems()) == []


def test_the_same_slip_again_brings_it_back(cast: SimpleNamespace) -> None:
    job = forgotten(cast)
    settled(job)
    again = Job(cast, job.at + timedelta(days=20), kind="missed_appointment", summary="またお約束の訪問をお忘れ")
    assert sweep_run(name="aftercare", at=again.at) == {"resumed": 1, "asked": 0}
    assert job.incident.state == "open"
    assert "Action plan" in todo(cast.rep)
