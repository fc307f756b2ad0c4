"""Bytes that were issued or received. They are rows, so that one transaction and one backup hold them."""

from django.conf import settings
from django.db import models


class File(models.Model):
    """A file as it was stored, for good: the database refuses UPDATE and DELETE (office/guards.py)."""

    sha256 = models.CharField(max_length=64, db_index=True)  # hex, of data
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    data = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # null: the system
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
