"""The correction of a wrong invoice together with its letter of apology (feature 86)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models import Invoice
from incidents.models.incident import Incident


class Correction(models.Model):
    """One wrong invoice on its way to be put right: the incident with the letter, and the invoice that replaces it.

    One for each invoice, however often somebody begins. `new` is empty once its draft was thrown away.
    """

    old = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="flow")
    new = models.OneToOneField(Invoice, on_delete=models.SET_NULL, null=True, related_name="flow_of")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="corrections")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # sent, or the draft thrown away

    class Meta:
        # the sweep that lets the invoice go once the letter is in print: incidents.services.corrections_sweep
        indexes = [models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="correction_open")]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """The name of what it keeps waiting and asks of people."""
        return f"correction:{self.old_id}"
