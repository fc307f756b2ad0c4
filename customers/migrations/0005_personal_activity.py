from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_appointment"),
    ]

    operations = [
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.CharField(
                choices=[
                    ("step", "Step"),
                    ("approval", "Approval"),
                    ("visit", "Visit"),
                    ("call", "Call"),
                    ("promise", "Promise"),
                    ("follow_up", "Follow-up"),
                    ("notice", "Notice"),
                    ("deadline", "Final date (set by the customer)"),
                    ("day", "Day held"),
                    ("personal", "For you alone"),
                ],
                max_length=12,
            ),
        ),
    ]
