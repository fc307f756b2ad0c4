"""事案: the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db
URL = "/incidents/"


def test_it_shows_mine_and_not_another_teams(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    assert matter.number in client_for(cast.rep).get(URL).content.decode()
    other = client_for(cast.rep_b).get(URL).content.decode()
    assert matter.number not in other
    assert "東和工業" not in other


def test_filters_stand_in_the_address_and_can_be_taken_away(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    page = client_for(cast.rep).get(URL, {"state": "living", "mine": "1"})
    assert matter.number in page.content.decode()
    assert [chip.without for chip in page.context["chips"]] == ["?state=living", "?mine=1"]


def test_a_filter_that_fits_nothing_says_so(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get(URL, {"state": "closed"}).content.decode()
    assert matter.number not in page
    assert "この条件に合う事案はありません" in page


def test_older_ones_follow_by_a_link(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    numbers = {Matter(cast, at, key=f"n{n}").number for n in range(30)}
    client = client_for(cast.rep)
    first = client.get(URL)
    second = client.get(URL + first.context["older"])
    seen = {row.incident.number for page in (first, second) for row in page.context["rows"]}
    assert seen == numbers
    assert first.context["count"] == 30


def test_it_takes_five_statements_however_many_there_are(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        Matter(cast, at, key=f"n{n}")
    client = client_for(cast.rep)
    with django_assert_max_num_queries(5):
        client.get(URL)


@pytest.mark.parametrize("before", ["x", "x,1", "waits,x,1", "waits,2026-11-24,x"])
def test_a_made_up_page_is_refused(cast: SimpleNamespace, client_for: ClientFor, before: str) -> None:
    assert client_for(cast.rep).get(URL, {"before": before}).status_code == 400


def shown(client: Any, query: str = "") -> list[str]:
    return [row.incident.number for row in client.get(URL + query).context["rows"]]


def test_whoever_had_to_ask_again_stands_at_the_top_until_they_are_called(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    first, second, newest = (Matter(cast, at + timedelta(minutes=n), key=f"n{n}") for n in range(3))
    client = client_for(cast.rep)
    second.do(cast.rep2, "chase", data={"text": "まだですか"})
    first.at += timedelta(hours=1)
    first.do(cast.rep, "chase", data={"text": "まだですか"})
    assert shown(client) == [second.number, first.number, newest.number]  # who waits longest first
    second.at += timedelta(hours=2)
    second.do(cast.rep, "chase", data={"text": "もう三度目です"})
    assert shown(client) == [second.number, first.number, newest.number]
    second.do(cast.rep, "submit", "first_apology")
    assert shown(client) == [first.number, newest.number, second.number]
    first.do(cast.manager, "withdraw", data={"text": "取下げ"})
    assert shown(client) == [newest.number, second.number, first.number]


def test_a_call_back_stands_first_on_today(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    assert not client.get("/").context["found"].waiting
    client.post(f"{matter.url}command/", {"command": "chase", "idempotency": "c"})
    page = client.get("/")
    assert [row.number for row in page.context["found"].waiting] == [matter.number]
    words = page.content.decode()
    assert 0 < words.index("お客様からの催促") < words.index("初動のお詫び")


def test_waiting_customers_go_over_more_than_a_page(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    numbers = []
    for n in range(30):
        matter = Matter(cast, at, key=f"n{n}")
        if n < 27:
            matter.do(cast.rep, "chase", data={"text": "まだですか"})
        numbers.append(matter.number)
    client = client_for(cast.rep)
    page = client.get(URL)
    rest = shown(client, page.context["older"])
    assert [row.incident.number for row in page.context["rows"]] + rest == [*numbers[:27], *numbers[:26:-1]]


def test_billing_sees_no_incidents(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    assert matter.number not in client_for(cast.billing).get(URL).content.decode()
