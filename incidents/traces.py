"""Looking for a cause in our own log (practices 4-06, 4-08): dated facts of our dealings with one customer.

What is late, missed, broken or asked for twice, from every app below, as far as the reader may see it. The sentences
bear no words of another incident: they are kept in the paper that takes one over, and its readers may be others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from billing.selectors import invoices_late
from customers.models import Activity, Promise
from customers.selectors import activities_seen, appointments_visible, numbers_visible, promises_visible
from customers.services import ARRIVAL, arrival_source
from incidents.engine import playbooks
from incidents.models import NOT_COUNTED, Entry, Incident
from incidents.policy import REPEAT_DAYS
from office.clock import local_day
from office.selectors import policy
from office.viewer import Viewer

MOST = 12  # facts of a short list
FROM_EACH = 40  # rows read of each sort of record
LOGGED = ("chase", "told_late", "arrived")  # commands that tell of a slip
WORK = (Activity.Kind.CALL, Activity.Kind.FOLLOW_UP)


@dataclass(frozen=True)
class Trace:
    """One fact: its key, its day, what it says, and where it stands."""

    key: str  # "promise:12": which record it comes from
    on: date
    text: str
    link: str


def traces(viewer: Viewer, incident: Incident) -> list[Trace]:
    """What our own record shows of the dealings with the customer of an incident, the newest first; seven statements.

    As far back as the rule for repeats looks; nothing of the incident itself but what went wrong in its course, nothing
    the viewer may not see.
    """
    since = viewer.at - timedelta(days=int(policy(REPEAT_DAYS, viewer.at)))
    customer = incident.customer_id
    found = chain(
        _promises(viewer, customer, since), _work(viewer, customer, since), _logged(viewer, customer, since),
        _visits(viewer, customer, since), _earlier(viewer, incident, since), _invoices(viewer, customer, since),
    )  # fmt: skip
    return sorted(found, key=lambda trace: (trace.on, trace.key), reverse=True)


def _promises(viewer: Viewer, customer: int, since: datetime) -> Iterator[Trace]:
    """Promises that were not kept, are past their day, were recorded as kept after it, or were asked for again."""
    ended = Q(state=Promise.State.BROKEN) | Q(state=Promise.State.KEPT) | Q(state=Promise.State.OPEN)
    told = Q(answer_by__gte=since, answer_by__lt=viewer.at) | Q(chased_at__gte=since)
    rows = promises_visible(viewer).filter(ended, told, customer=customer)
    for promise in rows.order_by("-answer_by")[: 4 * FROM_EACH]:
        day, late = local_day(promise.answer_by), _days(promise.answer_by, promise.ended_at or viewer.at)
        if promise.state == Promise.State.BROKEN:
            text = gettext("A promise was not kept")
        elif promise.state == Promise.State.OPEN and promise.answer_by < viewer.at:
            text = gettext("A promise is past its day")
        elif late:
            text = ngettext(
                "A promise was kept %(days)s day after its day", "A promise was kept %(days)s days after its day", late
            ) % {"days": late}
        elif promise.chased_at:
            day, text = local_day(promise.chased_at), gettext("The customer had to ask again for a promise")
        else:
            continue
        yield Trace(f"promise:{promise.pk}", day, text, reverse("customers:promise", args=[promise.pk]))


def _work(viewer: Viewer, customer: int, since: datetime) -> Iterator[Trace]:
    """Calls and follow-ups made after their day, or not yet."""
    late = Q(state=Activity.State.OPEN, due__lt=viewer.at) | Q(state=Activity.State.DONE)
    rows = activities_seen(viewer).filter(late, customer=customer, kind__in=WORK, due__gte=since)
    for row in rows.exclude(source__endswith=":chased").order_by("-due")[: 4 * FROM_EACH]:
        days = _days(row.due, row.done_at or viewer.at) if row.due else 0
        if row.due is None or not days:
            continue
        words = {"label": row.label_text, "days": days}
        text = (
            ngettext("%(label)s: %(days)s day after its day", "%(label)s: %(days)s days after its day", days)
            if row.done_at
            else ngettext("%(label)s: not yet, %(days)s day past", "%(label)s: not yet, %(days)s days past", days)
        )
        yield Trace(f"activity:{row.pk}", local_day(row.due), text % words, row.link)


def _logged(viewer: Viewer, customer: int, since: datetime) -> Iterator[Trace]:
    """What the entries of the customer's incidents tell: asked again, told late, arrived late."""
    told = Q()
    for command in LOGGED:
        told |= Q(body__contains=f'"command":"{command}"')
    mine = numbers_visible(viewer).order_by().filter(customer=customer).values("pk")
    rows = Entry.objects.filter(told, incident__in=mine, at__gte=since).select_related("incident").order_by("-at")
    arrived: set[tuple[int, str]] = set()  # a delay is told once: by the arrival, where there was one
    for entry in rows[:FROM_EACH]:
        body = json.loads(entry.body)
        link = reverse("incidents:detail", args=[entry.incident.number])
        if body["command"] == "chase":
            yield Trace(f"entry:{entry.pk}", local_day(entry.at), gettext("The customer had to ask again"), link)
            continue
        visit: Mapping[str, Any] = body["events"][0][3].get("data", {})
        place = (entry.incident_id, str(visit.get("starts", "")))
        if place in arrived or not visit.get("starts"):
            continue
        arrived.add(place)
        if body["command"] == "told_late":
            minutes = int(body["facts"].get("minutes", 0))
            text = gettext("Told them %(minutes)s minutes late to a visit")
        else:
            minutes = int((entry.at - datetime.fromisoformat(visit["starts"])).total_seconds() // 60)
            text = gettext("Arrived %(minutes)s minutes late for a visit")
        if minutes > 0:
            yield Trace(f"entry:{entry.pk}", local_day(entry.at), text % {"minutes": minutes}, link)


def _visits(viewer: Viewer, customer: int, since: datetime) -> Iterator[Trace]:
    """Visits of our calendars at which we arrived late, or were missed and no arrival was recorded since."""
    rows = appointments_visible(viewer).filter(customer=customer, starts__gte=since, ends__lte=viewer.at)
    rows = rows.filter(Q(arrived_at=None) | Q(arrived_at__gt=F("starts"))).order_by("-starts")
    told = Activity.objects.filter(source__startswith=ARRIVAL, customer=customer)
    missed = set(told.values_list("source", flat=True)) if (found := list(rows[: 4 * FROM_EACH])) else set()
    for row in found:
        if row.arrived_at is None and f"{arrival_source(row)}{row.who_id}" not in missed:
            continue
        text = gettext("No arrival is recorded for a visit")
        if row.arrived_at:
            minutes = int((row.arrived_at - row.starts).total_seconds() // 60)
            if not minutes:
                continue
            text = gettext("Arrived %(minutes)s minutes late for a visit") % {"minutes": minutes}
        link = reverse("customers:appointment", args=[row.pk])
        yield Trace(f"appointment:{row.pk}", local_day(row.starts), text, link)


def _earlier(viewer: Viewer, incident: Incident, since: datetime) -> Iterator[Trace]:
    """Earlier incidents of the customer, by their kind."""
    rows = numbers_visible(viewer).filter(customer=incident.customer_id, opened_at__gte=since)
    rows = rows.exclude(pk=incident.pk).exclude(state__in=NOT_COUNTED).filter(opened_at__lte=incident.opened_at)
    for row in rows.order_by("-opened_at")[:FROM_EACH]:
        kind = gettext(playbooks()[row.kind].label) if row.kind in playbooks() else row.kind
        text, link = gettext("An earlier incident: %(kind)s"), reverse("incidents:detail", args=[row.number])
        yield Trace(f"incident:{row.pk}", local_day(row.opened_at), text % {"kind": kind}, link)


def _invoices(viewer: Viewer, customer: int, since: datetime) -> Iterator[Trace]:
    """Invoices that went out after their day, or have not gone out yet."""
    for row in invoices_late(viewer, customer, local_day(since))[:FROM_EACH]:
        until, planned = row.issued_on or local_day(viewer.at), row.planned_on
        if planned is None:
            continue
        days = (until - planned).days
        text = ngettext("An invoice is %(days)s day past its day", "An invoice is %(days)s days past its day", days)
        if row.issued_on:
            text = ngettext(
                "An invoice went out %(days)s day after its day", "An invoice went out %(days)s days after its day",
                days,
            )  # fmt: skip
        link = reverse("billing:invoice", args=[row.number])
        yield Trace(f"invoice:{row.pk}", planned, text % {"days": days}, link)


def _days(due: datetime, done: datetime) -> int:
    """By how many days something came after its day; 0 for the same day or before."""
    return max(0, (local_day(done) - local_day(due)).days)
