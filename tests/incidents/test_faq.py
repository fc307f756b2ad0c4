"""Practices 2-15 to 2-17: what is said when it was the customer's own use, and the questions that come again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from incidents.faq import faqs, often, often_of
from incidents.models import Faq, Phrases, Submission
from incidents.phrasebank import EXPLAIN, HEAR, REGRET, SHIPPED, SUB_CAUSES, Group, phrasebank, phrases_for
from incidents.services import NewFaq, faq_end, faq_write, phrases_put
from office.errors import Refused
from office.models import JournalRow
from office.services import token_create
from office.viewer import viewer_for
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[..., Client]
NEW = {
    "subject": "位置決めユニット",
    "sub_cause": "assumption",
    "question": "始業時に入れ直すのですか",
    "answer": "不要です",
}


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at, kind="own_use")


def heard(job: Job, **changes: Any) -> Job:
    job.do(job.cast.rep, "submit", "hearing", {"told": "一度切ってから入れ直している", **changes})
    return job


def group(stage: str, sub_cause: str) -> Group:
    return next(one for one in phrasebank() if (one.stage, one.sub_cause) == (stage, sub_cause))


def change(cast: SimpleNamespace, at: datetime, text: str, version: int = 0, **more: str) -> Phrases:
    known = {"stage": REGRET, "sub_cause": "operation"} | more
    return phrases_put(**known, text=text, version=version, by=cast.manager, at=at)


def write(cast: SimpleNamespace, at: datetime, key: str = "k", **changes: Any) -> Faq:
    return faq_write(new=NewFaq(**NEW | changes), key=key, by=cast.rep, at=at)


def test_each_stage_has_phrases_for_each_sub_cause() -> None:
    wanted = {(HEAR, "open"), *((stage, cause) for stage in (REGRET, EXPLAIN) for cause in SUB_CAUSES)}
    assert set(SHIPPED) == wanted
    assert all(lines and max(map(len, lines)) <= 60 for lines in SHIPPED.values())


def test_a_step_is_given_what_helps_there() -> None:
    said = phrases_for("own_use", "hearing", {"sub_cause": "operation"}, {})
    assert [(one.stage, one.sub_cause, one.label) for one in said] == [(HEAR, "open", "")]
    said = phrases_for("own_use", "regret", {"sub_cause": "operation"}, {})
    assert [(one.stage, one.sub_cause) for one in said] == [(REGRET, "operation")]
    said = phrases_for("defect", "visit", {}, {"fault": "perception"})
    assert [(one.stage, one.sub_cause) for one in said] == [(REGRET, "perception"), (EXPLAIN, "perception")]


def test_where_the_fault_is_ours_there_is_nothing_to_say_gently(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        for kind, step, plan in (
            ("defect", "visit", "both"),
            ("defect", "first_apology", "use"),
            ("own_use", "report", ""),
        ):
            assert phrases_for(kind, step, {}, {"fault": plan}) == []


def test_a_manager_s_phrases_take_the_place_of_the_shipped_ones(cast: SimpleNamespace, at: datetime) -> None:
    change(cast, at, " ご説明が足りませんでした \n\n点検にうかがいます")
    found = group(REGRET, "operation")
    assert (found.version, found.lines) == (1, ("ご説明が足りませんでした", "点検にうかがいます"))
    change(cast, at, "二つ目", version=1)
    assert group(REGRET, "operation").lines == ("二つ目",)
    assert Phrases.objects.count() == 2  # the first version is kept
    assert group(REGRET, "other_use").version == 0
    assert JournalRow.objects.filter(about="phrases regret.operation", actor=cast.manager).count() == 2


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("conflict", {"version": 3}), ("incomplete", {"text": " \n "}), ("invalid", {"text": "あ" * 121}),
        ("invalid", {"text": "一\n" * 9}), ("invalid", {"text": "一\0"}), ("not_found", {"stage": "hear"}),
    ],
)  # fmt: skip
def test_phrases_are_refused(cast: SimpleNamespace, at: datetime, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        change(cast, at, **{"text": "一つ目", **changes})
    assert refused.value.code == code
    assert not Phrases.objects.exists()


def test_the_sub_cause_is_counted_with_what_it_was_about(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    heard(job, sub_cause="assumption", subject="ＸＹ-300")
    for n, cause in enumerate(("assumption", "operation", "open")):
        heard(Job(cast, at + timedelta(hours=n + 1), kind="own_use"), sub_cause=cause, subject="xy-300")
    later = at + timedelta(days=1)
    seen = [(row.subject, row.sub_cause, row.count) for row in often(viewer_for(cast.rep, later))]
    assert seen == [("ＸＹ-300", "assumption", 2), ("ＸＹ-300", "operation", 1)]
    assert often(viewer_for(cast.rep_b, later)) == []  # of another team
    assert often(viewer_for(cast.rep, at + timedelta(days=366 + 1))) == []
    assert often_of(viewer_for(cast.rep, later), job.incident)[0].count == 2


def test_heard_again_the_last_word_counts(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    heard(job, sub_cause="assumption")
    job.do(cast.manager, "reopen", "hearing", {"text": "もう一度伺う"})
    heard(job, sub_cause="operation")
    assert [(row.sub_cause, row.count) for row in often(job.viewer(cast.rep))] == [("operation", 1)]


def test_one_that_was_logged_by_mistake_counts_for_nothing(cast: SimpleNamespace, job: Job) -> None:
    heard(job, sub_cause="assumption")
    job.do(cast.manager, "void", data={"text": "誤登録"})
    assert often(job.viewer(cast.rep)) == []


def test_a_question_is_written_once_found_and_taken_off(cast: SimpleNamespace, at: datetime) -> None:
    row = write(cast, at)
    assert write(cast, at) == row
    assert [list(faqs(query)) for query in ("入れ直す", "イチギメ", "位置決め 不要")] == [[row], [], [row]]
    assert list(faqs(sub_cause="operation")) == []
    with pytest.raises(Refused) as refused:
        faq_end(viewer=viewer_for(cast.rep2, at), pk=row.pk)
    assert refused.value.code == "forbidden"
    faq_end(viewer=viewer_for(cast.manager, at), pk=row.pk)
    assert not faqs().exists()
    assert Faq.objects.exists()
    with pytest.raises(Refused):
        faq_end(viewer=viewer_for(cast.manager, at), pk=row.pk)


def test_a_question_names_no_customer(cast: SimpleNamespace, at: datetime, job: Job) -> None:
    for field, text in (
        ("question", "東和工業株式会社様のご質問"), ("answer", "岡本様へお答えした"), ("subject", "東和工業の機械"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            write(cast, at, incident=job.incident, **{field: text})
        assert (refused.value.code, refused.value.field) == ("invalid", field)
    with pytest.raises(Refused):
        write(cast, at, question=f"{cast.hokuriku.name}様の場合は")
    assert not Faq.objects.exists()


@pytest.mark.parametrize(("code", "changes"), [("invalid", {"sub_cause": "open"}), ("incomplete", {"answer": " "})])
def test_a_question_is_refused(cast: SimpleNamespace, at: datetime, code: str, changes: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        write(cast, at, **changes)
    assert refused.value.code == code


def test_the_pages_show_the_phrases_where_they_are_needed(
    cast: SimpleNamespace, at: datetime, job: Job, client_for: ClientFor
) -> None:
    rep, here = client_for(cast.rep), f"/incidents/{job.number}/"
    assert SHIPPED[HEAR, "open"][0] in rep.get(f"{here}steps/hearing/").content.decode()
    assert SHIPPED[HEAR, "open"][0] in rep.get(f"{here}listening/").content.decode()
    heard(job, sub_cause="assumption", subject="位置決めユニット")
    page = rep.get(f"{here}steps/regret/").content.decode()
    assert SHIPPED[REGRET, "assumption"][0] in page
    assert SHIPPED[REGRET, "operation"][0] not in page
    assert 'data-phrases="id_said"' in page
    assert 'id="id_said"' in page
    said = {"how": "phone", "said": SHIPPED[REGRET, "assumption"][0], "command": "submit", "submission": 0}
    assert rep.post(f"{here}steps/regret/", said | {"idempotency": "r"}).status_code == 302
    assert SHIPPED[REGRET, "assumption"][0] in Submission.objects.get(step="regret").text
    write(cast, at)
    page = rep.get(f"{here}steps/explain/").content.decode()
    for words in (SHIPPED[EXPLAIN, "assumption"][0], NEW["question"], "使い方の説明会をご提案する", "思い込み 1回"):
        assert words in page, words
    offer = f"/customers/{cast.towa.pk}/promises/new/?number={job.number}&what=使い方の説明会をご提案する"
    assert rep.get(offer).context["form"]["what"].value() == "使い方の説明会をご提案する"


def test_no_letter_reads_what_was_said(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.manager, "reopen", "first_apology", {"text": "もう一度お電話する"})
    job.do(cast.rep, "submit", "first_apology", {"how": "phone", "said": "カラスの極秘"})
    job.do(cast.rep, "submit", "letter")
    assert "カラスの極秘" not in Submission.objects.get(step="letter").text


def test_the_page_of_questions_is_written_on_and_read(
    cast: SimpleNamespace, at: datetime, job: Job, client_for: ClientFor
) -> None:
    heard(job, sub_cause="assumption", subject="位置決めユニット")
    rep, key = client_for(cast.rep), "0d3c4c7e-6f43-4d3b-8a55-1b0c1d7c9f10"
    there = "/incidents/questions/"
    assert "位置決めユニット" in rep.get(there).content.decode()
    begun = rep.get(f"{there}?subject=位置決めユニット&sub_cause=assumption&number={job.number}").context["form"]
    assert (begun["subject"].value(), begun["sub_cause"].value()) == ("位置決めユニット", "assumption")
    typed = NEW | {"idempotency": key, "number": job.number}
    named = rep.post(there, typed | {"answer": "岡本様へ"})
    assert (named.status_code, "「岡本」を外してください" in named.content.decode()) == (422, True)
    assert rep.post(there, typed).status_code == 302
    assert NEW["question"] in client_for(cast.rep_b).get(there).content.decode()  # it names nobody: all may read it
    assert rep.post(there, typed | {"number": "2099-9999", "idempotency": key[:-1] + "1"}).status_code == 422
    assert client_for(cast.auditor).post(there, typed).status_code == 403
    assert rep.post(there, {"command": "end", "faq": Faq.objects.get().pk}).status_code == 302
    assert NEW["question"] not in rep.get(there).content.decode()


def test_a_manager_changes_phrases_on_their_page(cast: SimpleNamespace, client_for: ClientFor) -> None:
    there, typed = (
        "/incidents/phrases/",
        {"stage": "explain", "sub_cause": "operation", "version": 0, "text": "順にお試しを"},
    )
    assert client_for(cast.rep).post(there, typed).status_code == 403
    assert "この例を変更する" not in client_for(cast.rep).get(there).content.decode()
    manager = client_for(cast.manager)
    assert manager.post(there, typed | {"text": "あ" * 130}).status_code == 422
    assert manager.post(there, typed).status_code == 302
    stale = manager.post(there, typed)
    assert (stale.status_code, "先にほかの方が" in stale.content.decode()) == (422, True)
    assert "順にお試しを" in client_for(cast.rep).get(there).content.decode()


def test_programs_do_the_same(cast: SimpleNamespace, job: Job) -> None:
    heard(job, sub_cause="operation", subject="XY-300")

    def call(user: str, method: str, path: str, data: Any = None) -> Any:
        token = token_create(user=getattr(cast, user), at=job.at)
        kind = {} if data is None else {"data": data, "content_type": "application/json"}
        return getattr(Client(headers={"Authorization": f"Bearer {token}"}), method)(f"/api/v1/faq{path}", **kind)

    assert call("rep", "get", "/phrases").json()[0]["lines"] == list(SHIPPED[HEAR, "open"])
    lines = {"version": 0, "lines": ["順にお試しを"]}
    assert call("rep", "put", "/phrases/explain/operation", lines).status_code == 403
    assert call("manager", "put", "/phrases/explain/operation", lines).json()["version"] == 1
    assert call("manager", "put", "/phrases/explain/operation", lines).status_code == 409
    paper = NEW | {"idempotency_key": "a", "incident": job.number}
    made = call("rep", "post", "", paper)
    assert made.status_code == 201
    assert call("rep", "post", "", paper).json() == made.json()
    assert call("rep_b", "post", "", paper | {"idempotency_key": "b"}).status_code == 404
    found = call("rep", "get", "?q=入れ直す").json()
    assert [row["id"] for row in found["questions"]] == [made.json()["id"]]
    assert call("rep2", "delete", f"/{made.json()['id']}").status_code == 403
    assert call("rep", "delete", f"/{made.json()['id']}").status_code == 204
