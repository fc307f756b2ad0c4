"""The final date on its pages: set, moved, met, taken back; an absence before the manager. By program, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from customers.models import Activity, Appointment
from incidents import verify
from office.services import token_create
from tests.incidents.web.conftest import Matter

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
SAID = {"day": "2026-11-30", "consequence": "機械を取り替えてほしい", "expects": "窓口の方の説明", "idempotency": "w1"}


def acts(matter: Matter, name: str) -> str:
    return f"{matter.url}acts/{name}/"


@pytest.fixture
def dated(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> Matter:
    answer = client_for(cast.rep).post(acts(planned, "set_final_date"), {**SAID, "said_by": cast.okamoto.pk})
    assert answer.status_code == 302
    return planned


def known(matter: Matter) -> dict[str, Any]:
    found: dict[str, Any] = matter.row.case["known"]
    return found


def test_it_is_recorded_from_the_incident(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    assert acts(planned, "set_final_date") in client.get(planned.url).content.decode()
    assert "期限を過ぎた場合" in client.get(acts(planned, "set_final_date")).content.decode()
    for _ in range(2):  # a double tap
        client.post(acts(planned, "set_final_date"), {**SAID, "said_by": cast.okamoto.pk})
    page = client.get(planned.url).content.decode()
    assert "「機械を取り替えてほしい」" in page
    assert "専務取締役 岡本様" in page
    assert acts(planned, "set_final_date") not in page
    assert known(planned)["final_date"] == "2026-11-30"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "2026-11-20", "said_by_name": "岡本"}, "過ぎ"),
        ({}, "お客様のどなたかを選ぶか、お名前を書いてください。"),
        ({"said_by": "999999"}, ""),
        ({"said_by_name": "a\0"}, ""),
        ({"said_by_name": "岡本", "day": "9999-01-01"}, ""),
    ],
)
def test_what_does_not_hold_stands_beside_its_field(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, typed: dict[str, str], sentence: str
) -> None:
    answer = client_for(cast.rep).post(acts(planned, "set_final_date"), {**SAID, **typed})
    assert answer.status_code in (400, 422)
    assert sentence in answer.content.decode()
    assert "final_date" not in planned.row.case.get("known", {})


def test_one_is_in_force_at_a_time(cast: SimpleNamespace, dated: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    assert client.get(acts(dated, "set_final_date")).status_code == 409
    answer = client.post(acts(dated, "set_final_date"), {**SAID, "said_by_name": "岡本", "idempotency": "w2"})
    assert (answer.status_code, "すでに定められています" in answer.content.decode()) == (409, True)


def test_it_moves_with_the_customers_agreement_only(
    cast: SimpleNamespace, dated: Matter, client_for: ClientFor
) -> None:
    client, url = client_for(cast.rep), acts(dated, "move_final_date")
    shown = client.get(url).content.decode()
    assert 'value="2026-11-24"' in shown, "agreed today, as a rule"
    typed = {"day": "2026-12-04", "agreed_on": "2026-11-25", "agreed_by": cast.okamoto.pk, "idempotency": "m1"}
    assert client.post(url, typed).status_code == 400
    assert client.post(url, {**typed, "agreed_on": "2026-11-24", "agreed_by": ""}).status_code == 422
    assert client.post(url, {**typed, "agreed_on": "2026-11-24", "at_time": "10:00"}).status_code == 302
    assert known(dated)["final_date"] == "2026-12-04"
    days = Activity.objects.open().filter(kind="deadline").values_list("due", flat=True)
    assert {f"{due:%m%d %H}" for due in days if due} == {"1204 01"}
    assert "12/4" in client.get(dated.url).content.decode()


@pytest.mark.parametrize("command", ["meet_final_date", "lift_final_date"])
def test_it_ends_with_the_customers_word(
    cast: SimpleNamespace, dated: Matter, client_for: ClientFor, command: str
) -> None:
    client = client_for(cast.rep)
    typed = {"words": "もう結構です", "said_by": cast.okamoto.pk, "idempotency": "e1"}
    assert client.post(acts(dated, command), {**typed, "words": ""}).status_code == 422
    assert client.post(acts(dated, command), typed).status_code == 302
    assert known(dated)["final_date"] is None
    assert not Activity.objects.open().filter(kind__in=("deadline", "day")).exists()
    assert client.get(acts(dated, command)).status_code == 409
    assert 'id="final"' not in client.get(dated.url).content.decode()
    assert acts(dated, "set_final_date") in client.get(dated.url).content.decode()
    assert list(verify.problems()) == []


def test_what_is_expected_is_confirmed(cast: SimpleNamespace, dated: Matter, client_for: ClientFor) -> None:
    client, url = client_for(cast.rep), acts(dated, "confirm_final_date")
    assert "窓口の方の説明" in client.get(url).content.decode(), "nothing is typed twice"
    typed = {"expects": "役員へのご説明", "said_by": cast.okamoto.pk, "idempotency": "c1"}
    assert client.post(url, typed).status_code == 302
    page = client.get(dated.url).content.decode()
    assert "役員へのご説明" in page
    assert "お客様に確認済み" in page
    assert client.get(url).status_code == 409


def test_an_absence_goes_before_the_manager(cast: SimpleNamespace, dated: Matter, client_for: ClientFor) -> None:
    rep, manager, url = client_for(cast.rep), client_for(cast.manager), acts(dated, "ask_absence")
    typed = {"goes": cast.rep2.pk, "agreed_on": "2026-11-24", "agreed_by": cast.okamoto.pk, "idempotency": "a1"}
    assert rep.post(url, {**typed, "goes": cast.rep.pk}).status_code == 422, "who holds the day is not offered"
    assert rep.post(url, typed).status_code == 302
    assert rep.get(url).status_code == 409
    assert "期限当日の不在の申し出" in manager.get("/approvals/").content.decode()
    assert "allow_absence" not in rep.get(dated.url).content.decode()
    assert rep.post(f"{dated.url}command/", {"command": "allow_absence", "idempotency": "a2"}).status_code == 403
    assert "不在を認める(鈴木さんが伺う)" in manager.get(dated.url).content.decode()
    manager.post(f"{dated.url}command/", {"command": "allow_absence", "idempotency": "a3"})
    assert Activity.objects.open().get(kind="day").who == cast.rep2
    assert not Activity.objects.open().filter(source__contains=":absence:").exists()


def test_a_refusal_says_why(cast: SimpleNamespace, dated: Matter, client_for: ClientFor) -> None:
    dated.do(
        cast.rep, "ask_absence", data={"goes": cast.rep2.pk, "agreed_on": "2026-11-24", "agreed_by": cast.okamoto.pk}
    )
    manager = client_for(cast.manager)
    manager.post(acts(dated, "refuse_absence"), {"text": "お約束です", "idempotency": "r1"})
    assert "「お約束です」" in client_for(cast.rep).get(dated.url).content.decode()
    assert Activity.objects.open().get(kind="day").who == cast.rep


def test_a_new_window_takes_the_day_along_and_the_entry_says_so(
    cast: SimpleNamespace, dated: Matter, client_for: ClientFor
) -> None:
    dated.do(cast.manager, "assign", data={"owner": cast.rep.pk, "deputy": None, "liaison": cast.rep2.pk})
    assert known(dated)["final_goes"] == cast.rep2.pk
    assert Activity.objects.open().get(kind="day").who == cast.rep2
    assert Activity.objects.open().filter(kind="deadline").count() == 3
    assert "期限当日の予定も、あわせて移りました。" in client_for(cast.rep).get(dated.url).content.decode()


def test_closed_it_counts_down_no_more(cast: SimpleNamespace, dated: Matter, client_for: ClientFor) -> None:
    dated.do(cast.manager, "withdraw", data={"text": "お申し出の取下げ"})
    assert not Activity.objects.open().filter(kind__in=("deadline", "day")).exists()
    assert 'id="final"' not in client_for(cast.rep).get(dated.url).content.decode()


def test_who_may_not(cast: SimpleNamespace, dated: Matter, client_for: ClientFor) -> None:
    for command in ("move_final_date", "lift_final_date", "ask_absence"):
        assert client_for(cast.tech).get(acts(dated, command)).status_code == 409
        assert client_for(cast.rep_b).get(acts(dated, command)).status_code == 404
        assert client_for(cast.auditor).post(acts(dated, command), {"idempotency": "z"}).status_code == 403


def test_the_page_asks_no_more_for_it(
    cast: SimpleNamespace, dated: Matter, at: datetime, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    Appointment.objects.create(who=cast.rep, title="会議", starts=at.replace(day=30), ends=at.replace(day=30, hour=12),
                               made_by=cast.rep, made_at=at)  # fmt: skip
    client = client_for(cast.rep)
    client.get(dated.url)
    with django_assert_max_num_queries(9):
        page = client.get(dated.url).content.decode()
    assert "期限当日(30日)に社内会議が重なっています。" in page


def test_programs_set_it_by_the_example(cast: SimpleNamespace, planned: Matter, at: datetime) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"})
    url = f"/api/v1/incidents/{planned.number}"
    for name in ("set_final_date", "ask_absence", "move_final_date", "meet_final_date"):
        offers = {offer["command"]: offer for offer in client.get(url).json()["actions"]}
        body = {"command": name, "data": offers[name]["schema"]["example"], "idempotency_key": name}
        answer = client.post(f"{url}/commands", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
    leaf = next(leaf for leaf in answer.json()["leaves"] if leaf["sort"] == "final_date")
    assert leaf["state"] == "met"
