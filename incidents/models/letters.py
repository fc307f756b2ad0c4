"""Issued letters: numbered, frozen, append-only once in print."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models.incident import Incident
from incidents.models.papers import Submission
from office.models import File

MOST_ATTEMPTS = 5  # then a person looks


class IssuedLetterQuerySet(models.QuerySet["IssuedLetter"]):
    """Adjectives of letters."""

    def waiting(self) -> IssuedLetterQuerySet:
        """Return those approved and not yet in print, unless the press has given them up."""
        return self.filter(file__isnull=True, attempts__lt=MOST_ATTEMPTS)


class IssuedLetter(models.Model):
    """A letter whose number is reserved at approval; its PDF is made outside the transaction and stored as a File."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="letters")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="letter")
    number = models.CharField(max_length=20, unique=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    file = models.OneToOneField(File, on_delete=models.PROTECT, null=True, related_name="letter")
    issued_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)  # why the last printing failed, for a person

    objects = IssuedLetterQuerySet.as_manager()

    class Meta:
        # the sweep that resumes a cut printing: incidents.services.render_letters
        indexes = [models.Index(fields=["approved_at"], condition=Q(file__isnull=True), name="letter_unprinted")]

    def __str__(self) -> str:
        return self.number
