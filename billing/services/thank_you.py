"""Thank-you calls: opened on the payment day's morning, moved or ended by how the call went (practices 1-05, 1-06)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from billing.models import Invoice
from billing.policy import CALL_AGAIN, LARGE_PAYMENT, LOOK_BACK
from billing.services.drafts import OTHER_KEY
from billing.thank_you import LABEL, LABEL_IN_CARE, Payday, is_wanted, moved_between, paydays, source_of, wording
from customers.models import Activity, Call, CareHold
from customers.services import ActivityRow, activities_add, activities_put, call_record
from office.clock import JST, local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar, policy

NOT_YET = gettext_noop("This call is not open yet. It opens on the morning of the payment day.")
ENDED = gettext_noop("This call has already been made (%(by)s).")


def thank_you_calls_sweep(*, at: datetime) -> int:
    """Open the calls whose morning has come, bring the others up to date; return how many activities were written.

    Looks back some days, so that an outage loses no call, but no further: old invoices that are imported open none.
    """
    return _put(moved_between(_looks_back_to(at), local_day(at)), at)


def thank_you_calls_put(instalment_ids: Sequence[int], *, at: datetime) -> int:
    """Do the same for some instalments at once, in the caller's transaction: money came in, the words change."""
    return _put(Q(pk__in=instalment_ids), at)


@transaction.atomic
def thank_you_call_record(
    *,
    instalment_id: int,
    outcome: str,
    by: User,
    at: datetime,
    key: str,
    contact_id: int | None = None,
    note: str = "",
) -> Activity:
    """Record how the call went. Reached or message left: done. Absent: tried again later. Will call back: next day.

    A repeated `key` changes nothing. Refused when the call is not open yet or was made by somebody already.
    """
    activity = Activity.objects.select_for_update(of=("self",)).filter(source=source_of(instalment_id)).first()
    if activity is None or activity.customer_id is None:
        raise Refused("conflict", NOT_YET)
    if known := Call.objects.filter(key=key).first():
        if known.source != activity.source:
            raise Refused("conflict", OTHER_KEY)
        return activity
    if activity.state != Activity.State.OPEN:
        raise Refused("conflict", ENDED, by=activity.done_by.called if activity.done_by else "")
    call_record(
        customer_id=activity.customer_id,
        contact_id=contact_id,
        purpose=LABEL,
        source=activity.source,
        outcome=outcome,
        note=note,
        by=by,
        at=at,
        key=key,
    )
    after_call(activity, outcome, by, at)
    return activity


def after_call(activity: Activity, outcome: str, by: User, at: datetime) -> None:
    """Move the activity when nobody was there or will call back; else it is done."""
    hours = business_calendar()
    if outcome == Call.Outcome.ABSENT:
        activity.due = hours.add_minutes(at, int(policy(CALL_AGAIN, at)))
    elif outcome == Call.Outcome.CALL_BACK:
        activity.due = hours.add_days(at, 1)
    else:
        activity.state, activity.done_at, activity.done_by = Activity.State.DONE, at, by
    activity.save(update_fields=["due", "state", "done_at", "done_by"])


def thank_you_calls_move(old: Invoice, new: Invoice, *, at: datetime) -> None:
    """A correction was issued: what was called, or is still to be, counts for the payment that stands in its place.

    A call for a payment that is asked for no more falls.
    """
    parts = zip_longest(old.instalments.order_by("due_on", "pk"), new.instalments.order_by("due_on", "pk"))
    moved = []
    for before, after in parts:
        calls = Activity.objects.filter(source=source_of(before.pk)) if before else Activity.objects.none()
        if after:
            moved.append(after.pk)
            calls.update(source=source_of(after.pk), link=_page(after.pk))
        else:
            _drop(calls, at)
    _put(Q(pk__in=moved), at, fresh=False)


@transaction.atomic
def _put(where: Q, at: datetime, *, fresh: bool = True) -> int:
    """Bring the calls of these instalments to what they should be; without `fresh` none is opened."""
    days, large = paydays(where), int(policy(LARGE_PAYMENT, at))
    wanted = [day for day in days if is_wanted(day, large)]
    _drop(Activity.objects.filter(source__in={source_of(d.instalment.pk) for d in days if not is_wanted(d, large)}), at)
    sources = [source_of(day.instalment.pk) for day in wanted]
    known = {row.source: row for row in Activity.objects.select_for_update(of=("self",)).filter(source__in=sources)}
    care = _in_care(wanted)
    rows = [row for day in wanted if (row := _row(day, known.get(source_of(day.instalment.pk)), care, at))]
    if fresh and (new := [row for row in rows if row.source not in known]):
        activities_add(new, at=at)
    if changed := [row for row in rows if row.source in known]:
        activities_put(changed, at=at)
    return len(rows)


def _page(instalment_id: int) -> str:
    return f"/billing/thank-you/{instalment_id}/"


def _drop(calls: QuerySet[Activity], at: datetime) -> None:
    calls.filter(state=Activity.State.OPEN).update(state=Activity.State.DROPPED, done_at=at)


def _in_care(wanted: Sequence[Payday]) -> set[int]:
    customers = {day.instalment.invoice.customer_id for day in wanted}
    return (
        set(CareHold.objects.filter(customer__in=customers).values_list("customer_id", flat=True)) if wanted else set()
    )


def _row(day: Payday, known: Activity | None, care: set[int], at: datetime) -> ActivityRow | None:
    """Return the activity as it should stand, None when it is not its time yet or nothing would change."""
    if known is not None and known.state != Activity.State.OPEN:
        return None
    opening = _opening(day, at)
    if known is None and at < opening:
        return None
    customer = day.instalment.invoice.customer
    due = (known.due if known else None) or business_calendar().closing_of(local_day(opening))
    row = ActivityRow(
        source=source_of(day.instalment.pk),
        kind=Activity.Kind.CALL,
        customer_id=customer.pk,
        label=LABEL_IN_CARE if customer.pk in care else LABEL,
        detail=wording(day, local_day(at)),
        who_id=known.who_id if known else customer.owner_id,
        deputy_id=customer.deputy_id,
        due=due,
        link=_page(day.instalment.pk),
        level=max(known.level if known else 0, int(at >= due)),
    )
    return None if known and _stands(known, row) else row


def _stands(known: Activity, row: ActivityRow) -> bool:
    return (known.label, known.detail, known.level, known.deputy_id) == (
        row.label,
        row.detail,
        row.level,
        row.deputy_id,
    )


def _opening(payday: Payday, at: datetime) -> datetime:
    """Return the opening hour of the payment day; of the day the money came when that was earlier, or long after."""
    day, came = payday.instalment.due_on, payday.came_on
    if came and (came < day or day < _looks_back_to(at)):
        day = came
    return business_calendar().next_opening(datetime(day.year, day.month, day.day, tzinfo=JST))


def _looks_back_to(at: datetime) -> date:
    return local_day(at) - timedelta(days=int(policy(LOOK_BACK, at)))
