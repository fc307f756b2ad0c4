"""Leaves: what stands in the file of an incident and belongs to no step."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models.incident import Incident


class Leaf(models.Model):
    """A final date, an alternative, an opinion …: written once; what becomes of it stands in `state` and `ended_at`.

    The entry that wrote it holds its id and SHA-256. A confidential leaf is read by its writer and its readers alone,
    until somebody whose part it is opens it: whoever may not read it finds no trace of its text anywhere.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="leaves")
    sort = models.CharField(max_length=24)  # which paper it is: incidents.leaves.SORTS
    text = models.TextField()  # canonical JSON of the paper
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, default="open")  # its meaning is the sort's
    due = models.DateTimeField(null=True)
    told = models.PositiveSmallIntegerField(default=0)  # how many of its reminders have been told
    ended_at = models.DateTimeField(null=True)
    confidential = models.BooleanField(default=False)
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        indexes = [
            # the page of an incident: incidents.selectors.leaves_readable
            models.Index(fields=["incident", "at"], name="leaf_of_incident"),
            # sweeps: sort = … and due <= … among those not ended
            models.Index(fields=["sort", "due"], condition=Q(ended_at__isnull=True), name="leaf_due"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.sort} {self.pk}"
