"""Questions about what people must do."""

from datetime import datetime

from django.db.models import Q, QuerySet

from customers.models import Activity
from customers.models.activity import ActivityQuerySet
from customers.selectors.numbers import open_to
from office.clock import local_day
from office.viewer import Viewer

QUIET = "quiet"  # part of the source of what is between two people: nobody else learns that it exists
ESCALATED = "late"  # the end of the source of what tells a boss about work that stands on another list
GOES = "goes"  # in the source of a visit that stands on the list of whoever goes beside the one whose work it is
IN_CALENDAR = (Activity.Kind.VISIT, Activity.Kind.DAY, Activity.Kind.DEADLINE)
_NOT_TOLD = Q(source__contains=f":{QUIET}:") | Q(kind=Activity.Kind.PERSONAL)
_WAITS = Q(source__contains=f":{QUIET}:", source__endswith=":asked")  # whoever stands in for a boss may answer it


def activities_for(viewer: Viewer) -> ActivityQuerySet:
    """Return the viewer's work, open and ended: their own, a deputy's once told, that of those they stand in for.

    What is for one person alone, or between two, stands on no other list; what waits for a boss who is away, on that of
    whoever stands in for them.
    """
    others = Q(who__in=viewer.acts_for - {viewer.user.pk}) & (~_NOT_TOLD | _WAITS)
    mine = Q(who=viewer.user.pk) | others | Q(deputy=viewer.user.pk, level__gt=0)
    return Activity.objects.filter(mine).select_related("customer", "who")


def activities_of(viewer: Viewer, customer_id: int) -> QuerySet[Activity]:
    """Return the open activities of one customer that the viewer may know of, each work once, the next first."""
    rows = (
        activities_seen(viewer)
        .open()
        .filter(customer_id=customer_id)
        .exclude(Q(kind=Activity.Kind.PERSONAL) | Q(source__endswith=f":{ESCALATED}") | Q(source__contains=f":{GOES}:"))
    )
    return rows.select_related("who").order_by("due", "pk")


def activities_in_calendar(rows: ActivityQuerySet, since: datetime, until: datetime) -> list[Activity]:
    """Return what of these stands in a calendar within a span, by its moment: arranged visits, days held, final dates.

    What ended before its day was given up and is left out; what ended later took place.
    """
    span = Q(starts__gte=since, starts__lt=until) | Q(starts=None, due__gte=since, due__lt=until)
    found = rows.filter(span, kind__in=IN_CALENDAR).exclude(state=Activity.State.DROPPED)
    dated = ((row.moment, row) for row in found.select_related("customer", "who").order_by("pk"))
    stand = ((at, row) for at, row in dated if at and (row.done_at is None or local_day(row.done_at) >= local_day(at)))
    return [row for _at, row in sorted(stand, key=lambda pair: pair[0])]


def activities_seen(viewer: Viewer) -> ActivityQuerySet:
    """Return everybody's work but that on incidents not the viewer's to see, or for others alone; their own always."""
    own = Q(who__in=viewer.acts_for) | Q(deputy=viewer.user.pk)
    alone = Q(who=viewer.user.pk) | ~_NOT_TOLD
    return Activity.objects.filter(open_to(viewer, own), alone)
