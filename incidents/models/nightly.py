"""A measure against recurrence, held against our records each night (feature 57)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.measures import Measure


class NightlyCheck(models.Model):
    """What is counted for a measure each night, how much of it is still all right, and until when."""

    class What(models.TextChoices):
        UNBILLED = "unbilled", _("Not billed past the cutoff (deliveries, periods, drafts)")
        CORRECTED = "corrected", _("Invoices corrected since")
        PROMISES = "promises", _("Promises not kept or late since")
        UNDATED = "undated", _("Orders without a delivery date")

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, related_name="nightly")
    what = models.CharField(max_length=10, choices=What.choices)
    most = models.PositiveIntegerField(default=0)  # more than that fails
    since = models.DateField()
    until = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    failed_on = models.DateField(null=True)  # the first night that failed: its owner was told then, once

    class Meta:
        # the sweep: incidents.services.nightly_checks_sweep
        indexes = [models.Index(fields=["until"], name="nightly_by_end")]

    def __str__(self) -> str:
        return f"{self.what} ≤ {self.most}"


class Night(models.Model):
    """What a check has counted in one night."""

    check_of = models.ForeignKey(NightlyCheck, on_delete=models.CASCADE, related_name="nights")
    day = models.DateField()
    count = models.PositiveIntegerField()
    failed = models.BooleanField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["check_of", "day"], name="night_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"
