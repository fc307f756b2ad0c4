"""The plan with the boss, and visits: advice, other views, private opinions, the rehearsal, company, arrival."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Activity
from customers.selectors import activities_for, activities_of
from incidents import verify
from incidents.counsel import counsel
from incidents.models import Leaf
from incidents.pages import whole
from incidents.selectors import incidents_visible
from incidents.services import briefs, wake
from office.errors import Refused
from office.models import Outbox, User
from tests.job import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at).planned()


def sees(job: Job, user: User) -> bool:
    return incidents_visible(job.viewer(user)).filter(number=job.number).exists()


def todo(user: User) -> list[str]:
    return list(Activity.objects.open().filter(who=user).values_list("label", flat=True))


def told(job: Job, user: User) -> list[str]:
    return [moment.text for moment in whole(job.viewer(user), job.number).record.moments]


def arranged(job: Job, *going: User, after: timedelta = timedelta(days=1)) -> datetime:
    starts = job.at + after
    us = [user.pk for user in going or (job.cast.rep,)]
    data = {"starts": starts.isoformat(), "attendees": us, "meets": [job.cast.okamoto.pk]}
    job.do(job.cast.rep, "start", "visit", data)
    return starts


def ask(job: Job, *who: User) -> int:
    job.do(job.cast.rep, "ask_opinion", data={"text": "先に電話すべきでしょうか", "who": [user.pk for user in who]})
    return Leaf.objects.filter(sort="opinion").latest("pk").pk


# -- advice and another view


def test_the_boss_advises_and_who_is_in_charge_puts_another_view(job: Job) -> None:
    job.do(job.cast.manager, "advise", data={"text": "早朝に伺いなさい", "reason": "私はそうしてきた"})
    advice = Leaf.objects.get()
    job.do(job.cast.rep, "dissent", data={"text": "ご負担になる懸念があります", "advice": advice.pk})
    assert told(job, job.cast.manager)[:2] == ["別案・懸念を添える", "助言・指示"]
    with pytest.raises(Refused, match="somebody else"):
        job.do(job.cast.rep, "advise", data={"text": "x"})
    assert list(verify.problems()) == []


def test_another_view_cannot_stand_beside_what_is_no_advice_here(job: Job, cast: SimpleNamespace) -> None:
    for pk in (2**70, 999, -1):
        with pytest.raises(Refused, match="Nothing was found"):
            job.do(cast.rep, "dissent", data={"text": "x", "advice": pk})


# -- an opinion in private


def test_who_is_asked_may_read_the_incident_until_they_have_answered(job: Job, cast: SimpleNamespace) -> None:
    assert not sees(job, cast.rep_b)
    question = ask(job, cast.rep_b)
    assert sees(job, cast.rep_b)
    assert todo(cast.rep_b) == ["You are asked for your opinion"]
    job.do(cast.rep_b, "answer_opinion", data={"opinion": question, "text": "まず電話を"})
    assert not sees(job, cast.rep_b)
    assert todo(cast.rep_b) == []


@pytest.mark.parametrize("other", ["manager", "manager2", "branch", "director", "auditor", "tech", "rep2"])
def test_nobody_else_finds_a_trace_of_it(job: Job, cast: SimpleNamespace, other: str) -> None:
    viewer = job.viewer(getattr(cast, other))
    before = (
        len(whole(viewer, job.number).record.moments),
        whole(viewer, job.number).leaves,
        dict(job.offers(viewer.user)),
    )
    question = ask(job, cast.rep_b)
    job.do(cast.rep_b, "answer_opinion", data={"opinion": question, "text": "まず電話を"})
    page = whole(viewer, job.number)
    assert (len(page.record.moments), page.leaves, dict(job.offers(viewer.user))) == before
    personal = Activity.objects.filter(kind="personal")
    assert personal.exists()
    assert not activities_for(viewer).filter(pk__in=personal).exists()
    assert not activities_of(viewer, cast.towa.pk).filter(pk__in=personal).exists()


def test_how_one_is_refused_tells_nothing(job: Job, cast: SimpleNamespace) -> None:
    question = ask(job, cast.rep_b)
    for opinion in (question, 99_999):
        with pytest.raises(Refused) as refused:
            job.do(cast.manager, "answer_opinion", data={"opinion": opinion, "text": "x"})
        assert (refused.value.code, str(refused.value)) == (
            "forbidden", "This is done by somebody else in this incident.",
        )  # fmt: skip


def test_a_stand_in_does_not_see_what_was_asked_in_private(job: Job, cast: SimpleNamespace, at: datetime) -> None:
    from office.models import StandIn

    StandIn.objects.create(
        absent=cast.rep_b, stand_in=cast.manager_b, starts=at.date(), ends=at.date() + timedelta(days=3)
    )
    ask(job, cast.rep_b)
    assert not activities_for(job.viewer(User.objects.get(pk=cast.manager_b.pk))).filter(kind="personal").exists()


# -- an outside view (practice 4-09)


def test_an_outside_view_is_asked_and_answered_in_the_open(job: Job, cast: SimpleNamespace) -> None:
    job.do(cast.rep, "ask_outside_view", data={"text": "きっかけが分かりません", "who": [cast.manager_b.pk]})
    question = Leaf.objects.get(sort="opinion")
    assert not question.confidential
    assert todo(cast.manager_b) == ["You are asked for an outside view"]
    assert sees(job, cast.manager_b)
    assert "外からの見立てを依頼" in told(job, cast.rep2)
    job.do(cast.manager_b, "answer_opinion", data={"opinion": question.pk, "text": "納期のご返事が遅れています"})
    found = whole(job.viewer(cast.rep2), job.number)
    (asked,) = counsel(found.leaves, found.view.case, cast.rep2.pk).outside
    assert [answer.data["text"] for answer in asked.beside] == ["納期のご返事が遅れています"]
    assert ("share_opinion", "") not in job.offers(cast.rep), "there is nothing left to share"
    assert ("bring_back_plan", "") in job.offers(cast.rep), "it is news for the plan"
    assert todo(cast.manager_b) == []
    assert list(verify.problems()) == []


def test_what_is_asked_in_private_stays_so_beside_an_outside_view(job: Job, cast: SimpleNamespace) -> None:
    private = ask(job, cast.rep_b)
    job.do(cast.rep, "ask_outside_view", data={"text": "きっかけが分かりません", "who": [cast.manager.pk]})
    job.do(cast.rep_b, "answer_opinion", data={"opinion": private, "text": "カラス"})
    found = whole(job.viewer(cast.manager), job.number)
    seen = counsel(found.leaves, found.view.case, cast.manager.pk)
    assert (len(seen.outside), seen.questions, seen.shared) == (1, [], [])


def test_an_outside_view_is_asked_of_somebody_else_and_can_be_taken_back(job: Job, cast: SimpleNamespace) -> None:
    for who in (cast.rep, cast.auditor):
        with pytest.raises(Refused, match="other than yourself"):
            job.do(cast.rep, "ask_outside_view", data={"text": "x", "who": [who.pk]})
    job.do(cast.rep, "ask_outside_view", data={"text": "x", "who": [cast.branch.pk]})
    job.do(cast.rep, "withdraw_opinion")
    assert todo(cast.branch) == []


def test_who_comes_along_may_come_to_observe(job: Job, cast: SimpleNamespace) -> None:
    arranged(job)
    job.do(cast.rep, "ask_accompaniment", data={"who": cast.branch.pk, "purpose": "observe"})
    (one,) = counsel(whole(job.viewer(cast.rep), job.number).leaves, job.case, cast.rep.pk).company
    assert one.data["purpose"] == "observe"


def test_a_shared_opinion_is_for_all_and_the_plan_may_go_back(job: Job, cast: SimpleNamespace) -> None:
    question = ask(job, cast.rep_b)
    assert ("bring_back_plan", "") not in job.offers(cast.rep)
    job.do(cast.rep_b, "answer_opinion", data={"opinion": question, "text": "まず電話を"})
    job.do(cast.rep, "share_opinion")
    assert "意見を共有しました" in told(job, cast.manager)
    assert [leaf.sort for leaf in whole(job.viewer(cast.manager), job.number).leaves] == ["answer"]
    job.do(cast.rep, "bring_back_plan")
    assert job.case.steps["plan"].state == "open"
    job.do(cast.rep, "submit", "plan")
    assert ("bring_back_plan", "") not in job.offers(cast.rep)
    assert list(verify.problems()) == []


def test_only_the_asker_shares(job: Job, cast: SimpleNamespace) -> None:
    job.do(cast.rep_b if sees(job, cast.rep_b) else cast.rep, "note", data={"text": "経過"})
    question = ask(job, cast.rep2)
    job.do(cast.rep2, "answer_opinion", data={"opinion": question, "text": "まず電話を"})
    answer = Leaf.objects.get(sort="answer").pk
    with pytest.raises(Refused, match="done by somebody else"):
        job.do(cast.rep2, "share_opinion", data={"answer": answer})


def test_nobody_asks_themselves_or_the_auditor(job: Job, cast: SimpleNamespace) -> None:
    for who in (cast.rep, cast.auditor, cast.admin):
        with pytest.raises(Refused, match="other than yourself"):
            ask(job, who)


# -- the rehearsal


def test_a_grave_visit_is_rehearsed_before_it_is_arranged(job: Job, cast: SimpleNamespace) -> None:
    job.do(cast.manager, "set_severity", data={"severity": "A"})
    with pytest.raises(Refused, match="Rehearse") as refused:
        arranged(job)
    assert refused.value.facts["missing"] == ["rehearsed_when_grave"]
    job.do(cast.rep, "rehearse", data={"cards": [{"scene": "own", "title": "社長がご出席", "answer": "拝聴する"}]})
    with pytest.raises(Refused, match="Rehearse"):
        arranged(job)
    job.do(cast.rep, "rehearse")
    arranged(job)
    assert job.case.steps["visit"].started


# -- company


def test_the_boss_is_asked_to_come_along_and_stands_on_the_brief(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job)
    job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager_b.pk, "message": "専務様がご出席です"})
    assert "You are asked to come along" in todo(cast.manager_b)
    assert sees(job, cast.manager_b)
    job.do(cast.manager_b, "answer_accompaniment")
    visit = Activity.objects.open().get(who=cast.manager_b, kind="visit")
    assert (visit.starts, sees(job, cast.manager_b)) == (starts, True)
    later = arranged(job, after=timedelta(days=2))
    visit.refresh_from_db()
    assert visit.starts == later
    with pytest.raises(Refused, match="asked for this visit already"):
        job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager_b.pk})


def test_somebody_comes_in_the_bosss_place_with_a_reason(job: Job, cast: SimpleNamespace) -> None:
    arranged(job)
    job.do(cast.rep, "ask_accompaniment")
    request = Leaf.objects.get(sort="accompany").pk
    answer: dict[str, Any] = {"request": request, "answer": "stand_in", "who": cast.manager2.pk}
    with pytest.raises(Refused, match="reason"):
        job.do(cast.manager, "answer_accompaniment", data=answer)
    job.do(cast.manager, "answer_accompaniment", data={**answer, "reason": "出張のため"})
    assert Activity.objects.open().filter(who=cast.manager2, kind="visit").exists()
    assert job.case.companions == {cast.manager2.pk}


def test_another_time_comes_back_to_the_owner_until_the_visit_is_moved(job: Job, cast: SimpleNamespace) -> None:
    arranged(job)
    job.do(cast.rep, "ask_accompaniment")
    request = Leaf.objects.get(sort="accompany").pk
    slot = (job.at + timedelta(days=3)).isoformat()
    data = {"request": request, "answer": "another_time", "slots": [slot], "reason": "会議のため"}
    job.do(cast.manager, "answer_accompaniment", data=data)
    assert "Another time is asked for, to come along" in todo(cast.rep)
    arranged(job, after=timedelta(days=3))
    assert "Another time is asked for, to come along" not in todo(cast.rep)


def test_nobody_answers_for_another_boss(job: Job, cast: SimpleNamespace) -> None:
    arranged(job)
    job.do(cast.rep, "ask_accompaniment", data={"who": cast.branch.pk})
    job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager.pk})
    request = Leaf.objects.get(sort="accompany", who=cast.branch).pk
    with pytest.raises(Refused, match="Nothing was found"):
        job.do(cast.manager, "answer_accompaniment", data={"request": request, "answer": "come"})


# -- the way there


def test_an_arrival_stops_the_alarm(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep, cast.manager)
    job.at = starts - timedelta(minutes=5)
    job.do(cast.rep, "arrived", "visit")
    wake(at=starts + timedelta(hours=3))
    assert job.case.steps["visit"].level == 0
    assert not any("期限" in text and "お詫び訪問" in text for text in told(job, cast.rep))


def test_a_false_alarm_leaves_no_bell(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep, cast.manager)
    wake(at=starts + timedelta(minutes=11))
    page = whole(job.viewer(cast.rep), job.number)
    assert any(moment.icon == "bell" and moment.step == "visit" for moment in page.record.moments)
    assert Activity.objects.get(source__endswith=":visit").detail == "No arrival is recorded yet"
    job.at = starts + timedelta(minutes=12)
    job.do(cast.rep, "arrived", "visit")
    page = whole(job.viewer(cast.rep), job.number)
    assert not any(moment.icon == "bell" and moment.step == "visit" for moment in page.record.moments)
    assert list(verify.problems()) == []


def test_late_and_told_gives_the_alarm_a_new_time(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep, cast.manager)
    job.at = starts - timedelta(minutes=10)
    job.do(cast.rep, "told_late", "visit", {"minutes": 30})
    wake(at=starts + timedelta(minutes=39))
    assert job.case.steps["visit"].level == 0
    wake(at=starts + timedelta(minutes=41))
    assert job.case.steps["visit"].level == 1


def test_who_goes_alone_reads_the_brief_first(job: Job, cast: SimpleNamespace) -> None:
    arranged(job)
    with pytest.raises(Refused, match="go alone"):
        job.do(cast.rep, "on_the_way", "visit", {})
    job.do(cast.rep, "read_brief", "visit")
    job.do(cast.rep, "on_the_way", "visit")
    assert job.case.steps["visit"].data["under_way"] == "on_the_way"


def test_the_brief_comes_the_day_before_and_in_the_morning_once_each(job: Job, cast: SimpleNamespace) -> None:
    starts = arranged(job, cast.rep, cast.manager)
    mails = Outbox.objects.filter(key__contains=":brief:")
    briefs(at=starts - timedelta(days=1))
    assert not mails.exists()
    for _again in range(2):
        briefs(at=starts.replace(hour=16, minute=30) - timedelta(days=1))
    assert {mail.to for mail in mails.all()} == {cast.rep, cast.manager}
    for _again in range(2):
        briefs(at=starts.replace(hour=8))
    assert mails.count() == 4


# -- how it went


def test_everybody_who_advised_hears_once_how_it_went(job: Job, cast: SimpleNamespace) -> None:
    question = ask(job, cast.rep_b)
    job.do(cast.rep_b, "answer_opinion", data={"opinion": question, "text": "まず電話を"})
    for _twice in range(2):
        job.do(cast.branch, "advise")
    job.do(cast.rep, "submit", "visit")
    notices = Activity.objects.open().filter(label="How the visit went")
    assert {row.who for row in notices.all()} == {cast.rep_b, cast.branch, cast.manager}
    assert notices.count() == 3
    job.do(cast.rep_b, "read_result")
    assert {row.who for row in notices.all()} == {cast.branch, cast.manager}
    assert not sees(job, cast.rep_b)
    assert "中村さん" not in str(whole(job.viewer(cast.branch), job.number).record.moments)
