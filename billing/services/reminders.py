"""ご入金の確認: opened by the clock, ended by how it went, dropped when the money or a reason not to ask comes."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from billing.models import Instalment
from billing.reminders import LABEL, PREFIX, Overdue, detail, source_of
from billing.selectors.overdue import overdue
from billing.services.drafts import OTHER_KEY
from billing.services.thank_you import after_call
from customers.models import Activity, Call
from customers.services import ActivityRow, activities_put, call_record
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar
from office.services import journal_write

MAILED = "mailed"  # beside the outcomes of a call
NOT_ASKED = gettext_noop("This payment is not asked about now. Please look at it again.")


@transaction.atomic
def payment_reminders_sweep(*, at: datetime) -> int:
    """Open what is to be asked now, drop what is not any more; return how many activities were written (practice 3-07).

    Nothing is asked while the customer is in care, waits for an answer of ours, or a transfer may be the payment; it
    opens again when that ends. The second run writes nothing.
    """
    wanted = {source_of(row.claim.instalment, row.stage): row for row in overdue(Q(), at) if row.is_asked}
    open_or_wanted = Q(source__in=wanted) | Q(source__startswith=PREFIX, state=Activity.State.OPEN)
    known = {row.source: row for row in Activity.objects.select_for_update(of=("self",)).filter(open_or_wanted)}
    rows = [put for source, row in wanted.items() if (put := _opened(source, row, known.get(source), at))]
    rows += [_dropped(row) for row in known.values() if row.state == Activity.State.OPEN and row.source not in wanted]
    activities_put(rows, at=at)
    return len(rows)


@transaction.atomic
def payment_reminder_record(
    *, instalment_id: int, outcome: str, by: User, at: datetime, key: str, contact_id: int | None = None, note: str = ""
) -> Activity:
    """Record how it went: the outcome of a call, or MAILED. Absent: tried again later. Will call back: next day.

    A repeated `key` of a call changes nothing. Refused when the payment is not asked about now.
    """
    mine = Activity.objects.select_for_update(of=("self",)).filter(source__startswith=f"{PREFIX}{instalment_id}:")
    activity = mine.order_by("-opened_at", "-pk").first()
    if activity is not None and (known := Call.objects.filter(key=key).first()):
        if not known.source.startswith(f"{PREFIX}{instalment_id}:"):
            raise Refused("conflict", OTHER_KEY)
        return activity
    if activity is None or activity.customer_id is None or activity.state != Activity.State.OPEN:
        raise Refused("conflict", NOT_ASKED)
    if outcome != MAILED:
        call_record(
            customer_id=activity.customer_id, contact_id=contact_id, purpose=LABEL, source=activity.source,
            outcome=outcome, note=note, by=by, at=at, key=key,
        )  # fmt: skip
    else:
        number = Instalment.objects.select_related("invoice").get(pk=instalment_id).invoice.number
        verb = gettext_noop("Asked about a payment by mail")
        journal_write(actor=by, verb=verb, about=f"invoice {number}", detail=note, at=at)
    after_call(activity, outcome, by, at)
    return activity


def _opened(source: str, row: Overdue, known: Activity | None, at: datetime) -> ActivityRow | None:
    """Return the activity as it should stand, None when it stands so already."""
    if known is not None and known.state == Activity.State.DONE:
        return None
    is_open = known is not None and known.state == Activity.State.OPEN
    due = known.due if known and is_open and known.due else business_calendar().add_days(at, 0)
    level = max(known.level if known and is_open else 0, int(at >= due))
    if known and is_open and level == known.level:
        return None
    return ActivityRow(
        source=source,
        kind=Activity.Kind.CALL,
        customer_id=row.customer.pk,
        label=LABEL,
        detail=detail(row.stage),
        who_id=row.customer.owner_id,
        deputy_id=row.customer.deputy_id,
        due=due,
        link=f"/billing/overdue/{row.claim.instalment}/",
        level=level,
    )


def _dropped(row: Activity) -> ActivityRow:
    """Paid, or a reason not to ask has come: nobody is to ask."""
    kept = ActivityRow(source=row.source, kind=row.kind, label=row.label, who_id=row.who_id)
    return replace(
        kept, customer_id=row.customer_id, detail=row.detail, deputy_id=row.deputy_id, due=row.due, link=row.link,
        level=row.level, state=Activity.State.DROPPED,
    )  # fmt: skip
