from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from pytest_django import DjangoAssertNumQueries as Queries

from office import policy as rules
from office.errors import Refused
from office.models import JournalRow, PolicyValue
from office.policy import Number, declare
from office.selectors import policies, policy, policy_table
from office.services import policy_set

DAYS = Number("test.days", 3, "days", 1, 10, "Days")
SERIES = Number("test.series", (3, 14), "days", 1, 99, "Series")


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_declared", {})
    declare(DAYS, SERIES)


def test_the_default_stands_until_it_is_changed(db: None, at: datetime) -> None:
    assert policies("test.", at) == {"test.days": 3, "test.series": (3, 14)}


def test_the_usual_request_spends_no_statement(db: None, at: datetime, django_assert_num_queries: Queries) -> None:
    policy("test.days", at)
    with django_assert_num_queries(0):
        assert policy("test.series", at) == (3, 14)


def test_a_change_counts_from_its_moment_on(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key="test.days", value=5, by=cast.admin, at=at, valid_from=at + timedelta(days=1))
    policy_set(key="test.series", value=[7, 30], by=cast.admin, at=at)
    assert policy("test.days", at) == 3
    assert policy("test.days", at + timedelta(days=1)) == 5
    assert policy("test.series", at - timedelta(seconds=1)) == (3, 14)
    assert policy("test.series", at) == (7, 30)


def test_every_change_is_a_version_with_its_author(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key="test.days", value=5, by=cast.admin, at=at)
    policy_set(key="test.days", value=6, by=cast.admin, at=at, version=1)
    row = next(row for row in policy_table(at) if row.number.key == "test.days")
    assert (row.value, row.version) == (6, 2)
    assert row.last is not None
    assert row.last.by == cast.admin
    assert [row.detail[:5] for row in JournalRow.objects.all()] == ["3 → 5", "5 → 6"]


def test_a_stale_page_is_told_who_was_faster(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key="test.days", value=5, by=cast.admin, at=at, version=0)
    with pytest.raises(Refused) as refused:
        policy_set(key="test.days", value=6, by=cast.director, at=at, version=0)
    assert (refused.value.code, refused.value.facts) == ("conflict", {"who": "山田さん"})
    assert PolicyValue.objects.count() == 1


@pytest.mark.parametrize("value", [0, 11, True, 2.5, "3", None, [3]])
def test_a_number_out_of_range_or_kind_is_refused(cast: SimpleNamespace, at: datetime, value: object) -> None:
    with pytest.raises(Refused):
        policy_set(key="test.days", value=value, by=cast.admin, at=at)


@pytest.mark.parametrize("value", [[], [14, 3], [3, 3], [0, 5], ["3"]])
def test_a_series_must_rise(cast: SimpleNamespace, at: datetime, value: object) -> None:
    with pytest.raises(Refused):
        policy_set(key="test.series", value=value, by=cast.admin, at=at)


def test_the_past_is_not_changed(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused):
        policy_set(key="test.days", value=5, by=cast.admin, at=at, valid_from=at - timedelta(minutes=1))


def test_an_unknown_number_is_refused(db: None, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        policy("test.nothing", at)
    assert refused.value.code == "not_found"


def test_a_second_meaning_for_a_key_fails_at_start() -> None:
    declare(DAYS)
    with pytest.raises(ValueError, match="twice"):
        declare(Number("test.days", 4, "days", 1, 10, "Days"))
    with pytest.raises(Refused):
        declare(Number("test.other", 40, "days", 1, 10, "Days"))
