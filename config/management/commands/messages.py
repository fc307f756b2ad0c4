"""`manage.py messages`: what Japanese does not say yet, and making the compiled files."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.messages import compile_catalogs, missing


class Command(BaseCommand):
    """Lists untranslated texts with their places."""

    help = "List texts without a Japanese translation; --check fails if there is one, --compile writes the .mo files."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check and --compile."""
        parser.add_argument("--check", action="store_true", help="exit 1 if a text is untranslated")
        parser.add_argument("--compile", action="store_true", help="write the .mo file of each .po that changed")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compile, or list."""
        if options["compile"]:
            for path in compile_catalogs(settings.BASE_DIR):
                self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
            return
        found = missing(settings.BASE_DIR)
        for use in found:
            self.stdout.write(f"{use.app}: {use.path}:{use.line}: {use.msgid!r}")
        if found and options["check"]:
            raise CommandError(f"{len(found)} texts have no Japanese translation.")
