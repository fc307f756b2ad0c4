import django.db.models.deletion
from django.db import migrations, models

from billing.guards import RULES
from office.guards import frozen_anew


class Migration(migrations.Migration):
    dependencies = [("billing", "0017_typed_lines_and_wishes"), ("customers", "0010_weight")]

    operations = [
        migrations.AddField(
            "invoice", "promise",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="documents",
                to="customers.promise",
            ),
        ),
        migrations.AddField("invoice", "key", models.CharField(blank=True, max_length=120, null=True)),
        migrations.AddConstraint(
            "invoice",
            models.UniqueConstraint(
                condition=models.Q(key__isnull=False), fields=["key"], name="invoice_of_a_tap_once"
            ),
        ),
        migrations.AddField(
            "invoiceline", "reduces",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reductions",
                to="billing.invoice",
            ),
        ),
        frozen_anew(*RULES),
    ]  # fmt: skip
