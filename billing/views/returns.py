"""Return invoices: what is taken off a price, and how a return invoice was settled, noted and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.forms import CompensationForm, ReductionForm, SettleForm
from billing.models import Invoice
from billing.selectors import invoice_get
from billing.selectors.returns import reducible
from billing.services import reduction_create, return_settle, settlement_undo
from billing.views.invoices import asked_of, invoice_page
from customers.selectors import NOT_FOUND, promises_visible
from office.errors import Refused
from office.http import accepted, viewer_of

MADE = gettext_lazy("The draft of the return invoice is made. A colleague checks it.")
APOLOGY = "このたびのお詫びとして"  # as the paper says it, until somebody writes it otherwise


def settle(request: HttpRequest, number: str) -> HttpResponse:
    """Note that it was sent back or set against an invoice."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    form = SettleForm(request.POST, asked=asked_of(found))

    def record() -> None:
        cleaned = dict(form.cleaned_data)
        key, against = f"hand:{cleaned.pop('idempotency')}", cleaned.pop("against")
        return_settle(
            invoice_id=found.pk, key=key, against_id=against.pk if against else None, by=viewer.user, at=viewer.at,
            **cleaned,
        )  # fmt: skip

    if found.settlements.filter(key=f"hand:{request.POST.get('idempotency', '')}").exists():  # the same tap again
        return redirect("billing:invoice", found.number)
    if accepted(form, record):
        messages.success(request, _("It is noted how the return invoice was settled."))
        return redirect("billing:invoice", found.number)
    return invoice_page(request, found, settle_form=form, status=422)


def undo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a settlement back."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    if not found.settlements.filter(pk=pk).exists():
        raise Refused("not_found", NOT_FOUND)
    settlement_undo(settlement_id=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The settlement is taken back."))
    return redirect("billing:invoice", found.number)


def reduce(request: HttpRequest, number: str) -> HttpResponse:
    """Take something off the price of an issued invoice, by the draft of a return invoice."""
    viewer = viewer_of(request)
    found, form, made = invoice_get(viewer, number), ReductionForm(request.POST), []

    def create() -> None:
        key = f"hand:{form.cleaned_data.pop('idempotency')}"
        made.append(reduction_create(invoice_id=found.pk, key=key, by=viewer.user, at=viewer.at, **form.cleaned_data))

    if accepted(form, create):
        messages.success(request, MADE)
        return redirect("billing:invoice", made[0].number)
    return invoice_page(request, found, reduction_form=form, status=422)


def compensate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the document of a compensation that was promised: off which invoice, and why, as the customer reads it."""
    viewer = viewer_of(request)
    promise = promises_visible(viewer).to_be_billed().filter(pk=pk).select_related("customer").first()
    if promise is None:
        raise Refused("not_found", NOT_FOUND)
    if known := promise.documents.first():
        return redirect("billing:invoice", known.number)
    issued = reducible(viewer, promise.customer_id)
    initial = {"invoice": request.GET.get("invoice") or issued.first(), "amount": promise.amount, "reason": APOLOGY}
    form = CompensationForm(request.POST or None, issued=issued, initial=initial)
    made: list[Invoice] = []

    def create() -> None:
        old, key = form.cleaned_data.pop("invoice"), f"hand:{form.cleaned_data.pop('idempotency')}"
        made.append(
            reduction_create(
                invoice_id=old.pk, promise_id=promise.pk, key=key, by=viewer.user, at=viewer.at, **form.cleaned_data
            )
        )

    if request.method == "POST" and accepted(form, create):
        messages.success(request, MADE)
        return redirect("billing:invoice", made[0].number)
    context = {"promise": promise, "form": form, "any": issued.exists()}
    return render(request, "billing/compensation.html", context, status=422 if form.errors else 200)
