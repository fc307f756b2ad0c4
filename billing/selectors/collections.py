"""Collection dates (回収日): when money of one's own customers is to come in (practices 1-06, 1-07)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from billing.thank_you import paydays
from customers.models import Customer


@dataclass(frozen=True)
class Collection:
    """One sum that is still to come: of whom, for which part of which invoice, on which bank day; yen with tax."""

    instalment: int
    customer: Customer
    invoice: str
    part: str
    yen: int
    due_on: date


def collections_of(user_id: int, since: date, until: date) -> list[Collection]:
    """Return what is still to come in of the customers this person looks after, by day; one statement."""
    found = paydays(Q(due_on__range=(since, until), invoice__customer__owner=user_id))
    rows = [
        Collection(
            instalment=one.instalment.pk, customer=one.instalment.invoice.customer,
            invoice=one.instalment.invoice.number, part=one.instalment.kind if one.split else "",
            yen=one.instalment.amount - one.paid, due_on=one.instalment.due_on,
        )
        for one in found
        if not one.received
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.due_on, row.instalment))
