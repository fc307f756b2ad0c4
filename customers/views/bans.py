"""訪問お断り: entered in one tap, lifted with what shows that they take visits again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.forms import BanLiftForm
from customers.selectors import customer_get, number_checked
from customers.services import customer_ban, customer_ban_lift
from customers.services.bans import NO_BAN
from office.errors import Refused
from office.http import accepted, viewer_of


@require_POST
def ban(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter it; ?number= names the incident in which they said so, to which one goes back."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    number = number_checked(viewer, request.GET.get("number", "").replace("\0", "")[:20])
    customer_ban(customer_id=customer.pk, number=number, by=viewer.user, at=viewer.at)
    messages.success(request, _("Entered: this customer wants no visits. It is shown wherever one is planned."))
    return redirect(f"/incidents/{number}/") if number else redirect("desk:customer", pk)


def ban_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what shows that they take visits again."""
    viewer = viewer_of(request)
    customer = customer_get(viewer, pk)
    if customer.banned_at is None:
        raise Refused("conflict", NO_BAN)
    form = BanLiftForm(request.POST or None)

    def lift() -> None:
        customer_ban_lift(customer_id=pk, by=viewer.user, at=viewer.at, **form.cleaned_data)

    if request.method == "POST" and accepted(form, lift):
        messages.success(request, _("Recorded: this customer takes visits again."))
        return redirect("desk:customer", pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "customers/ban_lift.html", {"form": form, "customer": customer}, status=status)
