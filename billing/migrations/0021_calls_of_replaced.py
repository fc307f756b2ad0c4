"""A thank-you call for a payment of an invoice that was corrected led nowhere: it falls."""

from django.db import migrations
from django.utils import timezone


def drop(apps, schema_editor):
    instalments = apps.get_model("billing", "Instalment").objects
    replaced = instalments.filter(invoice__corrections__state="issued").values_list("pk", flat=True)
    calls = apps.get_model("customers", "Activity").objects.filter(state="open", source__startswith="thank-you:")
    dead = {f"thank-you:{pk}" for pk in replaced} & set(calls.values_list("source", flat=True))
    calls.filter(source__in=dead).update(state="dropped", done_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("billing", "0020_cancels_that_wait"), ("customers", "0014_customer_ban")]

    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
