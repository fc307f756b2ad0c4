"""Import a CSV file: manage.py import_csv customers|invoices|orders|deliveries|contracts|prices FILE."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from billing.services import contracts_import, deliveries_import, invoices_import, orders_import, prices_import
from customers.importing import Report
from customers.services import customers_import
from office import clock
from office.errors import Refused
from office.http import sentence
from office.models import User

KINDS = {
    "customers": customers_import, "invoices": invoices_import, "orders": orders_import,
    "deliveries": deliveries_import, "contracts": contracts_import, "prices": prices_import,
}  # fmt: skip


class Command(BaseCommand):
    """Reads a file, tells what it did, and ends with 1 when nothing was imported."""

    help = "Import customers, invoices or the records behind them from a CSV file in UTF-8 or CP932 (docs/import.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Kind, file, --dry-run and --by."""
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--by", default="", help="log-in name of whoever imports")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the import."""
        try:
            report = KINDS[options["kind"]](
                data=_bytes(options["file"]), by=_user(options["by"]), at=clock.now(), dry_run=options["dry_run"]
            )
        except Refused as refused:
            raise CommandError(sentence(refused)) from refused
        self._tell(report)

    def _tell(self, report: Report) -> None:
        for error in report.errors:
            self.stderr.write(f"{error.line}: {error.column}: {gettext(error.message)}")
        if report.errors:
            raise CommandError(gettext("Nothing was imported."))
        for count in report.counts:
            facts = {"created": count.created, "updated": count.updated, "unchanged": count.unchanged}
            told = gettext("%(created)d new, %(updated)d changed, %(unchanged)d unchanged") % facts
            self.stdout.write(f"{gettext(count.label)}: {told}")
        if report.dry_run:
            self.stdout.write(gettext("This was a rehearsal. Nothing was written."))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(str(error)) from error


def _user(name: str) -> User | None:
    if not name:
        return None
    user = User.objects.active().filter(username=name).first()
    if user is None:
        raise CommandError(gettext("Nobody here is called %(name)s.") % {"name": name})
    return user
