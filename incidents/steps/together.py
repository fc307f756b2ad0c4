"""That two of us go to a customer where one of us had to bear too much (practice 4-05): a rule, without its reasons."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from incidents.engine.translation import _
from incidents.models import Incident, Leaf
from incidents.policy import TWO_GO_DAYS
from office.errors import Refused
from office.selectors import policy

ABUSE = "abuse"  # the sort of the record
KNOWN_AS, TWO_GO = "abuse", "two_go"  # in what is known of an incident: the records without their words, and the rule
SECOND = _("Two of us go to this customer. Please choose a second person.")


def two_go(incident: Incident, at: datetime) -> bool:
    """Whether two go: by what is known of the incident, else by another one of the customer; one statement at most."""
    if incident.case.get("known", {}).get(TWO_GO):
        return True
    since = at - timedelta(days=int(policy(TWO_GO_DAYS, at)))
    return Leaf.objects.filter(sort=ABUSE, incident__customer=incident.customer_id, at__gte=since).exists()


def check_two(going: Collection[int], incident: Incident, at: datetime) -> bool:
    """Whether two go, as the rule wants; Refused incomplete where it wants it and they are fewer."""
    two = two_go(incident, at)
    if two and len(set(going)) < 2:
        raise Refused("incomplete", SECOND, field="attendees")
    return two
