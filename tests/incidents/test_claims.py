"""What the customer holds against us under themes, and the real wish (practices 2-23, 2-24)."""

from __future__ import annotations

import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import override

from incidents import verify
from incidents.leaves.claims import Claim, themes
from incidents.models import Leaf
from office.errors import Refused
from tests.incidents.web.conftest import ClientFor
from tests.job import Job

pytestmark = pytest.mark.django_db
SHEET = {
    "claims": [
        {"said": "請求書が来ない", "theme": "money", "answer": "本日お届けする"},
        {"said": "折返しがない", "theme": "information"},
        {"said": "担当が分からない", "theme": "information"},
    ],
    "wish": "毎月の予定を先に知らせてほしい",
}


def test_many_claims_come_down_to_few_themes(cast: SimpleNamespace) -> None:
    with override("ja"):
        found = themes(Claim.model_validate(claim) for claim in SHEET["claims"])
        told = [(theme.label, len(theme.claims), theme.open) for theme in found]
    assert told == [("ご説明・ご連絡", 2, 2), ("お金・請求", 1, 0)]


def test_a_new_sheet_takes_the_place_of_the_one_before(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "note_claims", data=SHEET)
    job.do(cast.manager, "note_claims", data={**SHEET, "confirmed": "yes"})
    assert list(Leaf.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", "open"]
    assert json.loads(Leaf.objects.get(ended_at=None).text)["confirmed"] == "yes"
    assert list(verify.problems()) == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"claims": []}, "incomplete", "claims"), ({"confirmed": "yes", "wish": ""}, "incomplete", "wish"),
        ({"claims": [{"said": "x", "theme": "weather"}]}, "incomplete", "claims.0.theme"),
    ],
)  # fmt: skip
def test_a_sheet_that_does_not_hold_is_refused(
    cast: SimpleNamespace, at: datetime, change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        Job(cast, at).do(cast.rep, "note_claims", data={**SHEET, **change})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Leaf.objects.exists()


def test_it_is_written_on_its_page_and_read_on_incident_plan_and_brief(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    job, client = Job(cast, at).planned(), client_for(cast.rep)
    url = f"/incidents/{job.number}/acts/note_claims/"
    assert "お申し出" in client.get(url).content.decode()
    typed = {
        "claims-lines": "2",
        "claims-0-said": "請求書が来ない",
        "claims-0-theme": "money",
        "claims-1-said": "折返しがない",
        "claims-1-theme": "information",
        "claims-1-answer": "窓口を一人にする",
        "wish": "先に知らせてほしい",
        "confirmed": "yes",
    }
    faulty = client.post(url, {**typed, "claims-1-theme": "", "idempotency": "a"})
    assert faulty.status_code == 422
    assert "折返しがない" in faulty.content.decode()
    assert client.post(url, {**typed, "idempotency": "b"}).status_code == 302
    job.do(cast.rep, "start", "visit")
    for path in ("", "steps/plan/", "steps/visit/"):
        page = client.get(f"/incidents/{job.number}/{path}").content.decode()
        for words in (
            "お申し出2件・論点2つ",
            "「折返しがない」",
            "→ 窓口を一人にする",
            "「先に知らせてほしい」",
            "お客様に確認済み",
        ):
            assert words in page, path
