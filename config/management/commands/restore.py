"""`manage.py restore DIR`: a backup back into an empty installation."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backups import BackupError, backup_restore
from office.services import outbox_hold


class Command(BaseCommand):
    """Overwrites nothing."""

    help = "Bring the backup in DIR back; the database must be empty. Run `verify` afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the folder."""
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Bring it back."""
        try:
            note = backup_restore(folder=options["folder"].resolve())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({**note, "messages_held": outbox_hold()}, indent=2))
