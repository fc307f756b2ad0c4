from django.db import migrations

from billing.guards import money


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_search")]

    operations = [*money()]
