"""`manage.py prepare`: everything between installing and starting, again harmless each time."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.demo.seeding import is_wanted
from config.messages import compile_catalogs
from config.static import gather_static_files


class Command(BaseCommand):
    """Called by bin/run before it starts anything."""

    help = "Migrate the database, compile the translations, collect the static files, seed demo data once."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do all four; only demo mode is seeded: an empty house, or one whose seeding was cut short."""
        compile_catalogs(settings.BASE_DIR)
        call_command("migrate", interactive=False, verbosity=0)
        gather_static_files()
        if settings.DEMO and is_wanted():
            call_command("seed_demo", verbosity=0)
