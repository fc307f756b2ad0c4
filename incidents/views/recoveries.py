"""ご関係の回復: how dealings stand after incidents, for whoever leads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents.leaves.recovery import OUTCOMES
from incidents.lessons import lessons
from incidents.recoveries import AT_REST, UNSAID, recoveries
from office.http import viewer_of
from office.plots import Column, bars


@require_GET
def recoveries_page(request: HttpRequest) -> HttpResponse:
    """The outcomes of twelve months, drawn and as a table, the referrals with the recoveries they came from, and
    what customers who drifted away have taught."""
    found = recoveries(viewer_of(request))
    labels = {**{key: _(text) for key, text in OUTCOMES.items()}, AT_REST: _("At rest"), UNSAID: _("Not yet recorded")}
    rows = [(label, found.counts[key]) for key, label in labels.items()]
    plot = bars([Column(label, [count]) for label, count in rows], _("How dealings stand")) if found.ended else ""
    context = {"found": found, "rows": rows, "plot": plot, "lessons": lessons()}
    return render(request, "incidents/recoveries.html", context)
