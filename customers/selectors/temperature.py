"""How warm a customer is, as we read it, and how much we do for them, counted from facts (practice 1-01).

Ours is never noted by anybody: one degree to begin with, two more for each time somebody was there, one for each call
that reached them and each promise kept; one less for each promise past its day and each time they had to ask again.
Below one and above five it does not go. It belongs to the house and bears no person's name.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from customers.models import Activity, Appointment, Call, Chase, Promise, Reading
from customers.selectors.activities import GOES
from customers.selectors.customers import theirs
from office.viewer import Viewer

COLDEST, WARMEST = 1, 5
VISIT, CALL = 2, 1  # what a contact counts
WAS_THERE = Q(kind=Activity.Kind.VISIT) & ~Q(source__contains=f":{GOES}:") & ~Q(source__contains=":accompany:")
BY_TELEPHONE = Q(kind=Activity.Kind.FOLLOW_UP) | Q(source__endswith=":first_apology")


@dataclass
class Effort:
    """What we did for one customer, and what we left undone, by its moment."""

    contacts: list[tuple[datetime, int]] = field(default_factory=list)
    kept: list[datetime] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)  # they had to ask again
    owed: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # promises past their day, until ended

    def heat(self, at: datetime, days: int) -> int:
        """How warm we were at a moment, 1 to 5, by what was done in the `days` before."""
        since = at - timedelta(days=days)
        done = sum(weight for moment, weight in self.contacts if since < moment <= at)
        done += sum(since < moment <= at for moment in self.kept)
        done -= sum(since < moment <= at for moment in self.asked)
        done -= sum(due < at and (ended is None or ended > at) for due, ended in self.owed)
        return max(COLDEST, min(WARMEST, COLDEST + done))

    def last_contact(self, at: datetime) -> datetime | None:
        """When we last spoke with them or were there."""
        return max((moment for moment, _weight in self.contacts if moment <= at), default=None)


def readings_visible(viewer: Viewer) -> QuerySet[Reading]:
    """Return the readings of the viewer's customers, the oldest first."""
    return Reading.objects.filter(theirs(viewer, "customer__")).select_related("by")


def efforts_of(customers: Collection[int], since: datetime, at: datetime) -> dict[int, Effort]:
    """Return what we did for each of these customers from `since` to `at`; five statements, however many they are.

    Only counts come of it, so everybody's work counts, also on incidents that a reader may not open.
    """
    found: dict[int, Effort] = defaultdict(Effort)
    span = (since, at)
    calls = Call.objects.filter(customer__in=customers, outcome=Call.Outcome.REACHED, at__range=span)
    for pk, moment in calls.order_by().values_list("customer", "at"):
        found[pk].contacts.append((moment, CALL))
    work = Activity.objects.filter(customer__in=customers, state=Activity.State.DONE, done_at__range=span).order_by()
    for row in work.filter(WAS_THERE | BY_TELEPHONE).only("customer", "kind", "done_at"):
        if row.customer_id and row.done_at:
            found[row.customer_id].contacts.append((row.done_at, VISIT if row.kind == Activity.Kind.VISIT else CALL))
    for visit in Appointment.objects.filter(customer__in=customers, arrived_at__range=span).order_by():
        if visit.customer_id and visit.arrived_at:
            found[visit.customer_id].contacts.append((visit.arrived_at, VISIT))
    promises = Promise.objects.filter(customer__in=customers, made_at__lte=at).order_by()
    promises = promises.filter(Q(ended_at=None) | Q(ended_at__gte=since))
    for pk, state, due, ended in promises.values_list("customer", "state", "answer_by", "ended_at"):
        if ended and state == Promise.State.KEPT:
            found[pk].kept.append(ended)
        if ended is None or due < ended:
            found[pk].owed.append((due, ended))
    chases = Chase.objects.filter(promise__customer__in=customers, at__range=span).order_by()
    for pk, moment in chases.values_list("promise__customer", "at"):
        found[pk].asked.append(moment)
    return found
