"""What `manage.py verify` finds wrong in billing; nothing is repaired here."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from billing.guards import RULES
from office.guards import missing_guards


def problems() -> Iterator[str]:
    """One English sentence for each bad row; nothing when all is well."""
    missing = missing_guards(connection, (), RULES)
    yield from (f"guard {name} is missing: issued invoices could be changed" for name in missing)
