"""Policy numbers (社内基準) as they were set, each with its version and day."""

from django.db import models

from office.models.people import User
from office.policy import written


class PolicyValue(models.Model):
    """One version of one number. The default is declared in an app's policy.py and has no row."""

    key = models.CharField(max_length=80)
    value = models.JSONField()  # an integer, or a list of integers for a series
    version = models.PositiveIntegerField()  # 1, 2, … per key
    valid_from = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["key", "version"]
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"

    @property
    def text(self) -> str:
        """The value as a screen shows it."""
        return written(self.value)
