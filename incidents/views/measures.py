"""A measure against recurrence: raised from any record, carried out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.selectors import customers_visible, writes
from incidents.forms.commands import MeasureDoneForm, MeasureForm, NightlyForm
from incidents.models import Measure
from incidents.nightly import watched
from incidents.origins import origin
from incidents.selectors import is_visible, measure_get, measures_visible, whys_of
from incidents.services import NewMeasure, Rule, measure_done, measure_raise, nightly_put, nightly_read
from incidents.spread import spread
from incidents.steps.prevention import address
from office.errors import Refused
from office.http import accepted, viewer_of
from office.selectors import people
from office.viewer import Viewer


def measure(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """What is to be done by whom; what shows that it was done is recorded here."""
    return _measure(request, measure_get(viewer_of(request), number, place))


def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, of one raised where there is no incident."""
    row = measures_visible(viewer_of(request)).filter(pk=pk, incident=None).first()
    if row is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return _measure(request, row)


def _measure(request: HttpRequest, row: Measure) -> HttpResponse:
    """Whoever only carries it out sees neither why it came to pass nor who else is exposed."""
    viewer, incident = viewer_of(request), row.incident
    if request.GET.get("told") == "nightly":  # from the row on Today
        nightly_read(viewer=viewer, measure=row)
    form = MeasureDoneForm(request.POST or None)
    if request.method == "POST" and accepted(
        form, lambda: measure_done(viewer=viewer, pk=row.pk, evidence=form.cleaned_data["evidence"])
    ):
        messages.success(request, _("The measure is recorded as carried out."))
        return (
            redirect("incidents:detail", incident.number)
            if incident and _opens(viewer, row)
            else redirect("desk:today")
        )
    return _shown(request, row, form, NightlyForm())


def nightly(request: HttpRequest, pk: int) -> HttpResponse:
    """Set what is counted each night for a measure."""
    viewer = viewer_of(request)
    row = measures_visible(viewer).filter(pk=pk).first()
    if row is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    form = NightlyForm(request.POST)
    if accepted(form, lambda: nightly_put(viewer=viewer, measure=row, rule=Rule(**form.cleaned_data))):
        messages.success(request, _("The check runs each night from today on."))
        return redirect(address(row))
    return _shown(request, row, MeasureDoneForm(), form)


def _shown(request: HttpRequest, row: Measure, form: MeasureDoneForm, check: NightlyForm) -> HttpResponse:
    viewer, incident = viewer_of(request), row.incident
    opens = _opens(viewer, row)
    context: dict[str, Any] = {
        "check": check, "watched": next(iter(watched([row])), None), "writes": writes(viewer),
        "incident": incident, "opens": opens, "measure": row, "form": form, "at": viewer.at,
        "customer": incident.customer if incident else row.customer,
        "whys": whys_of(incident) if incident and opens else [],
        "spread": spread(viewer, incident) if incident and opens else None,
    }  # fmt: skip
    return render(request, "incidents/measure.html", context, status=422 if form.errors or check.errors else 200)


def _opens(viewer: Viewer, row: Measure) -> bool:
    """Whether the viewer may open what the measure belongs to; who only carries it out may not."""
    if row.incident:
        return is_visible(viewer, row.incident)
    return row.customer is not None and customers_visible(viewer).filter(pk=row.customer.pk).exists()


def measure_new(request: HttpRequest) -> HttpResponse:
    """Raise a measure from the record that the address names; it stands on its owner's Today."""
    viewer = viewer_of(request)
    found = origin(viewer, request.GET.get("origin", ""))
    form = MeasureForm(request.POST or None, users=people().users, initial={"owner": viewer.user.pk})
    made: list[Measure] = []
    if request.method == "POST" and accepted(
        form, lambda: made.append(measure_raise(viewer=viewer, new=_new(found.name, form.cleaned_data)))
    ):
        messages.success(request, _("The measure stands on the list of %(who)s.") % {"who": made[0].owner.called})
        return redirect(address(made[0]))
    context = {"origin": found, "form": form}
    return render(request, "incidents/measure_new.html", context, status=422 if form.errors else 200)


def _new(name: str, cleaned: dict[str, Any]) -> NewMeasure:
    return NewMeasure(
        origin=name, what=cleaned["what"], scope=cleaned["scope"], owner_id=cleaned["owner"], due=cleaned["due"],
        reason=cleaned["reason"], key=cleaned["idempotency"].hex,
    )  # fmt: skip
