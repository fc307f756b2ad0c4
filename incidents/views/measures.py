"""A measure against recurrence, carried out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from incidents.forms.commands import MeasureDoneForm
from incidents.selectors import is_visible, measure_get, whys_of
from incidents.services import measure_done
from incidents.words import told
from office.errors import Refused
from office.http import viewer_of


def measure(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """What is to be done by whom; what shows that it was done is recorded here."""
    viewer = viewer_of(request)
    row = measure_get(viewer, number, place)
    incident, opens = row.incident, is_visible(viewer, row.incident)
    form, status, refusal = MeasureDoneForm(request.POST or None), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                measure_done(viewer=viewer, incident=incident, place=place, evidence=form.cleaned_data["evidence"])
                messages.success(request, _("The measure is recorded as carried out."))
                return redirect("incidents:detail", number) if opens else redirect("desk:today")
            except Refused as refused:
                status, refusal = refused.status, told(refused, incident, viewer.at)
    context = {
        "incident": incident, "opens": opens, "measure": row, "form": form, "at": viewer.at, "refusal": refusal,
        "whys": whys_of(incident) if opens else [],
    }  # fmt: skip
    return render(request, "incidents/measure.html", context, status=status)
