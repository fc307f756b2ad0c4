"""事案: the list."""

from __future__ import annotations

from datetime import datetime
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


def test_a_made_up_page_is_refused(cast: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(cast.rep).get(URL, {"before": "x"}).status_code == 400


def test_billing_sees_no_incidents(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    assert matter.number not in client_for(cast.billing).get(URL).content.decode()
