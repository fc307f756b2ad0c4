"""Appointments for programs: the same services as the pages."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime

from customers.models import Appointment
from customers.selectors import appointment_changes, appointment_get, appointments_visible, customers_visible
from customers.services import (
    AppointmentData,
    appointment_arrive,
    appointment_change,
    appointment_check,
    appointment_delete,
    appointment_late,
    appointment_make,
    appointments_import,
)
from customers.services.appointments import NO_COMPANION
from office.errors import Refused
from office.http import viewer_of
from office.models import User
from office.schema import Body
from office.viewer import Viewer

router = Router(tags=["appointments"])
LIMIT = 1_000


class AppointmentOut(Schema):
    """An appointment; `who` is a log-in name; banned: the customer has asked us not to visit."""

    id: int
    who: str = Field(alias="who.username")
    kind: str
    title: str
    starts: AwareDatetime
    ends: AwareDatetime
    place: str
    customer: int | None = Field(alias="customer_id")
    purpose: str
    attendees: str
    checked_at: AwareDatetime | None
    expected: AwareDatetime | None
    arrived_at: AwareDatetime | None
    version: int
    banned: bool = False

    @staticmethod
    def resolve_banned(row: Appointment) -> bool:
        """Whether the customer has asked us not to visit."""
        return row.customer is not None and row.customer.banned_at is not None


class AppointmentIn(Body):
    """What can be said about an appointment of one's own; a customer makes it a visit. companion: who goes along, by
    log-in name; it stands in their calendar, too."""

    title: str
    starts: AwareDatetime
    ends: AwareDatetime
    customer: int | None = None
    place: str = ""
    purpose: str = ""
    attendees: str = ""
    companion: str = Field("", max_length=150)


class NewAppointment(AppointmentIn):
    """A new one; the same key makes one."""

    idempotency_key: str = Field(min_length=1, max_length=40)


class ChangedAppointment(AppointmentIn):
    """As it shall be; `version` is the one that was read."""

    version: int


class LateIn(Body):
    """By how many minutes."""

    minutes: int = Field(15, ge=5, le=240)


class CalendarOut(Schema):
    """What an import did; `past` were left out. unsure: those that speak of a customer, but not clearly of one; please
    choose it."""

    created: int
    updated: int
    unchanged: int
    removed: int
    past: int
    unsure: list[AppointmentOut]


@router.get("", response=list[AppointmentOut], url_name="appointments")
def appointment_list(request: HttpRequest) -> Any:
    """List the coming appointments you may see, the next first."""
    viewer = viewer_of(request)
    return appointments_visible(viewer).coming(viewer.at)[:LIMIT]


@router.post("", response={201: AppointmentOut}, url_name="appointments")
def appointment_post(request: HttpRequest, data: NewAppointment) -> Any:
    """Make an appointment of your own."""
    viewer = viewer_of(request)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    made = appointment_make(who=viewer.user, data=_data(viewer, data), by=viewer.user, at=viewer.at, key=key)
    return Status(201, appointment_get(viewer, made.pk))


@router.post("/import", response=CalendarOut, url_name="appointments_import")
def appointment_import(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Import your own calendar from an .ics file."""
    viewer = viewer_of(request)
    return appointments_import(data=file.read(), who=viewer.user, by=viewer.user, at=viewer.at)


@router.get("/{int:pk}", response=AppointmentOut, url_name="appointment")
def appointment_one(request: HttpRequest, pk: int) -> Any:
    """Get one appointment."""
    return appointment_get(viewer_of(request), pk)


@router.put("/{int:pk}", response=AppointmentOut, url_name="appointment")
def appointment_put(request: HttpRequest, pk: int, data: ChangedAppointment) -> Any:
    """Change an appointment."""
    viewer = viewer_of(request)
    _mine(viewer, pk)
    appointment_change(pk=pk, version=data.version, data=_data(viewer, data), by=viewer.user, at=viewer.at)
    return appointment_get(viewer, pk)


@router.delete("/{int:pk}", response={204: None}, url_name="appointment")
def appointment_gone(request: HttpRequest, pk: int) -> Any:
    """Delete an appointment."""
    viewer = viewer_of(request)
    _mine(viewer, pk)
    appointment_delete(pk=pk, by=viewer.user, at=viewer.at)
    return Status(204, None)


@router.post("/{int:pk}/check", response=AppointmentOut, url_name="appointment_check")
def appointment_checked(request: HttpRequest, pk: int) -> Any:
    """Purpose and attendees were confirmed with the customer."""
    viewer = viewer_of(request)
    appointment_get(viewer, pk)
    appointment_check(pk=pk, by=viewer.user, at=viewer.at)
    return appointment_get(viewer, pk)


@router.post("/{int:pk}/arrived", response=AppointmentOut, url_name="appointment_arrived")
def appointment_arrived(request: HttpRequest, pk: int) -> Any:
    """Record the arrival: nobody is missed any more."""
    viewer = viewer_of(request)
    appointment_get(viewer, pk)
    appointment_arrive(pk=pk, by=viewer.user, at=viewer.at)
    return appointment_get(viewer, pk)


@router.post("/{int:pk}/late", response=AppointmentOut, url_name="appointment_late")
def appointment_told_late(request: HttpRequest, pk: int, data: LateIn) -> Any:
    """Record by how many minutes you come later, as the customer was told."""
    viewer = viewer_of(request)
    appointment_get(viewer, pk)
    appointment_late(pk=pk, minutes=data.minutes, at=viewer.at)
    return appointment_get(viewer, pk)


def _mine(viewer: Viewer, pk: int) -> Appointment:
    found = appointment_get(viewer, pk)
    if not appointment_changes(viewer, found):
        raise Refused("forbidden", "This appointment is somebody else's.")
    return found


def _data(viewer: Viewer, data: AppointmentIn) -> AppointmentData:
    """A customer by its key must be one you may open."""
    if data.customer is not None and not customers_visible(viewer).filter(pk=data.customer).exists():
        raise Refused("not_found", "Choose a customer from the list.", field="customer")
    said = data.dict(exclude={"customer", "companion", "version", "idempotency_key"})
    companion = User.objects.filter(username=data.companion).values_list("pk", flat=True).first()
    if data.companion and companion is None:
        raise Refused("invalid", NO_COMPANION, field="companion")
    return AppointmentData(**said, customer_id=data.customer, companion_id=companion)
