"""`manage.py due_call`: one due row through beat, broker and worker; what `bin/run --check` waits for."""

import time
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from office import clock
from office.models import Outbox
from office.services import Message, outbox_put

TEXT = "A call that was made due to see whether the house works. Nothing needs to be done."


class Command(BaseCommand):
    """Writes to the outbox and lets the running house do the rest."""

    help = "Make one call due, to our own address, and wait until the running worker has sent it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --wait."""
        parser.add_argument("--wait", type=float, default=90.0, help="seconds; 90 if left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it, wait for it, print it."""
        at = clock.now()
        key = make_due(at)
        until = time.monotonic() + options["wait"]
        while (row := Outbox.objects.get(key=key)).state != Outbox.State.SENT:
            if time.monotonic() > until:
                raise CommandError(f"The due call {key} did not go through: {row.get_state_display()} {row.last_error}")
            time.sleep(0.5)
        seconds = (clock.now() - at).total_seconds()
        self.stdout.write(f"A due call ({key}) went through broker and worker in {seconds:.1f} s.")


def make_due(at: datetime) -> str:
    """Write one message that is due now; return its key."""
    key = f"check:{uuid4()}"
    outbox_put([Message(key=key, subject="Makoto", body=TEXT, try_at=at, address=settings.DEFAULT_FROM_EMAIL)], at=at)
    return key
