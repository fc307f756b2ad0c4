from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries as Queries

from office.errors import Refused
from office.models import JournalRow, StandIn, User
from office.selectors import people
from office.services import person_create, person_update, stand_in_create, stand_in_delete
from office.viewer import load_user, viewer_for

DAY = date(2026, 11, 24)


def away(absent: User, stand_in: User, starts: date = DAY, ends: date = DAY) -> StandIn:
    return StandIn.objects.create(absent=absent, stand_in=stand_in, starts=starts, ends=ends)


def loaded(user: User) -> User:
    found = load_user(user.pk, DAY)
    assert found is not None
    return found


def test_a_session_costs_one_statement(cast: SimpleNamespace, at: datetime, django_assert_num_queries: Queries) -> None:
    away(cast.manager, cast.branch)
    away(cast.manager_b, cast.branch, DAY + timedelta(days=1), DAY + timedelta(days=1))
    with django_assert_num_queries(1):
        viewer = viewer_for(loaded(cast.branch), at)
        assert [user.team for user in viewer.stands_in_for] == [cast.team_a]
    assert viewer.acts_for == {cast.branch.pk, cast.manager.pk}
    assert viewer.roles == {"branch_head"}, "rights of the absent are not merged in"


def test_a_viewer_of_another_day_asks_again(cast: SimpleNamespace, at: datetime) -> None:
    user = loaded(cast.branch)
    away(cast.manager_b, cast.branch, DAY + timedelta(days=1), DAY + timedelta(days=1))
    assert viewer_for(user, at).stands_in_for == ()
    assert viewer_for(user, at + timedelta(days=1)).stands_in_for == (cast.manager_b,)


def test_who_left_is_not_loaded(cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    assert load_user(cast.rep.pk, DAY) is None
    assert load_user(987654, DAY) is None


def test_who_sees_all(cast: SimpleNamespace, at: datetime) -> None:
    seers = [name for name, user in vars(cast).items() if isinstance(user, User) and viewer_for(user, at).sees_all]
    assert sorted(seers) == ["auditor", "branch", "director"]


def test_the_directory_is_one_statement(cast: SimpleNamespace, django_assert_num_queries: Queries) -> None:
    away(cast.manager, cast.branch)
    away(cast.manager, cast.manager2)
    User.objects.filter(pk=cast.manager2.pk).update(is_active=False)
    with django_assert_num_queries(1):
        directory = people()
        assert directory.stand_ins_for(cast.manager.pk, DAY) == [cast.branch]
        assert directory.stand_ins_for(cast.manager.pk, DAY + timedelta(days=1)) == []
        assert directory.team_managers(cast.team_a.pk) == [cast.manager]
        assert [user.team for user in directory.with_role("technician")] == [cast.team_a]
        assert directory.get(cast.manager2.pk) is None
        assert directory.by_id[cast.rep.pk] == cast.rep


def test_colleagues_are_called_by_title_or_politely(cast: SimpleNamespace) -> None:
    assert cast.manager.called == "佐藤課長"
    assert cast.rep.called == "田中さん"
    assert cast.manager_b.full_name == "渡邊 徹"


def test_a_manager_names_their_own_stand_in(cast: SimpleNamespace, at: datetime) -> None:
    row = stand_in_create(absent=cast.manager, stand_in=cast.manager2, starts=DAY, ends=DAY, by=cast.manager, at=at)
    assert people().stand_ins_for(cast.manager.pk, DAY) == [cast.manager2]
    stand_in_delete(pk=row.pk, by=cast.manager, at=at)
    assert [row.verb for row in JournalRow.objects.all()] == ["named a stand-in", "removed a stand-in"]


def test_nobody_names_a_stand_in_for_another_but_the_admin(cast: SimpleNamespace, at: datetime) -> None:
    facts = {"absent": cast.manager, "stand_in": cast.manager2, "starts": DAY, "ends": DAY, "at": at}
    with pytest.raises(Refused) as refused:
        stand_in_create(by=cast.manager_b, **facts)
    assert refused.value.code == "forbidden"
    row = stand_in_create(by=cast.admin, **facts)
    with pytest.raises(Refused) as refused:
        stand_in_delete(pk=row.pk, by=cast.manager_b, at=at)
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(
    ("starts", "ends"), [(DAY, DAY - timedelta(days=1)), (DAY - timedelta(days=9), DAY - timedelta(days=1))]
)
def test_days_that_make_no_sense_are_refused(cast: SimpleNamespace, at: datetime, starts: date, ends: date) -> None:
    with pytest.raises(Refused) as refused:
        stand_in_create(absent=cast.manager, stand_in=cast.manager2, starts=starts, ends=ends, by=cast.manager, at=at)
    assert refused.value.field == "ends"


def test_a_new_colleague_can_log_in(cast: SimpleNamespace, at: datetime, client: Client) -> None:
    person_create(
        by=cast.admin, at=at, password="long-enough-word", username="new", surname="原", given_name="葵", roles=["rep"]
    )
    assert client.login(username="new", password="long-enough-word")


def test_the_journal_never_holds_a_password(cast: SimpleNamespace, at: datetime) -> None:
    person_update(person=cast.rep, by=cast.admin, at=at, password="another-long-word", phone="090-1111-2222")
    detail = JournalRow.objects.get().detail
    assert "090-1111-2222" in detail
    assert "another" not in detail


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "manager"}, "username"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
    ],
)
def test_a_change_that_breaks_the_house_is_refused(
    cast: SimpleNamespace, at: datetime, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        person_update(person=cast.rep, by=cast.admin, at=at, **values)
    assert refused.value.field == field


def test_nobody_becomes_their_own_superior(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        person_update(person=cast.branch, by=cast.admin, at=at, boss=cast.rep)
    assert refused.value.field == "boss"


def test_the_admin_cannot_lock_themselves_out(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused):
        person_update(person=cast.admin, by=cast.admin, at=at, is_active=False)
    with pytest.raises(Refused):
        person_update(person=cast.admin, by=cast.admin, at=at, roles=["rep"])
