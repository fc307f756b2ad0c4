"""Keys for other programs."""

from django.db import models

from office.models.people import User


class ApiToken(models.Model):
    """A bearer token of a person. Only its SHA-256 is kept: 256 random bits need no salt."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.digest[:6]}"
