"""The door for programs: everything a person can do in the browser, by the same services."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from billing import api as billing_api
from config.access import admits, rule_for
from customers import api as customers_api
from desk import temperature_api
from incidents import api as incidents_api
from incidents import corrections_api, faq_api, measures_api, recoveries_api, spread_api
from office import policy_api
from office.api import TokenAuth
from office.errors import Refused
from office.http import sentence
from office.models import User


class RuledTokenAuth(TokenAuth):
    """A token opens what the table of config.access opens to its owner."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the token's owner; Refused forbidden where the table does not name them; None (401) if unknown."""
        user = super().authenticate(request, token)
        if user is None:
            return None
        match = request.resolver_match
        who = rule_for(match.view_name if match else "", request.method or "")
        if who is None or not admits(who, request.viewer):  # type: ignore[attr-defined]
            raise Refused("forbidden", "This is not part of your work.")
        return user


api = NinjaAPI(title="Makoto", version="1", urls_namespace="api", auth=RuledTokenAuth())
for path, router in (*customers_api.ROUTERS, *billing_api.ROUTERS, ("/customers", temperature_api.router)):
    api.add_router(path, router)
api.add_router("/incidents", incidents_api.router)
api.add_router("/corrections", corrections_api.router)
api.add_router("/measures", measures_api.router)
api.add_router("/recoveries", recoveries_api.router)
api.add_router("/spread", spread_api.router)
api.add_router("/faq", faq_api.router)
api.add_router("/policy", policy_api.policy)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer a refusal with its sentence."""
    return api.create_response(request, {"code": error.code, "message": sentence(error)}, status=error.status)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request whose form is wrong: 400 with the first place that is, and what pydantic says of it."""
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    facts = {"place": ".".join(map(str, first.get("loc", ()))), "why": first.get("msg", "")}
    message = _("The request does not have the right form: %(place)s (%(why)s)") % facts
    return api.create_response(request, {"code": "invalid", "message": message}, status=400)


@api.exception_handler(Http404)
def missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    """Answer what is not there."""
    return api.create_response(request, {"code": "not_found", "message": _("Not found.")}, status=404)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer a request without a token, or with one that no longer opens anything."""
    message = _("Please send a valid token: Authorization: Bearer …")
    return api.create_response(request, {"code": "unauthorized", "message": message}, status=401)


@api.exception_handler(HttpError)
def other(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what Ninja itself refuses, a body that is no JSON above all, in the same form."""
    message = _("The request could not be read (%(why)s).") % {"why": error}
    return api.create_response(request, {"code": "invalid", "message": message}, status=error.status_code)
