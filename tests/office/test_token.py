from datetime import datetime, timedelta
from types import SimpleNamespace

import time_machine
from django.http import HttpRequest
from pytest_django import DjangoAssertNumQueries as Queries

from office.api import TokenAuth
from office.http import viewer_of
from office.models import ApiToken, User
from office.services import token_create, user_for_token


def test_a_token_is_its_person(cast: SimpleNamespace, at: datetime) -> None:
    raw = token_create(user=cast.rep, at=at)
    request = HttpRequest()
    assert TokenAuth().authenticate(request, raw) == cast.rep
    assert viewer_of(request).teams == {cast.team_a.pk}


def test_only_a_hash_is_kept(cast: SimpleNamespace, at: datetime) -> None:
    raw = token_create(user=cast.rep, at=at)
    assert len(raw) >= 43
    assert raw not in str(ApiToken.objects.values().get())


def test_a_wrong_token_and_a_person_who_left_are_nobody(cast: SimpleNamespace, at: datetime) -> None:
    raw = token_create(user=cast.rep, at=at)
    assert user_for_token(raw + "x") is None
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    assert user_for_token(raw) is None


def test_the_last_use_is_noted_once_an_hour(
    cast: SimpleNamespace, at: datetime, django_assert_num_queries: Queries
) -> None:
    raw = token_create(user=cast.rep, at=at)
    with time_machine.travel(at, tick=False):
        user_for_token(raw)
        with django_assert_num_queries(2):
            user_for_token(raw)
    with time_machine.travel(at + timedelta(hours=2), tick=False):
        user_for_token(raw)
    assert ApiToken.objects.get().last_used_at == at + timedelta(hours=2)
