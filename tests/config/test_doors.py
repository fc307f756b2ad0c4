"""What is refused before anybody looks at it, and what every answer carries."""

import json
import logging
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from config.logs import mask_secrets
from office.clock import now
from office.services import token_create

pytestmark = pytest.mark.django_db


def test_a_body_above_the_limit_is_not_read() -> None:
    answer = Client().post("/login/", {"login": "x"}, headers={"Content-Length": str(settings.LARGEST_REQUEST + 1)})
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/login/?next=%00", "/login/%00"])
def test_nul_in_an_address_is_refused(address: str) -> None:
    assert Client().get(address).status_code == 400


def test_nul_in_a_form_is_refused() -> None:
    assert Client().post("/login/", {"login": "a\0b"}).status_code == 400
    body = "login=a%00b"
    assert Client().post("/login/", body, content_type="application/x-www-form-urlencoded").status_code == 400


def test_nul_in_json_is_refused_in_json() -> None:
    body = json.dumps({"name": "a\0b"})
    answer = Client().post("/api/v1/customers", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_no_page_allows_foreign_or_inline_code() -> None:
    policy = Client().get("/login/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    for directive in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy


def test_the_log_in_sets_cookies_that_scripts_and_other_sites_cannot_use(cast: SimpleNamespace) -> None:
    client = Client()
    client.post("/login/", {"login": "rep", "password": "makoto-demo"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_ten_wrong_passwords_close_the_log_in_for_a_while(cast: SimpleNamespace) -> None:
    client = Client()
    answers = [client.post("/login/", {"login": "rep", "password": f"wrong {n}"}) for n in range(12)]
    assert not any(answer.status_code == 302 for answer in answers)
    assert client.post("/login/", {"login": "rep", "password": "makoto-demo"}).status_code != 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post("/login/", {"login": "rep2", "password": "makoto-demo"}).status_code == 302


def test_nobody_signs_up() -> None:
    assert Client().get("/login/signup/").status_code == 404


def test_each_request_has_a_number_for_the_telephone(client_for: Callable[..., Client], cast: SimpleNamespace) -> None:
    answer = client_for(cast.rep).get("/nowhere/")
    assert answer.wsgi_request.META["HTTP_X_REQUEST_ID"] in answer.content.decode()


def test_secret_links_and_passwords_stand_in_no_log() -> None:
    event = {"event": "Not Found: /calendar/abc123.ics", "request": "GET /portal/xyz/", "password": "p", "code": 404}
    masked = mask_secrets(logging.getLogger(), "info", event)
    assert masked == {
        "event": "Not Found: /calendar/***.ics",
        "request": "GET /portal/***/",
        "password": "***",
        "code": 404,
    }


def test_a_mistake_of_ours_is_told_with_its_number(
    cast: SimpleNamespace, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.views.render", None)
    answer = client_for(cast.rep, raise_request_exception=False).get("/more/")
    assert answer.status_code == 500
    assert re.search("お問い合わせの際の番号 [0-9a-f]{8}<", answer.content.decode())


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("nowhere", None, 404, "見つかりません。"),
        ("incidents/2026-0001/nowhere", None, 404, "見つかりません。"),
        ("incidents", "{", 400, "送られた内容を読み取れませんでした"),
        ("incidents", '{"customer": 1}', 400, "body.body.summary をお確かめください"),
        ("incidents", '{"customer": 1, "summary": []}', 400, "body.body.summary をお確かめください"),
    ],
)
def test_programs_are_told_in_their_form_and_in_japanese(
    cast: SimpleNamespace, path: str, body: str | None, status: int, told: str
) -> None:
    program = Client(headers={"Authorization": f"Bearer {token_create(user=cast.rep, at=now())}"})
    url = f"/api/v1/{path}"
    answer = program.get(url) if body is None else program.post(url, body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["code"] in ("not_found", "invalid")
    assert told in answer.json()["message"]


def test_without_a_token_programs_are_told_what_to_send(db: None) -> None:
    answer = Client().get("/api/v1/incidents")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert "Authorization: Bearer" in answer.json()["message"]


def test_programs_are_told_of_a_mistake_of_ours_with_its_number(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {token_create(user=cast.rep, at=now())}"}
    monkeypatch.setattr("incidents.api.listed", None)
    answer = Client(headers=headers, raise_request_exception=False).get("/api/v1/incidents")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert re.search("番号 [0-9a-f]{8}", answer.json()["message"])
