"""A measure held against our records each night: set by a person, run by the clock, told once (feature 57)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.models import Activity
from customers.services import ActivityRow, activities_add
from incidents.engine.translation import _
from incidents.models import Measure, Night, NightlyCheck
from incidents.nightly import COUNTED
from incidents.steps.prevention import address
from office.clock import local_day
from office.errors import Refused
from office.selectors import business_calendar
from office.services import journal_write
from office.viewer import Viewer

FAILED = _("A nightly check of your measure has failed")
LONGEST = timedelta(days=730)
MOST = 1_000_000
PREFIX = "nightly:"


@dataclass(frozen=True)
class Rule:
    """What is counted, how much of it is all right, until when."""

    what: str
    most: int
    until: date


def nightly_put(*, viewer: Viewer, measure: Measure, rule: Rule) -> NightlyCheck:
    """Set the check of a measure, or set it anew; it begins today. Whether the measure is the viewer's, the caller has
    asked. Said again nothing changes. Refused invalid beside its field.
    """
    today = local_day(viewer.at)
    if rule.what not in COUNTED:
        raise Refused("invalid", "Choose what is counted from the list.", field="what")
    if not 0 <= rule.most <= MOST:
        raise Refused("invalid", "Please choose between %(low)s and %(high)s.", field="most", low=0, high=MOST)
    if rule.until < today:
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="until")
    if rule.until > today + LONGEST:
        raise Refused("invalid", "A check runs for two years at most.", field="until")
    with transaction.atomic():
        Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
        known = NightlyCheck.objects.filter(measure=measure).first()
        if known and (known.what, known.most, known.until) == (rule.what, rule.most, rule.until):
            return known
        if known:
            known.delete()  # another rule has a record of its own
        made = NightlyCheck.objects.create(
            measure=measure, what=rule.what, most=rule.most, since=today, until=rule.until, by=viewer.user
        )
        about = f"incident {measure.incident.number}" if measure.incident else f"customer {measure.customer_id}"
        journal_write(actor=viewer.user, verb=gettext_noop("set a nightly check"), about=about,
                      detail=f"{made} {made.until}", at=viewer.at)  # fmt: skip
    return made


def nightly_checks_sweep(*, at: datetime) -> int:
    """Count once a night, after closing, for every check that still runs; return how many were counted."""
    today = local_day(at)
    if at < business_calendar().closing_of(today):
        return 0
    due = NightlyCheck.objects.filter(since__lte=today, until__gte=today).exclude(nights__day=today)
    return sum(_count(pk, today, at) for pk in list(due.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _count(pk: int, today: date, at: datetime) -> bool:
    rows = NightlyCheck.objects.select_for_update(of=("self",)).select_related("measure__incident")
    check = rows.filter(pk=pk).first()
    if check is None or check.nights.filter(day=today).exists():
        return False
    incident = check.measure.incident
    customer_id = incident.customer_id if incident else check.measure.customer_id
    if customer_id is None:
        return False
    count = COUNTED[check.what](customer_id, check.since, at)
    failed = count > check.most
    Night.objects.create(check_of=check, day=today, count=count, failed=failed)
    if failed and check.failed_on is None:
        check.failed_on = today
        check.save(update_fields=["failed_on"])
        activities_add([_told(check, customer_id, at)], at=at)
    return True


def _told(check: NightlyCheck, customer_id: int, at: datetime) -> ActivityRow:
    measure = check.measure
    return ActivityRow(
        source=f"{PREFIX}{measure.pk}:{check.pk}", kind=Activity.Kind.NOTICE, label=FAILED, detail=measure.what,
        customer_id=customer_id, number=measure.incident.number if measure.incident else "", who_id=measure.owner_id,
        due=business_calendar().add_days(at, 1), link=f"{address(measure)}?told=nightly",
    )  # fmt: skip


def nightly_read(*, viewer: Viewer, measure: Measure) -> None:
    """Who was told has opened the measure: the notice is done."""
    told = Activity.objects.open().filter(source__startswith=f"{PREFIX}{measure.pk}:", who=viewer.user)
    told.update(state=Activity.State.DONE, done_at=viewer.at, done_by=viewer.user)
