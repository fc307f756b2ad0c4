from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from billing.guards import issued_invoices_whole


def freeze(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("billing", "Instalment").objects.filter(invoice__state="issued").update(frozen=True)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0015_change_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("instalment", "frozen", models.BooleanField(default=False)),
        migrations.AddField("invoice", "makers", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.RunPython(freeze, migrations.RunPython.noop),
        *issued_invoices_whole(),
    ]
