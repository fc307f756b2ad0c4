"""What the bank says came in, and by which names our customers pay."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class BankReceipt(models.Model):
    """One record of a bank's file, as the bank wrote it. It becomes payments only when a person books it.

    `key` names a transfer over all files: account, day and words of the bank, and for equal transfers of one day their
    place among each other. The same file twice, or days that overlap, therefore add nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be booked")
        BOOKED = "booked", _("Booked")
        ASIDE = "aside", _("Put aside")
        CANCELLED = "cancelled", _("Cancelled by the bank")

    key = models.CharField(max_length=64, unique=True)  # SHA-256
    account = models.CharField(max_length=40, blank=True)  # ours: bank-branch-kind-number, or as the file says
    day = models.DateField()  # of the account
    amount = models.BigIntegerField()
    payer = models.CharField(max_length=120, blank=True)  # as the bank wrote it
    payer_code = models.CharField(max_length=20, blank=True)
    edi = models.CharField(max_length=40, blank=True)
    bank = models.CharField(max_length=60, blank=True)  # from where it was sent
    cancels = models.BooleanField(default=False)  # the bank takes an earlier transfer back
    cancelled_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="cancelled"
    )  # the record that took this one back
    file_sha256 = models.CharField(max_length=64)
    record = models.PositiveIntegerField()  # where it stands in that file
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=200, blank=True)  # why it was put aside
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["day", "pk"]
        indexes = [
            # 入金の消込: state = 'open' in the order in which the money came.
            models.Index(fields=["state", "day", "id"], name="receipt_by_state"),
            # What a cancel record takes back: account = … and amount = … and day <= ….
            models.Index(fields=["account", "amount", "day"], name="receipt_to_cancel"),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_is_money")]

    def __str__(self) -> str:
        return f"{self.day} {self.amount} {self.payer}"


class PayerName(models.Model):
    """A name or number under which a customer pays, confirmed by a person who booked such a transfer.

    `name` is normalised by `billing.payers`; either may be empty, not both.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="payer_names")
    name = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=20, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "name", "code"], name="payer_name_once"),
            models.CheckConstraint(condition=~Q(name="", code=""), name="payer_name_says_something"),
        ]

    def __str__(self) -> str:
        return self.name or self.code
