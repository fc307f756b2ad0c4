"""The one row that belongs to no app: when each sweep last went through."""

from django.db import models


class Heartbeat(models.Model):
    """Written after a sweep has ended well; `/healthz` turns red when it grows old, whatever killed the sweep."""

    name = models.CharField(max_length=40, primary_key=True)  # a key of config.sweeps.SWEEPS
    at = models.DateTimeField()  # real time, never the `--at` of the sweep command

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
