"""ご入金の確認: what is overdue, and one payment with the words to ask about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.reminders import PREFIX
from billing.selectors import overdue_get, overdue_seen
from billing.services import MAILED, payment_reminder_record
from customers.forms import CallForm
from customers.models import Activity, Call
from customers.selectors import contacts_of, writes
from office.http import accepted, viewer_of

PAGE = 50


def overdue_page(request: HttpRequest) -> HttpResponse:
    """Payments whose day has passed, the oldest first, each with whether it is asked about."""
    page = Paginator(overdue_seen(viewer_of(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/overdue.html", {"page": page})


def reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """One overdue payment: what to say or write; a tap on how it went records it."""
    viewer = viewer_of(request)
    instalment, row = overdue_get(viewer, pk)
    customer = instalment.invoice.customer
    form = CallForm(request.POST or None, customer_id=customer.pk)
    outcome = request.POST.get("outcome", "")

    def record() -> None:
        contact = form.cleaned_data["contact"]
        payment_reminder_record(
            instalment_id=pk,
            outcome=outcome,
            contact_id=contact.pk if contact else None,
            note=form.cleaned_data["note"],
            key=f"hand:{form.cleaned_data['idempotency']}",
            by=viewer.user,
            at=viewer.at,
        )

    if outcome in (*Call.Outcome.values, MAILED) and accepted(form, record):
        messages.success(request, _("How it went is recorded."))
        return redirect("desk:today")
    asked = Activity.objects.filter(source__startswith=f"{PREFIX}{pk}:").select_related("done_by").order_by("pk")
    calls = Call.objects.filter(source__startswith=f"{PREFIX}{pk}:").select_related("by", "contact")
    context = {
        "instalment": instalment,
        "invoice": instalment.invoice,
        "customer": customer,
        "row": row,
        "form": form,
        "outcomes": [*Call.Outcome.choices, (MAILED, _("Asked by mail"))],
        "is_open": any(found.state == Activity.State.OPEN for found in asked),
        "calls": calls,
        "contacts": contacts_of(customer.pk),
        "writes": writes(viewer),
        "us": viewer.user,
    }
    return render(request, "billing/reminder.html", context, status=422 if form.errors else 200)
