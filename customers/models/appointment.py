"""Appointments: what stands in our people's calendars, at a customer or in the house."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Adjectives of appointments."""

    def coming(self, at: datetime) -> Self:
        """Return those that have not ended."""
        return self.filter(ends__gt=at)

    def between(self, starts: datetime, ends: datetime) -> Self:
        """Return those that overlap a span of time."""
        return self.filter(starts__lt=ends, ends__gt=starts)


class Appointment(models.Model):
    """One appointment of one of us. `uid` is the calendar's own name for it, so that a second import changes it."""

    class Kind(models.TextChoices):
        INTERNAL = "internal", _("In the house")
        VISIT = "visit", _("Visit to a customer")

    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INTERNAL)
    title = models.CharField(max_length=200)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="appointments")
    purpose = models.TextField(blank=True)
    attendees = models.TextField(blank=True)  # whom the customer expects to come, or sends: as text
    checked_at = models.DateTimeField(null=True, blank=True)  # purpose and attendees were confirmed with the customer
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    expected = models.DateTimeField(null=True, blank=True)  # the customer was told that we come later: until when
    arrived_at = models.DateTimeField(null=True, blank=True)  # as somebody recorded it; no position is tracked
    arrived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    uid = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=64, unique=True, null=True)  # a repeated form makes no second one
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts", "pk"]
        indexes = [
            # A person's coming appointments, and what overlaps a day of theirs: who = … and starts < … and ends > ….
            models.Index(fields=["who", "starts"], name="appointment_of_who"),
            # The sweep: visits still to come at customers with a living incident.
            models.Index(fields=["customer", "ends"], condition=Q(kind="visit"), name="appointment_visits"),
            # The sweep: visits that have begun and of which no arrival is recorded.
            models.Index(
                fields=["starts"], condition=Q(kind="visit", arrived_at__isnull=True), name="appointment_not_arrived"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["who", "uid"], condition=~Q(uid=""), name="appointment_imported_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="appointment_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title
