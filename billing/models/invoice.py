"""What we bill, in how many parts it is paid, and what came in. All sums are whole yen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class Invoice(models.Model):
    """One invoice. Issued, it is frozen: a mistake is corrected by a new document (law 9)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")

    number = models.CharField(max_length=40, unique=True)  # the document number
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    subject = models.CharField(max_length=200)
    quantity = models.CharField(max_length=60, blank=True)  # as printed: 2台, 一式
    delivery_number = models.CharField(max_length=40, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)  # when it should go out
    issued_on = models.DateField(null=True, blank=True)
    net = models.BigIntegerField()  # yen before tax
    tax = models.BigIntegerField()
    total = models.BigIntegerField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The invoices of one customer, newest first.
            models.Index(fields=["customer", "-id"], name="invoice_of_customer"),
            # The list by state, newest first.
            models.Index(fields=["state", "-id"], name="invoice_by_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(state="draft", issued_on__isnull=True) | Q(state="issued", issued_on__isnull=False),
                name="invoice_issued_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Instalment(models.Model):
    """One part of an invoice with its day: as the terms say, and as the banks are open (practice 1-08)."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("Deposit")
        INTERIM = "interim", _("Interim payment")
        FINAL = "final", _("Final payment")

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="instalments")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.FINAL)
    amount = models.BigIntegerField()  # yen, tax included
    base_on = models.DateField()  # the day whose closing counts: delivery, else issue
    nominal_on = models.DateField()  # as the terms say
    due_on = models.DateField()  # a bank day

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            # The thank-you sweep: due_on between … and ….
            models.Index(fields=["due_on"], name="instalment_due"),
        ]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_is_money")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class Payment(models.Model):
    """Money that came in."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    instalment = models.ForeignKey(Instalment, models.PROTECT, null=True, blank=True, related_name="payments")
    key = models.CharField(max_length=120, unique=True)  # one tap, one payment: a repeated request changes nothing
    amount = models.BigIntegerField()
    received_on = models.DateField()
    payer = models.CharField(max_length=120, blank=True)  # as the bank wrote it
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["received_on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_money")]

    def __str__(self) -> str:
        return f"{self.amount} {self.received_on}"
