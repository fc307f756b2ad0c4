from django.db import migrations

from billing.guards import issued_invoices


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_records"), ("office", "0001_initial")]

    operations = [issued_invoices()]
