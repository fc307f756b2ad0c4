"""The facts of our own record beside the cause: read with their links, ticked, kept and read again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.services import NewPromise, promise_make
from incidents.models import Paper, Submission
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(cast: SimpleNamespace, at: datetime) -> Matter:
    """A promise of weeks ago is past its day."""
    new = NewPromise(source="a", what="見積りのご返事", answer_by=at - timedelta(days=20), agreed=True)
    promise = promise_make(customer=cast.towa, new=new, by=cast.rep, at=at - timedelta(days=22))
    matter = Matter(cast, at, kind="relationship")
    matter.key = f"promise:{promise.pk}"
    return matter


def test_a_fact_is_ticked_kept_and_read(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    fact, client, url = matter.key, client_for(cast.rep), matter.step("signs")
    page = client.get(url).content.decode()
    assert "原因を当社の記録から探す" in page
    assert f'value="{fact}"' in page
    assert f'href="/customers/promises/{fact.partition(":")[2]}/"' in page
    typed = {"pattern": "daily", "causes": ["broken_promise"], "found": [fact], "submission": "0"}
    client.post(url, {**typed, "command": "save", "row_version": "0", "idempotency": "t1"})
    assert Paper.objects.get(step="signs").data["found"] == [fact]
    assert "checked" in client.get(url).content.decode().partition(f'value="{fact}"')[2][:20]
    assert client.post(url, {**typed, "command": "submit", "idempotency": "t2"}).status_code == 302
    assert json.loads(Submission.objects.get(step="signs").text)["found"][0]["key"] == fact
    assert "11/4(水) お約束の期日を過ぎている" in client.get(url).content.decode()


def test_the_plan_goes_on_from_what_was_found_and_asks_no_more_at_first(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    fact, client = matter.key, client_for(cast.rep)
    matter.do(cast.rep, "submit", "signs", {"pattern": "daily", "causes": ["late"], "found": [{"key": fact}]})
    form = client.get(matter.step("plan")).context["form"]
    assert form.initial["found"] == [fact]
    assert (form.initial["pattern"], form.initial["causes"]) == ("daily", ["late"])
    assert len(form.first) == 5


def test_a_fact_that_is_not_in_the_record_is_said_beside_the_list(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    typed = {"pattern": "daily", "causes": ["late"], "found": ["promise:999"], "submission": "0"}
    answer = client_for(cast.rep).post(matter.step("signs"), {**typed, "command": "submit", "idempotency": "t3"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["found"]
    assert not Submission.objects.filter(step="signs").exists()


def test_without_anything_in_the_record_it_says_so(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    bare = Matter(cast, at, key="bare", kind="relationship")
    assert "期日の遅れ、もれ、催促の記録はありません" in client_for(cast.rep).get(bare.step("signs")).content.decode()
