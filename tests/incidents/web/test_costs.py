"""What an incident has cost, folded on its page (feature 53)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def costs(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> dict[str, str]:
    return dict(client_for(cast.manager).get(matter.url).context["costs"])


def test_nothing_is_shown_before_it_costs_anything(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    assert costs(cast, planned, client_for) == {}
    assert 'id="costs"' not in client_for(cast.manager).get(planned.url).content.decode()


def test_hours_gift_compensation_and_losses_are_added_up(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    for hours in (3, 2):
        planned.do(cast.rep, "start", "visit")
        result = {"met": [cast.okamoto.pk], "reaction": "not_accepted", "gift": "handed_over", "hours": hours}
        planned.do(cast.rep, "submit", "visit", result)
    planned.do(cast.rep, "loss_sheet", data={"losses": [{"sort": "stoppage", "yen": 40_000, "basis": "日報"}]})
    paper = {"decision": "compensate", "amount": 30_000, "basis": "半日分"}
    planned.do(cast.manager2, "submit", "compensation", paper)
    assert "補償(決裁済み)" not in costs(cast, planned, client_for)
    planned.do(cast.manager, "approve", "compensation", {})
    assert costs(cast, planned, client_for) == {
        "訪問の時間": "5時間", "お詫びの品": "お渡し済み 2", "補償(決裁済み)": "30,000円", "お客様の損失": "40,000円",
    }  # fmt: skip
    path = f"incidents/{planned.number}/costs"
    spent = {"hours": 5, "gifts": 2, "compensation": 30_000, "losses": 40_000}
    assert Program(cast.rep).get(path) == (200, spent)
    assert Program(cast.rep_b).get(path)[0] == 404, "a foreign number is one that never was"


def test_hours_are_asked_with_the_result(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    planned.do(cast.rep, "start", "visit")
    page = client_for(cast.rep).get(planned.step("visit")).content.decode()
    assert 'name="hours"' in page
