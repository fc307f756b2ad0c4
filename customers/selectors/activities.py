"""Questions about what people must do."""

from django.db.models import Q, QuerySet

from customers.models import Activity
from customers.models.activity import ActivityQuerySet
from customers.selectors.numbers import open_to
from office.viewer import Viewer

QUIET = "quiet"  # part of the source of what is between two people: nobody else learns that it exists
ESCALATED = "late"  # the end of the source of what tells a boss about work that stands on another list
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
        .exclude(Q(kind=Activity.Kind.PERSONAL) | Q(source__endswith=f":{ESCALATED}"))
    )
    return rows.select_related("who").order_by("due", "pk")


def activities_seen(viewer: Viewer) -> ActivityQuerySet:
    """Return everybody's work but that on incidents not the viewer's to see, or for others alone; their own always."""
    own = Q(who__in=viewer.acts_for) | Q(deputy=viewer.user.pk)
    alone = Q(who=viewer.user.pk) | ~_NOT_TOLD
    return Activity.objects.filter(open_to(viewer, own), alone)
