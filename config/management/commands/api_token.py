"""`manage.py api_token USER`: a key for another program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from office import clock
from office.models import User
from office.services import token_create


class Command(BaseCommand):
    """Prints the token, once and for all: only its hash is kept."""

    help = "Make an API token for a user and print it. It cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the user's log-in name."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the token alone, so that a script can read it."""
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['username']}.")
        self.stdout.write(token_create(user=user, at=clock.now()))
