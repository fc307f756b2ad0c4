"""横展開: who else is exposed to the cause of an incident."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.selectors import writes
from incidents.models import SpreadCheck
from incidents.selectors import incident_get
from incidents.services import spread_check
from incidents.spread import spread as spread_of
from incidents.words import kind_label
from office.errors import Refused
from office.http import sentence, viewer_of, whole_number

LONGEST_QUERY = 100  # characters


def spread(request: HttpRequest, number: str) -> HttpResponse:
    """The exposed customers; POST records what looking at one has shown, and goes on to the first report if found."""
    viewer = viewer_of(request)
    incident = incident_get(viewer, number)
    typed = request.GET.get("q")
    query = None if typed is None else typed.strip()[:LONGEST_QUERY]
    refusal, status = "", 200
    if request.method == "POST":
        customer, outcome = whole_number(request.POST.get("customer", "")), request.POST.get("outcome", "")
        try:
            check = spread_check(viewer=viewer, incident=incident, customer=customer, outcome=outcome)
        except Refused as refused:
            refusal, status = sentence(refused), refused.status
        else:
            return _gone(request, check, incident.kind)
    context = {
        "incident": incident, "kind": kind_label(incident), "spread": spread_of(viewer, incident, query),
        "refusal": refusal, "writes": writes(viewer), "at": viewer.at,
    }  # fmt: skip
    return render(request, "incidents/spread.html", context, status=status)


def _gone(request: HttpRequest, check: SpreadCheck, kind: str) -> HttpResponse:
    """Back to the list; to the first report, begun, for what was found."""
    if check.outcome == SpreadCheck.Outcome.CLEAR:
        messages.success(request, _("Noted: checked, nothing found."))
        return redirect(request.get_full_path())
    begun = {"customer": check.customer_id, "kind": kind, "spread": check.pk, "summary": _("Found by ourselves: ")}
    return redirect(f"{reverse('incidents:new')}?{urlencode(begun)}")
