"""When a customer was last met or reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from django.db.models import Max
from django.db.models.functions import Coalesce

from customers.models import Call
from incidents.models import Incident, Note, Submission
from incidents.timeline import contact_steps


def last_contacts(incidents: Sequence[Incident]) -> dict[int, datetime]:
    """Return by incident when its customer was last met or reached: a step of contact, words of theirs that were noted,
    or a call that reached them, whatever it was about. Three statements."""
    met = Submission.objects.filter(incident__in=incidents, step__in=contact_steps())
    heard = Note.objects.filter(incident__in=incidents, kind=Note.Kind.CUSTOMER)
    reached = Call.objects.filter(customer__in={incident.customer_id for incident in incidents}, outcome="reached")
    calls = dict(reached.order_by().values_list("customer").annotate(last=Max("at")))
    told = chain(
        met.order_by().values_list("incident").annotate(last=Max("at")),
        heard.order_by().values_list("incident").annotate(last=Max(Coalesce("heard_at", "at"))),
        ((incident.pk, calls[incident.customer_id]) for incident in incidents if incident.customer_id in calls),
    )
    found: dict[int, datetime] = {}
    for pk, last in told:
        found[pk] = max(found.get(pk, last), last)
    return found
