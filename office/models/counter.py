"""Gapless numbers: letters, invoices, incidents."""

from django.db import models


class Counter(models.Model):
    """The last number given for a key ("incident-2026")."""

    key = models.CharField(max_length=60, unique=True)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.value}"
