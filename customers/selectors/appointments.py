"""Questions about appointments."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q

from customers.models import Appointment
from customers.models.appointment import AppointmentQuerySet
from customers.selectors.customers import NOT_FOUND, theirs
from office.clock import JST
from office.errors import Refused
from office.roles import Role
from office.viewer import Viewer

DECIDERS = frozenset({Role.MANAGER.value, Role.BRANCH_HEAD.value, Role.DIRECTOR.value})


def appointments_visible(viewer: Viewer) -> AppointmentQuerySet:
    """Return one's own, the team's, and every visit to a customer one may open; or all."""
    found = Appointment.objects.select_related("who", "customer", "checked_by", "arrived_by")
    if viewer.sees_all:
        return found
    mine = Q(who__in=viewer.acts_for) | Q(who__team__in=viewer.teams)
    at_theirs = Q(kind=Appointment.Kind.VISIT, customer__isnull=False) & theirs(viewer, "customer__")
    return found.filter(mine | at_theirs)


def appointment_get(viewer: Viewer, pk: int) -> Appointment:
    """Return one visible appointment; else Refused not_found."""
    found = appointments_visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def appointment_changes(viewer: Viewer, appointment: Appointment) -> bool:
    """Return whether the viewer may move it: whose it is, who stands in for them, and those above their team."""
    if appointment.who_id in viewer.acts_for:
        return True
    above = viewer.roles & DECIDERS and (viewer.sees_all or appointment.who.team_id in viewer.teams)
    return bool(above) and not viewer.has(Role.AUDITOR)


def day_span(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day in Japan and that of the next."""
    starts = datetime.combine(day, time(0), JST)
    return starts, starts + timedelta(days=1)
