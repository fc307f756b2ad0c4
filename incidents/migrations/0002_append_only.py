from django.db import migrations

from incidents.guards import APPEND_ONLY, issued_letters
from office.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("office", "0001_initial")]

    operations = [append_only(*APPEND_ONLY), issued_letters()]
