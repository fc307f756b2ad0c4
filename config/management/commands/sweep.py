"""`manage.py sweep`: every due thing once, as of a moment."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.sweeps import SWEEPS, sweep_run
from office import clock


class Command(BaseCommand):
    """Prints one JSON object: sweep name → what it did."""

    help = "Do every due thing once, as of --at (now if left out), and print what was done as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --at."""
        parser.add_argument("--at", help="ISO 8601; without an offset it is Japanese time; the future only in a demo")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run all sweeps in order. One that fails does not keep the next from running, but the command fails."""
        now = clock.now()
        at = moment(options["at"]) if options["at"] else now
        if at > now and not settings.DEMO:
            raise CommandError("--at lies in the future. Real dates cannot be rehearsed in production.")
        done: dict[str, Any] = {}
        failed: list[str] = []
        for name in SWEEPS:
            try:
                done[name] = sweep_run(name=name, at=at)
            except Exception as error:  # whatever it is, the other sweeps must still run
                done[name] = {"error": f"{type(error).__name__}: {error}"}
                failed.append(name)
        self.stdout.write(json.dumps(done, ensure_ascii=False, indent=2))
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}")


def moment(text: str) -> datetime:
    """Return the aware moment that `text` names; CommandError when it names none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no date and time, for example 2026-11-25T09:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
