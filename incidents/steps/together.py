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
    return bool(incident.case.get("known", {}).get(TWO_GO)) or two_go_to(incident.customer_id, at)


def two_go_to(customer: int, at: datetime) -> bool:
    """Whether two go to a customer, by its id; one statement."""
    since = at - timedelta(days=int(policy(TWO_GO_DAYS, at)))
    return Leaf.objects.filter(sort=ABUSE, incident__customer=customer, at__gte=since).exists()


def check_two(going: Collection[int], incident: Incident, at: datetime) -> bool:
    """Whether two go, as the rule wants; Refused incomplete where it wants it and they are fewer."""
    two = two_go(incident, at)
    if two and _fewer(going):
        raise Refused("incomplete", SECOND, field="attendees")
    return two


def check_going(going: Collection[int], incident: Incident, at: datetime, field: str) -> None:
    """Beside the visits that are arranged: a follow-up on the spot, the deadline day. Refused conflict for one alone;
    `field` names the second."""
    if _fewer(going) and two_go(incident, at):
        raise Refused("conflict", SECOND, field=field)


def check_visit(customer: int, going: Collection[int], at: datetime) -> None:
    """The same of a visit in our calendars, which belongs to no incident."""
    if _fewer(going) and two_go_to(customer, at):
        raise Refused("conflict", SECOND, field="companion")


def second(incident: Incident, at: datetime, goes: int) -> int | None:
    """For an example: who goes beside somebody where two go; None where one may."""
    others = (incident.owner.boss_id, incident.deputy_id, incident.owner_id)
    return next((pk for pk in others if pk not in (None, goes)), None) if two_go(incident, at) else None


def _fewer(going: Collection[int]) -> bool:
    return len(set(going)) < 2
