"""Who may open which address: one table, read by the middleware, by the API's door and by the tests.

It answers "may a person with this role come here at all". Whose incident or customer it is, the selectors decide:
what is not theirs answers like what never existed.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django_htmx.http import HttpResponseClientRedirect

from office.errors import Refused
from office.http import sentence
from office.roles import Role
from office.viewer import Viewer

Who = frozenset[str]
Rule = Mapping[str, Who]  # method → who; HEAD follows GET; a method that is not named is answered 405

ANYONE: Who = frozenset({"anyone"})
STAFF: Who = frozenset(Role.values)  # everybody who can log in
ADMIN: Who = frozenset({Role.ADMIN.value})
# Those who work with customers: neither the auditor, who reads, nor the administrator, who sees to the system.
WORKERS: Who = STAFF - {Role.AUDITOR.value, Role.ADMIN.value}
READERS: Who = STAFF - {Role.ADMIN.value}
IMPORTERS: Who = frozenset({Role.BILLING.value, Role.BRANCH_HEAD.value, Role.ADMIN.value})
BILLING: Who = frozenset({Role.BILLING.value})
TERMS: Who = frozenset({Role.BILLING.value, Role.MANAGER.value})
BILLS: Who = READERS - {Role.TECHNICIAN.value}

RULES: dict[str, Rule] = {
    # The house
    "healthz": {"GET": ANYONE},
    "account_login": {"GET": ANYONE, "POST": ANYONE},
    "account_logout": {"GET": ANYONE, "POST": ANYONE},
    "account_reauthenticate": {"GET": STAFF, "POST": STAFF},
    "account_change_password": {"GET": STAFF, "POST": STAFF},
    "mfa_index": {"GET": STAFF},
    "mfa_authenticate": {"GET": ANYONE, "POST": ANYONE},  # after the password, before the log-in is complete
    "mfa_reauthenticate": {"GET": STAFF, "POST": STAFF},
    "mfa_activate_totp": {"GET": STAFF, "POST": STAFF},
    "mfa_deactivate_totp": {"GET": STAFF, "POST": STAFF},
    "mfa_view_recovery_codes": {"GET": STAFF},
    "mfa_generate_recovery_codes": {"GET": STAFF, "POST": STAFF},
    "mfa_download_recovery_codes": {"GET": STAFF},
    # Customers
    "customers:list": {"GET": STAFF},
    "customers:names": {"GET": STAFF},
    "desk:customer": {"GET": STAFF},
    "customers:new": {"GET": WORKERS, "POST": WORKERS},
    "customers:edit": {"GET": WORKERS, "POST": WORKERS},
    "customers:contact_new": {"GET": WORKERS, "POST": WORKERS},
    "customers:contact": {"GET": WORKERS, "POST": WORKERS},
    "customers:call": {"GET": WORKERS, "POST": WORKERS},
    "customers:promises": {"GET": STAFF},
    "customers:promise": {"GET": STAFF},
    "customers:promise_new": {"GET": WORKERS, "POST": WORKERS},
    "customers:promise_agree": {"POST": WORKERS},
    "customers:promise_keep": {"POST": WORKERS},
    "customers:promise_reschedule": {"POST": WORKERS},
    "customers:promise_break": {"POST": WORKERS},
    "customers:import": {"GET": IMPORTERS, "POST": IMPORTERS},
    "customers:sample": {"GET": IMPORTERS},
    # Billing
    "billing:list": {"GET": BILLS},
    "billing:invoice": {"GET": BILLS},
    "billing:new": {"GET": BILLING, "POST": BILLING},
    "billing:issue": {"POST": BILLING},
    "billing:payment": {"POST": BILLING},
    "billing:terms": {"GET": TERMS, "POST": TERMS},
    "billing:thank_you": {"GET": READERS, "POST": WORKERS},
    "billing:import": {"GET": IMPORTERS, "POST": IMPORTERS},
    "billing:sample": {"GET": IMPORTERS},
    # The same for programs
    "api:customers": {"GET": STAFF, "POST": WORKERS},
    "api:customer": {"GET": STAFF, "PUT": WORKERS},
    "api:contacts": {"GET": STAFF, "POST": WORKERS},
    "api:contact": {"PUT": WORKERS},
    "api:calls": {"POST": WORKERS},
    "api:promises": {"GET": STAFF, "POST": WORKERS},
    "api:promise": {"GET": STAFF},
    "api:promise_agree": {"POST": WORKERS},
    "api:promise_keep": {"POST": WORKERS},
    "api:promise_reschedule": {"POST": WORKERS},
    "api:promise_break": {"POST": WORKERS},
    "api:invoices": {"GET": BILLS, "POST": BILLING},
    "api:invoice": {"GET": BILLS},
    "api:invoice_issue": {"POST": BILLING},
    "api:invoice_payments": {"POST": BILLING},
    "api:terms": {"GET": BILLS, "PUT": TERMS},
    "api:thank_you_call": {"POST": WORKERS},
    "api:import_customers": {"POST": IMPORTERS},
    "api:import_invoices": {"POST": IMPORTERS},
}

NOT_YOURS = gettext_noop("This page is not part of your work. Please ask your manager if you need it.")


def rule_for(view_name: str, method: str) -> Who | None:
    """Return who may use `method` on this URL name; None when nobody may (405, or a route without a rule)."""
    return RULES.get(view_name, {}).get("GET" if method == "HEAD" else method)


def admits(who: Who, viewer: Viewer | None) -> bool:
    """Return whether this viewer (None: a stranger) is among them."""
    return who is ANYONE or (viewer is not None and bool(who & viewer.roles))


class AccessMiddleware:
    """Holds the table against every request, before its view runs. After ViewerMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision falls once the address is resolved."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Return None to let the request through, else the answer."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith("api:"):
            return None  # programs log in by token: config.api asks the same table
        who = rule_for(name, request.method or "")
        if who is None:
            page = render(request, "405.html", status=405)
            page["Allow"] = ", ".join(RULES.get(name, {}))
            return page
        viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
        if admits(who, viewer):
            return None
        return _to_log_in(request) if viewer is None else _refuse(request)


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the log-in and from there back; a form's answer cannot be repeated, so back to its page."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    url = f"{reverse('account_login')}?next={quote(back)}"
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else HttpResponseRedirect(url)


def _refuse(request: HttpRequest) -> HttpResponse:
    refused = Refused("forbidden", NOT_YOURS)
    return render(request, "refused.html", {"refused": refused, "sentence": sentence(refused)}, status=refused.status)
