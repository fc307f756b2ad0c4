from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_promise_released"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
