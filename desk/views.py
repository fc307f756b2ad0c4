"""Pages across all apps: today's work, approvals, search, everything else, the language."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from billing.selectors.collections import collections_of
from customers.models import Activity
from customers.selectors import day_span
from desk.notebook import calendar_of, dated_of, part_of
from desk.offline import carried
from desk.selectors import (
    approvals_for,
    by_visit,
    customers_found,
    incidents_found,
    incidents_of,
    people_of_visit,
    today_for,
    words_of_deadlines,
)
from desk.today import is_boss
from office.clock import local_day, now
from office.errors import Refused
from office.http import viewer_of
from office.models import Notebook
from office.services import (
    calendar_key_create,
    calendar_key_drop,
    morning_put,
    person_language_set,
    user_for_calendar,
)

SHOWN = {  # the chips of Today: what each of them leaves in the list
    "calls": frozenset({Activity.Kind.CALL.value}),
    "visits": frozenset({Activity.Kind.VISIT.value}),
}
NEXT = timedelta(days=31)  # payment days, visits and final dates on the notebook's page
NO_WISH = gettext_noop("Please choose from the list.")
LONGEST_QUERY = 100  # characters


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """本日の対応: waiting customers, what is behind, the next visit, then by time; a boss's answers come first."""
    viewer = viewer_of(request)
    shown = request.GET.get("show", "")
    found = today_for(viewer, SHOWN.get(shown, frozenset()))
    context: dict[str, Any] = {"found": found, "shown": shown, "at": viewer.at, "boss": is_boss(viewer)}
    context["said"] = words_of_deadlines(found.deadlines)
    context["carried"] = [] if shown else carried(found, viewer.at)  # a part of the day's work names not all of it
    if is_boss(viewer):
        incidents = incidents_of([*found.reports, *found.approvals])
        context |= {"incidents": incidents, "approvals": by_visit(found.approvals, incidents)}
        return render(request, "desk/today_boss.html", context)
    return render(request, "desk/today.html", context | {"people": people_of_visit(found.visit)})


@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """承認: what waits for this person's decision, the next visit first."""
    viewer = viewer_of(request)
    rows = approvals_for(viewer)
    incidents = incidents_of(rows)
    context = {"approvals": by_visit(rows, incidents), "incidents": incidents, "at": viewer.at}
    return render(request, "desk/approvals.html", context)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Customers and incidents by number, kana or telephone; htmx puts the bare results into the command menu."""
    viewer = viewer_of(request)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    context = {
        "query": query,
        "customers": customers_found(viewer, query),
        "incidents": incidents_found(viewer, query),
        "at": viewer.at,
    }
    page = "desk/_found.html" if request.headers.get("HX-Request") else "desk/search.html"
    return render(request, page, context)


@require_GET
def more(request: HttpRequest) -> HttpResponse:
    """その他: on a phone, the places the bottom bar has no room for."""
    return render(request, "desk/more.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language and come back to the same page; remembered with the person, before log-in in a cookie."""
    wanted = request.POST.get("language", "")
    if request.user.is_authenticated and wanted in dict(settings.LANGUAGES):
        person_language_set(user=viewer_of(request).user, language=wanted)
    return set_language(request)


def notebook(request: HttpRequest) -> HttpResponse:
    """手帳: the days on which money comes in, the address for one's own calendar, the mail of the morning."""
    viewer, wish, key = viewer_of(request), request.POST.get("wish", ""), ""
    if request.method == "POST":
        if wish == "address":
            key = calendar_key_create(user=viewer.user, at=viewer.at)
        elif wish == "close":
            calendar_key_drop(user=viewer.user, at=viewer.at)
        elif wish == "morning":
            morning_put(user=viewer.user, wanted="wanted" in request.POST)
        else:
            raise Refused("invalid", NO_WISH)
        if not key:
            messages.success(request, _("Saved."))
            return redirect("desk:notebook")
    today = local_day(viewer.at)
    context = {
        "dated": dated_of(viewer.user.pk, day_span(today)[0], viewer.at + NEXT),
        "rows": [(row, part_of(row)) for row in collections_of(viewer.user.pk, today, today + NEXT)],
        "kept": Notebook.objects.filter(user=viewer.user).first(),
        "address": request.build_absolute_uri(reverse("desk:feed", args=[key])) if key else "",
    }
    page = render(request, "desk/notebook.html", context)
    page["Cache-Control"] = "no-store"
    return page


@require_GET
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar that this key opens, for the program that shows it; 404 for an unknown one."""
    user = user_for_calendar(key)
    if user is None:
        raise Http404
    calendar = HttpResponse(calendar_of(user, now()), content_type="text/calendar; charset=utf-8")
    calendar["Cache-Control"] = "private, max-age=900"
    return calendar
