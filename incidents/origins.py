"""Any record may give rise to a measure: a customer, a promise, an invoice, a note, an incident."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from billing.selectors import invoice_get, reads_invoices
from customers.models import Customer
from customers.selectors import customer_get, promise_get
from incidents.agenda import path
from incidents.models import Incident, Note
from incidents.selectors import incident_get, incidents_visible
from office.errors import Refused
from office.http import whole_number
from office.viewer import Viewer


@dataclass(frozen=True)
class Origin:
    """The record a measure is raised from, as this viewer may see it."""

    name: str  # "promise:12", as the address and the row name it
    customer: Customer
    words: str  # what it says, for the page
    link: str
    incident: Incident | None = None


def origin(viewer: Viewer, name: str) -> Origin:
    """Read the record behind a name; Refused not_found for what is not there and for what is not the viewer's."""
    sort, _colon, key = name.partition(":")
    find = ORIGINS.get(sort)
    if find is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return find(viewer, name, key)


def _customer(viewer: Viewer, name: str, key: str) -> Origin:
    found = customer_get(viewer, whole_number(key))
    return Origin(name, found, "", reverse("desk:customer", args=[found.pk]))


def _promise(viewer: Viewer, name: str, key: str) -> Origin:
    found = promise_get(viewer, whole_number(key))
    incident = incidents_visible(viewer).filter(number=found.number).first() if found.number else None
    link = reverse("customers:promise", args=[found.pk])
    return Origin(name, found.customer, found.what, link, incident)


def _invoice(viewer: Viewer, name: str, key: str) -> Origin:
    if not reads_invoices(viewer):
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    found = invoice_get(viewer, key)
    link = reverse("billing:invoice", args=[found.number])
    return Origin(name, found.customer, f"{found.number} {found.subject}", link)


def _note(viewer: Viewer, name: str, key: str) -> Origin:
    rows = Note.objects.filter(pk=whole_number(key), incident__in=incidents_visible(viewer))
    found = rows.select_related("incident__customer").first()
    if found is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    incident = found.incident
    return Origin(name, incident.customer, found.text, path(incident), incident)


def _incident(viewer: Viewer, name: str, key: str) -> Origin:
    found = incident_get(viewer, key)
    return Origin(name, found.customer, found.summary, path(found), found)


ORIGINS: Mapping[str, Callable[[Viewer, str, str], Origin]] = {
    "customer": _customer, "promise": _promise, "invoice": _invoice, "note": _note, "incident": _incident,
}  # fmt: skip
