# Made by Django, guards added by hand; 5.2.19 on 2026-11-22 03:32

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from office.guards import APPEND_ONLY, append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ClosingDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="date")),
                ("label", models.CharField(blank=True, max_length=60, verbose_name="reason")),
            ],
            options={
                "ordering": ["date"],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60, unique=True)),
                ("value", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="team")),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=60, unique=True, verbose_name="log-in name")),
                ("surname", models.CharField(max_length=60, verbose_name="surname")),
                ("given_name", models.CharField(blank=True, max_length=60, verbose_name="given name")),
                ("title", models.CharField(blank=True, max_length=60, verbose_name="title")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("roles", models.JSONField(default=list, verbose_name="roles")),
                (
                    "language",
                    models.CharField(
                        choices=[("ja", "日本語"), ("en", "English")],
                        default="ja",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="works here")),
                (
                    "boss",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="boss",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="office.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank_code", models.CharField(max_length=4, verbose_name="bank code")),
                ("bank_name", models.CharField(max_length=60, verbose_name="bank")),
                ("branch_code", models.CharField(max_length=3, verbose_name="branch code")),
                ("branch_name", models.CharField(max_length=60, verbose_name="branch")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ordinary", "Ordinary account"),
                            ("current", "Current account"),
                            ("savings", "Savings account"),
                        ],
                        default="ordinary",
                        max_length=10,
                        verbose_name="kind of account",
                    ),
                ),
                ("number", models.CharField(max_length=7, verbose_name="account number")),
                ("holder", models.CharField(max_length=60, verbose_name="account holder in kana")),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bank_code", "branch_code", "kind", "number"), name="bank_account_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="company name")),
                ("postal_code", models.CharField(blank=True, max_length=8, verbose_name="postal code")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="telephone")),
                (
                    "representative_title",
                    models.CharField(blank=True, max_length=60, verbose_name="representative's title"),
                ),
                (
                    "representative_name",
                    models.CharField(blank=True, max_length=60, verbose_name="representative's name"),
                ),
                ("t_number", models.CharField(blank=True, max_length=14, verbose_name="invoice registration number")),
                ("opens", models.TimeField(default=datetime.time(9, 0), verbose_name="office opens")),
                ("closes", models.TimeField(default=datetime.time(17, 30), verbose_name="office closes")),
                ("letter_prefix", models.CharField(blank=True, max_length=20, verbose_name="prefix of letter numbers")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "seal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="office.file",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="company_is_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("opens__lt", models.F("closes"))), name="company_opens_before_it_closes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor_name", models.CharField(max_length=130, verbose_name="who")),
                ("verb", models.CharField(max_length=120, verbose_name="what")),
                ("about", models.CharField(blank=True, max_length=120, verbose_name="about")),
                ("detail", models.TextField(blank=True, verbose_name="details")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["at", "id"], name="journal_at"),
                    models.Index(fields=["about", "id"], name="journal_about"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160, unique=True)),
                ("channel", models.CharField(default="mail", max_length=20)),
                ("address", models.CharField(blank=True, max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("about", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Waiting to be sent"),
                            ("leased", "Being sent"),
                            ("sent", "Sent"),
                            ("dead", "Could not be sent"),
                            ("dropped", "Not sent"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                ("try_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("lease", models.CharField(blank=True, max_length=32)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "outbox",
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["try_at", "id"], name="outbox_due"),
                    models.Index(
                        condition=models.Q(("state", "leased")), fields=["leased_until"], name="outbox_leased"
                    ),
                    models.Index(fields=["state", "-id"], name="outbox_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("value", models.JSONField()),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["key", "version"],
                "constraints": [models.UniqueConstraint(fields=("key", "version"), name="policy_version_once")],
            },
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts", models.DateField(verbose_name="from")),
                ("ends", models.DateField(verbose_name="until")),
                (
                    "absent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="away",
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stands_in",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stand-in",
                    ),
                ),
            ],
            options={
                "ordering": ["starts", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts__lte", models.F("ends"))), name="standin_starts_before_it_ends"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("absent", models.F("stand_in")), _negated=True),
                        name="standin_is_someone_else",
                    ),
                ],
            },
        ),
        append_only(*APPEND_ONLY),
    ]
