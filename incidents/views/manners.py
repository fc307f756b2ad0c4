"""見直し候補: what might be said more plainly, while somebody still writes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from incidents.manners import hints

LONGEST = 4000  # characters: what a note may hold


@require_POST
def wording(request: HttpRequest) -> HttpResponse:
    """The hints for a text that is being written; nothing is kept of it."""
    text = request.POST.get("text", "")[:LONGEST]
    return render(request, "incidents/_hints.html", {"hints": hints(text)})
