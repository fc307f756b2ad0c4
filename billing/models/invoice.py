"""What we bill, line by line, in how many parts it is paid, and what came in. All sums are whole yen."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.receipt import BankReceipt
from billing.models.records import Contract, DeliveryLine, Goods
from customers.models import Customer, Promise
from office.clock import local_day
from office.models import File


class Invoice(models.Model):
    """One invoice: a draft, checked by a second person, then issued. Issued, it is frozen: a mistake is corrected by a
    new document (law 9). A draft goes by a number of its own; the document number is given when it is issued."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CHECKED = "checked", _("Checked")
        ISSUED = "issued", _("Issued")

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        RETURN = "return", _("Return invoice")
        CORRECTED = "corrected", _("Corrected invoice")

    class Sent(models.TextChoices):
        MAIL = "mail", _("By mail")
        PORTAL = "portal", _("By the customer's page")
        POST = "post", _("By post")

    number = models.CharField(max_length=40, unique=True)  # the document number, of a draft its own
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.INVOICE)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(max_length=200, blank=True)  # why it corrects the other one
    wished = models.BooleanField(null=True)  # of a correction: the customer asked for it, nothing was wrong
    promise = models.ForeignKey(
        Promise, models.PROTECT, null=True, blank=True, related_name="documents"
    )  # of a compensation that was promised: issued, this keeps it
    key = models.CharField(
        max_length=120, null=True, blank=True
    )  # one tap, one draft: a repeated request makes no other
    refused = models.CharField(max_length=200, blank=True)  # why it was sent back the last time it was looked at
    inclusive = models.BooleanField(default=False)  # the prices of its lines hold the tax
    rounding = models.CharField(max_length=7, default="down")  # of its tax, as the company's rule was when it was made
    closing_on = models.DateField(null=True, blank=True)  # the customer's cutoff it was made for
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
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)  # or clock
    created_at = models.DateTimeField()
    makers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # who changed the draft: none checks it
    version = models.PositiveIntegerField(default=1)  # counts its changes: who checks says which one was read
    was = models.CharField(max_length=40, blank=True)  # its number as a draft; the address stays good
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    checked_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    paper = models.TextField(blank=True)  # what is printed, word for word, as canonical JSON; none of an imported one
    sha256 = models.CharField(max_length=64, blank=True)  # hex, of `paper`
    file = models.OneToOneField(File, models.PROTECT, null=True, related_name="invoice")  # the PDF, made once
    sent_at = models.DateTimeField(null=True)
    sent_how = models.CharField(max_length=6, choices=Sent, blank=True)
    received_at = models.DateTimeField(null=True)  # the customer has opened it, or said so

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # Issued and not yet sent: few among many.
            models.Index(fields=["issued_on"], condition=Q(state="issued", sent_at=None), name="invoice_unsent"),
            # Issued and not yet in print.
            models.Index(
                fields=["id"], condition=Q(state="issued", file=None) & ~Q(paper=""), name="invoice_unprinted"
            ),
            # The address of a draft that has been issued.
            models.Index(fields=["was"], condition=~Q(was=""), name="invoice_by_old_number"),
            # The invoices of one customer, newest first.
            models.Index(fields=["customer", "-id"], name="invoice_of_customer"),
            # The list by state, newest first.
            models.Index(fields=["state", "-id"], name="invoice_by_state"),
            # What the law wants found: by day, amount, partner, and any of them (billing.selectors.search).
            models.Index(fields=["issued_on", "id"], name="invoice_by_day"),
            models.Index(fields=["total", "issued_on"], name="invoice_by_total"),
            models.Index(fields=["customer", "issued_on", "id"], name="invoice_of_cust_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "checked"], issued_on__isnull=True)
                | Q(state="issued", issued_on__isnull=False),
                name="invoice_issued_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | Q(created_by=None) | ~Q(checked_by=F("created_by")),
                name="invoice_checked_by_another",
            ),
            models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name="invoice_of_a_tap_once"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def base_on(self) -> date:
        """The day from which its payment days count: its cutoff, delivery, issue, else when it should go out."""
        told = self.closing_on or self.delivered_on or self.issued_on or self.planned_on
        return told or local_day(self.created_at)


class InvoiceLine(Goods):
    """One line as it is printed. Its source is a delivery, a return or a month of a contract; one without is asked
    about when the invoice is checked. Of what came back or is taken off a price the quantity is negative."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    place = models.PositiveSmallIntegerField()
    traded_on = models.DateField()
    amount = models.BigIntegerField()  # yen, before or with tax as the invoice says
    delivery_line = models.ForeignKey(DeliveryLine, models.PROTECT, null=True, blank=True, related_name="billed")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="billed")
    period_on = models.DateField(null=True, blank=True)  # the first day of the contract's period
    reduces = models.ForeignKey(
        Invoice, models.PROTECT, null=True, blank=True, related_name="reductions"
    )  # of a price reduction: the issued invoice off whose price it is taken
    frozen = models.BooleanField(default=False)  # its invoice is issued

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "place"], name="invoice_line_has_its_place"),
            # A correction takes a period off and bills it again, under its own document.
            models.UniqueConstraint(
                fields=["contract", "period_on", "invoice"], name="invoice_line_bills_a_period_once"
            ),
            models.CheckConstraint(
                condition=Q(contract=None, period_on=None) | Q(contract__isnull=False, period_on__isnull=False),
                name="invoice_line_of_a_contract_has_a_period",
            ),
        ]

    def __str__(self) -> str:
        return self.description


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
    frozen = models.BooleanField(default=False)  # its invoice is issued

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
    """Money that came in, or what counts as such. A mistake is taken back by a counter-entry, never changed."""

    class Kind(models.TextChoices):
        MONEY = "money", _("Money received")
        FEE = "fee", _("Bank fee kept back, borne by us")
        BACK = "back", _("Taken off for a return")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    instalment = models.ForeignKey(Instalment, models.PROTECT, null=True, blank=True, related_name="payments")
    key = models.CharField(max_length=120, unique=True)  # one tap, one payment: a repeated request changes nothing
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.MONEY, db_default=Kind.MONEY)
    amount = models.BigIntegerField()  # below zero only for a counter-entry
    received_on = models.DateField()
    payer = models.CharField(max_length=120, blank=True)  # as the bank wrote it
    receipt = models.ForeignKey(BankReceipt, models.PROTECT, null=True, blank=True, related_name="payments")
    settlement = models.ForeignKey(
        "Settlement", models.PROTECT, null=True, blank=True, related_name="payments"
    )  # of a return invoice
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["received_on", "pk"]
        indexes = [  # as of invoices
            models.Index(fields=["received_on", "id"], name="payment_by_day"),
            models.Index(fields=["amount", "received_on"], name="payment_by_amount"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="payment_is_money",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.received_on}"

    @property
    def by_hand(self) -> bool:
        """Whether a person recorded it, rather than booked a transfer or set a return against the invoice."""
        return self.receipt_id is None and self.settlement_id is None
