"""横展開: who else is exposed to the cause of an incident, and what looking there has shown."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from incidents.models.incident import Incident


class SpreadCheck(models.Model):
    """One customer who was looked at because an incident elsewhere may have the same cause (feature 58)."""

    class Outcome(models.TextChoices):
        CLEAR = "clear", _("Checked: nothing")
        FOUND = "found", _("Found")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="spread")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=5, choices=Outcome)
    number = models.CharField(max_length=20, blank=True)  # of the incident that was opened for what was found
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "customer"], name="spread_once")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.customer_id} {self.outcome}"
