"""Notices of changes: who sees which, who may let one go out, and how many have acknowledged (practice 3-09)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from billing.models import ChangeNotice, NoticeCopy
from billing.models.notice import NoticeCopyQuerySet
from billing.policy import NOTICE_ANSWER, ONE_PERSON
from customers.selectors import NOT_FOUND, theirs
from office.clock import local_day
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar, policy
from office.viewer import Viewer

NOT_ALL = gettext_noop(
    "This notice also goes to customers you do not look after. Whoever sees them all checks and sends it."
)
SHOWN = 3  # on a customer's page


def notices_visible(viewer: Viewer) -> QuerySet[ChangeNotice]:
    """Return the notices that go to one of the viewer's customers, and those the viewer wrote, with their counts of
    copies: `all`, `told`, `acknowledged`, of the viewer's customers only."""
    mine = Q(theirs(viewer, "copies__customer__"))
    seen = Exists(NoticeCopy.objects.filter(theirs(viewer, "customer__"), notice=OuterRef("pk")))
    rows = ChangeNotice.objects.filter(Q(seen) | Q(created_by__in=viewer.acts_for))
    told = Q(copies__state=NoticeCopy.State.SENT)
    return (
        rows.annotate(
            all=Count("copies", filter=mine, distinct=True),
            told=Count("copies", filter=mine & told, distinct=True),
            acknowledged=Count("copies", filter=mine & Q(copies__acknowledged_at__isnull=False), distinct=True),
        )
        .select_related("created_by", "changed_by", "checked_by", "sent_by")
        .order_by("-pk")
    )


def notice_get(viewer: Viewer, number: str) -> ChangeNotice:
    """Return one visible notice; else Refused not_found."""
    found = notices_visible(viewer).filter(number=number).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def sees_whole(viewer: Viewer, notice: ChangeNotice) -> bool:
    """Whether every customer it goes to is the viewer's."""
    return notice.copies.filter(theirs(viewer, "customer__")).count() == notice.copies.count()


def wrote(notice: ChangeNotice, user: User) -> bool:
    """Whether some of its words are this person's, however often others have changed them since."""
    return notice.makers.filter(pk=user.pk).exists()


def may_check(notice: ChangeNotice, user: User, at: datetime) -> bool:
    """Whether this person may check it: who wrote it only by house rule, and never where it is about an account."""
    return not wrote(notice, user) or (notice.kind != ChangeNotice.Kind.BANK and bool(policy(ONE_PERSON, at)))


def notice_whole(viewer: Viewer, number: str) -> ChangeNotice:
    """Return one that the viewer may change, check and send: Refused forbidden where it also goes to others'."""
    found = notice_get(viewer, number)
    if not sees_whole(viewer, found):
        raise Refused("forbidden", NOT_ALL)
    return found


def copies_visible(viewer: Viewer) -> NoticeCopyQuerySet:
    """Return the copies to the viewer's customers."""
    rows = NoticeCopy.objects.filter(theirs(viewer, "customer__"))
    return rows.select_related("notice", "customer__owner", "told_by", "noted_by", "objection")


def copy_get(viewer: Viewer, pk: int) -> NoticeCopy:
    """Return one visible copy; else Refused not_found."""
    found = copies_visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def answer_by_rule(effective_on: date, at: datetime) -> date:
    """Return until when an answer is asked by the house rule: some business days before the change, tomorrow at the
    earliest, the day of the change at the latest."""
    calendar = business_calendar()
    asked = calendar.business_day_after(effective_on, -int(policy(NOTICE_ANSWER, at)))
    return min(max(asked, calendar.business_day_after(local_day(at), 1)), effective_on)
