"""Before a house rule is saved, the page says which open incidents would have another date; they keep theirs."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from incidents.foresight import foresee
from incidents.policy import FINAL_STRETCH, LAST_CONTACT, VISIT_LADDER
from office.models import PolicyValue
from office.policy import Foresight, Value
from office.viewer import viewer_for
from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db
PLAN = "missed_invoice.plan"


@pytest.fixture
def page() -> str:
    return reverse("office:policy_edit", args=(PLAN,))


def test_the_reach_is_shown_before_it_is_saved(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor, page: str
) -> None:
    client, due = client_for(cast.admin), matter.progress("plan")["due"]
    answer = client.post(page, {"value": "8", "version": "0"}).content.decode()
    assert "この数値なら期限かお知らせの変わる事案が1件あります" in answer
    assert "対応中の事案は、始めたときの数値のままです" in answer
    assert not PolicyValue.objects.exists()
    assert 'name="seen" value="8"' in answer
    assert client.post(page, {"value": "9", "version": "0", "seen": "8"}).status_code == 200, "of 9 nothing was shown"
    assert not PolicyValue.objects.exists()
    assert client.post(page, {"value": "8", "version": "0", "seen": "8"}).status_code == 302
    assert PolicyValue.objects.get().value == 8
    assert matter.progress("plan")["due"] == due


def test_only_visible_incidents_are_named(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor, page: str
) -> None:
    answer = client_for(cast.admin).post(page, {"value": "8", "version": "0"}).content.decode()
    assert matter.number not in answer
    cast.admin.roles = [*cast.admin.roles, "director"]
    cast.admin.save()
    answer = client_for(cast.admin).post(page, {"value": "8", "version": "0"}).content.decode()
    assert f'href="{matter.url}"' in answer


def test_an_equal_number_is_saved_at_once(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor, page: str
) -> None:
    assert client_for(cast.admin).post(page, {"value": "4", "version": "0"}).status_code == 302


def test_what_is_done_is_not_counted(cast: SimpleNamespace, planned: Matter, client_for: ClientFor, page: str) -> None:
    assert client_for(cast.admin).post(page, {"value": "8", "version": "0"}).status_code == 302


def test_both_dates_are_told(cast: SimpleNamespace, matter: Matter, at: datetime) -> None:
    found = foresee(viewer_for(cast.director, at), PLAN, 2)
    assert found is not None
    assert [row.text for row in found.rows] == ["対応計画: 14:00 → 12:00"]


def test_an_alarm_alone_counts_too(cast: SimpleNamespace, matter: Matter, at: datetime) -> None:
    found = foresee(viewer_for(cast.director, at), "incidents.ladder", (0, 2, 6))
    assert found is not None
    assert found.count == 1


def test_a_number_no_incident_is_opened_with_has_no_reach(cast: SimpleNamespace, matter: Matter, at: datetime) -> None:
    assert foresee(viewer_for(cast.director, at), "incidents.idle", (6, 9)) is None


@pytest.mark.parametrize(
    ("key", "value", "same"), [(FINAL_STRETCH, 5, 3), (LAST_CONTACT, 9, 3), (VISIT_LADDER, (15, 45), (10, 20))]
)
def test_what_is_told_around_a_final_date_has_its_reach(
    cast: SimpleNamespace, matter: Matter, at: datetime, key: str, value: Value, same: Value
) -> None:
    viewer = viewer_for(cast.director, at)
    assert foresee(viewer, key, value) == Foresight(0, [])
    matter.do(cast.rep, "set_final_date", data={
        "day": "2026-12-11", "consequence": "機械を取り替える", "expects": "直ったことの説明", "said_by_name": "工場長",
    })  # fmt: skip
    found = foresee(viewer, key, value)
    assert found is not None
    assert [row.text for row in found.rows] == ["最終期限(お客様ご指定): 12/11(金) 17:30(お知らせの時刻が変わります)"]
    assert foresee(viewer, key, same) == Foresight(0, [])
    assert foresee(viewer_for(cast.director, at.replace(month=12, day=20)), key, value) == Foresight(0, [])


def test_programs_are_told_the_reach_and_nothing_is_saved(cast: SimpleNamespace, matter: Matter) -> None:
    reader = Program(cast.auditor)  # reads every incident and the house rules
    status, answer = reader.get(f"policy/{PLAN}/preview?value=2")
    assert (status, answer["value"], answer["count"]) == (200, [2], 1)
    assert [row["number"] for row in answer["rows"]] == [matter.number]
    assert Program(cast.admin).get(f"policy/{PLAN}/preview?value=2")[1]["rows"] == [], "the admin opens no incident"
    assert reader.get("policy/incidents.ladder/preview?value=0,2,6")[1]["count"] == 1
    assert reader.get(f"policy/{PLAN}/preview?value=4")[1]["count"] == 0
    assert not PolicyValue.objects.exists()
    rules = {row["key"]: row for row in reader.get("policy")[1]}
    assert (rules[PLAN]["value"], rules["incidents.ladder"]["default"]) == ([4], [0, 1, 4])


@pytest.mark.parametrize(
    ("path", "status"),
    [("policy/no.such/preview?value=1", 404), (f"policy/{PLAN}/preview", 400), (f"policy/{PLAN}/preview?value=x", 400),
     (f"policy/{PLAN}/preview?value=2,3", 400), (f"policy/{PLAN}/preview?value=99999", 400),
     ("policy/incidents.ladder/preview?value=4,1", 400), (f"policy/{PLAN}/preview?value={'9' * 201}", 400)],
)  # fmt: skip
def test_what_is_no_value_is_a_sentence(cast: SimpleNamespace, path: str, status: int) -> None:
    found, answer = Program(cast.admin).get(path)
    assert found == status
    assert answer["message"]


def test_the_house_rules_are_read_by_those_who_read_their_page(cast: SimpleNamespace) -> None:
    assert [Program(user).get("policy")[0] for user in (cast.admin, cast.auditor, cast.rep, cast.manager)] == [
        200, 200, 403, 403,
    ]  # fmt: skip
