"""Any record of a customer may give rise to a measure: what was promised, agreed, ordered, delivered, billed, asked or
noted, and an incident."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from billing.selectors import invoice_get, reads_invoices
from billing.selectors.inquiries import inquiry_get
from billing.selectors.records import contract_get, delivery_get, order_get
from customers.models import Customer
from customers.selectors import customer_get, promise_get
from customers.selectors.appointments import appointment_get
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


def _of_billing(find: Callable[[Viewer, str], Any], page: str) -> Callable[[Viewer, str, str], Origin]:
    """A record of billing: by its number, and only for whom billing is part of their work."""

    def found(viewer: Viewer, name: str, key: str) -> Origin:
        if not reads_invoices(viewer):
            raise Refused("not_found", "Nothing was found here. Please check the number.")
        row = find(viewer, key)
        return Origin(name, row.customer, _called(row), reverse(page, args=[row.number]))

    return found


def _called(row: Any) -> str:
    """Its number, and what it is about where it says so."""
    words = next((getattr(row, word) for word in ("subject", "description", "asked") if hasattr(row, word)), "")
    return f"{row.number} {words}".strip()


def _appointment(viewer: Viewer, name: str, key: str) -> Origin:
    found = appointment_get(viewer, whole_number(key))
    if found.customer is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return Origin(name, found.customer, found.title, reverse("customers:appointment", args=[found.pk]))


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
    "customer": _customer, "promise": _promise, "appointment": _appointment, "note": _note, "incident": _incident,
    "invoice": _of_billing(invoice_get, "billing:invoice"), "order": _of_billing(order_get, "billing:order"),
    "delivery": _of_billing(delivery_get, "billing:delivery"),
    "contract": _of_billing(contract_get, "billing:contract"), "inquiry": _of_billing(inquiry_get, "billing:inquiry"),
}  # fmt: skip
