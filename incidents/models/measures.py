"""Measures against recurrence: somebody's work with a date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from incidents.models.incident import Incident

STANDING = 100  # places below it are lines of a prevention paper


class Measure(models.Model):
    """One measure, until it is carried out: of a prevention paper, or raised from any record (submission 0).

    Raised where there is no incident, it belongs to a customer alone.
    """

    class Scope(models.TextChoices):
        PERSON = "person", _("Person")
        PROCEDURE = "procedure", _("Procedure")
        SYSTEM = "system", _("System")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="measures")
    submission = models.PositiveIntegerField(default=0)
    place = models.PositiveIntegerField(default=0)  # 0 is the first line of the paper
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")  # of a raised one
    origin = models.CharField(max_length=60, blank=True)  # the record it was raised from: incidents.origins
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=64, null=True, unique=True)  # a repeated request raises no second one
    reason = models.CharField(max_length=300, blank=True)  # why the person alone is enough
    what = models.CharField(max_length=300)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["incident", "submission", "place"]
        constraints = [models.UniqueConstraint(fields=["incident", "submission", "place"], name="measure_place")]

    def __str__(self) -> str:
        return self.what
