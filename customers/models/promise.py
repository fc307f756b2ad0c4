"""The ledger of what we promised (practices 2-05 and 2-35), and when the customer had to ask for it again (2-42)."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Contact, Customer

BILLED = ("credit", "refund")  # documents that billing makes
TAKEN_BACK_WITHIN = timedelta(minutes=15)  # that the customer asked again, noted by mistake, by whoever noted it
SIGNED = ":signed"  # how the source of a promise ends that is kept once the customer has signed it off (practice 1-17)


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Adjectives of promises."""

    def open(self) -> Self:
        """Return those still to be kept."""
        return self.filter(state=Promise.State.OPEN)

    def to_be_billed(self) -> Self:
        """Return the open ones that wait for a document of billing."""
        return self.open().filter(document__in=BILLED)

    def to_be_signed(self) -> Self:
        """Return those that are kept only with the customer's sign-off."""
        return self.filter(source__endswith=SIGNED)

    def chased(self) -> Self:
        """Return those the customer had to ask for again."""
        return self.filter(chased_at__isnull=False)

    def late(self, at: datetime) -> Self:
        """Return the open ones whose day has passed."""
        return self.open().filter(answer_by__lt=at)


class Promise(models.Model):
    """What one of us promised one customer by a certain time. A new date is a new row that names the old."""

    class Kind(models.TextChoices):
        TIME = "time", _("A date or time")
        MONEY = "money", _("Money")
        REQUEST = "request", _("An answer")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Not yet due")
        KEPT = "kept", _("Kept")
        RESCHEDULED = "rescheduled", _("Rescheduled")
        BROKEN = "broken", _("Not kept")
        RELEASED = "released", _("No longer needed")  # what it was about was withdrawn, or logged by mistake

    class Document(models.TextChoices):
        """What a compensation needs before it is done: a paper with a number."""

        CREDIT = "credit", _("Return or corrected invoice")
        REFUND = "refund", _("Refund")
        REPLACEMENT = "replacement", _("Delivery of the replacement")
        FREE_REPAIR = "free_repair", _("Report of the free repair")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="promises")
    source = models.CharField(max_length=120, unique=True)  # where it was made; the same source makes one promise
    number = models.CharField(max_length=20, blank=True)  # the incident's number
    what = models.CharField(max_length=300)
    to_contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="promises")
    to_name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.OTHER)
    answer_by = models.DateTimeField()
    agreed = models.BooleanField(default=False)  # the customer knows the date and agrees
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(blank=True)
    document = models.CharField(max_length=12, choices=Document, blank=True)  # kept only once its number is recorded
    document_number = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)  # yen, of a compensation
    page = models.CharField(max_length=200, blank=True, default="", db_default="")  # where it is kept, if not by itself
    told = models.PositiveSmallIntegerField(default=0)  # past its day: 1 owner and deputy were told, 2 the boss too
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    chased_at = models.DateTimeField(null=True, blank=True)  # the customer first had to ask again; a new date keeps it
    waits = models.BooleanField(default=False, db_default=False)  # asked again, and nobody has agreed a time since

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["answer_by", "pk"]
        indexes = [
            # The ledger and the sweep: state = 'open' and answer_by < … order by answer_by.
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="promise_open"),
            # Nothing closes over an open one: number = … and state = 'open'.
            models.Index(fields=["number"], condition=Q(state="open"), name="promise_open_of_number"),
            # What waits for a document of billing, by its day.
            models.Index(
                fields=["answer_by"],
                condition=Q(state="open", document__in=("credit", "refund")),
                name="promise_to_be_billed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="promise_ended_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def wants_sign_off(self) -> bool:
        """Whether it is kept only once somebody of the customer has signed it off."""
        return self.source.endswith(SIGNED)

    @property
    def to_called(self) -> str:
        """To whom it was made, without 様; empty when nobody was named."""
        return self.to_name or (self.to_contact.called if self.to_contact else "")


class ChaseQuerySet(models.QuerySet["Chase"]):
    """Adjectives of chases."""

    def standing(self) -> Self:
        """Return those that count: neither a mistake nor what takes one back."""
        return self.filter(takes_back=None, taken_back=None)


class Chase(models.Model):
    """One time a customer had to ask again for what was promised (practice 2-42): written once, never changed. One that
    was a mistake stays, with another that takes it back."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="chases")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")  # who heard it
    at = models.DateTimeField()
    key = models.CharField(max_length=120, unique=True)  # one tap, one time: a repeated request changes nothing
    waited = models.BooleanField(default=False, db_default=False)  # whether they waited in vain for it already
    takes_back = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="taken_back")

    objects = ChaseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["takes_back"], condition=Q(takes_back__isnull=False), name="chase_taken_back_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.at}"
