"""訪問前の確認: what whoever goes must have read, on one screen (practices 4-19, 0-06, 0-18)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Customer
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db
LACKING = "原因と再発防止の欄が空いています。先に用意しますか。"


def arranged(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> str:
    """The page of the visit once it is arranged."""
    matter.do(cast.rep, "start", "visit")
    return client_for(cast.rep).get(matter.step("visit")).content.decode()


def handed_in(cast: SimpleNamespace, matter: Matter, **more: Any) -> None:
    """The plan lies with the boss."""
    matter.do(cast.rep, "submit", "first_apology")
    matter.do(cast.rep, "submit", "plan", {**matter.example(cast.rep, "submit", "plan"), **more})


def brief(page: str) -> str:
    return page.partition('id="h-brief"')[2].partition("</section>")[0]


def test_the_boss_s_remark_and_the_effect_stand_on_it(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    handed_in(cast, matter, effect="月次決算が二日遅れた")
    matter.do(cast.manager, "approve_with_remark", "plan", {"text": "専務様のお話を最後まで伺うこと"})
    seen = brief(arranged(cast, matter, client_for))
    assert "佐藤課長より(計画の承認時)" in seen
    assert "専務様のお話を最後まで伺うこと" in seen
    assert "月次決算が二日遅れた" in seen


def test_a_remark_on_a_plan_that_was_written_anew_is_gone(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    handed_in(cast, matter)
    matter.do(cast.manager, "approve_with_remark", "plan", {"text": "専務様のお話を最後まで伺うこと"})
    matter.do(cast.manager, "reopen", "plan", {"text": "原因が変わった"})
    matter.do(cast.rep, "submit", "plan")
    matter.do(cast.manager, "approve", "plan", {})
    assert "承認時" not in brief(arranged(cast, matter, client_for))


def test_a_customer_who_takes_no_gifts_is_marked_before_and_on_the_visit(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    assert "贈答お断り" not in client_for(cast.rep).get(planned.step("visit")).content.decode()
    Customer.objects.filter(pk=cast.towa.pk).update(gift_refused=True)
    before = client_for(cast.rep).get(planned.step("visit")).content.decode()
    assert "贈答お断り" in before, "while it is arranged"
    page = arranged(cast, planned, client_for)
    assert "贈答お断り" in brief(page)
    assert "贈答お断り" in beside_the_gift(page)


def beside_the_gift(page: str) -> str:
    return page.partition('id="div_id_gift"')[2].partition('id="div_id_hours"')[0]


def test_where_a_gift_is_noted_it_is_asked_for_cause_and_prevention(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    handed_in(cast, matter, cause="", fault="inquiry", inquiry_until=f"{matter.at + timedelta(days=9):%Y-%m-%d}")
    matter.do(cast.manager, "approve", "plan", {})
    assert LACKING in beside_the_gift(arranged(cast, matter, client_for))
    result = {**matter.example(cast.rep, "submit", "visit"), "gift": "handed_over"}
    matter.do(cast.rep, "submit", "visit", result)  # a hint, never a lock
    assert matter.progress("visit")["state"] == "done"


def test_with_cause_and_prevention_nothing_is_asked(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    assert LACKING not in arranged(cast, planned, client_for)
