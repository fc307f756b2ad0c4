"""A cancel record of a bank that has found no transfer waits for a person; it was hidden."""

from django.db import migrations


def wait(apps, schema_editor):
    rows = apps.get_model("billing", "BankReceipt").objects
    rows.filter(cancels=True, state="cancelled", cancelled__isnull=True).update(state="open")


class Migration(migrations.Migration):
    dependencies = [("billing", "0019_held_by_corrections")]

    operations = [migrations.RunPython(wait, migrations.RunPython.noop)]
