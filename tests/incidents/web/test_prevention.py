"""Prevention: why it came to pass (feature 54), kept among ourselves."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.forms.prevention import PreventionForm
from incidents.reading import reading
from incidents.steps import Setting
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db
WHYS = {
    "why_1": "請求書が作られなかった",
    "why_2": "納品の記録が経理に届かなかった",
    "why_3": "届ける手順が決まっていなかった",
}


@pytest.fixture
def asked_why(cast: SimpleNamespace, planned: Matter) -> Matter:
    planned.do(cast.manager, "submit", "prevention", planned.example(cast.manager, "submit", "prevention") | WHYS)
    return planned


def test_the_whys_stand_on_the_paper(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.manager).get(planned.step("prevention")).content.decode()
    assert all(f"なぜ{place}" in page for place in range(1, 6))


def test_the_whys_are_read_in_their_order(cast: SimpleNamespace, asked_why: Matter, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get(asked_why.step("prevention")).content.decode()
    places = [page.index(why) for why in WHYS.values()]
    assert places == sorted(places)


def test_the_deepest_stands_beside_the_measures(
    cast: SimpleNamespace, asked_why: Matter, client_for: ClientFor
) -> None:
    for address in (asked_why.url, f"{asked_why.url}measures/0/"):
        page = client_for(cast.rep).get(address).content.decode()
        assert WHYS["why_3"] in page
        assert WHYS["why_2"] not in page


def test_the_printed_account_keeps_them_to_ourselves(
    cast: SimpleNamespace, asked_why: Matter, client_for: ClientFor
) -> None:
    client = client_for(cast.rep)
    assert WHYS["why_3"] not in client.get(f"{asked_why.url}timeline/").content.decode()
    inside = client.get(f"{asked_why.url}timeline/?inside=1").content.decode()
    assert all(why in inside for why in WHYS.values())
    assert "社内用" in inside


def test_names_of_people_who_are_not_offered_are_read_at_once(cast: SimpleNamespace, planned: Matter) -> None:
    def asked(lines: int) -> tuple[int, str]:
        rows = [{"what": f"対策{n}", "scope": "procedure", "owner": cast.billing.pk} for n in range(lines)]
        with CaptureQueriesContext(connection) as statements:
            (line,) = reading(PreventionForm, {"measures": rows}, Setting(planned.row, cast.rep, planned.at, 1))
        return len(statements), line.text

    few, text = asked(1)
    assert cast.billing.called in text
    assert asked(6)[0] == few
