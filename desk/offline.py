"""What a phone keeps at hand for a place without a signal (圏外): a few pages, and one that stands in for all others.

The worker `static/root/worker.js` keeps them, `static/js/offline.js` tells it which; why these: docs/decisions/0011.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from desk.today import Today

MOST_VISITS = 4  # of one person's today and tomorrow; each is three pages


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """圏外: shown by the device in place of a page that it has not, with a list of those that it has."""
    return render(request, "desk/offline.html")


def carried(found: Today, at: datetime) -> list[str]:
    """Return the paths to keep at hand: Today, a first report; of each visit its page, its incident, the listening."""
    paths = [reverse("desk:today"), reverse("incidents:new")]
    incidents = reverse("incidents:list")
    for row in [row for row in found.on_site(at) if row.link.startswith(incidents)][:MOST_VISITS]:
        here = row.link.partition("#")[0]
        number = here.removeprefix(incidents).partition("/")[0]
        paths += [here, reverse("incidents:detail", args=[number]), reverse("incidents:listening", args=[number])]
    return list(dict.fromkeys(paths))
