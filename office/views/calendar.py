"""When the office works."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from office.calendar import ANNOUNCED_UNTIL, is_announced, next_holidays
from office.clock import local_day
from office.http import accepted, viewer_of
from office.selectors import closing_days, company
from office.services import closing_day_create, closing_day_delete, working_hours_update
from office.settings_forms import ClosingDayForm, HoursForm

HOLIDAYS = 10  # shown: half a year


def calendar(request: HttpRequest) -> HttpResponse:
    """Show hours, closing days and the next public holidays."""
    return _page(request)


def hours(request: HttpRequest) -> HttpResponse:
    """Change the working hours."""
    viewer = viewer_of(request)
    form = HoursForm(request.POST, instance=company())
    if accepted(form, lambda: working_hours_update(by=viewer.user, at=viewer.at, **form.cleaned_data)):
        messages.success(request, _("The working hours are saved."))
        return redirect("office:calendar")
    return _page(request, hours=form)


def closing_day_add(request: HttpRequest) -> HttpResponse:
    """Close the office on a day."""
    viewer = viewer_of(request)
    form = ClosingDayForm(request.POST)

    def create() -> object:
        day, label = form.cleaned_data["date"], form.cleaned_data["label"]
        return closing_day_create(day=day, label=label, by=viewer.user, at=viewer.at)

    if accepted(form, create):
        messages.success(request, _("The closing day is saved."))
        return redirect("office:calendar")
    return _page(request, closing_day=form)


def closing_day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the office on a closing day again."""
    viewer = viewer_of(request)
    closing_day_delete(pk=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The closing day is off the list."))
    return redirect("office:calendar")


def _page(request: HttpRequest, **forms: Any) -> HttpResponse:
    today = local_day(viewer_of(request).at)
    context = {
        "hours": HoursForm(instance=company()),
        "closing_day": ClosingDayForm(),
        "days": [day for day in closing_days() if day.date >= today],
        "holidays": [(day, name, is_announced(day)) for day, name in next_holidays(today, HOLIDAYS)],
        "announced_until": ANNOUNCED_UNTIL,
        **forms,
    }
    return render(request, "office/calendar.html", context, status=422 if forms else 200)
