"""Measures against recurrence: somebody's work with a date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident


class Measure(models.Model):
    """One measure of a prevention paper, until it is carried out."""

    class Scope(models.TextChoices):
        PERSON = "person", _("Person")
        PROCEDURE = "procedure", _("Procedure")
        SYSTEM = "system", _("System")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="measures")
    submission = models.PositiveIntegerField()
    place = models.PositiveIntegerField()  # 0 is the first line of the paper
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
