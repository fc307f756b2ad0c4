"""What is said to a customer whose own use it was, and what customers ask again and again (practices 2-15 to 2-17)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models.incident import Incident


class Phrases(models.Model):
    """One version of the phrases of a stage and a sub-cause. The shipped ones stand in `incidents.phrasebank`."""

    stage = models.CharField(max_length=8)
    sub_cause = models.CharField(max_length=12)
    version = models.PositiveIntegerField()  # 1, 2, … of this stage and sub-cause
    text = models.TextField()  # one phrase a line
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["stage", "sub_cause", "version"], name="phrases_version_once")]

    def __str__(self) -> str:
        return f"{self.stage}.{self.sub_cause} v{self.version}"


class Faq(models.Model):
    """A question that comes again and again, and our answer; it names no customer. Taken off, never deleted."""

    sub_cause = models.CharField(max_length=12)
    subject = models.CharField(max_length=60)
    question = models.CharField(max_length=300)
    answer = models.TextField()
    search = models.TextField(blank=True)  # subject, question and answer as the search spells them
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="+")  # what it grew from
    key = models.CharField(max_length=80, unique=True)  # a repeated request writes no second one
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["subject", "pk"]
        indexes = [models.Index(fields=["subject", "id"], condition=Q(ended_at=None), name="faq_in_use")]

    def __str__(self) -> str:
        return self.question
