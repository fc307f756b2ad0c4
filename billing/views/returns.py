"""How a return invoice was settled: noted, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from billing.forms import SettleForm
from billing.selectors import invoice_get
from billing.services import return_settle, settlement_undo
from billing.views.invoices import asked_of, invoice_page
from customers.selectors import NOT_FOUND
from office.errors import Refused
from office.http import accepted, viewer_of


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
