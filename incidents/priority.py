"""優先順: in which order the incidents that go on are best looked at (practice 4-27).

Whose customer had to ask again, what is past its due, then severity: of equal ones the older first, and what is of a
key account counts some days older (a house rule), of an occasional one as many younger. So whatever grows old rises.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, QuerySet, Value, When

from customers.models import Customer
from incidents.models import LIVING, Incident
from incidents.policy import WEIGHT_DAYS
from office.errors import Refused
from office.selectors import policy

PRIORITY = "priority"
MOST = 10_000  # places that a page may start at


def prioritised(wanted: QuerySet[Incident], at: datetime) -> QuerySet[Incident]:
    """Those of them that go on, in this order; asked in the same statement."""
    days = timedelta(days=int(policy(WEIGHT_DAYS, at)))
    felt = {Customer.Weight.KEY: F("opened_at") - days, Customer.Weight.OCCASIONAL: F("opened_at") + days}
    moments = [
        When(customer__weight=weight, then=ExpressionWrapper(moment, DateTimeField()))
        for weight, moment in felt.items()
    ]
    return wanted.filter(state__in=LIVING).order_by(
        Case(When(chased_at__isnull=False, then=Value(0)), default=Value(1)), F("chased_at").asc(nulls_last=True),
        Case(When(due__lt=at, then=Value(0)), default=Value(1)), "severity",
        Case(*moments, default=F("opened_at"), output_field=DateTimeField()), "pk",
    )  # fmt: skip


def place(before: str) -> int:
    """Where a page starts; Refused invalid for one that does not exist."""
    if not before:
        return 0
    if not before.isdecimal() or len(before) > len(str(MOST)) or int(before) > MOST:
        raise Refused("invalid", "This page of the list does not exist.")
    return int(before)
