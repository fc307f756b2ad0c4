"""The app that holds what knows every other app: commands, sweeps and their heartbeat."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """Registers `config`; after each migration the cache's table stands too."""

    name = "config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the cache table part of `migrate`, so that nobody has to remember a second command."""
        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(*, using: str, **_kwargs: Any) -> None:
    """Create the table of the database cache on the database `using` where it is missing."""
    call_command("createcachetable", database=using, verbosity=0)
