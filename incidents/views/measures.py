"""A measure against recurrence, carried out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from incidents.forms.commands import MeasureDoneForm
from incidents.models import Measure
from incidents.selectors import incident_get
from incidents.services import measure_done
from incidents.words import told
from office.errors import Refused
from office.http import viewer_of


def measure(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """What is to be done by whom; what shows that it was done is recorded here."""
    viewer = viewer_of(request)
    incident = incident_get(viewer, number)
    rows = Measure.objects.select_related("owner").filter(incident=incident, place=place)
    row = rows.order_by("submission").last()
    if row is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    form, status, refusal = MeasureDoneForm(request.POST or None), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                measure_done(viewer=viewer, incident=incident, place=place, evidence=form.cleaned_data["evidence"])
                messages.success(request, _("The measure is recorded as carried out."))
                return redirect("incidents:detail", number)
            except Refused as refused:
                status, refusal = refused.status, told(refused, incident, viewer.at)
    context = {"incident": incident, "measure": row, "form": form, "at": viewer.at, "refusal": refusal}
    return render(request, "incidents/measure.html", context, status=status)
