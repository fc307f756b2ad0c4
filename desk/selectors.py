"""What lies before a person: today's work, approvals, what a search finds."""

import unicodedata
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from customers.models import Activity, Contact, Customer
from customers.models.activity import ActivityQuerySet
from customers.search import words
from customers.selectors import activities_for, activities_seen, contacts_of, customers_visible
from desk.today import Today, end_of_day, is_boss, sorted_into_today
from incidents.models import Incident
from incidents.selectors import final_dates_of, incidents_visible
from office.viewer import Viewer

MOST = 300  # rows of one person's open work: more than a page can help with
FOUND = 20  # of each sort a search shows


def counts_for(viewer: Viewer) -> dict[str, int]:
    """Return the open work of the menus, `today` (as Today.count) and `approvals`, and of the chips; one statement."""
    tomorrow = end_of_day(viewer.at)
    at_hand = (
        Q(waiting=True)
        | Q(sent_back=True)
        | Q(kind__in=[Activity.Kind.NOTICE, Activity.Kind.APPROVAL])
        | Q(starts__lt=tomorrow)
        | Q(starts__isnull=True, due__isnull=True)
        | Q(starts__isnull=True, due__lt=tomorrow)
    )
    approvals = Q(kind=Activity.Kind.APPROVAL)
    counted = {"today": Count("pk", filter=at_hand), "approvals": Count("pk", filter=approvals), "all": Count("pk")}
    counted |= {kind.value: Count("pk", filter=Q(kind=kind)) for kind in (Activity.Kind.CALL, Activity.Kind.VISIT)}
    return activities_for(viewer).open().aggregate(**counted)


def today_for(viewer: Viewer, kinds: frozenset[str] = frozenset()) -> Today:
    """Return the open work of `viewer`, of these kinds or all; one statement, a boss's glance at the team included."""
    rows = activities_for(viewer).open()
    if kinds:
        rows = rows.filter(kind__in=kinds)
    elif is_boss(viewer) and viewer.teams:
        rows |= _glance(viewer)
    return sorted_into_today(rows[:MOST], viewer)


def _glance(viewer: Viewer) -> ActivityQuerySet:
    """Return the team's visits still to come today and its promises past their time, of what the boss may see."""
    team = activities_seen(viewer).open().filter(who__team__in=viewer.teams).select_related("customer", "who")
    visits = Q(kind=Activity.Kind.VISIT, starts__gte=viewer.at, starts__lt=end_of_day(viewer.at))
    return team.filter(visits | Q(kind=Activity.Kind.PROMISE, due__lt=viewer.at))


def approvals_for(viewer: Viewer) -> list[Activity]:
    """Return what waits for this viewer's decision; one statement."""
    return list(activities_for(viewer).open().filter(kind=Activity.Kind.APPROVAL)[:MOST])


def incidents_of(rows: list[Activity]) -> dict[str, Incident]:
    """Return the incidents of these rows by number, each with `next_visit`; one statement, none for no rows."""
    numbers = {row.number for row in rows if row.number}
    if not numbers:
        return {}
    visits = Activity.objects.open().filter(number=OuterRef("number"), kind=Activity.Kind.VISIT, starts__isnull=False)
    soonest = Subquery(visits.order_by("starts").values("starts")[:1])
    found = Incident.objects.filter(number__in=numbers).select_related("created_by").annotate(next_visit=soonest)
    return {incident.number: incident for incident in found}


def words_of_deadlines(rows: list[Activity]) -> dict[str, dict[str, Any]]:
    """Return what the customers said of their final dates, by incident; one statement, none without a final date."""
    return final_dates_of(row.number for row in rows)


def by_visit(rows: list[Activity], incidents: dict[str, Incident]) -> list[Activity]:
    """Return approvals in the order in which they are needed: by the next visit, then by when they are due."""

    def needed(row: Activity) -> tuple[bool, float, int]:
        incident = incidents.get(row.number)
        when = (vars(incident)["next_visit"] if incident else None) or row.moment
        return (when is None, when.timestamp() if when else 0.0, row.pk)

    return sorted(rows, key=needed)


def people_of_visit(visit: Activity | None) -> list[Contact]:
    """Return the people of the customer to be visited; one statement, none for no visit."""
    return list(contacts_of(visit.customer_id)) if visit and visit.customer_id else []


def customers_found(viewer: Viewer, query: str) -> list[Customer]:
    """Return visible customers by name, kana, telephone or their people; one statement, none for nothing typed."""
    if not words(query):
        return []
    return list(customers_visible(viewer).found_by(query).select_related("owner")[:FOUND])


def incidents_found(viewer: Viewer, query: str) -> list[Incident]:
    """Return visible incidents by number, text or customer, newest first; one statement, none for nothing typed."""
    typed = words(query)
    if not typed:
        return []
    by_words = Q()
    for word in typed:
        by_words &= Q(search__contains=word) | Q(customer__search__contains=word)
    by_number = Q(number__contains=unicodedata.normalize("NFKC", query).strip())
    return list(incidents_visible(viewer).filter(by_words | by_number).select_related("customer", "owner")[:FOUND])
