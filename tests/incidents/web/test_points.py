"""Practice 4-22: what we apologise for is named beforehand and ticked as it is said."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from incidents.models import Paper, Submission
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db
POINTS = "請求書が漏れていたこと\n二か月気づかなかったこと"


@pytest.fixture
def arranged(cast: SimpleNamespace, planned: Matter) -> Matter:
    example = planned.example(cast.rep, "start", "visit")
    planned.do(cast.rep, "start", "visit", {**example, "apology_points": POINTS})
    return planned


def result(cast: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {
        "met": [str(cast.okamoto.pk)], "reaction": "pending", "gift": "none", "command": "submit",
        "promise_by": "2026-12-04T14:00", "submission": "0", "idempotency": "v1", **more,
    }  # fmt: skip


def test_the_points_are_a_list_to_tick(cast: SimpleNamespace, arranged: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get(arranged.step("visit")).content.decode()
    assert page.count('name="points"') == 2
    assert 'value="二か月気づかなかったこと"' in page


def test_what_was_said_is_kept_with_the_result(cast: SimpleNamespace, arranged: Matter, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(arranged.step("visit"), result(cast, points=["請求書が漏れていたこと"]))
    assert answer.status_code == 302
    kept = json.loads(Submission.objects.get(step="visit").text)["points"]
    assert kept == [
        {"what": "請求書が漏れていたこと", "said": True}, {"what": "二か月気づかなかったこと", "said": False},
    ]  # fmt: skip
    page = client_for(cast.rep).get(arranged.step("visit")).content.decode()
    assert "お伝えした: 請求書が漏れていたこと" in page
    assert "まだ: 二か月気づかなかったこと" in page


def test_the_boss_and_the_follow_up_see_what_is_left(
    cast: SimpleNamespace, arranged: Matter, client_for: ClientFor
) -> None:
    client_for(cast.rep).post(arranged.step("visit"), result(cast, points=["請求書が漏れていたこと"]))
    for page in (
        client_for(cast.manager).get(arranged.url).content.decode(),
        client_for(cast.rep).get(arranged.step("follow_up")).content.decode(),
    ):
        hint = page.partition("お客様にまだお伝えしていない点")[2][:200]
        assert "二か月気づかなかったこと" in hint
        assert "請求書が漏れていたこと" not in hint


def test_nothing_is_hinted_when_all_was_said(cast: SimpleNamespace, arranged: Matter, client_for: ClientFor) -> None:
    client_for(cast.rep).post(arranged.step("visit"), result(cast, points=POINTS.splitlines()))
    page = client_for(cast.rep).get(arranged.step("follow_up")).content.decode()
    assert "お客様にまだお伝えしていない点" not in page


def test_a_point_nobody_named_is_refused(cast: SimpleNamespace, arranged: Matter, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(arranged.step("visit"), result(cast, points=["別のこと"]))
    assert answer.status_code == 422
    assert not Submission.objects.filter(step="visit").exists()


def test_without_points_there_is_no_list(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    planned.do(cast.rep, "start", "visit", {**planned.example(cast.rep, "start", "visit"), "apology_points": " "})
    assert 'name="points"' not in client_for(cast.rep).get(planned.step("visit")).content.decode()


def test_an_arrangement_by_a_program_keeps_its_words_too(cast: SimpleNamespace, arranged: Matter) -> None:
    assert Paper.objects.get(step="visit.arrangement").data["apology_points"] == POINTS
