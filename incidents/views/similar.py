"""似た事案: earlier incidents like this one, when somebody asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from incidents.lessons import lessons_for
from incidents.selectors import incident_get
from incidents.similar import similar
from incidents.words import kind_label
from office.http import viewer_of


@require_GET
def similar_cases(request: HttpRequest, number: str) -> HttpResponse:
    """Up to five of them with how they ended: a page of its own, or its list alone where the incident asks for it."""
    viewer = viewer_of(request)
    incident = incident_get(viewer, number)
    context = {
        "incident": incident,
        "kind": kind_label(incident),
        "found": similar(viewer, incident),
        "lessons": lessons_for(incident),
    }
    part = "incidents/_similar.html" if request.headers.get("HX-Request") else "incidents/similar.html"
    return render(request, part, context)
