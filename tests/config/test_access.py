"""The table of access against every address: a route without a rule, or a rule without a guard, fails here."""

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from config import access, doors
from config.access import ANYONE, RULES, STAFF, rule_for
from office import middleware
from office.models import User
from office.roles import Role
from office.services import token_create

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# One person of the cast for each role.
PLAYERS = {
    Role.REP: "rep",
    Role.TECHNICIAN: "tech",
    Role.MANAGER: "manager",
    Role.BRANCH_HEAD: "branch",
    Role.DIRECTOR: "director",
    Role.BILLING: "billing",
    Role.AUDITOR: "auditor",
    Role.ADMIN: "admin",
}


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the name and sample arguments of every route; a route without a name yields ''."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, inner)
        elif isinstance(entry, URLPattern):
            samples = {name: sample(converter) for name, converter in entry.pattern.converters.items()}
            yield (answering(f"{namespace}{entry.name}", samples) if entry.name else "", samples)


def answering(name: str, samples: dict[str, object]) -> str:
    """Return the name that the resolver gives to this address: routes that share one answer by the first."""
    return resolve(reverse(name, kwargs=samples)).view_name


def sample(converter: object) -> object:
    """Return a value that a converter takes and that names nothing."""
    return 999999 if type(converter).__name__ == "IntConverter" else "9999-9999"


ROUTES = dict(routes(get_resolver()))
# The log-out comes last: afterwards the walker is a stranger.
PAGES = sorted((name for name in ROUTES if not name.startswith("api:")), key=lambda name: name == "account_logout")
API_PAGES = {"api:api-root", "api:openapi-json", "api:openapi-view"}  # Ninja's own, open to anyone
CALLS = sorted(set(ROUTES) - set(PAGES) - API_PAGES)


def test_every_route_has_a_name_and_a_rule() -> None:
    assert sorted(set(ROUTES) - set(RULES)) == []


def test_every_rule_has_a_route() -> None:
    assert sorted(set(RULES) - set(ROUTES)) == []


def test_every_role_of_the_table_exists() -> None:
    assert all(who is ANYONE or who <= STAFF for rule in RULES.values() for who in rule.values())


@pytest.fixture
def _bare_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal without its page, which takes longer to draw than all the rest and has tests of its own."""
    monkeypatch.setattr(doors, "page_not_found", lambda *_page: HttpResponse(status=404))
    for module in (access, middleware):
        monkeypatch.setattr(module, "render", lambda *_page, status: HttpResponse(status=status))


@pytest.mark.django_db
@pytest.mark.usefixtures("_bare_refusals")
@pytest.mark.parametrize("role", PLAYERS)
def test_a_role_gets_through_every_door_it_has_and_no_other(
    role: Role, cast: SimpleNamespace, client_for: Callable[..., Client]
) -> None:
    user: User = getattr(cast, PLAYERS[role])
    client = client_for(user, raise_request_exception=False)
    wrong = []
    for name in PAGES:
        for method in ("GET", "POST"):  # the others are refused before it is asked who comes: see the stranger below
            status = client.generic(method, reverse(name, kwargs=ROUTES[name])).status_code
            who = rule_for(name, method)
            allowed = who is not None and (who is ANYONE or role.value in who)
            if (status in (403, 405)) == allowed or (status >= 500 and name != "healthz"):
                wrong.append(f"{method} {name}: {status}, {'allowed' if allowed else 'not allowed'}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", PLAYERS)
def test_a_token_opens_what_its_owner_may_and_nothing_else(role: Role, cast: SimpleNamespace, at: datetime) -> None:
    token = token_create(user=getattr(cast, PLAYERS[role]), at=at)
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    wrong = []
    for name in CALLS:
        for method in METHODS:
            status = client.generic(
                method, reverse(name, kwargs=ROUTES[name]), data="{}", content_type="application/json"
            ).status_code
            who = rule_for(name, method)
            allowed = who is not None and (who is ANYONE or role.value in who)
            if (status in (403, 405)) == allowed or status in (401, 500):
                wrong.append(f"{method} {name}: {status}, {'allowed' if allowed else 'not allowed'}")
    assert wrong == []


@pytest.mark.django_db
def test_without_a_token_the_api_says_401(cast: SimpleNamespace) -> None:
    for name in CALLS:
        for method in RULES.get(name, {}):
            assert Client().generic(method, reverse(name, kwargs=ROUTES[name])).status_code == 401, f"{method} {name}"


def test_the_api_describes_itself_to_anyone() -> None:
    assert Client().get("/api/v1/openapi.json").json()["info"]["title"] == "Makoto"


@pytest.mark.django_db
@pytest.mark.usefixtures("_bare_refusals")
def test_a_stranger_is_sent_to_the_log_in_from_everywhere_else(cast: SimpleNamespace) -> None:
    client = Client()
    for name in PAGES:
        for method in METHODS:
            who = rule_for(name, method)
            answer = client.generic(method, reverse(name, kwargs=ROUTES[name]))
            if who is None:
                assert answer.status_code == 405, f"{method} {name}"
            elif who is not ANYONE:
                assert (answer.status_code, answer.headers.get("Location", "")[:7]) == (302, "/login/"), (
                    f"{method} {name}"
                )


@pytest.mark.django_db
def test_a_form_sent_after_the_session_ended_leads_back_to_a_page(cast: SimpleNamespace) -> None:
    answer = Client().post("/settings/people/teams/")
    assert answer.headers["Location"] == "/login/?next=/"


@pytest.mark.django_db
def test_a_page_returns_after_the_log_in(cast: SimpleNamespace) -> None:
    assert Client().get("/customers/?q=x").headers["Location"] == "/login/?next=/customers/%3Fq%3Dx"


@pytest.mark.django_db
def test_htmx_reloads_the_whole_page_for_the_log_in(cast: SimpleNamespace) -> None:
    answer = Client().get("/customers/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/login/")


@pytest.mark.django_db
def test_a_refusal_says_so_on_our_page(cast: SimpleNamespace, client_for: Callable[..., Client]) -> None:
    answer = client_for(cast.rep).get("/settings/journal/")
    assert answer.status_code == 403
    assert "refused.html" in [template.name for template in answer.templates]
