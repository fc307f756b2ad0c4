"""`manage.py verify`: is everything still what it was?"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import billing.verify
import incidents.verify
import office.verify

CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "people, files, outbox": office.verify.problems,
    "billing": billing.verify.problems,
    "incidents": incidents.verify.problems,
}
SHOWN = 10  # enough to see a pattern; the first is where to begin


class Command(BaseCommand):
    """Reads every chain, file and message; changes nothing."""

    help = "Check hash chains, files and outbox; print the first bad rows and exit 1 if there are any."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print one line for each bad row."""
        bad = 0
        for name, problems in CHECKS.items():
            for problem in islice(problems(), SHOWN):
                bad += 1
                self.stdout.write(f"{name}: {problem}")
        if bad:
            raise CommandError("The data are not what they were. Begin with the first line.")
        self.stdout.write("All rows are as they were written.")
