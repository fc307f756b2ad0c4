"""The invoices, orders and deliveries an incident is about (practice 0-01, feature 3): known of the case, so that the
entry keeps them; shown and linked on the incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from billing.selectors import reads_invoices
from billing.selectors.references import (
    Reference,
    reference_of_invoice,
    references_named,
)
from incidents.models import Incident
from office.roles import Role
from office.viewer import Viewer

KNOWN_AS = "references"
PAGES = {"invoice": "billing:invoice", "order": "billing:order"}  # else of a delivery, or of what came back


@dataclass(frozen=True)
class Linked:
    """One of them as a reader finds it; no link for whom billing is no part of their work."""

    label: str
    number: str
    line: int
    link: str


def references_said(viewer: Viewer, customer_id: int, typed: str, invoice: str) -> list[Reference]:
    """Return what a first report is about: the numbers that were typed, and its invoice where it is the customer's.

    Refused invalid for a number that is none of the customer's.
    """
    said = references_named(viewer, customer_id, typed)
    return [*(one for one in reference_of_invoice(customer_id, invoice) if one not in said), *said]


def kept(found: Sequence[Reference]) -> dict[str, Any]:
    """What the case keeps of them; nothing for none."""
    return {KNOWN_AS: [list(one) for one in found]} if found else {}


def references_of(known: Mapping[str, Any]) -> list[Reference]:
    """Return them as they are known of a case."""
    return [Reference(*row) for row in known.get(KNOWN_AS, ())]


def invoices_of(known: Mapping[str, Any], invoice: str) -> set[str]:
    """Return the numbers of the invoices it is about; invoice: the one of its row, empty for none."""
    return {invoice, *(one.number for one in references_of(known) if one.sort == "invoice")} - {""}


def without_invoice(known: Mapping[str, Any], number: str) -> dict[str, Any]:
    """What is left of them once the invoice has gone along with a matter that was split off."""
    left = [one for one in references_of(known) if (one.sort, one.number) != ("invoice", number)]
    return {KNOWN_AS: [list(one) for one in left]} if KNOWN_AS in known else {}


def linked(viewer: Viewer, incident: Incident) -> list[Linked]:
    """Return them for the page; an invoice that nobody could find stands there without a link."""
    found, opens = references_of(incident.case.get("known", {})), reads_invoices(viewer)
    rows = [Linked(one.label, one.number, one.line, _link(one) if opens else "") for one in found]
    if incident.invoice and not any(one.sort == "invoice" for one in found):
        rows.insert(0, Linked(Reference("invoice", "").label, incident.invoice, 0, ""))
    return rows


def returnable(viewer: Viewer, incident: Incident) -> list[Linked]:
    """Return the deliveries named of which something may come back (feature 50), each with where its return is written
    down, or for whom that is not their work, where billing does it from. None once the incident is over."""
    page = "billing:return_new" if viewer.has(Role.BILLING) else "billing:delivery"
    if not incident.living or not reads_invoices(viewer):
        return []
    named = {one.number: one for one in references_of(incident.case.get("known", {})) if one.sort == "delivery"}
    return [Linked(one.label, number, 0, reverse(page, args=[number])) for number, one in named.items()]


def _link(one: Reference) -> str:
    return reverse(PAGES.get(one.sort, "billing:delivery"), args=[one.number])
