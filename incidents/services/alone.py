"""Where two of us go, a visit ahead with one alone is told to who goes (practice 4-05): one that came with a calendar
file or was booked before, one whose second has dropped out, and a deadline day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext, override

from customers.models import Activity, Appointment
from customers.selectors import day_span
from customers.services import ActivityRow
from incidents.engine.translation import _
from incidents.models import Leaf
from incidents.policy import TWO_GO_DAYS
from incidents.services.found import Found, bring
from incidents.steps.together import ABUSE, SECOND
from office.clock import local_day
from office.models import User
from office.selectors import policy

PREFIX = "alone:"
LABEL = _("Nobody goes along yet")


def alone_sweep(*, at: datetime) -> int:
    """Tell who goes alone to a customer to whom two go; how many were told now. It ends when somebody goes along."""
    since = at - timedelta(days=int(policy(TWO_GO_DAYS, at)))
    borne = set(Leaf.objects.filter(sort=ABUSE, at__gte=since).order_by().values_list("incident__customer", flat=True))
    if not borne:
        return bring(PREFIX, [], at)
    coming = Appointment.objects.coming(at).filter(kind=Appointment.Kind.VISIT, customer__in=borne)
    visits = list(coming.select_related("who"))
    days = Activity.objects.open().filter(kind=Activity.Kind.DAY, customer__in=borne, due__gt=at)
    return bring(PREFIX, [*_visits(visits), *_days(list(days.select_related("who")), visits)], at)


def _visits(visits: list[Appointment]) -> Iterator[Found]:
    for one in visits:
        beside = (other for other in visits if other.customer_id == one.customer_id and other.who_id != one.who_id)
        if not any(other.starts < one.ends and one.starts < other.ends for other in beside):
            yield _found(f"{one.pk}", one.who, one.customer_id, one.starts, f"/customers/appointments/{one.pk}/")


def _days(held: list[Activity], visits: list[Appointment]) -> Iterator[Found]:
    """A second on the day is who holds it as well, or has a visit there."""
    for row in held:
        moment = row.starts or row.due
        if moment is None:
            continue
        first, after = day_span(local_day(moment))
        there = {
            visit.who_id for visit in visits if visit.customer_id == row.customer_id and first <= visit.starts < after
        }
        there |= {other.who_id for other in held if other.number == row.number}
        if there <= {row.who_id}:
            yield _found(row.source, row.who, row.customer_id, moment, row.link, row.number)


def _found(about: str, who: User, customer: int | None, starts: datetime, link: str, number: str = "") -> Found:
    with override(who.language):
        detail = gettext(SECOND)
    row = ActivityRow(
        source=f"{PREFIX}{about}:{who.pk}", kind=Activity.Kind.NOTICE, label=LABEL, detail=detail, customer_id=customer,
        number=number, who_id=who.pk, due=starts, link=link,
    )  # fmt: skip
    return Found(row)
