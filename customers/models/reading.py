"""How warm a customer is to what is between us, as one of us read it (practice 1-01)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Reading(models.Model):
    """One reading of one customer: written once, never changed. Ours is never noted; it is computed from facts."""

    class Heat(models.IntegerChoices):
        """How much it is to them, by what was seen or heard; in words that they may read."""

        HARDLY = 1, _("Hardly speaks of it")
        AT_TIMES = 2, _("Mentions it now and then")
        INTERESTED = 3, _("Is interested")
        CLOSELY = 4, _("Follows it closely")
        ABOVE_ALL = 5, _("Nothing matters more")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="readings")
    heat = models.PositiveSmallIntegerField(choices=Heat)
    words = models.TextField()  # what shows it
    key = models.CharField(max_length=120, unique=True)  # one tap, one reading: a repeated request changes nothing
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            # The readings of one customer, and the sweep for those in force: at > ….
            models.Index(fields=["customer", "at"], name="reading_of_customer"),
            models.Index(fields=["at"], name="reading_by_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(heat__range=(1, 5)), name="reading_from_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.heat}"
