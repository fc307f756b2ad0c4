"""Measures against recurrence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from customers.services import activities_put
from incidents.models import Incident, Measure
from incidents.models.measures import STANDING
from incidents.origins import origin
from incidents.steps.base import end_of_day
from incidents.steps.prevention import measure_row
from office.clock import local_day
from office.errors import Refused
from office.selectors import people
from office.services import journal_write
from office.viewer import Viewer


@dataclass(frozen=True)
class NewMeasure:
    """A measure as it is raised. origin: the record it comes from, "promise:12"; reason: why the person alone."""

    origin: str
    what: str
    scope: str
    owner_id: int
    due: date
    reason: str = ""
    key: str = ""


def measure_raise(*, viewer: Viewer, new: NewMeasure) -> Measure:
    """Raise a measure from any record, with or without an incident; it stands on its owner's Today until it is done.

    Refused not_found for a record that is not the viewer's, incomplete or invalid beside its field. A repeated key is
    answered with what it has raised.
    """
    found = origin(viewer, new.origin)
    if known := _known(viewer, new.key):
        return known
    _check(viewer, new)
    try:
        with transaction.atomic():
            place = _place(found.incident)
            measure = Measure.objects.create(
                incident=found.incident, place=place, customer=found.customer, origin=found.name, by=viewer.user,
                key=new.key or None, what=new.what.strip(), scope=new.scope, owner_id=new.owner_id,
                due=end_of_day(new.due), reason=new.reason.strip(),
            )  # fmt: skip
            activities_put([measure_row(measure)], at=viewer.at)
            journal_write(actor=viewer.user, verb=gettext_noop("raised a measure"), about=_about(measure),
                          detail=measure.what, at=viewer.at)  # fmt: skip
    except IntegrityError:  # the same key in the same moment
        if known := _known(viewer, new.key):
            return known
        raise
    return measure


def _known(viewer: Viewer, key: str) -> Measure | None:
    return Measure.objects.filter(key=key, by=viewer.user).first() if key else None


def _check(viewer: Viewer, new: NewMeasure) -> None:
    if not new.what.strip():
        raise Refused("incomplete", "Write at least one measure.", field="what")
    if new.scope not in Measure.Scope.values:
        raise Refused("invalid", "Say what the measure changes.", field="scope")
    if new.scope == Measure.Scope.PERSON and not new.reason.strip():
        raise Refused("incomplete", "Say why the person alone is enough.", field="reason")
    if people().get(new.owner_id) is None:
        raise Refused("invalid", "Choose people of our company.", field="owner")
    if new.due < local_day(viewer.at):
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="due")


def _place(incident: Incident | None) -> int:
    """The next place after those of the papers; the incident's row keeps two from taking the same."""
    if incident is None:
        return 0
    Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    last: int | None = Measure.objects.filter(incident=incident, submission=0).aggregate(last=Max("place"))["last"]
    return STANDING if last is None else last + 1


def _about(measure: Measure) -> str:
    return f"incident {measure.incident.number}" if measure.incident else f"customer {measure.customer_id}"


@transaction.atomic
def measure_done(*, viewer: Viewer, pk: int, evidence: str) -> Measure:
    """A measure has been carried out; evidence is required. Whether it is the viewer's to do, the caller has asked.

    Refused not_found, conflict when it was carried out before, incomplete without evidence.
    """
    measure = Measure.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=pk).first()
    if measure is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if measure.done_at is not None:
        raise Refused("conflict", "This measure has been carried out already.")
    if not evidence.strip():
        raise Refused("incomplete", "Say what shows that it was done.", field="evidence")
    measure.done_at, measure.evidence = viewer.at, evidence.strip()
    measure.save(update_fields=["done_at", "evidence"])
    activities_put([measure_row(measure, done_by=viewer.user)], at=viewer.at)
    journal_write(actor=viewer.user, verb=gettext_noop("carried out a measure"), about=_about(measure),
                  detail=measure.what, at=viewer.at)  # fmt: skip
    return measure
