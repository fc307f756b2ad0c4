"""Questions about what people must do."""

from django.db.models import Q, QuerySet

from customers.models import Activity
from customers.models.activity import ActivityQuerySet
from office.viewer import Viewer


def activities_for(viewer: Viewer) -> ActivityQuerySet:
    """Return the viewer's work, open and ended: their own, a deputy's once told, that of those they stand in for."""
    people = viewer.acts_for
    mine = Q(who__in=people) | Q(deputy=viewer.user.pk, level__gt=0)
    return Activity.objects.filter(mine).select_related("customer", "who")


def activities_of(customer_id: int) -> QuerySet[Activity]:
    """Return the open activities of one customer, the next first."""
    return Activity.objects.open().filter(customer_id=customer_id).select_related("who").order_by("due", "pk")


def activities_of_number(number: str) -> QuerySet[Activity]:
    """Return every activity of one incident, open and ended."""
    return Activity.objects.filter(number=number).select_related("who")
