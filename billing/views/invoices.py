"""請求: the list, one invoice, a new one, issuing it, money that came in, the customer's terms."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.due import payment_days
from billing.forms import InvoiceForm, PaymentForm, TermsForm
from billing.models import Invoice, Terms
from billing.selectors import invoice_get, invoices_visible, terms_of, unpaid
from billing.selectors.checking import drafts_of
from billing.services import invoice_create, invoice_issue, payment_record, terms_put
from customers.search import words
from customers.selectors import customer_get, promises_visible, writes
from customers.views.customers import query_of
from office.clock import local_day
from office.http import accepted, viewer_of
from office.roles import Role
from office.selectors import business_calendar

PAGE = 50
NEXT = 3  # payment days shown beside the terms
TERMS = ("closing_day", "pay_month_offset", "pay_day", "shift", "thank_you", "method")


def invoices(request: HttpRequest) -> HttpResponse:
    """The viewer's invoices, newest first; filters stand in the address."""
    viewer = viewer_of(request)
    shown, query = request.GET.get("state", ""), query_of(request)
    found = _found(invoices_visible(viewer), query)
    if shown in Invoice.State.values:
        found = found.filter(state=shown)
    elif shown == "unpaid":
        found = unpaid(found)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    bills = viewer.has(Role.BILLING)
    documents = promises_visible(viewer).to_be_billed().order_by("answer_by", "pk")[:PAGE] if bills else ()
    context = {
        "page": page, "shown": shown, "query": query, "bills": bills, "documents": documents, "at": viewer.at,
    }  # fmt: skip
    return render(request, "billing/invoices.html", context)


def _found(found: QuerySet[Invoice], query: str) -> QuerySet[Invoice]:
    """Return those whose document number holds the query, or whose customer is found by it."""
    by_name = Q()
    for word in words(query):
        by_name &= Q(customer__search__contains=word)
    return found.filter(Q(number__icontains=query) | by_name) if query else found


def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """One invoice with its payment days and what came in."""
    found = invoice_get(viewer_of(request), number)
    return _page(request, found, PaymentForm(invoice=found, initial={"received_on": local_day(viewer_of(request).at)}))


def invoice_new(request: HttpRequest) -> HttpResponse:
    """Make a draft."""
    viewer = viewer_of(request)
    form = InvoiceForm(request.POST or None, viewer=viewer, initial={"customer": request.GET.get("customer", "")})
    made: list[Invoice] = []

    def create() -> None:
        made.append(invoice_create(by=viewer.user, at=viewer.at, **form.data_for_service()))

    if request.method == "POST" and accepted(form, create):
        messages.success(request, _("The draft is saved."))
        return redirect("billing:invoice", made[0].number)
    return render(request, "billing/invoice_new.html", {"form": form})


def issue(request: HttpRequest, number: str) -> HttpResponse:
    """Issue a draft."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    issued = invoice_issue(invoice_id=found.pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The invoice %(number)s is issued.") % {"number": issued.number})
    return redirect("billing:invoice", issued.number)


def payment(request: HttpRequest, number: str) -> HttpResponse:
    """Record money that came in."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    form = PaymentForm(request.POST, invoice=found)

    def record() -> None:
        cleaned = dict(form.cleaned_data)
        key, instalment = f"hand:{cleaned.pop('idempotency')}", cleaned.pop("instalment")
        instalment_id = instalment.pk if instalment else None
        payment_record(
            invoice_id=found.pk, key=key, instalment_id=instalment_id, by=viewer.user, at=viewer.at, **cleaned
        )

    if accepted(form, record):
        messages.success(request, _("The payment is recorded."))
        return redirect("billing:invoice", number)
    return _page(request, found, form, status=422)


def _page(request: HttpRequest, found: Invoice, form: PaymentForm, status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    draft = drafts_of([found], viewer)[0] if found.state != Invoice.State.ISSUED else None
    context = {
        "invoice": found,
        "draft": draft,
        "corrected_by": found.corrections.first(),
        "lines": draft.lines if draft else found.lines.select_related("delivery_line__delivery", "contract"),
        "ways": Invoice.Sent.choices,
        "instalments": found.instalments.all(),
        "payments": found.payments.select_related("instalment", "recorded_by"),
        "form": form,
        "bills": viewer.has(Role.BILLING),
        "raises": writes(viewer),
    }
    return render(request, "billing/invoice.html", context, status=status)


def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer's terms, with the next payment days they lead to; `preview` shows those of terms not yet saved."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    known = terms_of(pk)
    form = TermsForm(request.POST or None, initial={name: getattr(known, name) for name in TERMS})
    tried = "preview" in request.POST

    def put() -> None:
        terms_put(customer_id=pk, by=viewer.user, at=viewer.at, **form.cleaned_data)

    if request.method == "POST" and not tried and accepted(form, put):
        messages.success(request, _("The terms of payment are saved."))
        return redirect("billing:terms", pk)
    typed = _typed(form)
    context: dict[str, Any] = {"form": form, "customer": customer, "unsaved": typed is not None}
    context["days"] = payment_days(typed or known, local_day(viewer.at), NEXT, business_calendar())
    return render(request, "billing/terms.html", context)


def _typed(form: TermsForm) -> Terms | None:
    return Terms(**form.cleaned_data) if form.is_bound and form.is_valid() else None
