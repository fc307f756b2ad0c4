"""`manage.py backup DIR`: everything that must survive, into one folder."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups import BackupError, backup_make
from office import clock


class Command(BaseCommand):
    """May run while people work."""

    help = "Back up database and secret key into DIR, which must be new or empty; print the note that lies in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder."""
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it."""
        try:
            note = backup_make(folder=options["folder"].resolve(), at=clock.now())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(note, indent=2))
