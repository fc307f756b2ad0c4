"""`manage.py seed_demo`: a made-up company to try everything on."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.seeding import finished, is_foreign, seed
from office import clock


class Command(BaseCommand):
    """Writes people, customers, invoices and incidents through the services; a second run changes nothing."""

    help = "Make the demo data, once. Refused in production."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, or say why not."""
        if not settings.DEMO:
            raise CommandError("Demo data are for MAKOTO_ENV=demo only: their password is known to everybody.")
        if finished():
            self.stdout.write("The demo data are there already; nothing was changed.")
        elif is_foreign():
            raise CommandError(
                "Other people work in this database already. Choose an empty one: MAKOTO_DATA=/some/folder"
            )
        else:
            seed(clock.now())
            self.stdout.write("The demo data are there. The password of each log-in is makoto-demo.")
