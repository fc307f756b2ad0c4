"""Questions about promises."""

from collections.abc import Container
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import SimpleLazyObject

from customers.models import Chase, Promise
from customers.models.promise import BILLED, TAKEN_BACK_WITHIN, PromiseQuerySet
from customers.selectors.customers import NOT_FOUND, theirs
from customers.selectors.numbers import open_to
from office.errors import Refused
from office.roles import Role
from office.viewer import Viewer


@dataclass(frozen=True)
class Rate:
    """How many promises were kept without being asked for again, of those that ended kept or not.

    chased: those kept only after the customer had to ask again; in their eyes they were late (practice 2-42).
    """

    kept: int
    ended: int
    chased: int

    @property
    def percent(self) -> int | None:
        """Whole percents, rounded down; None while nothing has ended."""
        return self.kept * 100 // self.ended if self.ended else None


def promises_open(number: str) -> int:
    """Return how many promises of an incident are still to be kept: nothing closes over one (practice 2-35)."""
    return Promise.objects.open().filter(number=number).count()


def promises_visible(viewer: Viewer) -> PromiseQuerySet:
    """Return the promises of the viewer's customers, and those the viewer himself must keep.

    One that was made in an incident is for those who may see it, and for whose work it is: its owner, who stands in for
    them, and once its day has passed the customer's deputy; one that waits for a document of billing is billing's work.
    """
    own = Q(owner__in=viewer.acts_for) | Q(customer__deputy=viewer.user.pk, told__gt=0)
    if viewer.has(Role.BILLING):
        own |= Q(document__in=BILLED)
    whose = theirs(viewer, "customer__")
    mine = whose | own if whose else Q()
    return Promise.objects.filter(mine, open_to(viewer, own)).select_related("customer", "owner", "to_contact")


def promise_get(viewer: Viewer, pk: int) -> Promise:
    """Return one visible promise; else Refused not_found."""
    found = promises_visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def chases_to_take_back(viewer: Viewer) -> Container[int]:
    """Return the promises of which this viewer has just noted that the customer asked again, and may take it back; the
    database is asked when somebody looks."""
    return SimpleLazyObject(lambda: _just_chased(viewer))


def _just_chased(viewer: Viewer) -> frozenset[int]:
    later = Chase.objects.standing().filter(promise=OuterRef("promise"), pk__gt=OuterRef("pk"))
    mine = Chase.objects.standing().filter(by=viewer.user, at__gte=viewer.at - TAKEN_BACK_WITHIN)
    found = mine.filter(~Exists(later), promise__state=Promise.State.OPEN, promise__waits=True)
    return frozenset(found.order_by().values_list("promise", flat=True))


def promise_rate(promises: PromiseQuerySet) -> Rate:
    """Return the share of kept promises among `promises`; one that was given a new, agreed date counts as neither."""
    kept = Q(state=Promise.State.KEPT)
    counts = promises.order_by().aggregate(
        kept=Count("pk", filter=kept & Q(chased_at=None)),
        chased=Count("pk", filter=kept & Q(chased_at__isnull=False)),
        broken=Count("pk", filter=Q(state=Promise.State.BROKEN)),
    )
    return Rate(counts["kept"], sum(counts.values()), counts["chased"])
