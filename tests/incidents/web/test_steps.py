"""The page of a step: written, submitted, decided."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Activity
from incidents.engine import playbooks
from incidents.forms import ARRANGEMENTS, FORMS, PaperForm
from incidents.models import Entry, Measure, Note, Paper
from incidents.reading import differing, reading
from incidents.steps import KINDS, Setting
from office.clock import JST
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def plan(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    fields = {
        "fault": "ours", "cause": "一名の手作業に頼っていた", "cause_state": "confirmed",
        "cause_evidence": "納品記録と請求書の控えを突き合わせて確かめた", "effect": "締めに遅れた",
        "prevention": "別の者が照合する", "attendees": [str(cast.rep.pk)], "command": "submit", "submission": "0",
        "idempotency": "p1",
    }  # fmt: skip
    return {**fields, **more}


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_a_form_has_the_fields_of_its_paper(kind: str) -> None:
    form = FORMS[kind]
    assert set(form.base_fields) == set(KINDS[kind].paper.model_fields)


def test_every_kind_has_a_form() -> None:
    assert {*FORMS, "letter"} == set(KINDS)


def test_the_arrangement_has_the_fields_of_its_paper() -> None:
    for kind, form in ARRANGEMENTS.items():
        arrangement = KINDS[kind].arrangement
        assert arrangement is not None
        assert set(form.base_fields) == set(arrangement.model_fields)


def test_folded_fields_exist() -> None:
    forms: list[type[PaperForm]] = [*FORMS.values(), *ARRANGEMENTS.values()]
    assert all(set(form.folded) <= set(form.base_fields) for form in forms)


def test_the_plan_asks_for_five_things_at_first() -> None:
    form = FORMS["plan"]
    beside = {*form.folded, *form.traced}  # type: ignore[attr-defined]  # the form of a plan has facts beside it
    assert len({*form.base_fields} - beside) == 5


def test_a_plan_is_submitted(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(matter.step("plan"), plan(cast))
    assert answer["Location"] == matter.url
    assert matter.progress("plan")["state"] == "submitted"


def test_a_guard_speaks_beside_its_field_and_nothing_is_lost(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    answer = client_for(cast.rep).post(matter.step("plan"), plan(cast, cause=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_cause_error"' in page
    assert "別の者が照合する" in page


def test_a_double_submit_makes_one_entry(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    for _ in range(2):
        client.post(matter.step("plan"), plan(cast))
    assert Entry.objects.filter(key="p1").count() == 1


def test_a_stale_submission_is_a_conflict_that_names_who_was_first(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.rep2, "submit", "plan")
    answer = client_for(cast.rep).post(matter.step("plan"), plan(cast, cause="もう一つの原因"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "先に鈴木さんが更新しました(10:00)" in page
    assert "もう一つの原因" in page


def test_a_draft_is_kept_and_comes_back(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    client.post(matter.step("plan"), plan(cast, command="save", effect="まだ途中", row_version="0"))
    page = client.get(matter.step("plan")).content.decode()
    assert "まだ途中" in page
    assert 'name="row_version" value="1"' in page


def test_htmx_gets_the_saved_line_only(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    fields = plan(cast, command="save", row_version="0")
    answer = client_for(cast.rep).post(matter.step("plan"), fields, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "保存しました 10:00" in answer.content.decode()


def test_saving_over_another_shows_both(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client_for(cast.rep2).post(matter.step("plan"), plan(cast, command="save", effect="鈴木の文", row_version="0"))
    mine = plan(cast, command="save", effect="田中の文", row_version="0")
    answer = client_for(cast.rep).post(matter.step("plan"), mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "先に鈴木さんが更新しました(10:00)。両方を並べて表示します" in page
    assert [(line.name, line.text) for line in answer.context["other"]] == [("effect", "田中の文")]
    assert "鈴木の文" in page
    assert "あなたの内容で保存する" in page
    assert f'href="{matter.step("plan")}">鈴木さんの内容を残す' in page
    assert Paper.objects.get().data["effect"] == "鈴木の文"


def test_after_a_clash_either_text_can_be_kept(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client_for(cast.rep2).post(matter.step("plan"), plan(cast, command="save", effect="鈴木の文", row_version="0"))
    client, mine = client_for(cast.rep), plan(cast, command="save", effect="田中の文", row_version="0")
    page = client.post(matter.step("plan"), mine).content.decode()
    assert "鈴木の文" in client.get(matter.step("plan")).content.decode()  # 鈴木さんの内容を残す
    version = re.search(r'name="row_version" value="(\d+)"', page)
    assert version
    client.post(matter.step("plan"), {**mine, "row_version": version[1]})
    assert Paper.objects.get().data["effect"] == "田中の文"


def test_a_stale_draft_is_not_judged(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client_for(cast.rep2).post(matter.step("plan"), plan(cast, command="save", effect="鈴木の文", row_version="0"))
    mine = plan(cast, command="save", effect="田中の文", prevention="", remedy="", row_version="0")
    page = client_for(cast.rep).post(matter.step("plan"), mine).content.decode()
    assert "田中の文" in page
    assert "is-invalid" not in page
    assert "入力してください" not in page


def test_the_page_names_the_kind(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    assert "請求もれ・請求誤り" in client_for(cast.rep).get(matter.step("plan")).content.decode()


def test_what_happened_is_recorded_rather_than_written(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.rep, "submit", "plan")
    page = client_for(cast.rep).get(matter.url).content.decode()
    assert "初動のお詫びを記録" in page
    assert "初動のお詫びを書く" not in page


def test_who_does_not_write_it_saves_nothing(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    answer = client_for(cast.tech).post(matter.step("plan"), plan(cast, command="save", row_version="0"))
    assert answer.status_code == 403
    assert not Paper.objects.exists()


def test_the_boss_approves_with_a_word(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    matter.do(cast.rep, "submit", "plan")
    fields = {"command": "approve", "submission": "1", "idempotency": "a", "text": "よろしく頼みます"}
    client_for(cast.manager).post(matter.step("plan"), fields)
    assert matter.progress("plan")["state"] == "done"
    assert Note.objects.get(kind="further").text == "よろしく頼みます"


def test_sending_back_needs_a_reason_and_keeps_the_text(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.rep, "submit", "plan")
    client, fields = client_for(cast.manager), {"command": "send_back", "submission": "1", "idempotency": "s"}
    answer = client.post(matter.step("plan"), {**fields, "text": " "})
    assert answer.status_code == 422
    assert "差戻しの理由をお書きください" in answer.content.decode()
    assert matter.progress("plan")["state"] == "submitted"


def test_a_decision_on_a_stale_page_keeps_the_remark(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.rep, "submit", "plan")
    matter.do(cast.rep, "take_back", "plan", {})
    matter.do(cast.rep, "submit", "plan")
    fields = {"command": "send_back", "submission": "1", "idempotency": "s", "text": "数字で伺いましょう"}
    answer = client_for(cast.manager).post(matter.step("plan"), fields)
    assert answer.status_code == 409
    assert "数字で伺いましょう" in answer.content.decode()


def test_the_second_submission_shows_reason_and_changes(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.rep, "submit", "plan")
    first = matter.example(cast.manager, "send_back", "plan")["text"]
    matter.do(cast.manager, "send_back", "plan", {"text": first})
    writer = client_for(cast.rep).get(matter.step("plan")).content.decode()
    assert first in writer
    changed = {**matter.example(cast.rep, "submit", "plan"), "effect": "20日の締めに入らず、組み替えていただいた"}
    matter.do(cast.rep, "submit", "plan", changed)
    answer = client_for(cast.manager).get(matter.step("plan"))
    page = answer.content.decode()
    assert page.index(first) < page.index("<ins>")
    assert [line.name for line in answer.context["lines"] if line.changed] == ["effect"]


def test_a_locked_step_says_what_it_waits_for(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get(matter.step("visit")).content.decode()
    assert "対応計画が終わると、この手順に進めます" in page


def test_a_visit_is_arranged_briefed_and_recorded(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, at: datetime
) -> None:
    client, url = client_for(cast.rep), planned.step("visit")
    starts = (at + timedelta(hours=4)).astimezone(JST)
    arranged = {
        "command": "start", "submission": "0", "idempotency": "v1", "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "attendees": [str(cast.rep.pk)], "meets": [str(cast.okamoto.pk)], "apology_points": "請求書のもれ",
        "place": "本社",
    }  # fmt: skip
    client.post(url, arranged)
    assert Activity.objects.get(kind="visit").starts == starts
    page = client.get(url).content.decode()
    for words in ("訪問前の確認", "請求書のもれ", "tel:0568550190", "geo:0,0?q="):
        assert words in page
    client.post(url, {"command": "on_the_way", "idempotency": "v2"})
    result = {
        "command": "submit", "submission": "0", "idempotency": "v3", "met": [str(cast.okamoto.pk)],
        "reaction": "accepted", "words": "今後は気をつけて", "gift": "none",
    }  # fmt: skip
    client.post(url, result)
    assert planned.progress("visit")["state"] == "done"
    assert "今後は気をつけて" in client.get(planned.url).content.decode()


def test_measures_are_written_line_by_line(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client, url = client_for(cast.manager), planned.step("prevention")
    assert client.get(url).content.decode().count('type="date"') == 3
    fields = {
        "command": "submit", "submission": "0", "idempotency": "m", "measures-lines": "3",
        "measures-0-what": "別の者が照合する", "measures-0-scope": "procedure", "measures-0-owner": str(cast.rep.pk),
        "measures-0-due": "2026-12-08", "measures-1-owner": str(cast.rep.pk), "measures-2-owner": str(cast.rep.pk),
    }  # fmt: skip
    more = client.post(url, {**fields, "command": "line", "row_version": "0"}, follow=True).content.decode()
    assert more.count('type="date"') == 4
    assert "別の者が照合する" in more
    client.post(url, fields)
    assert Measure.objects.get().what == "別の者が照合する"


def test_an_incomplete_measure_is_marked(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    fields = {"command": "submit", "idempotency": "m", "measures-lines": "1", "measures-0-what": "照合する"}
    answer = client_for(cast.manager).post(planned.step("prevention"), fields)
    assert answer.status_code == 422
    assert 'id="id_measures-0-due_error"' in answer.content.decode()


def test_a_measure_is_recorded_as_carried_out(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    planned.do(cast.manager, "submit", "prevention")
    client, url = client_for(cast.rep), f"{planned.url}measures/0/"
    assert client.post(url, {"evidence": "", "idempotency": "7e57ca5e-0000-4000-8000-000000000000"}).status_code == 422
    client.post(url, {"evidence": "11/24に開始", "idempotency": "7e57ca5e-0000-4000-8000-000000000000"})
    assert Measure.objects.get().evidence == "11/24に開始"


def test_a_step_that_does_not_exist_is_not_found(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    assert client_for(cast.rep).get(matter.step("nonsense")).status_code == 404


@pytest.mark.parametrize("kind", sorted(playbooks()))
@pytest.mark.parametrize("who", ["rep", "manager", "auditor"])
def test_every_step_of_every_kind_has_a_page(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, kind: str, who: str
) -> None:
    matter, client = Matter(cast, at, kind=kind), client_for(getattr(cast, who))
    answers = {step: client.get(matter.step(step)).status_code for step in playbooks()[kind].steps}
    assert set(answers.values()) == {200}, answers


def test_whoever_answers_for_a_measure_is_named_though_not_on_the_forms_list(
    cast: SimpleNamespace, planned: Matter
) -> None:
    measure = {"what": "照合する", "scope": "system", "due": "2026-12-08"}
    paper = {"measures": [{**measure, "owner": cast.billing.pk}, {**measure, "owner": 0}]}
    (line,) = reading(FORMS["prevention"], paper, Setting(planned.row, cast.rep, planned.at))
    assert line.text == "照合する(仕組み、小林さん、12/8(火))\n照合する(仕組み、退職された方、12/8(火))"


def test_the_same_people_in_another_order_are_no_change(cast: SimpleNamespace, planned: Matter) -> None:
    setting = Setting(planned.row, cast.rep, planned.at)
    there, back = [cast.rep.pk, cast.manager.pk], [cast.manager.pk, cast.rep.pk]
    assert differing(FORMS["plan"], {"attendees": there}, {"attendees": back}, setting) == []
    assert [line.name for line in differing(FORMS["plan"], {"attendees": there}, {"attendees": []}, setting)] == [
        "attendees"
    ]


def test_a_letter_nobody_has_submitted_says_who_writes_it(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    assert "田中さんが書いています。" in client_for(cast.manager).get(planned.step("letter")).content.decode()


def test_a_step_left_out_says_why(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    matter.do(cast.rep, "submit", "first_apology")
    paper = matter.example(cast.rep, "submit", "plan")
    matter.do(cast.rep, "submit", "plan", {**paper, "fault": "perception"})
    matter.do(cast.manager, "approve", "plan", {})
    assert matter.progress("letter")["state"] == "skipped"
    page = client_for(cast.rep).get(matter.step("letter")).content.decode()
    assert "いまの内容では要らない手順のため、省略しています。" in page
    matter.do(cast.manager, "skip", "compensation", {"text": "お申し出がない"})
    assert "この手順は省略されています。" in client_for(cast.rep).get(matter.step("compensation")).content.decode()


def test_who_opens_no_incidents_still_carries_out_a_measure(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    paper = planned.example(cast.manager, "submit", "prevention")
    paper["measures"][0]["owner"] = cast.billing.pk
    planned.do(cast.manager, "submit", "prevention", paper)
    client, url = client_for(cast.billing), f"{planned.url}measures/0/"
    assert url in client.get("/").content.decode()
    page = client.get(url).content.decode()
    assert f'href="{planned.url}"' not in page
    assert client.get(planned.url).status_code == 404
    assert client_for(cast.billing2).get(url).status_code == 404
    answer = client.post(url, {"evidence": "12/8に開始", "idempotency": "7e57ca5e-0000-4000-8000-000000000000"})
    assert answer["Location"] == "/"
    assert Measure.objects.get(place=0).evidence == "12/8に開始"


@pytest.mark.parametrize("digits", [19, 5000])
def test_numbers_too_long_to_be_any_are_no_fault_of_ours(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor, digits: int
) -> None:
    client, number = client_for(cast.rep), "9" * digits
    for path in (f"/incidents/new/?customer={number}", f"{matter.step('plan')}?lines={number}"):
        assert client.get(path).status_code == 200
    assert client.get(f"/measures/new/?origin=customer:{number}").status_code == 404
    assert client.post(f"{matter.url}spread/", {"customer": number, "outcome": "clear"}).status_code == 404
    assert client.post(matter.step("plan"), plan(cast, command="submit", submission=number)).status_code == 409
