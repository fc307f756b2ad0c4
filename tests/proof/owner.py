"""What the owner of the database can do and nobody else: put the guards aside."""

from django.db import connection

from billing.guards import APPEND_ONLY as MONEY
from billing.guards import RULES, TRANSFERS
from incidents.guards import APPEND_ONLY, LETTERS
from office.guards import APPEND_ONLY as OFFICE
from office.guards import VERBS, guard_name

GUARDS = {
    **{guard_name(table, verb): table for table in (*OFFICE, *APPEND_ONLY, *MONEY) for verb in VERBS},
    **{name: rule.table for rule in (LETTERS, *RULES, TRANSFERS) for name in rule.guards},
}


def put_guards_aside() -> None:
    """Drop every guard for the rest of the test's transaction; its rollback brings them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in GUARDS:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL refuses to touch the tables' triggers
        for name, table in GUARDS.items():
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
