"""`manage.py first_admin USER`: the one colleague that nobody can add on a page."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from office import clock
from office.errors import Refused
from office.models import User
from office.roles import Role
from office.services import person_create


class Command(BaseCommand):
    """Works only while there is no active administrator; later ones are added under Settings."""

    help = "Make the first system administrator and print the password, to be changed at the first log-in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the log-in name and, if wished, the surname."""
        parser.add_argument("username")
        parser.add_argument("--surname", default="", help="the log-in name if left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the password alone."""
        if any(person.has_role(Role.ADMIN) for person in User.objects.active()):
            raise CommandError("There is an administrator already. Further ones are added under Settings, People.")
        username, password = options["username"], secrets.token_urlsafe(12)
        surname = options["surname"] or username
        try:
            person_create(
                by=None, at=clock.now(), password=password, username=username, surname=surname, roles=[Role.ADMIN.value]
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(password)
