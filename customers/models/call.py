"""Telephone calls and how they ended."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Contact, Customer


class Call(models.Model):
    """One call to a customer. Several calls may serve one purpose: not everybody is at the desk."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        ABSENT = "absent", _("Absent")
        CALL_BACK = "call_back", _("Will call back")
        MESSAGE_LEFT = "message_left", _("Left a message")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="calls")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="calls")
    key = models.CharField(max_length=120, unique=True)  # one tap, one call: a repeated request changes nothing
    purpose = models.CharField(max_length=120, blank=True)  # English msgid or people's words
    source = models.CharField(max_length=120, blank=True)  # the activity it served
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            # The last calls of one customer.
            models.Index(fields=["customer", "-at"], name="call_of_customer"),
            # How often one activity was tried: source = ….
            models.Index(fields=["source"], name="call_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.outcome}"
