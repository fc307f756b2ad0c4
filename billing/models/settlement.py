"""How what a return invoice owes to a customer was settled."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.invoice import Invoice


class Settlement(models.Model):
    """What a person noted: money that went back, or what another invoice asks less. A mistake is taken back by a
    counter-entry, never changed."""

    class How(models.TextChoices):
        REFUNDED = "refunded", _("Sent back to the customer")
        NETTED = "netted", _("Set against an invoice")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="settlements")  # the return invoice
    key = models.CharField(max_length=120, unique=True)  # a repeated request changes nothing
    how = models.CharField(max_length=8, choices=How)
    amount = models.BigIntegerField()  # yen, below zero only for a counter-entry
    settled_on = models.DateField()
    against = models.ForeignKey(Invoice, models.PROTECT, null=True, blank=True, related_name="set_off_by")
    note = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["settled_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="settlement_is_money",
            ),
            models.CheckConstraint(
                condition=Q(how="netted", against__isnull=False) | Q(how="refunded", against__isnull=True),
                name="settlement_says_against_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.amount} {self.settled_on}"
