"""予定: one's own coming appointments, one appointment, a calendar file."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.forms import AppointmentForm, BriefForm, CalendarForm
from customers.models import Appointment, Customer
from customers.selectors import (
    activities_in_calendar,
    activities_seen,
    appointment_changes,
    appointment_get,
    appointments_visible,
    customers_visible,
    day_span,
)
from customers.services import (
    AppointmentData,
    ImportedCalendar,
    appointment_arrive,
    appointment_brief,
    appointment_change,
    appointment_check,
    appointment_delete,
    appointment_late,
    appointment_make,
    appointments_import,
)
from office.clock import local_day
from office.errors import Refused
from office.http import accepted, sentence, viewer_of, whole_number
from office.roles import Role
from office.templatetags.makoto import sama
from office.viewer import Viewer

PAGE = 50
AHEAD = timedelta(days=366)  # what of the work on incidents is shown with the appointments
LATE = (10, 15, 30, 60)  # minutes to choose from


@require_GET
def appointments(request: HttpRequest) -> HttpResponse:
    """What still comes: one's own, or the team's; above it the visits and final dates of incidents."""
    viewer = viewer_of(request)
    shown = request.GET.get("show", "")
    found = appointments_visible(viewer).coming(viewer.at)
    if shown != "all":
        found = found.filter(who__in=viewer.acts_for)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    work = activities_seen(viewer).open()
    mine = work if shown == "all" else work.filter(who__in=viewer.acts_for)
    dated = activities_in_calendar(mine, day_span(local_day(viewer.at))[0], viewer.at + AHEAD)
    context = {"page": page, "dated": dated, "shown": shown, "writes": _writes(request), "at": viewer.at}
    return render(request, "customers/appointments.html", context)


def appointment_new(request: HttpRequest) -> HttpResponse:
    """Make an appointment of one's own; ?customer= names the firm by its code."""
    viewer = viewer_of(request)
    code = request.GET.get("customer", "").replace("\0", "")[:40]
    form = AppointmentForm(request.POST or None, initial={"customer": code})

    def make() -> None:
        data = AppointmentData(**form.data_for_service())
        key = f"hand:{form.cleaned_data['idempotency']}"
        appointment_make(who=viewer.user, data=data, by=viewer.user, at=viewer.at, key=key)

    if request.method == "POST":
        if accepted(form, make):
            messages.success(request, _("The appointment stands in your calendar."))
            _mind(request, form)
            return redirect("customers:appointments")
        return render(request, "customers/appointment.html", {"form": form, "changes": True}, status=422)
    planned = customers_visible(viewer).filter(code=code).first() if code else None
    return render(request, "customers/appointment.html", {"form": form, "changes": True, "planned": planned})


def appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment: whose it is moves it; whoever looks after the customer writes purpose and attendees."""
    viewer = viewer_of(request)
    found = appointment_get(viewer, pk)
    changes = appointment_changes(viewer, found)
    kind = AppointmentForm if changes else BriefForm
    form = kind(request.POST or None, initial=_initial(found))

    def save() -> None:
        version = form.cleaned_data["version"]
        if isinstance(form, AppointmentForm):
            data = AppointmentData(**form.data_for_service())
            appointment_change(pk=pk, version=version, data=data, by=viewer.user, at=viewer.at)
        elif found.kind == Appointment.Kind.VISIT:
            words = {name: form.cleaned_data[name] for name in ("purpose", "attendees")}
            appointment_brief(pk=pk, version=version, **words)
        else:
            raise Refused("forbidden", "This appointment is somebody else's.")

    if request.method == "POST":
        if accepted(form, save):
            messages.success(request, _("The appointment is saved."))
            if isinstance(form, AppointmentForm):
                _mind(request, form)
            return redirect("customers:appointment", pk)
        return _page(request, found, form, changes, status=422)
    return _page(request, found, form, changes)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Purpose and attendees were confirmed with the customer."""

    def confirm(viewer: Viewer) -> None:
        appointment_check(pk=pk, by=viewer.user, at=viewer.at)

    return _tapped(request, pk, confirm, _("Recorded: purpose and attendees are confirmed."))


@require_POST
def arrived(request: HttpRequest, pk: int) -> HttpResponse:
    """We are there: nobody is missed any more (practice 4-02)."""

    def arrive(viewer: Viewer) -> None:
        appointment_arrive(pk=pk, by=viewer.user, at=viewer.at)

    return _tapped(request, pk, arrive, _("Recorded: arrived."))


@require_POST
def late(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer knows that we come later: until then nobody is missed (practice 4-02)."""
    minutes = whole_number(request.POST.get("minutes", ""))

    def told(viewer: Viewer) -> None:
        appointment_late(pk=pk, minutes=minutes, at=viewer.at)

    return _tapped(request, pk, told, _("Recorded: the customer knows that we come later."))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's appointment out; a second tap finds nothing left to do."""
    viewer = viewer_of(request)
    found = appointments_visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if not appointment_changes(viewer, found):
        raise Refused("forbidden", "This appointment is somebody else's.")
    appointment_delete(pk=pk, by=viewer.user, at=viewer.at)
    messages.success(request, _("The appointment is deleted."))
    return redirect("customers:appointments")


def appointments_upload(request: HttpRequest) -> HttpResponse:
    """Import one's own calendar from an .ics file."""
    viewer = viewer_of(request)
    form = CalendarForm(request.POST or None, request.FILES or None)
    reports: list[ImportedCalendar] = []

    def run() -> None:
        data: bytes = form.cleaned_data["file"].read()
        reports.append(appointments_import(data=data, who=viewer.user, by=viewer.user, at=viewer.at))

    spoilt = request.method == "POST" and not accepted(form, run)
    context = {"form": form, "report": reports[0] if reports else None}
    return render(request, "customers/appointments_import.html", context, status=422 if spoilt else 200)


def _tapped(request: HttpRequest, pk: int, act: Callable[[Viewer], None], said: str) -> HttpResponse:
    """One tap on a visible appointment: back to its page, with what was recorded or why not."""
    viewer = viewer_of(request)
    found = appointment_get(viewer, pk)
    try:
        act(viewer)
    except Refused as refused:
        changes = appointment_changes(viewer, found)
        form = (AppointmentForm if changes else BriefForm)(initial=_initial(found))
        return _page(request, found, form, changes, status=refused.status, refusal=sentence(refused))
    messages.success(request, said)
    return redirect("customers:appointment", pk)


def _mind(request: HttpRequest, form: AppointmentForm) -> None:
    """Whoever plans a visit to a customer who wants none is told at once (practice 4-03)."""
    banned = Customer.objects.filter(banned_at__isnull=False)
    if customer := banned.filter(pk=form.data_for_service()["customer_id"]).first():
        facts = {"name": sama(customer.called)}
        messages.warning(request, _("%(name)s has asked us not to visit. Please ask the boss first.") % facts)


def _writes(request: HttpRequest) -> bool:
    return bool(viewer_of(request).roles - {Role.AUDITOR.value, Role.ADMIN.value})


def _initial(found: Appointment) -> dict[str, Any]:
    names = ("title", "starts", "ends", "place", "purpose", "attendees", "version")
    code = found.customer.code if found.customer else ""
    return {name: getattr(found, name) for name in names} | {"customer": code}


def _page(
    request: HttpRequest, found: Appointment, form: BriefForm, changes: bool, status: int = 200, refusal: str = ""
) -> HttpResponse:
    context = {
        "form": form, "appointment": found, "changes": changes, "refusal": refusal, "at": viewer_of(request).at,
        "writes": _writes(request) and (changes or found.kind == Appointment.Kind.VISIT), "late": LATE,
        "begun": local_day(found.starts) <= local_day(viewer_of(request).at),
    }  # fmt: skip
    return render(request, "customers/appointment.html", context, status=status)
