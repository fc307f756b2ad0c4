"""The weekly status of a defect that has come back, or has left something to do (practice 1-14): until it holds the
customer hears from us every week, unasked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext, override

from customers.models import Activity
from customers.services import ActivityRow
from incidents.agenda import path
from incidents.contacts import last_contacts
from incidents.engine.translation import _
from incidents.leaves.base import day_text
from incidents.leaves.residuals import KNOWN_AS as RESIDUALS
from incidents.machines import DEFECT
from incidents.models import Incident, State
from incidents.policy import STATUS_DAYS
from incidents.repeats import KNOWN_AS as REPEATS
from incidents.services.found import Found, bring
from incidents.steps.opening import known_of, stands_still
from office.clock import local_day
from office.models import User
from office.selectors import business_calendar, policy

PREFIX = "weekly:"
LABEL = _("Weekly status to the customer")


def weekly_sweep(*, at: datetime) -> int:
    """Ask owner and liaison the business day before the week is over since the customer was last met or reached, and
    the owner's boss once it is over. Returns how many rows were opened; a contact ends them.

    A defect counts that the rule for repeats has found, until it passes into aftercare, and one of which items wait for
    their sign-off, as long as they do; not while its clock stands still.
    """
    rows = Incident.objects.filter(kind=DEFECT, state__in=(State.OPEN, State.AFTERCARE))
    incidents = [row for row in rows.select_related("owner__boss", "liaison") if _is_watched(row)]
    last = last_contacts(incidents)
    return bring(PREFIX, [one for row in incidents for one in _told(row, last.get(row.pk, row.opened_at), at)], at)


def _is_watched(incident: Incident) -> bool:
    known = known_of(incident)
    repeated = incident.state == State.OPEN and DEFECT in known.get(REPEATS, {})
    return (repeated or bool(known.get(RESIDUALS))) and not stands_still(incident)


def _told(incident: Incident, last: datetime, at: datetime) -> Iterator[Found]:
    week = timedelta(days=int(policy(STATUS_DAYS, incident.opened_at)))  # a running one keeps its own
    since, today = local_day(last), local_day(at)
    day = _business_day_until(since + week)
    if today < _business_day_until(day - timedelta(days=1)):
        return
    boss = incident.owner.boss if today > day else None
    receivers = {user.pk: user for user in (incident.owner, incident.liaison, boss) if user and user.is_active}
    for user in receivers.values():
        yield Found(_row(incident, user, since, day))


def _business_day_until(day: date) -> date:
    """The day itself, or the last one before it on which we work: a week is never made longer."""
    while not business_calendar().is_business_day(day):
        day -= timedelta(days=1)
    return day


def _row(incident: Incident, who: User, since: date, day: date) -> ActivityRow:
    with override(who.language):
        detail = gettext(
            "Last contact with the customer on %(day)s. Shall we tell them how far it has come, what is left, by when?"
        ) % {"day": day_text(since)}  # fmt: skip
    return ActivityRow(
        source=f"{PREFIX}{incident.number}:{since:%Y%m%d}:{who.pk}", kind=Activity.Kind.NOTICE, label=LABEL,
        detail=detail, customer_id=incident.customer_id, number=incident.number, who_id=who.pk,
        due=business_calendar().closing_of(day), link=path(incident), urgent=incident.severity == "A",
    )  # fmt: skip
