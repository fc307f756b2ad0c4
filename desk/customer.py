"""お客様: everything about one customer on one page, across all apps."""

from typing import Any
from uuid import uuid4

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.selectors import invoices_of, terms_of
from billing.selectors.inquiries import SHOWN, inquiries_visible
from billing.selectors.notices import SHOWN as NOTICES
from billing.selectors.notices import copies_visible
from customers.models import Activity
from customers.selectors import (
    activities_of,
    chases_to_take_back,
    contacts_of,
    customer_get,
    keeps,
    promise_rate,
    promises_visible,
    sites_of,
    writes,
)
from desk.curve import temperature_plot
from desk.temperature import temperature_of
from incidents.leaves.final_date import final_day, final_moment, known_of
from incidents.leaves.risk import KNOWN_AS as RISKS
from incidents.leaves.risk import SORTS
from incidents.machines import failing
from incidents.models import Incident
from incidents.recoveries import referrals_of
from incidents.selectors import final_dates_of, incidents_visible
from office.http import viewer_of

PROMISES, INVOICES, INCIDENTS = 8, 5, 8
OPEN_FIRST = (F("ended_at").desc(nulls_first=True), "answer_by", "pk")  # then those that ended last
ELSEWHERE = (Activity.Kind.PROMISE, Activity.Kind.DEADLINE)  # they have a place of their own on the page


@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one visible customer; a foreign one answers like one that never existed."""
    viewer = viewer_of(request)
    found = customer_get(viewer, pk)
    promises = promises_visible(viewer).filter(customer=found)
    sent, sent_by = referrals_of(viewer, pk)
    incidents = list(incidents_visible(viewer).filter(customer=found).order_by("-pk")[:INCIDENTS])
    every = len(incidents) < INCIDENTS  # then it is known without asking that no machine has failed
    machines, days = ([], 0) if every and not any(row.machine for row in incidents) else failing(pk, viewer.at)
    context = {
        "customer": found,
        "contacts": contacts_of(pk),
        "sites": sites_of(pk),
        "activities": activities_of(viewer, pk).exclude(kind__in=ELSEWHERE),
        "promises": promises.order_by(*OPEN_FIRST)[:PROMISES],
        "rate": promise_rate(promises),
        "temperature": (temperature := temperature_of(viewer, found)),
        "temperature_plot": temperature_plot(temperature) if temperature else "",
        "terms": terms_of(pk),
        "invoices": invoices_of(pk)[:INVOICES],
        "inquiries": inquiries_visible(viewer).filter(customer=pk)[:SHOWN],
        "notices": copies_visible(viewer).out().filter(customer=pk).order_by("-pk")[:NOTICES],
        "incidents": incidents,
        "sent": sent,
        "sent_by": sent_by,
        "machines": machines,
        "days": days,
        "finals": _finals(incidents),
        "risks": _risks(incidents),
        "writes": writes(viewer),
        "keeps": keeps(viewer),
        "at": viewer.at,
        "key": uuid4(),
        "mistaken": chases_to_take_back(viewer),
    }
    return render(request, "desk/customer.html", context)


def _risks(incidents: list[Incident]) -> list[tuple[Incident, str]]:
    """What is at stake in our dealings with this customer, as their incidents that go on say it."""
    return [
        (row, SORTS[sort]) for row in incidents if row.living for sort in SORTS if sort in known_of(row).get(RISKS, {})
    ]


def _finals(incidents: list[Incident]) -> list[dict[str, Any]]:
    """The final dates this customer has set, the nearest first, with their words."""
    rows = [incident for incident in incidents if incident.living and final_day(known_of(incident))]
    said = final_dates_of(incident.number for incident in rows)
    found = [
        {"incident": row, "at": at, **said[row.number]}
        for row in rows
        if (at := final_moment(known_of(row))) and row.number in said
    ]
    return sorted(found, key=lambda final: final["at"])
