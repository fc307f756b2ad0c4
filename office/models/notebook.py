"""What a person carries along outside the house."""

from datetime import date

from django.db import models
from django.db.models import Q

from office.models.people import User


class Notebook(models.Model):
    """手帳: whether a person's days are shown in their own calendar and come by mail each morning (practice 1-07).

    Only the SHA-256 of the key in the calendar's address is kept: 256 random bits need no salt.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="notebook")
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)  # since when the address holds
    morning = models.BooleanField(default=False)  # a mail each business morning
    told_on = models.DateField(default=date.min)  # the last morning on which it was written

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="notebook_key_is_one_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
