"""The page of one incident."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Activity
from incidents.models import Entry, Note, Opened
from incidents.services import wake
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def test_it_shows_customer_steps_and_the_next_act(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get(matter.url).content.decode()
    for words in ("東和工業様", "次は対応計画です", "対応計画", "締めに入らない", "佐藤課長に届いています"):
        assert words in page


def test_a_foreign_number_answers_like_one_that_never_was(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client = client_for(cast.rep_b)
    foreign, never = client.get(matter.url), client.get("/incidents/2026-9999/")
    assert (foreign.status_code, never.status_code) == (404, 404)
    assert "東和" not in foreign.content.decode()


@pytest.mark.parametrize(
    "path", ["", "timeline/", "steps/plan/", "letter/preview.png", "letter/draft.pdf", "measures/0/"]
)
def test_nothing_of_it_is_shown_to_another_team(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor, path: str
) -> None:
    assert client_for(cast.rep_b).get(matter.url + path).status_code == 404


def test_the_boss_is_seen_to_have_read_it(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client_for(cast.manager).get(matter.url)
    assert Opened.objects.get().user == cast.manager
    assert "佐藤課長 確認済み" in client_for(cast.rep).get(matter.url).content.decode()


def test_what_a_device_fetches_to_have_at_hand_nobody_has_read(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client_for(cast.manager).get(matter.url, headers={"Makoto-Purpose": "keep"})
    assert not Opened.objects.exists()


def test_one_tap_answers_the_rep_and_clears_the_notice(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client = client_for(cast.manager)
    for _ in range(2):
        client.post(f"{matter.url}read/", {"answer": "call"})
    assert Entry.objects.filter(key__startswith="read:").count() == 1
    assert Activity.objects.get(source__endswith=":read").state == "done"
    assert "すぐ電話します" in client_for(cast.rep).get(matter.url).content.decode()


def test_a_further_report_is_sent_once(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    fields = {"command": "note", "text": "原因が分かった", "idempotency": "abc"}
    client = client_for(cast.rep)
    for _ in range(2):
        client.post(f"{matter.url}command/", fields)
    assert Note.objects.filter(kind="further").count() == 1


def test_one_tap_notes_that_the_customer_asked_again(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client_for(cast.rep2).post(f"{matter.url}command/", {"command": "chase", "idempotency": "c"})
    assert matter.row.chased_at is not None


def test_words_stay_words(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    text = "<script>alert(1)</script>{{ incident.number }}{% now 'Y' %}"
    client = client_for(cast.rep)
    client.post(f"{matter.url}command/", {"command": "note", "text": text, "said_by": text[:80], "idempotency": "x"})
    page = client.get(matter.url).content.decode()
    assert "<script>alert" not in page
    assert "{{ incident.number }}" in page


def test_an_empty_further_report_is_refused_beside_its_field(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    fields = {"command": "note", "text": "", "said_by": "専務", "idempotency": "x"}
    answer = client_for(cast.rep).post(f"{matter.url}command/", fields)
    assert answer.status_code == 422
    assert 'value="専務"' in answer.content.decode()


def test_a_form_without_a_key_is_refused_and_keeps_the_text(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    answer = client_for(cast.rep).post(f"{matter.url}command/", {"command": "note", "text": "大事な続報"})
    assert answer.status_code == 400
    assert "大事な続報" in answer.content.decode()


def test_the_kind_is_changed_and_what_was_done_is_kept(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    untriaged = Matter(cast, matter.at, key="u", kind="untriaged")
    fields = {"command": "change_kind", "kind": "missed_invoice", "idempotency": "x"}
    client_for(cast.rep).post(f"{untriaged.url}command/", fields)
    assert untriaged.row.kind == "missed_invoice"
    assert untriaged.progress("report")["state"] == "done"


def test_the_rarer_acts_are_the_bosss(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    rep = client_for(cast.rep).get(matter.url).content.decode()
    boss = client_for(cast.manager).get(matter.url).content.decode()
    assert 'value="void"' not in rep
    assert 'value="void"' in boss


def test_the_boss_gives_it_to_another(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    assert 'name="owner"' in client.get(f"{matter.url}?act=assign").content.decode()
    fields = {"command": "assign", "owner": str(cast.rep2.pk), "deputy": "", "liaison": "", "idempotency": "x"}
    client.post(f"{matter.url}command/", fields)
    assert matter.row.owner == cast.rep2


def test_an_auditor_reads_and_has_no_buttons(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.auditor).get(matter.url).content.decode()
    assert matter.number in page
    assert f"{matter.url}command/" not in page


def test_the_chips_choose_what_the_timeline_shows(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    client = client_for(cast.rep)
    words = client.get(planned.url, {"show": "words"})
    approvals = client.get(planned.url, {"show": "approvals"})
    assert all(moment.customer for _day, moments in words.context["days"] for moment in moments)
    assert "approve" in {moment.command for _day, moments in approvals.context["days"] for moment in moments}


@pytest.mark.parametrize("who", ["rep", "manager", "branch", "auditor"])
def test_it_takes_nine_statements_at_most(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, django_assert_max_num_queries: Any, who: str
) -> None:
    for n in range(30):
        planned.do(cast.rep, "note", data={"text": f"続報 {n}"})
    planned.do(cast.rep, "start", "visit")
    client = client_for(getattr(cast, who))
    client.get(planned.url)  # the boss's first look is written down
    with django_assert_max_num_queries(9):
        client.get(planned.url)


def test_the_account_is_printable_and_keeps_our_grading_inside(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    planned.do(cast.manager, "set_severity", data={"severity": "A"})
    page = client_for(cast.rep).get(f"{planned.url}timeline/").content.decode()
    assert "経緯書" in page
    assert "重大" not in page


def test_the_bells_of_a_day_are_one_line(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    wake(at=matter.at + timedelta(hours=6))
    wake(at=matter.at + timedelta(hours=8))
    page = client_for(cast.rep).get(matter.url).content.decode()
    assert Entry.objects.filter(actor=None).count() == 2
    assert page.count("期限を過ぎたことを知らせました") == 1
