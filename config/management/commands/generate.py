"""`manage.py generate`: a realistic company at scale, to see how fast everything is."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo.scale import generate
from office import clock


class Command(BaseCommand):
    """Adds customers, invoices and incidents in bulk; each incident's events come from the engine."""

    help = "Add many realistic incidents and what belongs to them; refused in production."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --incidents and --seed."""
        parser.add_argument("--incidents", type=int, required=True, help="how many, 1 or more")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same company on the same day")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Generate and print what was made as JSON."""
        if not settings.DEMO:
            raise CommandError("Made-up data are for MAKOTO_ENV=demo only.")
        if options["incidents"] < 1:
            raise CommandError("--incidents must be 1 or more.")
        made = generate(incidents=options["incidents"], seed=options["seed"], at=clock.now())
        self.stdout.write(json.dumps(made))
