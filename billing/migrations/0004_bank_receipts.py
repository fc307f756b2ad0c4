import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_frozen"),
        ("customers", "0005_personal_activity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("account", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                ("amount", models.BigIntegerField()),
                ("payer", models.CharField(blank=True, max_length=120)),
                ("payer_code", models.CharField(blank=True, max_length=20)),
                ("edi", models.CharField(blank=True, max_length=40)),
                ("bank", models.CharField(blank=True, max_length=60)),
                ("cancels", models.BooleanField(default=False)),
                ("file_sha256", models.CharField(max_length=64)),
                ("record", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be booked"),
                            ("booked", "Booked"),
                            ("aside", "Put aside"),
                            ("cancelled", "Cancelled by the bank"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("imported_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["day", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PayerName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("confirmed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_is_money",
        ),
        migrations.AddField(
            model_name="payment",
            name="kind",
            field=models.CharField(
                choices=[("money", "Money received"), ("fee", "Bank fee kept back, borne by us")],
                db_default="money",
                default="money",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="reverses",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="billing.payment",
            ),
        ),
        migrations.AddField(
            model_name="bankreceipt",
            name="cancelled_by",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled",
                to="billing.bankreceipt",
            ),
        ),
        migrations.AddField(
            model_name="bankreceipt",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bankreceipt",
            name="imported_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="receipt",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="billing.bankreceipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="payment_is_money",
            ),
        ),
        migrations.AddField(
            model_name="payername",
            name="confirmed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="payername",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="payer_names", to="customers.customer"
            ),
        ),
        migrations.AddIndex(
            model_name="bankreceipt",
            index=models.Index(fields=["state", "day", "id"], name="receipt_by_state"),
        ),
        migrations.AddIndex(
            model_name="bankreceipt",
            index=models.Index(fields=["account", "amount", "day"], name="receipt_to_cancel"),
        ),
        migrations.AddConstraint(
            model_name="bankreceipt",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="receipt_is_money"),
        ),
        migrations.AddConstraint(
            model_name="payername",
            constraint=models.UniqueConstraint(fields=("customer", "name", "code"), name="payer_name_once"),
        ),
        migrations.AddConstraint(
            model_name="payername",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), ("name", ""), _negated=True), name="payer_name_says_something"
            ),
        ),
    ]
