"""Where a customer has become warmer than we are, their owner finds the next touch on Today (practice 1-01)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, override

from customers.models import Activity, Customer, Reading
from customers.policy import READING_DAYS, TEMPERATURE_GAP
from customers.selectors import Effort, efforts_of
from customers.services import ActivityRow
from desk.stages import spans_of, stage_on
from desk.temperature import gap_now
from desk.touches import next_touch
from incidents.services.found import Found, bring
from office.clock import local_day
from office.selectors import business_calendar, policy
from office.viewer import viewer_for

PREFIX = "temperature:"
LABEL = gettext_noop("Temperature gap: the next touch")
ON_PAGE = gettext_noop("What comes next stands on the customer's page.")
FAR = timedelta(days=366)  # so far back the last contact is looked for
RESTS = timedelta(days=3)  # after a contact nobody is asked for the next, nor where one is planned so soon


def temperature_sweep(*, at: datetime) -> int:
    """Ask the owner for the next touch where theirs stands above ours by the house rule; return how many rows were
    opened. A row ends by itself once somebody spoke with them or was there, or the gap has closed; whoever planned a
    touch for the next days, or owes them a promise already past its day, has that on their list and is not asked."""
    read: dict[int, list[Reading]] = defaultdict(list)
    for row in Reading.objects.filter(at__gt=at - timedelta(days=int(policy(READING_DAYS, at))), at__lte=at):
        read[row.customer_id].append(row)
    efforts = efforts_of(read, at - FAR, at) if read else {}
    apart = int(policy(TEMPERATURE_GAP, at))
    gaps = {pk: gap_now(rows, efforts.get(pk, Effort()), at) for pk, rows in read.items()}
    wide = {pk: gap for pk, gap in gaps.items() if gap is not None and gap >= apart}
    customers = Customer.objects.filter(pk__in=wide).select_related("owner__team")
    found = [
        one
        for row in customers
        for one in _asked(row, read[row.pk][-1], wide[row.pk], efforts.get(row.pk, Effort()), at)
    ]
    return bring(PREFIX, found, at)


def _asked(customer: Customer, reading: Reading, gap: int, effort: Effort, at: datetime) -> Iterator[Found]:
    last, viewer = effort.last_contact(at), viewer_for(customer.owner, at)
    if not customer.owner.is_active or (last and last > at - RESTS):
        return
    with override(customer.owner.language):
        touch = next_touch(viewer, customer.pk, stage_on(spans_of(viewer, customer.pk, local_day(at)), local_day(at)))
        words = gettext(ON_PAGE) if touch.of_incident else touch.words  # who sees the customer sees this row
        detail = gettext("A gap of %(gap)s. %(touch)s") % {"gap": gap, "touch": words}
    if touch.due and touch.due < at + RESTS:
        return
    yield Found(ActivityRow(
        source=f"{PREFIX}{customer.pk}:{reading.pk}:{f'{last:%Y%m%d%H%M}' if last else ''}",
        kind=Activity.Kind.NOTICE, label=LABEL, detail=detail, customer_id=customer.pk, who_id=customer.owner_id,
        deputy_id=customer.deputy_id, due=business_calendar().add_days(at, 0),
        link=f"{reverse('desk:customer', args=[customer.pk])}#temperature",
    ))  # fmt: skip
