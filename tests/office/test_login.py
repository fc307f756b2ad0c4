from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from office.auth import AccountAdapter
from office.http import viewer_of
from office.models import JournalRow, StandIn, User
from tests.cast import PASSWORD

ClientFor = Callable[[User], Client]
WRONG = [("rep", "wrong"), ("nobody", PASSWORD), ("rep@makoto.example", PASSWORD)]


def log_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": username, "password": password})


def test_a_colleague_logs_in_by_name(cast: SimpleNamespace, client: Client) -> None:
    assert log_in(client, "rep").status_code == 302
    assert client.session["_auth_user_id"] == str(cast.rep.pk)
    row = JournalRow.objects.get()
    assert (row.verb, row.actor) == ("logged in", cast.rep)


@pytest.mark.parametrize(("username", "password"), WRONG)
def test_a_wrong_name_or_password_is_refused(
    cast: SimpleNamespace, client: Client, username: str, password: str
) -> None:
    assert log_in(client, username, password).status_code == 200
    assert "_auth_user_id" not in client.session


def test_who_left_cannot_log_in_and_open_sessions_end(
    cast: SimpleNamespace, client: Client, client_for: ClientFor
) -> None:
    session = client_for(cast.rep)
    User.objects.filter(pk=cast.rep.pk).update(is_active=False)
    log_in(client, "rep")
    assert "_auth_user_id" not in client.session
    assert session.get(reverse("office:settings")).status_code == 302


def test_nobody_signs_up() -> None:
    assert AccountAdapter().is_open_for_signup(HttpRequest()) is False


@pytest.mark.parametrize(("language", "word"), [("ja", "設定"), ("en", "Settings")])
def test_a_person_reads_their_own_language(
    cast: SimpleNamespace, client_for: ClientFor, language: str, word: str
) -> None:
    User.objects.filter(pk=cast.rep.pk).update(language=language)
    answer = client_for(cast.rep).get(reverse("office:settings"))
    assert f"<h1>{word}</h1>" in answer.content.decode()


def test_a_stand_ins_time_ends_with_the_day(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    StandIn.objects.create(absent=cast.manager, stand_in=cast.branch, starts=at.date(), ends=at.date())
    with time_machine.travel(at, tick=False):
        client = client_for(cast.branch)
        assert viewer_of(client.get(reverse("office:settings")).wsgi_request).stands_in_for == (cast.manager,)
    with time_machine.travel(at + timedelta(days=1), tick=False):
        assert viewer_of(client.get(reverse("office:settings")).wsgi_request).stands_in_for == ()


@pytest.mark.django_db
def test_a_stranger_is_spoken_to_in_japanese_whatever_the_browser_asks_for() -> None:
    page = Client(headers={"accept-language": "en-US,en;q=0.9"}).get("/login/")
    assert "ログイン" in page.content.decode()


@pytest.mark.django_db
def test_the_switch_speaks_english_to_a_stranger() -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    assert "Log in" in client.get("/login/").content.decode()
