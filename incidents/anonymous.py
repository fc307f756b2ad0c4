"""What everybody may read names no customer: questions that come again, lessons that are passed on."""

from __future__ import annotations

from django.db.models import F, Value

from customers.models import Customer
from incidents.models import Incident


def named_in(text: str, incident: Incident | None) -> str:
    """Return the customer, or the person of the incident's customer, that a text names; empty for none."""
    full = Customer.objects.annotate(said=Value(text)).filter(said__contains=F("name")).values_list("name", flat=True)
    near = [incident.customer.called, *(c.surname for c in incident.customer.contacts.all())] if incident else []
    return next((name for name in (*full[:1], *near) if len(name) > 1 and name in text), "")
