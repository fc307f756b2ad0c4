"""Photos of an incident: what was written on paper, what a machine looks like (practices 2-04, 2-09)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from incidents.models.incident import Incident
from incidents.models.leaves import Leaf
from office.models import File


class Photo(models.Model):
    """A photo and the small picture of it; both are files for good. Without a leaf it was sent and never recorded."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="photos")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="photo")
    small = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    leaf = models.ForeignKey(Leaf, on_delete=models.PROTECT, null=True, related_name="photos")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.incident_id} {self.pk}"
