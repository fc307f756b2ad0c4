"""How a customer receives its invoices, and each time one of them went out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.bounces import reason_of
from billing.models.invoice import Invoice
from customers.models import Customer
from office.models import File


class Recipient(models.Model):
    """The way invoices go to one customer, and where to; asked once. Without a row nobody has asked yet."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="recipient")
    way = models.CharField(max_length=6, choices=Invoice.Sent)
    addresses = models.TextField(blank=True)  # e-mail, one a line
    person = models.CharField(max_length=120, blank=True)  # as it is written: 経理課 小川美紀
    portal = models.CharField(max_length=120, blank=True)  # what the customer's page is called, or its address
    postal_code = models.CharField(max_length=10, blank=True)  # where letters go, when not to the customer's address
    address = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.way} {self.person}"

    @property
    def emails(self) -> list[str]:
        """The e-mail addresses, one by one."""
        return self.addresses.split()


class Sending(models.Model):
    """One time an issued invoice goes out. A second time is a row of its own, with the reason."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being sent")
        SENT = "sent", _("Sent out")
        BOUNCED = "bounced", _("Could not be delivered")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="sendings")
    place = models.PositiveSmallIntegerField()  # 1 for the first time
    key = models.CharField(max_length=160, unique=True)  # one tap, one sending: a repeated request changes nothing
    how = models.CharField(max_length=6, choices=Invoice.Sent)
    state = models.CharField(max_length=7, choices=State)
    addresses = models.TextField(blank=True)  # e-mail, one a line
    receipt = models.CharField(max_length=60, blank=True)  # the number the customer's page gave it
    sent_on = models.DateField(null=True, blank=True)  # by post or the customer's page: the day, as a person says
    reason = models.CharField(max_length=200, blank=True)  # why it went out once more
    enclosed = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")  # what went along
    trouble = models.CharField(max_length=300, blank=True)  # what the mail server said
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)  # its mails stand in the outbox
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["invoice", "place"]
        indexes = [
            # What the sweep looks at: few among many.
            models.Index(fields=["id"], condition=Q(state="waiting"), name="sending_waiting"),
            models.Index(fields=["id"], condition=Q(state="bounced"), name="sending_bounced"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "place"], name="sending_has_its_place"),
            models.CheckConstraint(condition=Q(place=1) | ~Q(reason=""), name="sending_again_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.place}"

    @property
    def came_back(self) -> str:
        """Why it came back, in the reader's language; "" while it has not."""
        return reason_of(self.trouble)

    @property
    def emails(self) -> list[str]:
        """The e-mail addresses, one by one."""
        return self.addresses.split()

    def outbox_key(self, place: int) -> str:
        """The key of its mail to the address in this place."""
        return f"sending:{self.pk}:{place}"


class SendingHold(models.Model):
    """While a hold exists the invoice does not go out; its source (an apology that goes first) puts it and drops it."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="holds")
    source = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.source


class Enclosure(models.Model):
    """What goes out with an invoice, in the same envelope or mail: a letter of apology in print."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="enclosure")
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)  # as it is printed on it

    def __str__(self) -> str:
        return self.number
