"""Approvals, search, the language, and the frame around every page."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Activity
from customers.services import ActivityRow, activities_put
from desk.context import Nav
from desk.nav import ACCOUNT, BAR, SIDE, offered
from desk.selectors import approvals_for, by_visit, customers_found, incidents_found
from desk.templatetags.desk import verb
from office.viewer import viewer_for
from tests.cast import PEOPLE

ClientFor = Callable[..., Client]


def test_only_approvals_stand_on_the_approvals_page(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    rows = [
        ActivityRow(
            source=kind, kind=kind, label="Action plan", who_id=cast.manager.pk, customer_id=cast.towa.pk, detail=kind
        )
        for kind in ("approval", "step")
    ]
    activities_put(rows, at=at)
    page = client_for(cast.manager).get("/approvals/").content.decode()
    assert "承認(1)" in page


def test_nothing_to_approve_is_said(cast: SimpleNamespace, client_for: ClientFor) -> None:
    assert "承認待ちはありません" in client_for(cast.manager).get("/approvals/").content.decode()


def test_approvals_without_a_date_come_last(cast: SimpleNamespace, at: datetime) -> None:
    activities_put(
        [
            ActivityRow(source="never", kind="approval", label="x", who_id=cast.manager.pk),
            ActivityRow(source="soon", kind="approval", label="x", who_id=cast.manager.pk, due=at),
        ],
        at=at,
    )
    rows = approvals_for(viewer_for(cast.manager, at))
    assert [row.source for row in by_visit(rows, {})] == ["soon", "never"]


@pytest.mark.parametrize("typed", ["東和", "とうわ", "ﾄｳﾜ", "東和工業株式会社"])
def test_a_customer_is_found_in_any_spelling(cast: SimpleNamespace, at: datetime, typed: str) -> None:
    assert [row.pk for row in customers_found(viewer_for(cast.rep, at), typed)] == [cast.towa.pk]


def test_a_foreign_customer_is_not_found(cast: SimpleNamespace, at: datetime) -> None:
    assert customers_found(viewer_for(cast.rep_b, at), "東和") == []


@pytest.mark.parametrize("typed", ["", "   ", "・"])
def test_nothing_typed_finds_nothing(cast: SimpleNamespace, at: datetime, typed: str) -> None:
    viewer = viewer_for(cast.director, at)
    assert not customers_found(viewer, typed)
    assert not incidents_found(viewer, typed)


def test_the_search_page_survives_any_text(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    for typed in ("%" * 300, "髙﨑𠮷", "'\"<b>", "a" * 5000):
        assert client.get("/search/", {"q": typed}).status_code == 200


def test_the_menu_gets_bare_results(cast: SimpleNamespace, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get("/search/", {"q": "東和"}, headers={"HX-Request": "true"}).content.decode()
    assert "東和工業様" in page
    assert "<html" not in page


def test_the_language_changes_and_the_page_stays(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    answer = client.post("/language/", {"language": "en", "next": "/approvals/"})
    assert answer.headers["Location"] == "/approvals/"
    page = client.get("/approvals/").content.decode()
    assert '<html lang="en">' in page
    assert "Nothing waits for your approval" in page


def test_the_language_switch_leads_nowhere_else(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    assert client.post("/language/", {"language": "xx", "next": "https://evil.example/"}).headers["Location"] == "/"
    cast.rep.refresh_from_db()
    assert cast.rep.language == "ja"


def test_a_stranger_is_sent_to_the_log_in(db: None, client: Client) -> None:
    for path in ("/", "/approvals/", "/search/", "/more/"):
        assert client.get(path).headers["Location"].startswith("/login/")


def test_the_log_in_offers_the_demos_people(cast: SimpleNamespace, client: Client) -> None:
    page = client.get("/login/").content.decode()
    assert "お試し用の利用者" in page
    assert page.count('value="makoto-demo"') == 13


def test_outside_the_demo_nobody_is_offered(cast: SimpleNamespace, client: Client, settings: SimpleNamespace) -> None:
    settings.DEMO = False
    assert "makoto-demo" not in client.get("/login/").content.decode()


def test_a_demo_button_logs_in(cast: SimpleNamespace, client: Client) -> None:
    answer = client.post("/login/", {"login": "rep", "password": "makoto-demo"}, follow=True)
    assert "本日の対応" in answer.content.decode()


def test_a_wrong_password_is_answered_in_words(cast: SimpleNamespace, client: Client) -> None:
    page = client.post("/login/", {"login": "rep", "password": "wrong"}).content.decode()
    assert "利用者名かパスワードが違います" in page


def test_what_does_not_exist_is_said_politely(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).get("/no-such-page/")
    assert answer.status_code == 404
    assert "見つかりません。番号をお確かめください" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/approvals/", "/search/?q=東和", "/more/", "/login/", "/no-such-page/"])
def test_no_page_holds_a_style_or_a_script_of_its_own(
    cast: SimpleNamespace, client_for: ClientFor, client: Client, path: str
) -> None:
    asking = client if path == "/login/" else client_for(cast.manager)
    page = asking.get(path).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "http://" not in page.replace("http://testserver", "").replace("http://www.w3.org", "")
    assert all("src=" in script for script in page.split("<script")[1:])


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_every_place_of_a_menu_opens(cast: SimpleNamespace, at: datetime, client_for: ClientFor, name: str) -> None:
    user = getattr(cast, name)
    client = client_for(user)
    for entry, path in offered((*SIDE, *BAR, *ACCOUNT), viewer_for(user, at)):
        assert client.get(path).status_code == 200, entry.name


@pytest.mark.parametrize(
    ("page", "side", "bar"),
    [
        ("customers:promise", "customers:promises", "desk:more"),
        ("customers:promises", "customers:promises", "desk:more"),
        ("desk:customer", "customers:list", "customers:list"),
        ("incidents:letters", "incidents:letters", "desk:more"),
        ("incidents:step", "incidents:list", "incidents:list"),
        ("incidents:new", "incidents:list", "incidents:new"),
        ("incidents:procedure", "office:settings", "desk:more"),
        ("customers:appointment_new", "customers:appointments", "desk:more"),
        ("office:people", "office:settings", "desk:more"),
    ],
)
def test_a_page_is_marked_where_it_belongs(cast: SimpleNamespace, at: datetime, page: str, side: str, bar: str) -> None:
    menus = Nav(viewer_for(cast.rep, at), page)
    assert [item.url for item in menus.items if item.current] == [reverse(side)]
    assert [item.url for item in menus.bar if item.current] == [reverse(bar)]


@pytest.mark.parametrize(
    ("label", "words"), [("Action plan", "計画を読む"), ("Apology letter", "文面を読む"), ("x", "内容を読む")]
)
def test_the_button_says_what_is_read(label: str, words: str) -> None:
    assert verb(Activity(kind="approval", label=label)) == words
