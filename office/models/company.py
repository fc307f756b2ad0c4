"""Our own company: what stands on letters and invoices, when the office is open, where money is paid in."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from office.models.file import File


class Company(models.Model):
    """The one row of our own profile."""

    class Rounding(models.TextChoices):
        """What becomes of a fraction of a yen of consumption tax, once per rate per invoice."""

        DOWN = "down", _("Cut off")
        HALF_UP = "half_up", _("Rounded half up")
        UP = "up", _("Rounded up")

    name = models.CharField(_("company name"), max_length=120)
    postal_code = models.CharField(_("postal code"), max_length=8, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    representative_title = models.CharField(_("representative's title"), max_length=60, blank=True)
    representative_name = models.CharField(_("representative's name"), max_length=60, blank=True)
    t_number = models.CharField(_("invoice registration number"), max_length=14, blank=True)  # T + 13 digits
    tax_rounding = models.CharField(
        _("fractions of a yen of tax"), max_length=7, choices=Rounding, default=Rounding.DOWN
    )
    seal = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    opens = models.TimeField(_("office opens"), default=time(9, 0))
    closes = models.TimeField(_("office closes"), default=time(17, 30))
    letter_prefix = models.CharField(_("prefix of letter numbers"), max_length=20, blank=True)  # 営発
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="company_is_one_row"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="company_opens_before_it_closes"),
        ]

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """An account of ours that an invoice names."""

    class Kind(models.TextChoices):
        """Kind of account as the bank writes it."""

        ORDINARY = "ordinary", _("Ordinary account")
        CURRENT = "current", _("Current account")
        SAVINGS = "savings", _("Savings account")

    bank_code = models.CharField(_("bank code"), max_length=4)
    bank_name = models.CharField(_("bank"), max_length=60)
    branch_code = models.CharField(_("branch code"), max_length=3)
    branch_name = models.CharField(_("branch"), max_length=60)
    kind = models.CharField(_("kind of account"), max_length=10, choices=Kind.choices, default=Kind.ORDINARY)
    number = models.CharField(_("account number"), max_length=7)
    holder = models.CharField(_("account holder in kana"), max_length=60)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["bank_code", "branch_code", "kind", "number"], name="bank_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.branch_name} {self.number}"


class ClosingDay(models.Model):
    """A day our office is closed beside weekends and public holidays (夏季休業)."""

    date = models.DateField(_("date"), unique=True)
    label = models.CharField(_("reason"), max_length=60, blank=True)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.label}".strip()
