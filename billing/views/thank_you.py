"""お礼の電話: whom to thank, what to say, and how it went in one tap."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.selectors import thank_you_get
from billing.services import thank_you_call_record
from customers.forms import CallForm
from customers.models import Call
from customers.selectors import writes
from office.http import accepted, viewer_of


def thank_you(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one call; a tap on an outcome records it."""
    viewer = viewer_of(request)
    found = thank_you_get(viewer, pk)
    form = CallForm(request.POST or None, customer_id=found.customer.pk)
    outcome = request.POST.get("outcome", "")

    def record() -> None:
        contact = form.cleaned_data["contact"]
        thank_you_call_record(
            instalment_id=pk,
            outcome=outcome,
            contact_id=contact.pk if contact else None,
            note=form.cleaned_data["note"],
            key=f"hand:{form.cleaned_data['idempotency']}",
            by=viewer.user,
            at=viewer.at,
        )

    if outcome in Call.Outcome.values and accepted(form, record):
        messages.success(request, _("The call is recorded."))
        return redirect("desk:today")
    context = {
        "found": found,
        "form": form,
        "outcomes": Call.Outcome.choices,
        "writes": writes(viewer),
        "at": viewer.at,
    }
    return render(request, "billing/thank_you.html", context)
