"""When a customer closes its books and when it pays."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer

LAST_DAY = 28  # 29 to 31 do not exist in every month: who pays then says 0, the last day of the month
MOST_MONTHS = 6  # between the closing and the payment


class Terms(models.Model):
    """The terms of payment of one customer. Without a row the defaults hold: month's end, next month's end."""

    class Shift(models.TextChoices):
        BEFORE = "before", _("The bank day before")
        AFTER = "after", _("The bank day after")

    class ThankYou(models.TextChoices):
        EVERY = "every", _("For every payment")
        KEY = "key", _("For the first, large, deposit and last payments")
        NONE = "none", _("No calls")

    class Way(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        DEBIT = "debit", _("Direct debit")
        CARD = "card", _("Card")
        NOTE = "note", _("Promissory note")
        DENSAI = "densai", _("Electronically recorded claim")
        CASH = "cash", _("Cash")

    class Fee(models.TextChoices):
        CUSTOMER = "customer", _("The customer bears it")
        US = "us", _("We bear it")

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="terms")
    # Days are 0 for the month's end or 1 to 28; the offset is in months after the closing.
    closing_day = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(LAST_DAY)])
    pay_month_offset = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(MOST_MONTHS)])
    pay_day = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(LAST_DAY)])
    shift = models.CharField(max_length=6, choices=Shift, default=Shift.BEFORE)  # when the banks are closed
    thank_you = models.CharField(max_length=5, choices=ThankYou, default=ThankYou.EVERY)
    way = models.CharField(max_length=8, choices=Way, default=Way.TRANSFER)  # as agreed, printed on invoices (3-10)
    fee = models.CharField(max_length=8, choices=Fee, blank=True)  # who bears the bank's fee; "": nothing agreed
    method = models.CharField(max_length=60, blank=True)  # what else is agreed about it, for us
    inclusive = models.BooleanField(default=False)  # unit prices are agreed with the tax in them (税込)

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(closing_day__lte=LAST_DAY, pay_day__lte=LAST_DAY, pay_month_offset__lte=MOST_MONTHS),
                name="terms_days_exist",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closing_day}/{self.pay_month_offset}/{self.pay_day}"


class Cutoff(models.Model):
    """A cutoff of a customer for which the clock has made its draft: once, also when a person has changed that draft or
    thrown it away since. What is left then is told by the watch."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="cutoffs")
    closing_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-closing_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["closing_on", "customer"], name="cutoff_makes_one_draft")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.closing_on}"
