"""請求: the list, one invoice, a new one, issuing it, money that came in, the customer's terms."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.due import payment_days
from billing.forms import InvoiceForm, PaymentForm, ReductionForm, SendForm, SettleForm, TermsForm
from billing.models import Invoice, Terms
from billing.selectors import invoice_get, invoices_of, invoices_page, terms_of, unpaid
from billing.selectors.checking import drafts_of
from billing.selectors.corrections import correction_of
from billing.selectors.figures import reads_figures
from billing.selectors.inquiries import SHOWN as ASKED
from billing.selectors.inquiries import inquiries_visible
from billing.selectors.search import OWED, UNPAID
from billing.selectors.sendings import recipient_of
from billing.services import invoice_create, invoice_issue, payment_record, terms_put
from billing.services import payment_undo as payment_take_back
from billing.views.search import searched
from customers.selectors import NOT_FOUND, customer_get, promises_visible, writes
from office.clock import local_day
from office.errors import Refused
from office.http import accepted, viewer_of
from office.roles import APPROVERS, Role
from office.selectors import business_calendar
from office.viewer import Viewer

PAGE = 50
NEXT = 3  # payment days shown beside the terms
SHOWN = (*Invoice.State.values, UNPAID, OWED)  # what a list may be narrowed to
TERMS = ("closing_day", "pay_month_offset", "pay_day", "shift", "thank_you", "way", "fee", "method", "inclusive")


def invoices(request: HttpRequest) -> HttpResponse:
    """The viewer's invoices, newest first; what is looked for stands in the address."""
    viewer = viewer_of(request)
    bills = viewer.has(Role.BILLING)
    context = searched(request, SHOWN, lambda wanted: invoices_page(viewer, wanted))
    asks = bills and not context["narrowed"]  # whoever looks for something is not asked for something else
    documents = promises_visible(viewer).to_be_billed().order_by("answer_by", "pk")[:PAGE] if asks else ()
    context |= {"bills": bills, "figures": reads_figures(viewer), "documents": documents, "at": viewer.at}
    return render(request, "billing/invoices.html", context, status=422 if context["form"].errors else 200)


def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """One invoice with its payment days and what came in."""
    found = invoice_get(viewer_of(request), number)
    return invoice_page(request, found)


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
    return render(request, "billing/invoice_new.html", {"form": form}, status=422 if form.errors else 200)


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
    return invoice_page(request, found, form=form, status=422)


def payment_undo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take back a payment that was recorded by hand."""
    viewer = viewer_of(request)
    if not invoice_get(viewer, number).payments.filter(pk=pk).exists():
        raise Refused("not_found", NOT_FOUND)
    payment_take_back(payment_id=pk, reason=request.POST.get("reason", ""), by=viewer.user, at=viewer.at)
    messages.success(request, _("The payment is taken back."))
    return redirect("billing:invoice", number)


def invoice_page(request: HttpRequest, found: Invoice, status: int = 200, **given: Any) -> HttpResponse:
    """Show one invoice with its figures; `given`: a form that was refused, by its name in the page."""
    viewer = viewer_of(request)
    draft = drafts_of([found], viewer)[0] if found.state != Invoice.State.ISSUED else None
    context = {
        "invoice": found,
        "draft": draft,
        "corrected_by": found.corrections.first(),
        "lines": draft.lines if draft else found.lines.select_related("delivery_line__delivery", "contract", "reduces"),
        "sendings": found.sendings.select_related("by") if found.state == Invoice.State.ISSUED else (),
        "recipient": recipient_of(found.customer_id) if found.state == Invoice.State.ISSUED else None,
        "held": found.holds.exists(),
        "flow": correction_of(viewer, found),
        "decides": bool(viewer.roles & APPROVERS),
        "send_form": SendForm(initial={"sent_on": local_day(viewer.at)}),
        "instalments": found.instalments.all(),
        "payments": found.payments.select_related("instalment", "recorded_by"),
        **(forms_of(found, viewer) | given),
        "bills": viewer.has(Role.BILLING),
        "raises": writes(viewer),
        "inquiries": inquiries_visible(viewer).filter(invoice=found)[:ASKED],
        "at": viewer.at,
    }
    return render(request, "billing/invoice.html", context, status=status)


def forms_of(found: Invoice, viewer: Viewer) -> dict[str, Any]:
    """What may be noted of an issued invoice: money that came in, what is taken off, of a return how it was settled."""
    today = local_day(viewer.at)
    if found.kind != Invoice.Kind.RETURN:
        offered = {"form": PaymentForm(invoice=found, initial={"received_on": today})}
        return offered | ({"reduction_form": ReductionForm()} if found.state == Invoice.State.ISSUED else {})
    owed = -found.total - vars(found)["settled"]
    return {
        "owed": owed, "settlements": found.settlements.select_related("against", "recorded_by", "reversed_by"),
        "settle_form": SettleForm(asked=asked_of(found), initial={"amount": owed, "settled_on": today}),
    }  # fmt: skip


def asked_of(found: Invoice) -> QuerySet[Invoice]:
    """The customer's invoices that still ask for money: a return may be set against them."""
    return unpaid(invoices_of(found.customer_id)).exclude(kind=Invoice.Kind.RETURN)


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
    return render(request, "billing/terms.html", context, status=422 if form.errors and not tried else 200)


def _typed(form: TermsForm) -> Terms | None:
    return Terms(**form.cleaned_data) if form.is_bound and form.is_valid() else None
