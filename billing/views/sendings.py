"""請求書の送付: what has not gone out, by which way it goes, sending many in one tap, and how a customer wants it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.forms import RecipientForm, SendForm
from billing.models import Invoice, Sending
from billing.selectors import invoice_get, invoices_visible
from billing.selectors.sendings import recipient_of, to_send
from billing.services import hold_release, invoices_send, recipient_put
from billing.views.invoices import invoice_page
from customers.selectors import contacts_of, customer_get
from office.clock import local_day
from office.http import accepted, viewer_of
from office.roles import Role

FIELDS = ("way", "addresses", "person", "portal", "postal_code", "address")


def sending(request: HttpRequest) -> HttpResponse:
    """The list of what has not gone out; POST sends the chosen ones by mail, or notes that they were posted."""
    viewer = viewer_of(request)
    form = SendForm(request.POST or None, initial={"sent_on": local_day(viewer.at)})
    made: list[Sending] = []

    def send() -> None:
        numbers = request.POST.getlist("number")
        ids = invoices_visible(viewer).filter(number__in=numbers).values_list("pk", flat=True)
        cleaned = dict(form.cleaned_data)
        key = f"hand:{cleaned.pop('idempotency')}"
        made.extend(invoices_send(invoice_ids=list(ids), key=key, by=viewer.user, at=viewer.at, **cleaned))

    if request.method == "POST" and accepted(form, send):
        messages.success(request, _done(made))
        return redirect("billing:sending")
    context = {"out": to_send(viewer), "form": form, "bills": viewer.has(Role.BILLING)}
    return render(request, "billing/sending.html", context, status=422 if request.method == "POST" else 200)


def _done(made: list[Sending]) -> str:
    """What was done, in a sentence; no mail is promised to have arrived."""
    count = {"n": len(made)}
    if made[0].how == Invoice.Sent.MAIL:
        return (
            ngettext("%(n)s invoice is being sent by mail.", "%(n)s invoices are being sent by mail.", len(made))
            % count
        )
    return (
        ngettext("It is noted that %(n)s invoice went out.", "It is noted that %(n)s invoices went out.", len(made))
        % count
    )


def post_list(request: HttpRequest) -> HttpResponse:
    """What is to be posted, with the addresses, as a list to print."""
    viewer = viewer_of(request)
    return render(request, "billing/post_list.html", {"invoices": to_send(viewer).post, "today": local_day(viewer.at)})


def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send one invoice from its own page; once more only with a reason."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    form = SendForm(request.POST)

    def go() -> None:
        cleaned = dict(form.cleaned_data)
        key = f"hand:{cleaned.pop('idempotency')}"
        invoices_send(invoice_ids=[found.pk], key=key, by=viewer.user, at=viewer.at, **cleaned)

    if accepted(form, go):
        mailed = form.cleaned_data["how"] == Invoice.Sent.MAIL
        messages.success(
            request, _("The invoice is being sent.") if mailed else _("It is noted that the invoice was sent.")
        )
        return redirect("billing:invoice", found.number)
    return invoice_page(request, found, status=422, send_form=form)


def release(request: HttpRequest, number: str) -> HttpResponse:
    """Let an invoice go out before the letter it waits for."""
    viewer = viewer_of(request)
    found = invoice_get(viewer, number)
    hold_release(invoice_id=found.pk, reason=request.POST.get("reason", ""), by=viewer.user, at=viewer.at)
    messages.success(request, _("The invoice may go out."))
    return redirect("billing:invoice", found.number)


def recipient(request: HttpRequest, pk: int) -> HttpResponse:
    """How invoices go to a customer, and where to."""
    viewer = viewer_of(request)
    customer, known = customer_get(viewer, pk), recipient_of(pk)
    people = [one for one in contacts_of(pk) if one.email]
    initial = {name: getattr(known, name) for name in FIELDS} if known else {}
    form = RecipientForm(request.POST or None, initial={**initial, "version": known.version if known else 0})

    def put() -> None:
        recipient_put(customer_id=pk, by=viewer.user, at=viewer.at, **form.cleaned_data)

    if request.method == "POST" and accepted(form, put):
        messages.success(request, _("The way of sending invoices is saved."))
        return redirect("billing:recipient", pk)
    context = {"form": form, "customer": customer, "known": known, "people": people, "bills": viewer.has(Role.BILLING)}
    return render(request, "billing/recipient.html", context, status=422 if request.method == "POST" else 200)
