"""請求の見守り: what is on no invoice, and what was ordered and not delivered."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from billing.selectors.waiting import orders_waiting
from billing.selectors.watch import Gap, at_risk, gaps
from billing.services import draft_gather, return_gather
from customers.selectors import customer_get, customers_visible
from office.clock import local_day
from office.http import viewer_of, whole_number
from office.roles import Role


def watch(request: HttpRequest) -> HttpResponse:
    """Show what is missing by customer; make a draft of all that is not billed yet of one, or a return invoice of what
    came back."""
    viewer = viewer_of(request)
    if request.method == "POST":
        customer = customer_get(viewer, whole_number(request.POST.get("customer", "")))
        gather = return_gather if "returns" in request.POST else draft_gather
        made = gather(customer_id=customer.pk, until=local_day(viewer.at), by=viewer.user, at=viewer.at)
        messages.success(request, _("The draft is made. A colleague checks it."))
        return redirect("billing:invoice", made.number)
    theirs = set(customers_visible(viewer).values_list("pk", flat=True))
    one = whole_number(request.GET.get("customer", ""))
    theirs = theirs & {one} if one else theirs
    missing = [gap for gap in gaps(viewer.at) if gap.customer.pk in theirs]
    risk = [gap for gap in at_risk(viewer.at) if gap.customer.pk in theirs]
    waiting = [one for one in orders_waiting(viewer.at) if one.customer.pk in theirs]
    context = {"missing": _by_customer(missing), "count": len(missing), "risk": _by_customer(risk), "one": one,
               "waiting": waiting, "bills": viewer.has(Role.BILLING)}  # fmt: skip
    return render(request, "billing/watch.html", context)


def _by_customer(found: list[Gap]) -> list[tuple[object, list[Gap], bool, bool]]:
    """(customer, its gaps, whether a draft would take them, whether a return invoice would), in the order of the first
    gap of each."""
    order = {gap.customer.pk: place for place, gap in reversed(list(enumerate(found)))}
    rows = sorted(found, key=lambda gap: order[gap.customer.pk])
    groups = [list(some) for _pk, some in groupby(rows, key=lambda gap: gap.customer.pk)]
    kinds = [{gap.kind for gap in some} for some in groups]
    return [
        (some[0].customer, some, bool(found & {"unbilled", "period"}), "returned" in found)
        for some, found in zip(groups, kinds, strict=True)
    ]
