"""The commands a person types."""

from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from config.management.commands import verify
from office.models import User
from office.services import user_for_token

pytestmark = pytest.mark.django_db


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip()


def test_a_token_is_printed_alone_and_opens_the_api(cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_token", "rep")
    token = said(capsys)
    assert user_for_token(token) == cast.rep
    assert Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/customers").status_code == 200


def test_nobody_gets_a_token_who_does_not_work_here(cast: SimpleNamespace) -> None:
    User.objects.filter(username="rep").update(is_active=False)
    with pytest.raises(CommandError, match="no active user rep"):
        call_command("api_token", "rep")


def test_the_first_admin_can_log_in(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("first_admin", "yamada")
    answer = Client().post("/login/", {"login": "yamada", "password": said(capsys)})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/")


def test_there_is_only_one_first_admin(cast: SimpleNamespace) -> None:
    with pytest.raises(CommandError, match="an administrator already"):
        call_command("first_admin", "other")


def test_verify_says_when_all_is_well(cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify")
    assert said(capsys) == "All rows are as they were written."


def test_verify_names_the_bad_row_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(verify.CHECKS, "incidents", lambda: iter(["incident 2026-0151 entry 3: changed"]))
    with pytest.raises(CommandError, match="not what they were"):
        call_command("verify")
    assert said(capsys) == "incidents: incident 2026-0151 entry 3: changed"
