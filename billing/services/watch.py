"""The watch: what is missing goes to a clerk, once, and leaves the list when it is no longer missing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation

from billing.selectors.watch import LABELS, Gap, gaps
from customers.models import Activity
from customers.services import ActivityRow, activities_add
from office.models import User
from office.roles import Role
from office.selectors import people

ALL = "watch:"  # what the sources of its activities begin with


@transaction.atomic
def watch_sweep(*, at: datetime) -> int:
    """Put what is missing before a clerk and end what is missing no more; return how many rows were written.

    Who is told of a customer stays the same clerk while there is one. Run again it finds nothing to do.
    """
    clerks = people().with_role(Role.BILLING) or people().with_role(Role.ADMIN)
    if not clerks:
        return 0
    found = {gap.source: gap for gap in gaps(at)}
    told = Activity.objects.filter(source__startswith=ALL)
    known = dict(told.filter(source__in=found).values_list("source", "state"))
    gone = told.open().exclude(source__in=found)
    ended = gone.update(state=Activity.State.DONE, done_at=at)
    back = told.filter(source__in=[source for source, state in known.items() if state != Activity.State.OPEN])
    opened = back.update(state=Activity.State.OPEN, done_at=None, done_by=None)
    new = [_row(gap, clerks, at) for source, gap in found.items() if source not in known]
    activities_add(new, at=at)
    return ended + opened + len(new)


def _row(gap: Gap, clerks: Sequence[User], at: datetime) -> ActivityRow:
    clerk = clerks[gap.customer.pk % len(clerks)]
    with translation.override("ja"):
        detail = gap.text
    return ActivityRow(
        source=gap.source, kind=Activity.Kind.STEP, label=LABELS[gap.kind], detail=detail[:300],
        customer_id=gap.customer.pk, who_id=clerk.pk, due=at, link=gap.link,
    )  # fmt: skip
