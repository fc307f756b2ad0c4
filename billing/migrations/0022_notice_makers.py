"""Whoever has written some of a notice does not check it, however often others have changed it since."""

from django.conf import settings
from django.db import migrations, models


def made(apps, schema_editor):
    for notice in apps.get_model("billing", "ChangeNotice").objects.all():
        notice.makers.add(*{notice.created_by_id, notice.changed_by_id})


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0021_calls_of_replaced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="changenotice",
            name="makers",
            field=models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(made, migrations.RunPython.noop),
    ]
