"""機番: which machine a defect is about, and how often it has failed, and anything of this customer (practice 1-14)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from customers.search import HYPHENS
from customers.text import clean
from incidents.models import NOT_COUNTED, Incident
from incidents.policy import REPEAT_DAYS
from office.errors import Refused
from office.selectors import policy

KNOWN_AS = "machine"  # in what is known of an incident: its number or name, as it was typed
DEFECT = "defect"  # the kind that counts
LONGEST = 60
BETWEEN = re.compile(rf"[{HYPHENS}\s]+")
LOOKED_AT, SHOWN = 500, 8


@dataclass(frozen=True)
class Tally:
    """How often: this machine (0 where it is not named yet) and the customer's as a whole, an incident with those
    before it, within so many days."""

    machine: str
    on_machine: int
    of_customer: int
    days: int


@dataclass(frozen=True)
class Failing:
    """A machine of a customer, as it was typed last: how often it has failed, and when last."""

    machine: str
    count: int
    last: datetime


def key_of(machine: str) -> str:
    """Return one spelling for many: width and case made one, without blanks and hyphens."""
    return BETWEEN.sub("", unicodedata.normalize("NFKC", machine).casefold())[: Incident.LONGEST_MACHINE]


def machine_said(typed: str) -> dict[str, str]:
    """Return what is known of the machine once it was typed; empty where it was not. Refused invalid for what cannot be
    its number."""
    number = clean(typed, field="machine", limit=LONGEST)
    if number and not key_of(number):
        raise Refused("invalid", "This is no number of a machine.", field="machine")
    return {KNOWN_AS: number} if number else {}


def tally(incident: Incident) -> Tally | None:
    """Return how often it was, this time included, as of the first report; None for another kind. One statement."""
    if incident.kind != DEFECT:
        return None
    days, at = int(policy(REPEAT_DAYS, incident.opened_at)), incident.opened_at
    rows = _defects(incident.customer_id, at - timedelta(days=days)).filter(opened_at__lte=at)
    same = Q(machine=incident.machine) & ~Q(machine="")
    found = rows.order_by().aggregate(all=Count("pk"), same=Count("pk", filter=same))
    return Tally(incident.case.get("known", {}).get(KNOWN_AS, ""), found["same"], found["all"], days)


def failing(customer_id: int, at: datetime) -> tuple[list[Failing], int]:
    """Return the machines of a customer that have failed within the days of the house rule, the most frequent first,
    and those days. One statement."""
    days = int(policy(REPEAT_DAYS, at))
    rows = _defects(customer_id, at - timedelta(days=days)).exclude(machine="").order_by("-opened_at", "-pk")
    found: dict[str, Failing] = {}
    for key, name, opened_at in rows.values_list("machine", "case__known__machine", "opened_at")[:LOOKED_AT]:
        one = found.setdefault(key, Failing(name, 0, opened_at))
        found[key] = Failing(one.machine, one.count + 1, one.last)
    return sorted(found.values(), key=lambda one: (-one.count, -one.last.timestamp()))[:SHOWN], days


def _defects(customer_id: int, since: datetime) -> QuerySet[Incident]:
    rows = Incident.objects.filter(customer=customer_id, kind=DEFECT, opened_at__gte=since)
    return rows.exclude(state__in=NOT_COUNTED)
