"""The pages of the plan with the boss and of visits, in both states, and who may not."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.forms.plan import PlanForm
from incidents.models import Entry, Leaf
from incidents.steps import Setting
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def arranged(cast: SimpleNamespace, planned: Matter) -> None:
    starts = (planned.at + timedelta(days=1)).isoformat()
    data: dict[str, Any] = {"starts": starts, "attendees": [cast.rep.pk], "meets": [cast.okamoto.pk]}
    planned.do(cast.rep, "start", "visit", data)


def test_advice_and_another_view_stand_beside_the_plan(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    boss, rep = client_for(cast.manager), client_for(cast.rep)
    empty = boss.post(f"{planned.url}acts/advise/", {"text": "", "idempotency": "a0"})
    assert (empty.status_code, Leaf.objects.count()) == (422, 0)
    for _double_tap in range(2):
        boss.post(f"{planned.url}acts/advise/", {"text": "早朝に伺いなさい", "idempotency": "a1"})
    advice = Leaf.objects.get()
    page = rep.get(planned.url).content.decode()
    assert f"acts/dissent/?advice={advice.pk}" in page
    assert "早朝に伺いなさい" in page
    fields = {"text": "ご負担になる懸念があります", "advice": advice.pk, "idempotency": "d1"}
    assert rep.post(f"{planned.url}acts/dissent/", fields).status_code == 302
    for client in (boss, rep):
        assert "ご負担になる懸念があります" in client.get(planned.step("plan")).content.decode()
    assert rep.get(f"{planned.url}acts/advise/").status_code == 409


def test_an_outside_view_is_found_beside_the_cause_and_answered_for_all(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    rep, boss, url = client_for(cast.rep), client_for(cast.branch), f"{matter.url}acts/ask_outside_view/"
    assert url in rep.get(matter.step("plan")).content.decode()
    form = rep.get(url).content.decode()
    assert "同行は、訪問の日時が決まってからお願いできます" in form
    assert form.index("佐藤課長") < form.index("伊藤支店長"), "the owner's boss first"
    assert rep.post(url, {"text": "きっかけが分かりません", "idempotency": "o0"}).status_code == 422
    fields = {"text": "きっかけが分かりません", "who": [cast.branch.pk], "idempotency": "o1"}
    assert rep.post(url, fields).status_code == 302
    question = Leaf.objects.get(sort="opinion")
    assert "外からの見立てのお願い" in boss.get("/").content.decode()
    answer = f"{matter.url}acts/answer_opinion/?opinion={question.pk}"
    page = boss.get(answer).content.decode()
    assert "この事案を見る全員が読みます" in page
    assert "だけが" not in page, "nothing private is said of it"
    said = boss.post(answer, {"text": "納期のご返事です", "opinion": question.pk, "idempotency": "o2"}, follow=True)
    assert "計画の横に表示されます" in said.content.decode()
    for name in ("rep", "rep2", "auditor"):
        page = client_for(getattr(cast, name)).get(matter.url).content.decode()
        assert "外からの見立て" in page
        assert "納期のご返事です" in page


def test_somebody_is_asked_to_come_along_and_see(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    arranged(cast, planned)
    rep = client_for(cast.rep)
    assert "?purpose=observe" in rep.get(f"{planned.url}acts/ask_outside_view/").content.decode()
    url = f"{planned.url}acts/ask_accompaniment/"
    assert rep.get(url, {"purpose": "observe"}).context["form"].initial["purpose"] == "observe"
    fields = {"who": cast.manager.pk, "purpose": "observe", "idempotency": "c1"}
    assert rep.post(url, fields).status_code == 302
    leaf = Leaf.objects.get(sort="accompany")
    asked = client_for(cast.manager).get(f"{planned.url}acts/answer_accompaniment/", {"request": leaf.pk})
    assert "様子を見る(原因が分からないとき)" in asked.content.decode()
    assert "(様子を見る)" in rep.get(planned.step("visit")).content.decode()


def test_an_opinion_is_asked_answered_and_shared(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    rep, asked, boss = client_for(cast.rep), client_for(cast.rep_b), client_for(cast.manager)
    form = rep.get(f"{planned.url}acts/ask_opinion/").content.decode()
    assert "あなたと選んだ相手だけが見られます" in form
    assert rep.post(f"{planned.url}acts/ask_opinion/", {"text": "電話が先か", "idempotency": "q0"}).status_code == 422
    fields = {"text": "電話が先か", "another": cast.rep_b.pk, "idempotency": "q1"}
    assert rep.post(f"{planned.url}acts/ask_opinion/", fields).status_code == 302
    assert "この相談は、あなたと中村さんだけが見られます" in rep.get(planned.url).content.decode()
    question = Leaf.objects.get(sort="opinion")
    assert "ご意見を求められています" in asked.get("/").content.decode()
    answer = f"{planned.url}acts/answer_opinion/?opinion={question.pk}"
    assert "電話が先か" in asked.get(answer).content.decode()
    for _double_tap in range(2):
        fields = {"text": "まず電話を", "opinion": question.pk, "idempotency": "q2"}
        assert asked.post(answer, fields).headers["Location"] == "/"
    assert asked.get(planned.url).status_code == 404
    for path in ("", "timeline/", "steps/plan/", "?show=approvals"):
        assert (
            "電話"
            not in boss.get(planned.url + path).content.decode().replace("電話番号", "").replace("お電話する", "")
            or "まず電話を" not in boss.get(planned.url + path).content.decode()
        )
        assert "非公開" not in boss.get(planned.url + path).content.decode().replace("意見を聞く(非公開)", "")
        assert "中村" not in boss.get(planned.url + path).content.decode()
    for path in ("/", f"/customers/{cast.towa.pk}/", "/search/?q=電話が先か"):
        assert "中村さん" not in boss.get(path, follow=True).content.decode()
    reply = Leaf.objects.get(sort="answer")
    shares = f"{planned.url}acts/share_opinion/?answer={reply.pk}"
    assert "まず電話を" in rep.get(shares).content.decode()
    rep.post(shares, {"answer": reply.pk, "idempotency": "q3"})
    assert "まず電話を" in boss.get(planned.url).content.decode()
    assert "計画を上司に戻しますか" in rep.get(planned.url).content.decode()


def test_a_boss_who_was_not_asked_gets_the_same_page_for_any_question(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    planned.do(cast.rep, "ask_opinion", data={"text": "電話が先か", "who": [cast.rep_b.pk]})
    boss = client_for(cast.manager)
    question = Leaf.objects.get().pk
    for pk in (question, 4711):
        address = f"{planned.url}acts/answer_opinion/?opinion={pk}"
        assert boss.get(address).status_code == 409
        assert boss.post(address, {"opinion": pk, "text": "x", "idempotency": f"b{pk}"}).status_code == 403


def test_a_grave_visit_names_the_rehearsal_and_leads_there(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    planned.do(cast.manager, "set_severity", data={"severity": "A"})
    rep, url = client_for(cast.rep), planned.step("visit")
    fields = {"command": "start", "starts": "2026-11-25T14:00", "idempotency": "v1", "submission": 0}
    refused = rep.post(url, fields)
    assert refused.status_code == 422
    for words in ("先に想定問答", f"{planned.url}acts/rehearse/"):
        assert words in refused.content.decode()
    act = f"{planned.url}acts/rehearse/"
    assert rep.post(act, {"idempotency": "r0"}).status_code == 422
    cards = {
        "scolded": "伺う",
        "scolded_who": cast.rep.pk,
        "ended": "持ち帰る",
        "silent": "辞去する",
        "idempotency": "r1",
    }
    assert rep.post(act, cards).status_code == 302
    assert "持ち帰る" in rep.get(act).content.decode()  # nobody types it twice
    assert rep.post(url, {**fields, "idempotency": "v2"}).status_code == 302
    brief = rep.get(url).content.decode()
    for words in ("お取引停止のお話", "持ち帰る", "お答えする人: 田中さん"):
        assert words in brief


def test_the_boss_answers_about_coming_along(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    rep, boss = client_for(cast.rep), client_for(cast.manager)
    assert rep.get(f"{planned.url}acts/ask_accompaniment/").status_code == 409  # no visit is arranged
    arranged(cast, planned)
    brief = rep.get(planned.step("visit")).content.decode()
    assert "課長以上の同行をお願いしますか" in brief
    assert f"{planned.url}acts/ask_accompaniment/" in brief
    fields = {"who": cast.manager.pk, "message": "専務様がご出席です", "idempotency": "c1"}
    assert rep.post(f"{planned.url}acts/ask_accompaniment/", fields).status_code == 302
    request = Leaf.objects.get(sort="accompany").pk
    act = f"{planned.url}acts/answer_accompaniment/?request={request}"
    assert act in boss.get("/").content.decode()
    assert "専務様がご出席です" in boss.get(act).content.decode()
    bare = {"request": request, "answer": "another_time", "idempotency": "c2"}
    assert "理由を書いてください" in boss.post(act, bare).content.decode()
    boss.post(act, {"request": request, "answer": "come", "idempotency": "c3"})
    brief = rep.get(planned.step("visit")).content.decode()
    assert "同行します" in brief
    assert "課長以上の同行をお願いしますか" not in brief


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_a_meeting_is_for_and_whether_the_customer_confirmed_it_stand_in_the_brief(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, confirmed: bool
) -> None:
    starts = (planned.at + timedelta(days=1)).isoformat()
    people = {"attendees": [cast.rep.pk], "meets": [cast.okamoto.pk]}
    told = {"starts": starts, "purpose": "状況のご説明", "confirmed": confirmed, **people}
    planned.do(cast.rep, "start", "visit", told)
    brief = client_for(cast.rep).get(planned.step("visit")).content.decode().partition('id="h-brief"')[2]
    assert "状況のご説明" in brief.partition("</section>")[0]
    assert ("お客様に確認済み" in brief.partition("</section>")[0]) is confirmed, "practice 1-22"


def test_the_taps_around_a_visit(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    arranged(cast, planned)
    rep, url = client_for(cast.rep), planned.step("visit")
    alone = rep.post(url, {"command": "on_the_way", "idempotency": "t0"})
    assert "お一人での訪問です" in alone.content.decode()
    for command in ("read_brief", "on_the_way", "told_late", "arrived"):
        for _double_tap in range(2):
            rep.post(url, {"command": command, "minutes": "30", "idempotency": f"t{command}"})
    assert planned.progress("visit")["data"]["under_way"] == "arrived"
    assert Entry.objects.filter(key__startswith="t").count() == 4
    assert 'value="arrived"' not in rep.get(url).content.decode()
    assert "30分ほど遅れる旨" in rep.get(planned.url).content.decode()
    assert 'value="arrived"' not in client_for(cast.auditor).get(url).content.decode()


def test_who_advised_reads_how_it_went(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    planned.do(cast.branch, "advise")
    planned.do(cast.rep, "submit", "visit")
    branch = client_for(cast.branch)
    assert "訪問の結果" in branch.get("/").content.decode()
    assert "結果を確認しました" in branch.get(planned.url).content.decode()
    branch.post(f"{planned.url}command/", {"command": "read_result", "idempotency": "w1"})
    assert "訪問の結果" not in branch.get("/").content.decode()


def test_the_plan_still_asks_five_things_at_first(cast: SimpleNamespace, matter: Matter) -> None:
    form = PlanForm(setting=Setting(matter.row, cast.rep, matter.at))
    assert len(form.first) == 5
    assert {"staffed", "staffed_note", "decider"} <= {field.name for field in form.rest}


def test_the_page_costs_no_more_with_all_of_it(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    arranged(cast, planned)
    for user, command in ((cast.manager, "advise"), (cast.rep, "dissent"), (cast.rep, "ask_opinion")):
        planned.do(user, command)
    planned.do(cast.rep, "rehearse")
    planned.do(cast.rep, "ask_accompaniment")
    client = client_for(cast.rep)
    client.get(planned.url)
    with CaptureQueriesContext(connection) as asked:
        client.get(planned.url)
    assert len(asked) <= 9
