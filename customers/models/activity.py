"""Every dated thing a person must do, in one table (law 5)."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer

CHASED = gettext_noop("The customer asked again")  # the label of what a customer had to ask for again (practice 2-42)


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Adjectives of human work."""

    def open(self) -> Self:
        """Return what is still to be done."""
        return self.filter(state=Activity.State.OPEN)

    def due_by(self, at: datetime) -> Self:
        """Return what is due at `at` or before."""
        return self.filter(due__lte=at)


class Activity(models.Model):
    """One dated thing one person must do. Only the service of its source opens, moves and ends it."""

    class Kind(models.TextChoices):
        STEP = "step", _("Step")
        APPROVAL = "approval", _("Approval")
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call")
        PROMISE = "promise", _("Promise")
        FOLLOW_UP = "follow_up", _("Follow-up")
        NOTICE = "notice", _("Notice")
        DEADLINE = "deadline", _("Final date (set by the customer)")
        DAY = "day", _("Day held")
        PERSONAL = "personal", _("For you alone")  # on nobody else's list, not even a stand-in's

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    source = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="activities")
    number = models.CharField(max_length=20, blank=True)  # the incident's number
    label = models.CharField(max_length=120)  # English msgid, translated when shown
    detail = models.CharField(max_length=300, blank=True)  # people's words, or a msgid
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateTimeField(null=True, blank=True)
    starts = models.DateTimeField(null=True, blank=True)  # appointments only
    link = models.CharField(max_length=200, blank=True)  # the path of the page where it is done
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)  # escalations told; from 1 on the deputy sees it
    sent_back = models.BooleanField(default=False)
    waiting = models.BooleanField(default=False)  # a customer waits
    urgent = models.BooleanField(default=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["due", "pk"]
        indexes = [
            # Today of one person and of those he stands in for: who = … and state = 'open' order by due.
            models.Index(fields=["who", "due"], condition=Q(state="open"), name="activity_open_of_who"),
            # The deputy's part of Today: deputy = … and level > 0 and state = 'open'.
            models.Index(
                fields=["deputy", "due"], condition=Q(state="open", level__gt=0), name="activity_open_of_deputy"
            ),
            # The customer page: customer = … and state = 'open' order by due.
            models.Index(fields=["customer", "due"], condition=Q(state="open"), name="activity_open_of_cust"),
            # The incident page: number = …, open and ended.
            models.Index(fields=["number"], condition=~Q(number=""), name="activity_of_number"),
            # A person's calendar: who = … and starts between … and ….
            models.Index(fields=["who", "starts"], condition=Q(starts__isnull=False), name="activity_calendar"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def moment(self) -> datetime | None:
        """The time it is sorted by: an appointment's start, else when it is due."""
        return self.starts or self.due

    @property
    def label_text(self) -> str:
        """The label in the reader's language."""
        return gettext(self.label)

    @property
    def detail_text(self) -> str:
        """The detail: our sentences in the reader's language, people's words as they are."""
        return gettext(self.detail) if self.detail else ""
