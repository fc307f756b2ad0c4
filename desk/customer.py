"""お客様: everything about one customer on one page, across all apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.selectors import invoices_of, terms_of
from customers.models import Activity, Promise
from customers.selectors import (
    activities_of,
    contacts_of,
    customer_get,
    keeps,
    promise_rate,
    promises_visible,
    sites_of,
    writes,
)
from incidents.selectors import incidents_visible
from office.http import viewer_of

PROMISES, INVOICES, INCIDENTS = 8, 5, 8


@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visible customer; a foreign one answers like one that never existed."""
    viewer = viewer_of(request)
    found = customer_get(viewer, pk)
    promises = promises_visible(viewer).filter(customer=found)
    ended = promises.exclude(state=Promise.State.OPEN).order_by("-ended_at")
    context = {
        "customer": found,
        "contacts": contacts_of(pk),
        "sites": sites_of(pk),
        "activities": activities_of(viewer, pk).exclude(kind=Activity.Kind.PROMISE),  # they stand among the promises
        "promises": [*promises.open(), *ended[:PROMISES]][:PROMISES],
        "rate": promise_rate(promises),
        "last_call": found.calls.first(),
        "terms": terms_of(pk),
        "invoices": invoices_of(pk)[:INVOICES],
        "incidents": incidents_visible(viewer).filter(customer=found).order_by("-pk")[:INCIDENTS],
        "writes": writes(viewer),
        "keeps": keeps(viewer),
        "at": viewer.at,
    }
    return render(request, "desk/customer.html", context)
