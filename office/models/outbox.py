"""The outbox (送信状況): everything that leaves the building is a row first."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.file import File
from office.models.people import User


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Questions the sender and the people who watch it ask."""

    def claimable(self, at: datetime, now: datetime) -> OutboxQuerySet:
        """Due by the business clock `at`, or leased by a worker whose lease ran out by the real clock `now`."""
        due = Q(state=Outbox.State.DUE, try_at__lte=at)
        abandoned = Q(state=Outbox.State.LEASED, leased_until__lte=now)
        return self.filter(due | abandoned)

    def dead(self) -> OutboxQuerySet:
        """Given up; a person must look."""
        return self.filter(state=Outbox.State.DEAD)


class Outbox(models.Model):
    """One message to one receiver. The key is unique: written twice, it is sent once."""

    class State(models.TextChoices):
        """Where a message stands."""

        DUE = "due", _("Waiting to be sent")
        LEASED = "leased", _("Being sent")
        SENT = "sent", pgettext_lazy("message", "Sent")
        DEAD = "dead", _("Could not be sent")
        DROPPED = "dropped", _("Not sent")

    key = models.CharField(max_length=160, unique=True)  # "incident:2026-0151:approval:3:mail:17"
    channel = models.CharField(max_length=20, default="mail")
    to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=254, blank=True)  # used when `to` is null
    reply_to = models.CharField(max_length=254, blank=True, default="", db_default="")  # whom an answer goes to
    subject = models.CharField(max_length=200)
    body = models.TextField()
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")  # goes along
    enclosed = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")  # and with it
    about = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox"
        ordering = ["id"]
        indexes = [
            # the sender's question: what is due, oldest first
            models.Index(fields=["try_at", "id"], name="outbox_due", condition=Q(state="due")),
            models.Index(fields=["leased_until"], name="outbox_leased", condition=Q(state="leased")),
            # the page of dead letters and the health page
            models.Index(fields=["state", "-id"], name="outbox_state"),
        ]

    def __str__(self) -> str:
        return self.key
