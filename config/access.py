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
DECIDERS: Who = frozenset({Role.MANAGER.value, Role.BRANCH_HEAD.value, Role.DIRECTOR.value})
FRONT: Who = DECIDERS | {Role.REP.value, Role.TECHNICIAN.value}  # those who speak with customers
CLERKS: Who = frozenset({Role.BILLING.value})
KEEPERS: Who = DECIDERS | CLERKS | {Role.REP.value}  # keep the customers' cards up to date
MONEY: Who = KEEPERS | {Role.AUDITOR.value}  # may read invoices
IMPORTERS: Who = CLERKS | ADMIN | {Role.BRANCH_HEAD.value}
BOOKS: Who = DECIDERS | CLERKS | {Role.AUDITOR.value}  # read the figures of billing
JOURNAL: Who = ADMIN | {Role.AUDITOR.value}
ABSENT: Who = DECIDERS | ADMIN  # whose approvals somebody must take over


def reads(who: Who) -> Rule:
    """A page that only shows."""
    return {"GET": who}


def acts(who: Who) -> Rule:
    """An address that only changes something."""
    return {"POST": who}


def form(who: Who) -> Rule:
    """A page with its form."""
    return {"GET": who, "POST": who}


RULES: dict[str, Rule] = {
    # The house
    "healthz": reads(ANYONE),
    "account_login": form(ANYONE),
    "account_logout": form(ANYONE),
    "account_reauthenticate": form(STAFF),
    "account_change_password": form(STAFF),
    "mfa_index": reads(STAFF),
    "mfa_authenticate": form(ANYONE),  # after the password, before the log-in is complete
    "mfa_reauthenticate": form(STAFF),
    "mfa_activate_totp": form(STAFF),
    "mfa_deactivate_totp": form(STAFF),
    "mfa_view_recovery_codes": reads(STAFF),
    "mfa_generate_recovery_codes": form(STAFF),
    "mfa_download_recovery_codes": reads(STAFF),
    # The API's own pages; what they describe asks for a token
    "api:openapi-json": reads(ANYONE),
    "api:openapi-view": reads(ANYONE),
    "api:api-root": reads(ANYONE),
    "api:customers": {"GET": STAFF, "POST": KEEPERS},
    "api:customer": {"GET": STAFF, "PUT": KEEPERS},
    "api:contacts": {"GET": STAFF, "POST": KEEPERS},
    "api:contact": {"PUT": KEEPERS},
    "api:sites": {"GET": STAFF, "POST": KEEPERS},
    "api:site": {"PUT": KEEPERS},
    "api:calls": acts(FRONT | CLERKS),
    "api:readings": acts(FRONT | CLERKS),
    "api:temperature": reads(STAFF),
    "api:customer_ban": acts(FRONT),
    "api:customer_ban_lift": acts(FRONT),
    "api:promises": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:promise": reads(STAFF),
    "api:promise_agree": acts(FRONT | CLERKS),
    "api:promise_keep": acts(FRONT | CLERKS),
    "api:promise_reschedule": acts(FRONT | CLERKS),
    "api:promise_break": acts(FRONT | CLERKS),
    "api:promise_chase": acts(FRONT | CLERKS),
    "api:promise_chase_undo": acts(FRONT | CLERKS),
    "api:machines": reads(STAFF),
    "api:corrections": acts(KEEPERS),
    "api:correction": reads(MONEY),
    "api:invoice_release": acts(DECIDERS),
    "api:notices": {"GET": STAFF, "POST": KEEPERS},
    "api:notice": {"GET": STAFF, "PUT": KEEPERS},
    "api:notice_check": acts(DECIDERS | CLERKS),
    "api:notice_refuse": acts(DECIDERS | CLERKS),
    "api:notice_send": acts(DECIDERS | CLERKS),
    "api:notice_posted": acts(DECIDERS | CLERKS),
    "api:notice_withdraw": acts(DECIDERS | CLERKS),
    "api:notice_tell": acts(FRONT | CLERKS),
    "api:notice_acknowledge": acts(FRONT | CLERKS),
    "api:notice_unacknowledge": acts(FRONT | CLERKS),
    "api:notice_object": acts(FRONT | CLERKS),
    "api:inquiries": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:inquiry": reads(STAFF),
    "api:inquiry_answer": acts(FRONT | CLERKS),
    "api:inquiry_postpone": acts(FRONT | CLERKS),
    "api:appointments": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:appointment": {"GET": STAFF, "PUT": FRONT | CLERKS, "DELETE": FRONT | CLERKS},
    "api:appointment_check": acts(FRONT | CLERKS),
    "api:appointment_arrived": acts(FRONT | CLERKS),
    "api:appointment_late": acts(FRONT | CLERKS),
    "api:appointments_import": acts(FRONT | CLERKS),
    "api:invoices": {"GET": MONEY, "POST": CLERKS},
    "api:invoice": {"GET": MONEY, "DELETE": CLERKS},
    "api:invoices_check": acts(CLERKS),
    "api:invoice_gather": acts(CLERKS),
    "api:invoice_findings": reads(MONEY),
    "api:invoice_refuse": acts(CLERKS),
    "api:invoice_pdf": reads(MONEY),
    "api:invoice_change": acts(CLERKS),
    "api:invoice_parts": acts(CLERKS),
    "api:invoice_correct": acts(CLERKS),
    "api:invoice_sent": acts(CLERKS),
    "api:invoice_received": acts(CLERKS),
    "api:invoice_settle": acts(CLERKS),
    "api:invoice_reduce": acts(CLERKS),
    "api:invoices_send": acts(CLERKS),
    "api:invoice_send": acts(CLERKS),
    "api:invoice_sendings": reads(MONEY),
    "api:recipient": {"GET": MONEY, "PUT": KEEPERS},
    "api:payment_undo": acts(CLERKS),
    "api:settlement_undo": acts(CLERKS),
    "api:collections": reads(STAFF),
    "api:orders": {"GET": MONEY, "POST": CLERKS},
    "api:order": reads(MONEY),
    "api:order_promise": acts(KEEPERS),
    "api:order_cancel": acts(CLERKS),
    "api:deliveries": {"GET": MONEY, "POST": CLERKS},
    "api:delivery": reads(MONEY),
    "api:delivery_cancel": acts(CLERKS),
    "api:contracts": {"GET": MONEY, "POST": CLERKS},
    "api:contract": reads(MONEY),
    "api:contract_end": acts(CLERKS),
    "api:watch": reads(MONEY),
    "api:invoice_issue": acts(CLERKS),
    "api:invoice_payments": acts(CLERKS),
    "api:terms": {"GET": MONEY, "PUT": CLERKS | DECIDERS},
    "api:payments": reads(MONEY),
    "api:billing_figures": reads(BOOKS),
    "api:invoices_export": acts(MONEY),
    "api:terms_preview": reads(MONEY),
    "api:invoice_preview": acts(MONEY),
    "api:overdue": reads(MONEY),
    "api:payment_reminder": acts(KEEPERS),
    "api:payments_import": acts(CLERKS),
    "api:receipts": reads(CLERKS),
    "api:receipt": reads(CLERKS),
    "api:receipt_book": acts(CLERKS),
    "api:receipt_aside": acts(CLERKS),
    "api:receipt_cancel": acts(CLERKS),
    "api:receipt_undo": acts(CLERKS),
    "api:thank_you_call": acts(KEEPERS),
    "api:incidents": {"GET": STAFF, "POST": FRONT | CLERKS | ADMIN},
    "api:incident": reads(STAFF),
    "api:incident_photos": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:incident_photo": reads(STAFF),
    "api:incident_similar": reads(STAFF),
    "api:incident_lessons": reads(STAFF),
    "api:incident_costs": reads(STAFF),
    "api:recoveries": reads(STAFF),
    "api:incident_command": acts(FRONT | CLERKS),
    "api:policy": reads(JOURNAL),
    "api:policy_preview": reads(JOURNAL),
    "api:measures": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:nightly": {"GET": STAFF, "PUT": FRONT | CLERKS},
    "api:measure_done": acts(FRONT | CLERKS),
    "api:phrases": reads(STAFF),
    "api:phrases_of": {"PUT": DECIDERS},
    "api:faqs": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:faq": {"DELETE": FRONT | CLERKS},
    "api:spread": {"GET": STAFF, "POST": FRONT | CLERKS},
    "api:import_customers": acts(IMPORTERS),
    "api:import_invoices": acts(IMPORTERS),
    "api:import_orders": acts(IMPORTERS),
    "api:import_deliveries": acts(IMPORTERS),
    "api:import_contracts": acts(IMPORTERS),
    "api:import_prices": acts(IMPORTERS),
    "api:prices": {"GET": MONEY, "PUT": CLERKS | DECIDERS},
    "api:price": {"DELETE": CLERKS | DECIDERS},
    # Desk
    "desk:today": reads(STAFF),
    "desk:approvals": reads(STAFF),
    "desk:search": reads(STAFF),
    "desk:more": reads(STAFF),
    "desk:customer": reads(STAFF),
    "desk:language": acts(ANYONE),
    "desk:offline": reads(ANYONE),  # says nothing of anybody
    "desk:notebook": form(STAFF),
    "desk:feed": reads(ANYONE),  # the key in the address opens it
    # Incidents: which ones, the selectors decide; who may do which step, the playbook
    "incidents:list": reads(STAFF),
    "incidents:new": {"GET": STAFF, "POST": FRONT | CLERKS | ADMIN},
    "incidents:customers": reads(STAFF),
    "incidents:wording": acts(STAFF),
    "incidents:procedures": reads(STAFF),
    "incidents:procedure": reads(STAFF),
    "incidents:phrases": {"GET": STAFF, "POST": DECIDERS},
    "incidents:faq": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:recoveries": reads(STAFF),
    "incidents:detail": reads(STAFF),
    "incidents:command": acts(FRONT | CLERKS),
    "incidents:read": acts(FRONT | CLERKS),
    "incidents:photos": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:photo": reads(STAFF),
    "incidents:timeline": reads(STAFF),
    "incidents:similar": reads(STAFF),
    "incidents:listening": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:listening_sheet": reads(STAFF),
    "incidents:act": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:step": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:correction": {"GET": MONEY, "POST": KEEPERS},
    "incidents:measure": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:spread": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:nightly": acts(FRONT | CLERKS),
    "incidents:measure_new": form(FRONT | CLERKS),
    "incidents:standing": {"GET": STAFF, "POST": FRONT | CLERKS},
    "incidents:letters": reads(STAFF),
    "incidents:letter_preview": reads(STAFF),
    "incidents:letter_draft": reads(STAFF),
    "incidents:letter_pdf": reads(STAFF),
    # Customers: which ones, the selectors decide
    "customers:list": reads(STAFF),
    "customers:names": reads(STAFF),
    "customers:new": form(KEEPERS),
    "customers:edit": form(KEEPERS),
    "customers:contact_new": form(KEEPERS),
    "customers:contact": form(KEEPERS),
    "customers:site_new": form(KEEPERS),
    "customers:site": form(KEEPERS),
    "customers:ban": acts(FRONT),
    "customers:ban_lift": form(FRONT),
    "customers:call": form(FRONT | CLERKS),
    "customers:reading": form(FRONT | CLERKS),
    "customers:promises": reads(STAFF),
    "customers:promise": reads(STAFF),
    "customers:promise_new": form(FRONT | CLERKS),
    "customers:promise_agree": acts(FRONT | CLERKS),
    "customers:promise_keep": acts(FRONT | CLERKS),
    "customers:promise_reschedule": acts(FRONT | CLERKS),
    "customers:promise_break": acts(FRONT | CLERKS),
    "customers:promise_chase": acts(FRONT | CLERKS),
    "customers:promise_chase_undo": acts(FRONT | CLERKS),
    "customers:appointments": reads(STAFF),
    "customers:appointment": {"GET": STAFF, "POST": FRONT | CLERKS},
    "customers:appointment_new": form(FRONT | CLERKS),
    "customers:appointment_check": acts(FRONT | CLERKS),
    "customers:appointment_arrived": acts(FRONT | CLERKS),
    "customers:appointment_late": acts(FRONT | CLERKS),
    "customers:appointment_delete": acts(FRONT | CLERKS),
    "customers:appointments_import": form(FRONT | CLERKS),
    "customers:import": form(IMPORTERS),
    "customers:sample": reads(IMPORTERS),
    # Billing
    "billing:list": reads(MONEY),
    "billing:payments": reads(MONEY),
    "billing:export": acts(MONEY),
    "billing:keeping": reads(MONEY),
    "billing:figures": reads(BOOKS),
    "billing:invoice": reads(MONEY),
    "billing:new": form(CLERKS),
    "billing:issue": acts(CLERKS),
    "billing:check": {"GET": CLERKS, "POST": CLERKS},
    "billing:refuse": acts(CLERKS),
    "billing:discard": acts(CLERKS),
    "billing:pdf": reads(MONEY),
    "billing:picture": reads(MONEY),
    "billing:change": form(CLERKS),
    "billing:parts": form(CLERKS),
    "billing:correct": acts(CLERKS),
    "billing:sent": acts(CLERKS),
    "billing:received": acts(CLERKS),
    "billing:settle": acts(CLERKS),
    "billing:reduce": acts(CLERKS),
    "billing:compensate": form(CLERKS),
    "billing:send": acts(CLERKS),
    "billing:release": acts(DECIDERS),
    "billing:sending": {"GET": MONEY, "POST": CLERKS},
    "billing:post_list": reads(CLERKS),
    "billing:post_letters": reads(CLERKS),
    "billing:recipient": form(KEEPERS),
    "billing:payment_undo": acts(CLERKS),
    "billing:settlement_undo": acts(CLERKS),
    "billing:watch": {"GET": MONEY, "POST": CLERKS},
    "billing:orders": reads(MONEY),
    "billing:order": reads(MONEY),
    "billing:order_new": form(CLERKS),
    "billing:order_promise": acts(KEEPERS),
    "billing:order_cancel": acts(CLERKS),
    "billing:delivery_new": form(CLERKS),
    "billing:delivery_cancel": acts(CLERKS),
    "billing:return_new": form(CLERKS),
    "billing:contracts": reads(MONEY),
    "billing:contract": reads(MONEY),
    "billing:contract_new": form(CLERKS),
    "billing:contract_end": acts(CLERKS),
    "billing:deliveries": reads(MONEY),
    "billing:delivery": reads(MONEY),
    "billing:payment": acts(CLERKS),
    "billing:terms": form(CLERKS | DECIDERS),
    "billing:thank_you": form(KEEPERS),
    "billing:overdue": reads(MONEY),
    "billing:reminder": form(KEEPERS),
    "billing:notices": reads(STAFF),
    "billing:notice": reads(STAFF),
    "billing:notice_copy": reads(STAFF),
    "billing:notice_pdf": reads(STAFF),
    "billing:notice_picture": reads(STAFF),
    "billing:notice_new": form(KEEPERS),
    "billing:notice_change": form(KEEPERS),
    "billing:notice_check": acts(DECIDERS | CLERKS),
    "billing:notice_refuse": acts(DECIDERS | CLERKS),
    "billing:notice_send": acts(DECIDERS | CLERKS),
    "billing:notice_posted": acts(DECIDERS | CLERKS),
    "billing:notice_letters": reads(DECIDERS | CLERKS),
    "billing:notice_withdraw": acts(DECIDERS | CLERKS),
    "billing:notice_tell": acts(FRONT | CLERKS),
    "billing:notice_acknowledge": acts(FRONT | CLERKS),
    "billing:notice_unacknowledge": acts(FRONT | CLERKS),
    "billing:notice_object": acts(FRONT | CLERKS),
    "billing:inquiries": reads(STAFF),
    "billing:inquiry": reads(STAFF),
    "billing:inquiry_new": form(FRONT | CLERKS),
    "billing:inquiry_answer": acts(FRONT | CLERKS),
    "billing:inquiry_postpone": acts(FRONT | CLERKS),
    "billing:receipts": reads(CLERKS),
    "billing:receipts_import": form(CLERKS),
    "billing:receipt": reads(CLERKS),
    "billing:receipt_book": acts(CLERKS),
    "billing:receipt_aside": acts(CLERKS),
    "billing:receipt_cancel": acts(CLERKS),
    "billing:receipt_undo": acts(CLERKS),
    "billing:import": form(IMPORTERS),
    "billing:sample": reads(IMPORTERS),
    "billing:orders_import": form(IMPORTERS),
    "billing:orders_sample": reads(IMPORTERS),
    "billing:deliveries_import": form(IMPORTERS),
    "billing:deliveries_sample": reads(IMPORTERS),
    "billing:prices": reads(MONEY),
    "billing:price": form(CLERKS | DECIDERS),
    "billing:price_new": form(CLERKS | DECIDERS),
    "billing:price_remove": acts(CLERKS | DECIDERS),
    "billing:prices_import": form(IMPORTERS),
    "billing:prices_sample": reads(IMPORTERS),
    "billing:contracts_import": form(IMPORTERS),
    "billing:contracts_sample": reads(IMPORTERS),
    # Our own company
    "office:settings": reads(STAFF),
    "office:company": form(ADMIN),
    "office:seal_upload": acts(ADMIN),
    "office:seal": reads(ADMIN),
    "office:account_add": acts(ADMIN),
    "office:account_delete": acts(ADMIN),
    "office:calendar": reads(ADMIN),
    "office:hours": acts(ADMIN),
    "office:closing_day_add": acts(ADMIN),
    "office:closing_day_remove": acts(ADMIN),
    "office:people": reads(STAFF),
    "office:person_new": form(ADMIN),
    "office:person": form(ADMIN),
    "office:team_add": acts(ADMIN),
    "office:stand_in_add": acts(ABSENT),
    "office:stand_in_remove": acts(ABSENT),
    "office:policy": reads(JOURNAL),
    "office:policy_edit": {"GET": JOURNAL, "POST": ADMIN},
    "office:outbox": reads(ADMIN),
    "office:outbox_retry": acts(ADMIN),
    "office:outbox_drop": acts(ADMIN),
    "office:journal": reads(JOURNAL),
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
