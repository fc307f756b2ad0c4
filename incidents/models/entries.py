"""The chain: one entry per command, one checkpoint per day."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from incidents.models.incident import Incident


class Entry(models.Model):
    """One command and its events, as canonical JSON text. Append-only: the database refuses UPDATE and DELETE."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80)  # idempotency: a retried command is answered from its entry
    body = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "seq"], name="entry_seq"),
            models.UniqueConstraint(fields=["incident", "key"], name="entry_key"),
        ]
        indexes = [models.Index(fields=["at"], name="entry_at")]  # the day's checkpoint

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.seq}"


class Checkpoint(models.Model):
    """The heads of all incidents that moved on a day and the day's journal, chained. Its hash leaves the house."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    body = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day}"
