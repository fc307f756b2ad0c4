"""Working papers are rows, edited for days; a submission is a frozen, numbered copy."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from incidents.models.incident import Incident


class Paper(models.Model):
    """What is being written for a step: autosaved under a row version, so nobody overwrites another's words."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="papers")
    step = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    row_version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "step"], name="paper_of_step")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.step}"


class Submission(models.Model):
    """What was submitted, word for word. The entry holds its SHA-256; the text can be masked for the law."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="submissions")
    step = models.CharField(max_length=40)
    submission = models.PositiveIntegerField()
    text = models.TextField()  # canonical JSON
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "step", "submission"], name="submission_number")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.step} {self.submission}"
